// Usage: npx tsx scripts/write-acceptance.ts OUT [COUNT=80] [SEED=1] [STYLE,STYLE|-] [common]: items.jsonl, truth.jsonl and pictures
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignCaption, type PlantedError } from '../eval/acceptance/foreign-captions.js';
import { drawForeignScene, sampleForeignScene } from '../eval/acceptance/foreign-scene.js';
import { commonNouns } from '../scenes/common-nouns.js';
import { seededRandom } from '../scenes/random.js';
import { type Style, trainingStyles } from '../scenes/scene.js';

const [out, count = '80', seed = '1', styles = '-', nouns] = process.argv.slice(2);
if (!out) throw new Error('usage: write-acceptance OUT [COUNT] [SEED] [STYLE,STYLE|-] [common]');
const random = seededRandom(Number(seed) * 7919);
const errors: PlantedError[] = ['object', 'colour', 'size', 'count', 'spatial'];
const only = nouns === 'common' ? commonNouns : undefined;
mkdirSync(join(out, 'images'), { recursive: true });
const items: string[] = [];
const truths: string[] = [];
while (items.length < Number(count)) {
  const index = items.length;
  const error = index % 2 === 0 ? null : errors[Math.floor(index / 2) % errors.length]!;
  const scene = sampleForeignScene(random, styles === '-' ? trainingStyles : (styles.split(',') as Style[]), only);
  const caption = foreignCaption(scene, random, error);
  if (!caption) continue;
  const picture = await drawForeignScene(scene, random);
  const file = `images/${index}.${picture[0] === 0x89 ? 'png' : 'jpg'}`;
  writeFileSync(join(out, file), picture);
  items.push(JSON.stringify({ id: String(index), image: file, response: caption.text }));
  truths.push(JSON.stringify({ id: String(index), truth: caption.truth, error: caption.error, scene }));
}
writeFileSync(join(out, 'items.jsonl'), `${items.join('\n')}\n`);
writeFileSync(join(out, 'truth.jsonl'), `${truths.join('\n')}\n`);
console.log(`${items.length} captions in ${out}`);
