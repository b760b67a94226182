// Usage: npx tsx scripts/pack-captions.ts PACK [PAIRS_EACH] [SEED]: writes PACK/captions.jsonl, one caption a line with its scene's row
import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { hasHeldOutShape } from '../scenes/captions/held-out-shapes.js';
import { captionScene } from '../scenes/captions/index.js';
import { seededRandom } from '../scenes/random.js';
import type { Scene } from '../scenes/scene.js';

const [pack, pairs = '6', seed = '0'] = process.argv.slice(2);
if (!pack) throw new Error('usage: pack-captions PACK [PAIRS_EACH] [SEED]');
const out = createWriteStream(join(pack, 'captions.jsonl.part'));
let row = 0;
let written = 0;
for await (const line of createInterface({ input: createReadStream(join(pack, 'scenes.jsonl')) })) {
  const scene = JSON.parse(line) as Scene;
  const objectsOf = (groups: readonly number[]) =>
    groups.flatMap((id) => scene.groups[id]!.objects.map((object) => object.id));
  for (const caption of captionScene(scene, seededRandom(scene.seed ^ Number(seed) ^ 0xca9), {
    count: Number(pairs),
  })) {
    if (hasHeldOutShape(caption)) continue;
    const claims = caption.claims.map(({ start, end, kind, good, subject, object }) => [
      start,
      end,
      kind,
      good ? 1 : 0,
      kind === 'quote' && scene.sign ? [scene.sign.id] : objectsOf(subject),
      object ? objectsOf(object) : null,
    ]);
    const { text, prompt, perturbation, shapes } = caption;
    out.write(`${JSON.stringify({ scene: row, text, prompt, perturbation, claims, shape: shapes.join('|') })}\n`);
    written++;
  }
  row++;
}
out.end();
await finished(out);
await rename(join(pack, 'captions.jsonl.part'), join(pack, 'captions.jsonl'));
console.log(`${written} captions of ${row} scenes`);
