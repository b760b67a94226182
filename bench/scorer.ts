/**
 * npx tsx bench/scorer.ts [--model FOLDER] [--python PATH] [--seconds N]: captions a second and p50/p95 of this scorer,
 * of a Python script (onnxruntime, Pillow, numpy) and of bare session.run on ready tensors, same ONNX files, same
 * pictures, same captions, one thread each; then a re-score against a first score, gaps of the main thread, and workers.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
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

async function time(what: string, batch: number, prepare: () => Promise<() => Promise<unknown>>): Promise<Timing> {
  for (let n = 0; n < 3; n++) await (await prepare())();
  const took: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end || took.length < 10) {
    const run = await prepare();
    const begun = performance.now();
    await run();
    took.push(performance.now() - begun);
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!;
  const captionsPerSecond = (1000 * batch * took.length) / took.reduce((sum, one) => sum + one, 0);
  const timing = { what, batch, captionsPerSecond, p50: at(0.5), p95: at(0.95) };
  timings.push(timing);
  return timing;
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
for (const batch of batchSizes) {
  const many = new Float32Array(batch * features.size);
  for (let n = 0; n < batch; n++) many.set(features.data as Float32Array, n * features.size);
  const feeds = {
    input_ids: new Tensor('int64', BigInt64Array.from(Array.from({ length: batch }, () => ids).flat(), BigInt), [
      batch,
      ids.length,
    ]),
    attention_mask: new Tensor('int64', new BigInt64Array(batch * ids.length).fill(1n), [batch, ids.length]),
    image_features: new Tensor('float32', many, [batch, ...features.dims.slice(1)]),
  };
  await time('bare session.run, decoder', batch, async () => () => decoder.run(feeds));
}
await time('bare session.run, encoder', 1, async () => () => encoder.run({ pixel_values: pixels }));
await Promise.all([encoder.release(), decoder.release()]);

// (a) this scorer
const requests = (batch: number): ScoreRequest[] =>
  Array.from({ length: batch }, (_, n) => ({ images: [pictures[n % pictureCount]!], response: caption() }));
const scorer = await tldrScorer(folder, { threads: 1, warmUp: true });
await scorer.scoreBatch!(requests(pictureCount));
let worstGap = 0;
let last = performance.now();
const watch = setInterval(() => {
  worstGap = Math.max(worstGap, performance.now() - last - 2);
  last = performance.now();
}, 2);
for (const batch of batchSizes)
  await time('this scorer, pictures known', batch, async () => {
    const batchOf = requests(batch);
    return () => scorer.scoreBatch!(batchOf);
  });
clearInterval(watch);
let fresh = 0;
const first = await time('this scorer, first score of a picture', 1, async () => {
  const { data, info } = await sharp(pictures[0]!).raw().toBuffer({ resolveWithObject: true });
  data.writeUInt32LE(fresh++);
  const bytes = await sharp(data, { raw: info }).png().toBuffer();
  return () => scorer.score({ images: [bytes], response: caption() });
});
await scorer.close?.();
const workers: { workers: number; captionsPerSecond: number }[] = [];
for (const count of [1, 2, 4].filter((count) => count <= availableParallelism())) {
  const pool = await tldrScorer(folder, { workers: count, threads: 1, warmUp: true });
  const { captionsPerSecond } = await time(`this scorer, ${count} workers`, 128, async () => {
    const batchOf = requests(128);
    return () => pool.scoreBatch!(batchOf);
  });
  workers.push({ workers: count, captionsPerSecond });
  await pool.close?.();
}

// (b) the Python script
if (values.python) {
  const job = join(work, 'job.json');
  const sequences = await Promise.all(Array.from({ length: 64 }, async () => sequence(caption())));
  writeFileSync(
    job,
    JSON.stringify({
      encoder: model.imageEncoder,
      decoder: model.rewardDecoder,
      pictures,
      sequences,
      image,
      batchSizes,
      seconds: milliseconds / 1000,
    }),
  );
  const { stdout, stderr, status } = spawnSync(values.python, [join(import.meta.dirname, 'scorer.py'), job], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the Python script failed: ${stderr}`);
  timings.push(...(JSON.parse(stdout) as Timing[]));
}

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
const rescore = timings.find(({ what, batch }) => what === 'this scorer, pictures known' && batch === 1)!;
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
    rescoreToFirst: rescore.p50 / first.p50,
    worstGapMs: worstGap,
    workers,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
  }),
);
