import type { Worker } from 'bullmq';
import { withinTime } from '../base/abort.js';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { loadBullMq, parseQueueUrl, readyMs } from './redis-queue.js';

export interface QueueWorkerOptions {
  concurrency: number;
  onDone?: (count: number) => void;
}

export interface QueueWorker {
  /** Takes no new items, finishes those in hand, and ends. */
  close(): Promise<void>;
}

/** A worker that is gone for so long has its items given to others. Milliseconds. */
const lockMs = 10_000;

/**
 * Does the items of a queue until it is closed. What dies with a worker is done by another one.
 *
 * @throws DetectiveError `bad-argument` for a URL that is none, `missing-dependency`, `scorer-failed` where Redis cannot be
 * reached.
 */
export async function startQueueWorker(
  url: string,
  work: (item: unknown) => Promise<unknown>,
  { concurrency, onDone }: QueueWorkerOptions,
): Promise<QueueWorker> {
  const { connection, name, shown } = parseQueueUrl(url);
  const bullmq = await loadBullMq();
  let done = 0;
  const worker: Worker = new bullmq.Worker(
    name,
    async ({ data }) => {
      const result = await work(data);
      onDone?.(++done);
      return result;
    },
    {
      connection: { ...connection, maxRetriesPerRequest: null },
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // a worker that dies is no fault of the item
      maxStalledCount: 1000,
    },
  );
  let broken: Error | undefined;
  worker.on('error', (error) => {
    broken = error;
  });
  try {
    await withinTime(
      () => worker.waitUntilReady(),
      readyMs,
      () => new Error('no answer within 5 s'),
    );
  } catch (cause) {
    void worker.close(true).catch(() => {});
    throw new DetectiveError(
      'queue-failed',
      `no Redis answers at ${shown} (${errorMessage(broken ?? cause).slice(0, 200)}): start it, or check the address`,
    );
  }
  return { close: () => worker.close() };
}
