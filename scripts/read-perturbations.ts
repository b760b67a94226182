/**
 * Prints perturbed captions for a person to read, about as many of each type: what was changed stands in brackets, what
 * only agrees with it behind a ~.
 *
 *   npx tsx scripts/read-perturbations.ts /path/to/coco-photos/manifest.jsonl SEED COUNT
 */
import { readFileSync } from 'node:fs';
import { seededRandom } from '../scenes/random.js';
import { shuffle } from '../src/perturb/choose.js';
import { perturb } from '../src/perturb/perturb.js';
import { type Perturbed, perturbationTypes } from '../src/perturb/perturbation.js';

const [path, seed = '1', count = '100'] = process.argv.slice(2);
if (path === undefined) throw new Error('give the path of a manifest.jsonl whose lines have "captions"');
const captions = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .flatMap((line) => (JSON.parse(line) as { captions: string[] }).captions.map((caption) => caption.trim()));

const random = seededRandom(Number(seed));
const share = Math.ceil(Number(count) / perturbationTypes.length);
for (const type of perturbationTypes) {
  const all = captions.flatMap((caption) => perturb(caption, type, random) ?? []);
  process.stdout.write(`\n${type}: applies to ${all.length} of ${captions.length} captions\n`);
  for (const perturbed of shuffle(random, all).slice(0, share)) process.stdout.write(`  ${show(perturbed)}\n`);
}

function show({ text, edits }: Perturbed): string {
  let out = '';
  let last = 0;
  for (const { start, end, from, to, role } of edits) {
    out += `${text.slice(last, start)}[${from}>${role === 'repair' ? '~' : ''}${to}]`;
    last = end;
  }
  return out + text.slice(last);
}
