import { DetectiveError } from '../../errors.js';
import type { WorkerClient } from './worker-client.js';
import type { DecodeItem } from './worker-messages.js';

/** At most this many token sequences in one run of the decoder. */
const batchSize = 32;

/** A token sequence to be judged, and how to encode its image again where the worker no longer keeps the features. */
export interface DecodeJob extends DecodeItem {
  encode: () => Promise<unknown>;
}

interface Waiting {
  job: DecodeJob;
  resolve: (logits: Float32Array) => void;
  reject: (error: unknown) => void;
}

export interface Batcher {
  /** One logit for each id of the job. An abort rejects at once, and a job that still waits is never run. */
  decode(job: DecodeJob, signal?: AbortSignal): Promise<Float32Array>;
}

/** Collects what is waiting while the decoder runs and sends it on together, sequences of like length in one batch. */
export function makeBatcher(worker: WorkerClient): Batcher {
  let waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    await Promise.resolve();
    while (waiting.length > 0) {
      const length = waiting[0]!.job.ids.length;
      const distance = ({ job }: Waiting) => Math.abs(job.ids.length - length);
      const batch = new Set([...waiting].sort((a, b) => distance(a) - distance(b)).slice(0, batchSize));
      waiting = waiting.filter((entry) => !batch.has(entry));
      await send([...batch]);
    }
    running = false;
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const items = batch.map(({ job: { key, ids } }) => ({ key, ids }));
      let reply = await worker.send({ type: 'decode', items });
      if ('missing' in reply) {
        const lost = await encodeAgain(batch, reply.missing);
        if (lost.size > 0) return await send(batch.filter(({ job }) => !lost.has(job.key)));
        reply = await worker.send({ type: 'decode', items });
      }
      if ('logits' in reply) {
        for (const [index, entry] of batch.entries()) entry.resolve(reply.logits[index]!);
      } else if (batch.length > 1) {
        // too much at once for the cache or for the model: what can be judged alone shall be
        for (const entry of batch) await send([entry]);
      } else if ('error' in reply) {
        throw new DetectiveError(reply.code, `the model could not be run: ${reply.error}`);
      } else {
        throw new DetectiveError('scorer-failed', 'the image features were lost: try again');
      }
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  /** The images that could not be encoded; what needs them has failed by then. */
  async function encodeAgain(batch: readonly Waiting[], keys: readonly string[]): Promise<Set<string>> {
    const lost = new Set<string>();
    for (const key of keys) {
      const entries = batch.filter(({ job }) => job.key === key);
      try {
        await entries[0]!.job.encode();
      } catch (error) {
        lost.add(key);
        for (const entry of entries) entry.reject(error);
      }
    }
    return lost;
  }

  return {
    decode(job, signal) {
      return new Promise((resolve, reject) => {
        const abort = () => {
          waiting = waiting.filter((other) => other !== entry);
          reject(abortError(signal));
        };
        const settle =
          <T>(then: (value: T) => void) =>
          (value: T) => {
            signal?.removeEventListener('abort', abort);
            then(value);
          };
        const entry: Waiting = { job, resolve: settle(resolve), reject: settle(reject) };
        if (signal?.aborted) {
          abort();
          return;
        }
        signal?.addEventListener('abort', abort, { once: true });
        waiting.push(entry);
        void run();
      });
    },
  };
}

export function abortError(signal: AbortSignal | undefined): DetectiveError {
  return new DetectiveError('aborted', 'scoring was aborted', { cause: signal?.reason });
}
