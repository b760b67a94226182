import { AsyncLocalStorage } from 'node:async_hooks';
import { rewriteCallHeader } from '../models/address.js';

const correcting = new AsyncLocalStorage<true>();

/** Whether there is anybody in this process who looks for the mark. */
let marks = false;

/** From now on corrections are marked: there is a wrapped client, or something else that corrects answers in here. */
export function markCorrections(): void {
  marks = true;
}

/**
 * Runs a function; every call that a wrapped client makes inside it passes through uncorrected. Where nobody looks for the
 * mark (the proxy), it is not set: in Node 20 an async context makes every promise of the process slower.
 */
export function withinCorrection<T>(run: () => T): T {
  return marks ? correcting.run(true, run) : run();
}

/**
 * True for a call made inside a correction, or by a rewriter of this package: a rewriter or scorer that calls a wrapped
 * client is not corrected in its turn. The first mark lives in the async context, so nothing of it is sent anywhere;
 * the second is a header, for a rewriter whose calls go through a proxy.
 */
export function isWithinCorrection(headers: Headers): boolean {
  return correcting.getStore() === true || headers.has(rewriteCallHeader);
}

/** The headers without the mark, for the upstream. */
export function withoutMark(headers: Headers): Headers {
  const rest = new Headers(headers);
  rest.delete(rewriteCallHeader);
  return rest;
}
