/**
 * npx tsx bench/scorer.ts [--model FOLDER] [--other FOLDER] [--python PATH] [--seconds N]: captions a second and p50/p95
 * of this scorer, of a Python script (onnxruntime, Pillow, numpy) and of bare session.run on ready tensors, same ONNX
 * files, same pictures, same captions, one thread each, timed in turns so that other load falls on all alike; then a
 * re-score against a first score, gaps of the main thread, and workers. Ratios are medians over the turns. `--other` is
 * a second model folder whose halves are timed beside the first one's.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { packageRoot } from '../src/base/package-root.js';
import type { ScoreRequest } from '../src/scorer/scorer.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { openTokenizer } from '../src/scorer/tldr/tokenizer.js';
import { tldrScorer } from '../src/scorer.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: join(packageRoot(), 'models', 'tldr-scenes') },
    other: { type: 'string' },
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
/** Captions of one length in tokens, and of one to four sentences, as answers are. */
const kinds = ['even', 'mixed'] as const;
type Kind = (typeof kinds)[number];
const more = [
  'Two small red dogs stand to the left of a large blue car on a green ground.',
  'There is a yellow cup above the car.',
  'A white cat is near the tree, and three orange fish are below it.',
];
let serial = 0;
/** A caption that was never scored before. */
function caption(kind: Kind): string {
  const count = kind === 'even' ? 1 : serial % 4;
  return [...more.slice(0, count), `Picture ${[...String(100_000 + serial++)].join(' ')}.`].join(' ');
}
const sequence = async (response: string) => [text.bos, text.sep, ...(await tokenize(response)).ids, text.eos];
const sequencesOf = (kind: Kind, count: number) =>
  Promise.all(Array.from({ length: count }, () => sequence(caption(kind))));

interface Timing {
  what: string;
  batch: number;
  captionsPerSecond: number;
  p50: number;
  p95: number;
}
const timings: Timing[] = [];

type Prepare = () => Promise<() => Promise<unknown>>;
const rounds = 12;

/** Milliseconds of each run in a slice of time, after two that are not counted. */
async function slice(prepare: Prepare, length: number): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < 2; n++) await (await prepare())();
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

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
/** Of each way, the median milliseconds of its turns. */
const turns = new Map<string, number[]>();

/** Times several ways in turns. */
async function compare(batch: number, ways: Record<string, (length: number) => Promise<number[]>>): Promise<void> {
  const took = new Map<string, number[]>();
  for (const way of Object.values(ways)) await way(100);
  for (let round = 0; round < rounds; round++)
    for (const [what, way] of Object.entries(ways)) {
      const turn = await way(milliseconds / rounds);
      took.set(what, [...(took.get(what) ?? []), ...turn]);
      turns.set(`${what} ${batch}`, [...(turns.get(`${what} ${batch}`) ?? []), median(turn)]);
    }
  for (const [what, all] of took) note(what, batch, all);
}

/** How many times as fast one way is as another: the median of the turns, and the range of their middle half. */
function ratio(fast: string, slow: string, batch: number): string {
  const [one, other] = [turns.get(`${fast} ${batch}`)!, turns.get(`${slow} ${batch}`)!];
  const sorted = one.map((took, n) => other[n]! / took).toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(2);
  return `${at(0.5)} (${at(0.25)}-${at(0.75)})`;
}

// (c) the limit
const { InferenceSession, Tensor } = await import('onnxruntime-node');
const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const encoder = await InferenceSession.create(model.imageEncoder, options);
const decoder = await InferenceSession.create(model.rewardDecoder, options);
const [width, height] = image.size;
const pixels = new Tensor('float32', new Float32Array(3 * width * height), [1, 3, height, width]);
const features = (await encoder.run({ pixel_values: pixels })).image_features!;
const feedsOf = (sequences: readonly number[][]) => {
  const batch = sequences.length;
  const length = Math.max(...sequences.map((ids) => ids.length));
  const many = new Float32Array(batch * features.size);
  const ids = new BigInt64Array(batch * length);
  const mask = new BigInt64Array(batch * length);
  for (const [n, sequence] of sequences.entries()) {
    many.set(features.data as Float32Array, n * features.size);
    ids.set(BigInt64Array.from(sequence, BigInt), n * length);
    mask.fill(1n, n * length, n * length + sequence.length);
  }
  return {
    input_ids: new Tensor('int64', ids, [batch, length]),
    attention_mask: new Tensor('int64', mask, [batch, length]),
    image_features: new Tensor('float32', many, [batch, ...features.dims.slice(1)]),
  };
};

// (b) the Python script
const sequences = Object.fromEntries(
  await Promise.all(kinds.map(async (kind) => [kind, await sequencesOf(kind, 64)] as const)),
);
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
  (batch: number, kind: Kind, first = false) =>
  async (length: number): Promise<number[]> => {
    python!.stdin.write(`${JSON.stringify({ batch, kind, first, seconds: length / 1000 })}\n`);
    return JSON.parse((await replies!.next()).value ?? '[]') as number[];
  };

// (a) this scorer
const requests = (batch: number, kind: Kind): ScoreRequest[] =>
  Array.from({ length: batch }, (_, n) => ({ images: [pictures[n % pictureCount]!], response: caption(kind) }));
const scorer = await tldrScorer(folder, { threads: 1, warmUp: true });
await scorer.scoreBatch!(requests(pictureCount, 'even'));

/** Processor time of the main thread, in milliseconds; NaN where the system does not tell. */
function mainThreadTime(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
/** Between ticks of a timer: by the clock, and the main thread's own work, without what others take from it. */
const gaps: { clock: number; own: number }[] = [];
async function watched<T>(work: () => Promise<T>): Promise<T> {
  let last = { clock: performance.now(), own: mainThreadTime() };
  const watch = setInterval(() => {
    const now = { clock: performance.now(), own: mainThreadTime() };
    gaps.push({ clock: now.clock - last.clock - 2, own: now.own - last.own });
    last = now;
  }, 2);
  return work().finally(() => clearInterval(watch));
}

for (const kind of kinds)
  for (const batch of kind === 'even' ? batchSizes : batchSizes.slice(1)) {
    const feeds = feedsOf(await sequencesOf(kind, batch));
    await compare(batch, {
      [`bare session.run, decoder, ${kind}`]: (length) => slice(async () => () => decoder.run(feeds), length),
      [`this scorer, pictures known, ${kind}`]: (length) =>
        slice(async () => {
          const all = requests(batch, kind);
          return () => scorer.scoreBatch!(all);
        }, length),
      ...(python ? { [`python, pictures known, ${kind}`]: askPython(batch, kind) } : {}),
    });
  }
let fresh = 0;
/** Takes a picture that was never seen before, with a new caption. */
async function firstScore() {
  const { data, info } = await sharp(pictures[0]!).raw().toBuffer({ resolveWithObject: true });
  data.writeUInt32LE(fresh++);
  const bytes = await sharp(data, { raw: info }).png().toBuffer();
  return () => scorer.score({ images: [bytes], response: caption('even') });
}
await compare(1, {
  'bare session.run, encoder': (length) => slice(async () => () => encoder.run({ pixel_values: pixels }), length),
  'this scorer, first score of a picture': (length) => slice(firstScore, length),
  'this scorer, re-score': (length) =>
    slice(async () => {
      const [one] = requests(1, 'even');
      return () => scorer.score(one!);
    }, length),
  ...(python ? { 'python, first score of a picture': askPython(1, 'even', true) } : {}),
});
await watched(async () => {
  for (const batch of batchSizes)
    await slice(async () => {
      const all = requests(batch, 'mixed');
      return () => scorer.scoreBatch!(all);
    }, milliseconds / 3);
  await slice(firstScore, milliseconds / 3);
  await slice(async () => {
    const long = Array.from({ length: 150 }, () => caption('mixed')).join(' ');
    return () => scorer.score({ images: [pictures[0]!], response: long });
  }, milliseconds / 3);
});
python?.stdin.end();
await scorer.close?.();
if (values.other) {
  const other = await openModelFolder(values.other);
  const otherEncoder = await InferenceSession.create(other.imageEncoder, options);
  const otherDecoder = await InferenceSession.create(other.rewardDecoder, options);
  const feeds = feedsOf(await sequencesOf('even', 8));
  await compare(8, {
    'bare decoder': (length) => slice(async () => () => decoder.run(feeds), length),
    'bare decoder, other': (length) => slice(async () => () => otherDecoder.run(feeds), length),
    'bare encoder': (length) => slice(async () => () => encoder.run({ pixel_values: pixels }), length),
    'bare encoder, other': (length) => slice(async () => () => otherEncoder.run({ pixel_values: pixels }), length),
  });
  await Promise.all([otherEncoder.release(), otherDecoder.release()]);
}
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
          const all = requests(128, 'even');
          return () => pool.scoreBatch!(all);
        }, length),
    ]),
  ),
);
for (const { pool } of pools) await pool.close?.();

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
const against = (other: string) =>
  kinds.flatMap((kind) =>
    (kind === 'even' ? batchSizes : batchSizes.slice(1)).map(
      (batch) => `${kind} ${batch}: ${ratio(`this scorer, pictures known, ${kind}`, `${other}, ${kind}`, batch)}`,
    ),
  );
const worst = (of: 'clock' | 'own') => {
  const sorted = gaps.map((gap) => gap[of]).toSorted((a, b) => a - b);
  return { worst: sorted.at(-1)!.toFixed(1), p99: sorted[Math.floor(sorted.length * 0.99)]!.toFixed(1) };
};
console.log(
  JSON.stringify(
    {
      cores: availableParallelism(),
      load: loadavg()[0],
      againstBare: against('bare session.run, decoder'),
      againstPython: python
        ? against('python, pictures known')
        : 'give --python PATH, with onnxruntime, Pillow and numpy',
      firstScoreAgainstPython: python
        ? ratio('this scorer, first score of a picture', 'python, first score of a picture', 1)
        : undefined,
      rescoreToFirst: p50('this scorer, re-score') / p50('this scorer, first score of a picture'),
      mainThreadGapMs: { clock: worst('clock'), ownWork: worst('own') },
      workers: pools.map(
        ({ count }) => `${count}: ${ratio(`this scorer, ${count} workers`, 'this scorer, 1 workers', 128)}`,
      ),
      otherToThis: values.other
        ? {
            decoder: ratio('bare decoder, other', 'bare decoder', 8),
            encoder: ratio('bare encoder, other', 'bare encoder', 8),
          }
        : undefined,
      rssMiB: process.memoryUsage.rss() / 2 ** 20,
    },
    null,
    1,
  ),
);
rmSync(work, { recursive: true });
