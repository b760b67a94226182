import { setMaxListeners } from 'node:events';
import { DetectiveError } from './errors.js';

export interface AbortOptions {
  /** What is stopped, for the message. Default `the correction`. */
  doing?: string;
  /** Milliseconds after the abort in which the work may still hand back the best that it has. Default 0. */
  graceMs?: number;
}

/**
 * Waits for work, but no longer than until the signal fires, whether the work listens to it or not; what was begun goes
 * on unseen. With a signal that has fired already, and no grace, nothing is begun.
 *
 * @throws DetectiveError `aborted` once the signal has fired, with its reason as the cause.
 */
export async function abortable<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
  { doing, graceMs = 0 }: AbortOptions = {},
): Promise<T> {
  if (!signal) return work();
  if (graceMs === 0) throwIfAborted(signal, doing);
  // many may wait on one, a call with many pictures say, and each listener goes in the end: none to warn of
  setMaxListeners(0, signal);
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const end = () => reject(abortError(signal, doing));
    stop = () => {
      if (graceMs === 0) end();
      else timer = setTimeout(end, graceMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Work that may take so many milliseconds. Its signal fires when they are over and when the outer one does, and then it is
 * given up, whether it listens or not.
 *
 * @throws what `late` makes, or DetectiveError `aborted`.
 */
export async function withinTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  ms: number,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  const clock = AbortSignal.timeout(ms);
  const either = signal ? AbortSignal.any([signal, clock]) : clock;
  try {
    return await abortable(() => work(either), either);
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw clock.aborted ? late() : error;
  }
}

/** @throws DetectiveError `aborted` where the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, doing?: string): void {
  if (signal?.aborted) throw abortError(signal, doing);
}

export function abortError(signal: AbortSignal | undefined, doing = 'the correction'): DetectiveError {
  return new DetectiveError('aborted', `${doing} was aborted`, { cause: signal?.reason });
}
