import { DetectiveError } from '../../errors.js';
import type { WorkerClient } from './worker-client.js';
import type { DecodeItem } from './worker-messages.js';

/** At most this many token sequences in one run of the decoder. */
const batchSize = 32;

interface Waiting {
  item: DecodeItem;
  /** Gives the pixels again, for when the worker no longer keeps the features. */
  pixels: () => Promise<Uint8Array>;
  resolve: (logits: Float32Array) => void;
  reject: (error: unknown) => void;
}

export interface Batcher {
  decode(item: DecodeItem, pixels: () => Promise<Uint8Array>, signal?: AbortSignal): Promise<Float32Array>;
}

/**
 * Collects what is waiting while the decoder runs and sends it on together, sequences of like length in one batch. A
 * request that is aborted while it waits is never run.
 */
export function makeBatcher(worker: WorkerClient): Batcher {
  let waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    await Promise.resolve();
    while (waiting.length > 0) {
      const first = waiting[0]!;
      const alike = [...waiting].sort(
        (a, b) =>
          Math.abs(a.item.ids.length - first.item.ids.length) - Math.abs(b.item.ids.length - first.item.ids.length),
      );
      const batch = new Set(alike.slice(0, batchSize));
      waiting = waiting.filter((entry) => !batch.has(entry));
      await send([...batch]);
    }
    running = false;
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    try {
      const items = batch.map((entry) => entry.item);
      let reply = await worker.send({ type: 'decode', items });
      for (let tries = 0; 'missing' in reply && tries < 3; tries++) {
        for (const key of reply.missing) {
          const pixels = await batch.find((entry) => entry.item.key === key)!.pixels();
          await worker.send({ type: 'encode', key, pixels });
        }
        reply = await worker.send({ type: 'decode', items });
      }
      if (!('logits' in reply))
        throw new DetectiveError(
          'scorer-failed',
          `the model could not be run: ${'error' in reply ? reply.error : 'its image features do not fit into the cache'}`,
        );
      const { logits } = reply;
      batch.forEach((entry, index) => entry.resolve(logits[index]!));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  return {
    decode(item, pixels, signal) {
      return new Promise((resolve, reject) => {
        const abort = () => {
          waiting = waiting.filter((other) => other !== entry);
          reject(new DetectiveError('aborted', 'scoring was aborted', { cause: signal?.reason }));
        };
        const settle =
          <T>(then: (value: T) => void) =>
          (value: T) => {
            signal?.removeEventListener('abort', abort);
            then(value);
          };
        const entry: Waiting = { item, pixels, resolve: settle(resolve), reject: settle(reject) };
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
