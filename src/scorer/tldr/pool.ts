import { LRUCache } from 'lru-cache';
import { abortable } from '../../base/abort.js';
import { DetectiveError } from '../../base/errors.js';
import type { WorkerClient } from './worker-client.js';
import type { ImageFeatures } from './worker-messages.js';

/** At most this many token sequences in one run of the decoder. */
const batchSize = 32;
/** Tokens, padding included, in one run of several: what comes in meanwhile waits for no more than that. */
const mostTokens = 2048;
/** Sequences run together differ in length by no more than this share: padding costs as much as tokens. */
const likeness = 0.25;
/** Logits kept, in numbers: a text that is scored again on the same picture is not run again. */
const keptLogits = 250_000;

export interface Pixels {
  /** RGB, 8 bit, row by row. */
  data: Uint8Array<ArrayBuffer>;
  /** Width and height. */
  size: [number, number];
}

/** An image to be encoded: what it is kept under, and its pixels, made when its turn comes near. */
export interface EncodeJob {
  key: string;
  pixels: () => Promise<Pixels>;
}

/** A token sequence to be judged against an image, which is encoded again where its features are no longer kept. */
export interface DecodeJob {
  image: EncodeJob;
  ids: number[];
  prefix: number;
}

interface Waiting<Job, Result> {
  job: Job;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}
type WaitingDecode = Waiting<DecodeJob, Float32Array>;

export interface Pool {
  /** Its features, which are kept for `decode` too. An abort rejects at once, and a job that still waits is never run. */
  encode(job: EncodeJob, signal?: AbortSignal): Promise<ImageFeatures>;
  /** One logit for each id of the job. Aborts as `encode` does. */
  decode(job: DecodeJob, signal?: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Hands work to several workers, each with one run at a time, so that what waits can still be taken back. Sequences that
 * wait are run together, those of like length in one batch, shared out over the workers; images and sequences take
 * turns. Features are kept here, in memory that all workers can read.
 *
 * @param cacheBytes Features kept at most. The newest are always kept.
 */
export function makePool(workers: readonly WorkerClient[], cacheBytes: number): Pool {
  const kept = new LRUCache<string, ImageFeatures>({
    maxSize: cacheBytes,
    // clamped, so that features larger than the whole cache are kept alone instead of never
    sizeCalculation: ({ data }) => Math.min(cacheBytes, data.byteLength),
  });
  const judged = new LRUCache<string, Float32Array>({
    maxSize: keptLogits,
    sizeCalculation: (logits, key) => Math.min(keptLogits, logits.length + key.length),
  });
  const ahead = new WeakMap<EncodeJob, Promise<Pixels>>();
  const images = new Set<Waiting<EncodeJob, ImageFeatures>>();
  let sequences: WaitingDecode[] = [];
  let batches = 0;
  const idle = new Set(workers);
  let waking = false;
  let closed = false;

  /** One turn of the event loop later, so that what is asked for together is run together. */
  function wake(): void {
    if (waking) return;
    waking = true;
    setImmediate(() => {
      waking = false;
      for (const worker of [...idle]) {
        if (images.size === 0 && sequences.length === 0) return;
        idle.delete(worker);
        void work(worker).finally(() => idle.add(worker));
      }
    });
  }

  async function work(worker: WorkerClient): Promise<void> {
    while (images.size > 0 || sequences.length > 0) {
      const [image, following] = images;
      if (image) {
        images.delete(image);
        if (following) makeAhead(following.job);
        await encode(worker, image.job).then(image.resolve, image.reject);
      }
      const batch = takeBatch();
      if (batch.length > 0) await decodeBatch(worker, batch);
    }
  }

  function takeBatch(): WaitingDecode[] {
    if (sequences.length === 0) return [];
    const share = Math.ceil(sequences.length / (idle.size + 1));
    // by turns the oldest and the shortest: a short answer waits for no crowd of long ones
    const first =
      batches++ % 2 === 0 ? sequences[0]! : sequences.reduce((a, b) => (b.job.ids.length < a.job.ids.length ? b : a));
    const { length } = first.job.ids;
    const room = Math.max(1, Math.floor(mostTokens / (length * (1 + likeness))));
    const distance = ({ job }: WaitingDecode) => Math.abs(job.ids.length - length);
    const batch = new Set(
      sequences
        .filter((entry) => distance(entry) <= length * likeness)
        .sort((a, b) => distance(a) - distance(b))
        .slice(0, Math.min(batchSize, share, room)),
    );
    sequences = sequences.filter((entry) => !batch.has(entry));
    return [...batch];
  }

  /** Has the next picture decoded while the worker is at the one before it. */
  function makeAhead(job: EncodeJob): void {
    if (ahead.has(job)) return;
    const pixels = job.pixels();
    pixels.catch(() => {});
    ahead.set(job, pixels);
  }

  async function encode(worker: WorkerClient, job: EncodeJob): Promise<ImageFeatures> {
    const made = ahead.get(job) ?? job.pixels();
    ahead.delete(job);
    const { data, size } = await made;
    const reply = await worker.send({ type: 'encode', pixels: data, size });
    if ('error' in reply) throw new DetectiveError(reply.code, `the picture could not be encoded: ${reply.error}`);
    if (!('features' in reply)) throw new DetectiveError('scorer-failed', 'the picture could not be encoded');
    kept.set(job.key, reply.features);
    return reply.features;
  }

  /** The features of each image that the batch needs. What needs an image that cannot be encoded fails. */
  async function featuresOf(worker: WorkerClient, batch: readonly WaitingDecode[]) {
    const features = new Map<string, ImageFeatures>();
    const lost = new Map<string, unknown>();
    for (const { job, reject } of batch) {
      const { key } = job.image;
      if (!features.has(key) && !lost.has(key)) {
        try {
          features.set(key, kept.get(key) ?? (await encode(worker, job.image)));
        } catch (error) {
          lost.set(key, error);
        }
      }
      if (lost.has(key)) reject(lost.get(key));
    }
    return features;
  }

  async function decodeBatch(worker: WorkerClient, batch: readonly WaitingDecode[]): Promise<void> {
    const features = await featuresOf(worker, batch);
    const ready = batch.filter(({ job }) => features.has(job.image.key));
    if (ready.length === 0) return;
    try {
      const items = ready.map(({ job }) => ({
        features: features.get(job.image.key)!,
        ids: job.ids,
        prefix: job.prefix,
      }));
      const reply = await worker.send({ type: 'decode', items });
      if ('logits' in reply) {
        for (const [index, { job, resolve }] of ready.entries()) {
          const logits = reply.logits[index]!;
          judged.set(cacheKey(job), logits);
          resolve(logits);
        }
      } else if (ready.length > 1) {
        // too much at once for the model: what can be judged alone shall be
        for (const entry of ready) await decodeBatch(worker, [entry]);
      } else if ('error' in reply) {
        throw new DetectiveError(reply.code, `the model could not be run: ${reply.error}`);
      } else {
        throw new DetectiveError('scorer-failed', 'the model could not be run');
      }
    } catch (error) {
      for (const entry of ready) entry.reject(error);
    }
  }

  /** A result that the signal does not wait for; `forget` takes its job out of the queue. */
  async function queued<Job, Result>(
    job: Job,
    signal: AbortSignal | undefined,
    add: (entry: Waiting<Job, Result>) => void,
    forget: (entry: Waiting<Job, Result>) => void,
  ): Promise<Result> {
    let entry: Waiting<Job, Result> | undefined;
    const begin = () =>
      new Promise<Result>((resolve, reject) => {
        entry = { job, resolve, reject };
        add(entry);
        wake();
      });
    try {
      return await abortable(begin, signal, { doing: 'scoring' });
    } catch (error) {
      if (entry && signal?.aborted) forget(entry);
      throw error;
    }
  }

  return {
    encode: (job, signal) =>
      queued(
        job,
        signal,
        (entry) => images.add(entry),
        (entry) => images.delete(entry),
      ),
    decode(job, signal) {
      const known = judged.get(cacheKey(job));
      if (known && !signal?.aborted && !closed) return Promise.resolve(known);
      return queued<DecodeJob, Float32Array>(
        job,
        signal,
        (entry) => sequences.push(entry),
        (entry) => {
          sequences = sequences.filter((other) => other !== entry);
        },
      );
    },
    async close() {
      closed = true;
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

const cacheKey = ({ image, ids, prefix }: DecodeJob): string => `${image.key} ${prefix} ${ids.join(' ')}`;
