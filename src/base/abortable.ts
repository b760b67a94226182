import { DetectiveError } from './errors.js';

/**
 * Ends when the signal does, even if the work does not listen to it.
 *
 * @throws DetectiveError `aborted` once the signal has fired.
 */
export function abortable<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work();
  const stopped = () => new DetectiveError('aborted', 'the correction was stopped', { cause: signal.reason });
  if (signal.aborted) return Promise.reject(stopped());
  return new Promise((resolve, reject) => {
    const stop = () => reject(stopped());
    signal.addEventListener('abort', stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
