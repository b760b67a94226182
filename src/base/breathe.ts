import { setImmediate } from 'node:timers/promises';

/** Work goes on for so many milliseconds before others get their turn. */
const turn = 12;

/**
 * For loops that may be long: lets timers, sockets and other work have their turn when this one has had a while.
 *
 * @returns a function to await in the loop; it throws the signal's reason once that has fired
 */
export function breather(signal?: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < turn) return;
    await setImmediate();
    last = performance.now();
    signal?.throwIfAborted();
  };
}
