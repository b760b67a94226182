/**
 * npx tsx bench/scorer.ts [--model FOLDER] [--python PATH] [--seconds N]: captions a second and p50/p95 of this scorer,
 * of a Python script (onnxruntime, Pillow, numpy) and of bare session.run on ready tensors, same ONNX files, same
 * pictures, same captions, one thread each, timed in turns so that other load falls on all alike; then a re-score against a first score, gaps of the main thread, and workers.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { packageRoot } from '../src/package-root.js';
import { tldrScorer } from '../src/scorer/index.js';
import type { ScoreRequest } from '../src/scorer/scorer.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { openTokenizer } from '../src/scorer/tldr/tokenizer.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join(packageRoot(), 'models', 'tldr-scenes') },
    python: { type: 'string' },
    seconds: { type: 'string', default: '3' },
  },
});
const folder = values.model;
const milliseconds = Number(values.seconds) * 1000;
const batchSizes = [1, 8, 32];
const pictureCount = 32;

const model = await openModelFolder(folder);
const { text, image } = model.manifest;
const tokenize = await openTokenizer(model);
const work = mkdtempSync(join(tmpdir(), 'bench-scorer-'));

/** Pictures that differ, as PNG files. */
const pictures = await Promise.all(
  Array.from({ length: pictureCount }, async (_, n) => {
    const file = join(work, `${n}.png`);
    await sharp(join(folder, 'golden', `${n % 4}.png`))
      .modulate({ hue: n * 5 })
      .png()
      .toFile(file);
    return file;
  }),
);
let serial = 0;
/** A caption that was never scored before. */
const caption = () => `Two small red dogs stand to the left of a large blue car on a green ground, ${serial++} in all.`;
const sequence = async (response: string) => [text.bos, text.sep, ...(await tokenize(response)).ids, text.eos];

interface Timing {
  what: string;
  batch: number;
  captionsPerSecond: number;
  p50: number;
  p95: number;
}
const timings: Timing[] = [];

type Prepare = () => Promise<() => Promise<unknown>>;
const rounds = 8;

/** Milliseconds of each run in a slice of time. */
async function slice(prepare: Prepare, length: number): Promise<number[]> {
  const took: number[] = [];
  const end = performance.now() + length;
  do {
    const run = await prepare();
    const begun = performance.now();
    await run();
    took.push(performance.now() - begun);
  } while (performance.now() < end);
  return took;
}

function note(what: string, batch: number, took: number[]): Timing {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const captionsPerSecond = (1000 * batch * took.length) / took.reduce((sum, one) => sum + one, 0);
  const timing = { what, batch, captionsPerSecond, p50: at(0.5), p95: at(0.95) };
  timings.push(timing);
  return timing;
}

/** Times several ways in turns. */
async function compare(batch: number, ways: Record<string, (length: number) => Promise<number[]>>): Promise<void> {
  const took = new Map<string, number[]>();
  for (const way of Object.values(ways)) await way(100);
  for (let round = 0; round < rounds; round++)
    for (const [what, way] of Object.entries(ways))
      took.set(what, [...(took.get(what) ?? []), ...(await way(milliseconds / rounds))]);
  for (const [what, all] of took) note(what, batch, all);
}

// (c) the limit
const { InferenceSession, Tensor } = await import('onnxruntime-node');
const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const encoder = await InferenceSession.create(model.imageEncoder, options);
const decoder = await InferenceSession.create(model.rewardDecoder, options);
const [width, height] = image.size;
const pixels = new Tensor('float32', new Float32Array(3 * width * height), [1, 3, height, width]);
const features = (await encoder.run({ pixel_values: pixels })).image_features!;
const ids = await sequence(caption());
const feedsOf = (batch: number) => {
  const many = new Float32Array(batch * features.size);
  for (let n = 0; n < batch; n++) many.set(features.data as Float32Array, n * features.size);
  const all = BigInt64Array.from(Array.from({ length: batch }, () => ids).flat(), BigInt);
  return {
    input_ids: new Tensor('int64', all, [batch, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(all.length).fill(1n), [batch, ids.length]),
    image_features: new Tensor('float32', many, [batch, ...features.dims.slice(1)]),
  };
};

// (b) the Python script
const sequences = await Promise.all(Array.from({ length: 64 }, async () => sequence(caption())));
const job = join(work, 'job.json');
writeFileSync(
  job,
  JSON.stringify({ encoder: model.imageEncoder, decoder: model.rewardDecoder, pictures, sequences, image }),
);
const python = values.python
  ? spawn(values.python, [join(import.meta.dirname, 'scorer.py'), job], { stdio: ['pipe', 'pipe', 'inherit'] })
  : null;
const replies = python && createInterface(python.stdout)[Symbol.asyncIterator]();
const askPython =
  (batch: number, first = false) =>
  async (length: number): Promise<number[]> => {
    python!.stdin.write(`${JSON.stringify({ batch, first, seconds: length / 1000 })}\n`);
    return JSON.parse((await replies!.next()).value ?? '[]') as number[];
  };

// (a) this scorer
const requests = (batch: number): ScoreRequest[] =>
  Array.from({ length: batch }, (_, n) => ({ images: [pictures[n % pictureCount]!], response: caption() }));
const scorer = await tldrScorer(folder, { threads: 1, warmUp: true });
await scorer.scoreBatch!(requests(pictureCount));
let worstGap = 0;
for (const batch of batchSizes) {
  const feeds = feedsOf(batch);
  const ways = {
    'bare session.run, decoder': (length: number) => slice(async () => () => decoder.run(feeds), length),
    'this scorer, pictures known': async (length: number) => {
      let last = performance.now();
      const watch = setInterval(() => {
        worstGap = Math.max(worstGap, performance.now() - last - 2);
        last = performance.now();
      }, 2);
      const took = await slice(async () => {
        const all = requests(batch);
        return () => scorer.scoreBatch!(all);
      }, length);
      clearInterval(watch);
      return took;
    },
    ...(python ? { 'python, pictures known': askPython(batch) } : {}),
  };
  await compare(batch, ways);
}
let fresh = 0;
await compare(1, {
  'bare session.run, encoder': (length) => slice(async () => () => encoder.run({ pixel_values: pixels }), length),
  'this scorer, first score of a picture': (length) =>
    slice(async () => {
      const { data, info } = await sharp(pictures[0]!).raw().toBuffer({ resolveWithObject: true });
      data.writeUInt32LE(fresh++);
      const bytes = await sharp(data, { raw: info }).png().toBuffer();
      return () => scorer.score({ images: [bytes], response: caption() });
    }, length),
  'this scorer, re-score': (length) =>
    slice(async () => {
      const [one] = requests(1);
      return () => scorer.score(one!);
    }, length),
  ...(python ? { 'python, first score of a picture': askPython(1, true) } : {}),
});
python?.stdin.end();
await scorer.close?.();
await Promise.all([encoder.release(), decoder.release()]);
const pools = await Promise.all(
  [1, 2, 4]
    .filter((count) => count <= availableParallelism())
    .map(async (count) => ({
      count,
      pool: await tldrScorer(folder, { workers: count, threads: 1, warmUp: true }),
    })),
);
await compare(
  128,
  Object.fromEntries(
    pools.map(({ count, pool }) => [
      `this scorer, ${count} workers`,
      (length: number) =>
        slice(async () => {
          const all = requests(128);
          return () => pool.scoreBatch!(all);
        }, length),
    ]),
  ),
);
for (const { pool } of pools) await pool.close?.();

const rate = (what: string, batch: number) =>
  timings.find((timing) => timing.what === what && timing.batch === batch)?.captionsPerSecond ?? Number.NaN;
console.table(
  timings.map(({ what, batch, captionsPerSecond, p50, p95 }) => ({
    what,
    batch,
    'captions/s': captionsPerSecond.toFixed(1),
    'p50 ms': p50.toFixed(2),
    'p95 ms': p95.toFixed(2),
  })),
);
const p50 = (what: string) => timings.find((timing) => timing.what === what)!.p50;
console.log(
  JSON.stringify({
    cores: availableParallelism(),
    load: loadavg()[0],
    againstBare: batchSizes.map((batch) => ({
      batch,
      ratio: rate('this scorer, pictures known', batch) / rate('bare session.run, decoder', batch),
    })),
    againstPython: values.python
      ? batchSizes.map((batch) => ({
          batch,
          ratio: rate('this scorer, pictures known', batch) / rate('python, pictures known', batch),
        }))
      : 'give --python PATH, with onnxruntime, Pillow and numpy',
    rescoreToFirst: p50('this scorer, re-score') / p50('this scorer, first score of a picture'),
    worstGapMs: worstGap,
    workers: pools.map(({ count }) => ({
      workers: count,
      captionsPerSecond: rate(`this scorer, ${count} workers`, 128),
    })),
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
  }),
);
