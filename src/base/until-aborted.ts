import { DetectiveError } from './errors.js';

/**
 * Waits for work, but no longer than `graceMs` after the signal fires: time for the work to hand back the best that it
 * has, and no more. Then it rejects with code `aborted`, whatever the work still does.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, graceMs = 50): Promise<T> {
  if (signal === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(new DetectiveError('aborted', 'the call was aborted or timed out')), graceMs);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
