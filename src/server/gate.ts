import { HttpError } from './http-error.js';

export interface Gate {
  /**
   * Waits for a place, and gives back the function that leaves it; calling that twice does no harm.
   *
   * @throws HttpError 429 with `retry-after` where the queue is full; the signal's reason where the caller gives up.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  readonly active: number;
  readonly waiting: number;
}

/** Lets so many in at once and so many wait, first come, first served. It never holds more than that. */
export function createGate({ concurrency, queue }: { concurrency: number; queue: number }): Gate {
  const waiting = new Set<() => void>();
  let active = 0;
  /** How long a place is taken, in milliseconds: a moving average. */
  let usual = 1000;

  const retryAfter = () => {
    const seconds = Math.ceil((usual * (waiting.size + 1)) / concurrency / 1000);
    return String(Math.min(60, Math.max(1, seconds)));
  };

  const take = () => {
    active++;
    const since = performance.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      active--;
      usual += (performance.now() - since - usual) / 8;
      const [next] = waiting;
      next?.();
    };
  };

  return {
    get active() {
      return active;
    },
    get waiting() {
      return waiting.size;
    },
    enter(signal) {
      if (active < concurrency) return Promise.resolve(take());
      if (waiting.size >= queue) {
        const headers = { 'retry-after': retryAfter() };
        return Promise.reject(new HttpError(429, 'too many calls at once: try again later', headers));
      }
      return new Promise((resolve, reject) => {
        const settle = () => {
          waiting.delete(turn);
          signal.removeEventListener('abort', giveUp);
        };
        const turn = () => {
          settle();
          resolve(take());
        };
        const giveUp = () => {
          settle();
          reject(signal.reason);
        };
        waiting.add(turn);
        signal.addEventListener('abort', giveUp);
        if (signal.aborted) giveUp();
      });
    },
  };
}
