/**
 * Prints perturbed captions for a person to read, about as many of each type: what was changed stands in brackets, what
 * only agrees with it behind a ~. With a COUNT of 0 only how many captions each type applies to.
 *
 *   npx tsx scripts/read-perturbations.ts FILE.jsonl SEED COUNT [FIELD]
 *
 * FIELD is the key of a caption, or of a list of captions (default: captions, as in coco-photos/manifest.jsonl).
 */
import { readFileSync } from 'node:fs';
import { seededRandom } from '../scenes/random.js';
import { shuffle } from '../src/perturb/choose.js';
import { perturb } from '../src/perturb/perturb.js';
import { type Perturbed, perturbationTypes } from '../src/perturb/perturbation.js';

const [path, seed = '1', count = '100', field = 'captions'] = process.argv.slice(2);
if (path === undefined) throw new Error('give the path of a file of JSON lines with captions');
const captions = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .flatMap((line) => [(JSON.parse(line) as Record<string, string | string[]>)[field] ?? []].flat())
  .map((caption) => caption.trim());

const random = seededRandom(Number(seed));
const share = Math.ceil(Number(count) / perturbationTypes.length);
for (const type of perturbationTypes) {
  const all = captions.flatMap((caption) => perturb(caption, type, random) ?? []);
  process.stdout.write(`\n${type}: applies to ${all.length} of ${captions.length} captions\n`);
  for (const perturbed of shuffle(random, all).slice(0, share)) process.stdout.write(`  ${show(perturbed)}\n`);
}

/** The changed places of a caption, each with its sentence's words around it. */
function show({ text, edits }: Perturbed): string {
  let out = '';
  let last = 0;
  for (const { start, end, from, to, role } of edits) {
    out += `${clip(text.slice(last, start), last > 0)}[${from}>${role === 'repair' ? '~' : ''}${to}]`;
    last = end;
  }
  const rest = text.slice(last);
  return out + (rest.length > 100 ? `${rest.slice(0, 100)}…` : rest);
}

function clip(text: string, both: boolean): string {
  return text.length < 200 ? text : `${both ? text.slice(0, 80) : ''}…${text.slice(-100)}`;
}
