// Usage: npx tsx scripts/pack-captions.ts PACK [PAIRS_EACH] [SEED] [CHAT_PAIRS_EACH=0] [MODEL_FOLDER]: writes PACK/captions.jsonl, one caption a
// line with its scene's row; where a model is given, as it reads them: the plain facts of their view, cut into its windows.
import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { chatScene } from '../scenes/captions/chat/index.js';
import { hasHeldOutShape } from '../scenes/captions/held-out-shapes.js';
import { captionScene } from '../scenes/captions/index.js';
import { readParts } from '../scenes/captions/read-parts.js';
import { seededRandom } from '../scenes/random.js';
import type { Caption, Scene } from '../scenes/scene.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { openTokenizer } from '../src/scorer/tldr/tokenizer.js';

const [pack, pairs = '6', seed = '0', chatPairs = '0', folder] = process.argv.slice(2);
if (!pack) throw new Error('usage: pack-captions PACK [PAIRS_EACH] [SEED] [CHAT_PAIRS_EACH] [MODEL_FOLDER]');
const model = folder ? await openModelFolder(folder) : undefined;
const tokenize = model && (await openTokenizer(model));
const out = createWriteStream(join(pack, 'captions.jsonl.part'));
let row = 0;
let written = 0;
function write(scene: Scene, { text, prompt, perturbation, shapes, claims, silent = [] }: Caption): void {
  const objectsOf = (groups: readonly number[]) =>
    groups.flatMap((id) => scene.groups[id]!.objects.map((object) => object.id));
  const runs = [
    ...claims.map(({ start, end, kind, good, subject, object }) => [
      start,
      end,
      kind,
      good ? 1 : 0,
      kind === 'quote' && scene.sign ? [scene.sign.id] : objectsOf(subject),
      object ? objectsOf(object) : null,
    ]),
    ...silent.map(({ start, end }) => [start, end, 'none', 1, [], null]),
  ];
  out.write(`${JSON.stringify({ scene: row, text, prompt, perturbation, claims: runs, shape: shapes.join('|') })}\n`);
  written++;
}
for await (const line of createInterface({ input: createReadStream(join(pack, 'scenes.jsonl')) })) {
  const scene = JSON.parse(line) as Scene;
  const random = seededRandom(scene.seed ^ Number(seed) ^ 0xca9);
  const captions = captionScene(scene, random, { count: Number(pairs) }).filter((caption) => !hasHeldOutShape(caption));
  if (Number(chatPairs) > 0) captions.push(...chatScene(scene, random, { count: Number(chatPairs) }));
  for (const caption of captions)
    for (const part of model && tokenize ? await readParts(caption, model.manifest.text, tokenize) : [caption])
      if (part.claims.length > 0) write(scene, part);
  row++;
}
out.end();
await finished(out);
await rename(join(pack, 'captions.jsonl.part'), join(pack, 'captions.jsonl'));
console.log(`${written} captions of ${row} scenes`);
