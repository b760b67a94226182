import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work goes on for so many milliseconds before others get their turn. */
const turn = 12;

let began: number | undefined;

/** Milliseconds since somebody first asked in this turn of the event loop. */
function sinceTurn(): number {
  if (began === undefined) {
    began = performance.now();
    setImmediate(() => {
      began = undefined;
    }).unref();
  }
  return performance.now() - began;
}

/**
 * For loops that may be long: lets timers, sockets and other work have their turn when this one and its like have had a
 * while. All loops of the process share it, so that a hundred of them take no longer than one.
 *
 * @returns a function to await in the loop; it throws the signal's reason once that has fired
 */
export function breather(signal?: AbortSignal): () => Promise<void> {
  return async () => {
    // of many that wait for the same turn, those go on that fit into it
    while (sinceTurn() >= turn) {
      await nextTurn();
      signal?.throwIfAborted();
    }
  };
}
