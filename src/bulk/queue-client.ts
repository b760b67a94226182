import { createHash } from 'node:crypto';
import type { Queue, QueueEvents } from 'bullmq';
import { abortable, throwIfAborted, withinTime } from '../base/abort.js';
import { DetectiveError, errorMessage } from '../base/errors.js';
import { loadBullMq, parseQueueUrl, readyMs } from './redis-queue.js';

/** Seconds that a result stays in Redis if whoever asked for it has gone. */
const keptSeconds = 24 * 3600;
/** An event can be lost where Redis or the connection broke: from time to time the job itself is asked. */
const pollMs = 5000;

export interface QueueClient {
  /**
   * Has a worker do one item, and waits for its result. The same item asked for again (by a run that goes on) is not done
   * twice while its result is kept.
   *
   * @throws DetectiveError `queue-failed` where the queue gave it up, `aborted`.
   */
  submit(item: object, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * @param run Says which run an item is of, so that equal items of another run are done anew.
 * @throws DetectiveError `bad-argument` for a URL that is none, `missing-dependency`, `queue-failed` where Redis cannot be
 * reached.
 */
export async function openQueue(url: string, run: string): Promise<QueueClient> {
  const { connection, name, shown } = parseQueueUrl(url);
  const { Queue, QueueEvents } = await loadBullMq();
  const queue: Queue = new Queue(name, { connection: { ...connection, maxRetriesPerRequest: null } });
  const events: QueueEvents = new QueueEvents(name, { connection: { ...connection, maxRetriesPerRequest: null } });
  // one listener a waiting item
  queue.setMaxListeners(0);
  events.setMaxListeners(0);
  let broken: Error | undefined;
  const note = (error: Error) => {
    broken = error;
  };
  queue.on('error', note);
  events.on('error', note);
  try {
    await withinTime(
      () => Promise.all([queue.waitUntilReady(), events.waitUntilReady()]),
      readyMs,
      () => new Error('no answer within 5 s'),
    );
  } catch (cause) {
    void Promise.allSettled([queue.close(), events.close()]);
    throw new DetectiveError(
      'queue-failed',
      `no Redis answers at ${shown} (${errorMessage(broken ?? cause).slice(0, 200)}): start it, or check the address`,
    );
  }

  async function result(id: string, item: object, signal: AbortSignal): Promise<unknown> {
    for (;;) {
      const job = await queue.add('item', item, {
        jobId: id,
        removeOnComplete: { age: keptSeconds },
        removeOnFail: true,
      });
      try {
        const value = await job.waitUntilFinished(events, pollMs);
        await job.remove().catch(() => {});
        return value;
      } catch (error) {
        throwIfAborted(signal, 'the item');
        // not done yet, or removed by a run that was broken off: ask again; the id keeps it from being done twice
        if (/timed out before finishing|Missing key for job/.test(errorMessage(error))) continue;
        throw new DetectiveError('queue-failed', `the queue gave the item up: ${errorMessage(error).slice(0, 300)}`);
      }
    }
  }

  return {
    submit(item, signal) {
      const id = createHash('sha256')
        .update(JSON.stringify([run, item]))
        .digest('hex')
        .slice(0, 40);
      return abortable(() => result(id, item, signal), signal, { doing: 'the item' });
    },
    async close() {
      await Promise.allSettled([queue.close(), events.close()]);
    },
  };
}
