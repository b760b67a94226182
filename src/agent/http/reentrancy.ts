import { AsyncLocalStorage } from 'node:async_hooks';

const correcting = new AsyncLocalStorage<true>();

/** Runs a function; every call that a wrapped client makes inside it passes through uncorrected. */
export function withinCorrection<T>(run: () => T): T {
  return correcting.run(true, run);
}

/**
 * True inside a correction: a rewriter or scorer that calls a wrapped client is not corrected in its turn. The mark
 * lives in the async context, so nothing of it is sent upstream.
 */
export function isWithinCorrection(): boolean {
  return correcting.getStore() === true;
}
