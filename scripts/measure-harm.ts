// Usage: npx tsx scripts/measure-harm.ts MODEL_FOLDER [COUNT=700] [SEED=63000000] [write|FRESH.json]: the lowest reward of a right answer about each
// of COUNT scenes, in all dresses and words; `write` puts them into tldr.json as `harm`, and FRESH.json has them written to it. With
// two such files, `check ONE.json TWO.json`, says in how many of 100 splits of both the bound held on the half that did not choose.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { dresses } from '../eval/harm/dresses.js';
import { dressed } from '../eval/harm/items.js';
import { factsOf } from '../eval/harm/statements.js';
import { chatScene } from '../scenes/captions/chat/index.js';
import { captionScene } from '../scenes/captions/index.js';
import { shuffled } from '../scenes/captions/sample-fact.js';
import { drawScene } from '../scenes/draw.js';
import { pick, seededRandom } from '../scenes/random.js';
import { longSides, sampleScene } from '../scenes/sample.js';
import type { Scene } from '../scenes/scene.js';
import { thresholdWithin } from '../src/scorer/conformal.js';
import { tldrScorer } from '../src/scorer/tldr/tldr-scorer.js';

const set =
  'right answers about validation scenes, one a scene, half of them up to three times as long as the other side: plain captions, chat answers, statements in every dress of eval harm';
/** The lowest of them that are kept: a bound of one in four needs no more. */
const kept = 0.25;
const bounds = [0.01, 0.02, 0.05, 0.1];

function rightAnswer(scene: Scene, random: () => number): { response: string; prompt?: string } | null {
  const way = random();
  if (way < 0.5) {
    const facts = factsOf(scene, random, random() < 0.5 ? 2 : 3);
    if (facts.length === 0) return null;
    return { response: dressed(facts, pick(random, dresses), scene.seed)[0]!.response };
  }
  const [truth] = way < 0.8 ? chatScene(scene, random, { count: 1 }) : captionScene(scene, random, { count: 1 });
  return truth ? { response: truth.text, ...(truth.prompt === undefined ? {} : { prompt: truth.prompt }) } : null;
}

async function measure(folder: string, count: number, seed: number): Promise<number[]> {
  const scorer = await tldrScorer(folder);
  const lowest: number[] = [];
  for (let at = seed; lowest.length < count; at++) {
    const scene = await sampleScene(at, at % 2 === 1 ? longSides(seededRandom(at)) : {});
    const random = seededRandom(at ^ 0x4a3);
    const answer = rightAnswer(scene, random);
    if (!answer) continue;
    const scale = 560 / Math.max(scene.width, scene.height);
    const size = { width: Math.round(scene.width * scale), height: Math.round(scene.height * scale) };
    const { data, width, height } = await drawScene(scene, size);
    const image = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const { tokens } = await scorer.score({ images: [image], ...answer });
    const least = Math.min(1, ...tokens.flatMap(({ reward }) => (reward === null ? [] : [reward])));
    lowest.push(Number(least.toFixed(6)));
    if (process.env.SHOW && least <= scorer.threshold!)
      console.log(
        least.toFixed(3),
        JSON.stringify(answer.response),
        tokens.filter(({ reward }) => reward === least)[0]?.text,
      );
  }
  await scorer.close?.();
  return lowest.sort((a, b) => a - b);
}

const flagged = (lowest: readonly number[], threshold: number) =>
  lowest.filter((reward) => reward <= threshold).length / lowest.length;

const [first, ...rest] = process.argv.slice(2);
if (!first)
  throw new Error('usage: measure-harm MODEL_FOLDER [COUNT] [SEED] [write|FRESH.json] | check ONE.json TWO.json');
if (first === 'check') {
  const all = rest.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as number[]);
  for (const bound of bounds) {
    const random = seededRandom(5);
    let [held, splits, harm] = [0, 0, 0];
    for (let split = 0; split < 100; split++) {
      const order = shuffled(all, random);
      const half = order.slice(0, order.length / 2).sort((a, b) => a - b);
      const threshold = thresholdWithin({ answers: half.length, lowest: half, set }, bound);
      if (threshold === null) continue;
      splits++;
      const fresh = flagged(order.slice(order.length / 2), threshold);
      harm += fresh;
      if (fresh <= bound) held++;
    }
    console.log(
      `maxHarm ${bound}: held in ${held} of ${splits} splits, mean harm ${((100 * harm) / splits).toFixed(2)} %`,
    );
  }
} else {
  const [count = '700', seed = '63000000', what = ''] = rest;
  const lowest = await measure(first, Number(count), Number(seed));
  const file = join(first, 'tldr.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { threshold: number; harm?: object };
  const { threshold } = manifest;
  console.log(
    `${lowest.length} right answers: ${(100 * flagged(lowest, threshold)).toFixed(1)} % flagged at ${threshold}`,
  );
  const harm = { answers: lowest.length, lowest: lowest.slice(0, Math.ceil(kept * lowest.length)), set };
  for (const bound of bounds) console.log(`maxHarm ${bound}: threshold ${thresholdWithin(harm, bound)}`);
  if (what === 'write') writeFileSync(file, `${JSON.stringify({ ...manifest, harm }, null, 1)}\n`);
  else if (what) writeFileSync(what, JSON.stringify(lowest));
}
