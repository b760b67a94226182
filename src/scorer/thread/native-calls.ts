/*
 * Node aborts the whole process (SIGABRT) when it ends a worker thread in the middle of a call into onnxruntime. So the
 * worker counts its calls in shared memory, and a process that exits waits for the one under way.
 */

/** Shared memory between a worker and the thread that started it. */
export type NativeCalls = Int32Array<SharedArrayBuffer>;

const underWay = 0;
const stopping = 1;
/** Longer than any run; if it is not over by then, the process may as well abort. */
const patience = 30_000;

export const newNativeCalls = (): NativeCalls => new Int32Array(new SharedArrayBuffer(8));

/** In the worker: makes a native call that an exit waits for. Once the process is exiting none is begun. */
export async function nativeCall<T>(calls: NativeCalls, call: () => Promise<T>): Promise<T> {
  Atomics.add(calls, underWay, 1);
  try {
    if (Atomics.load(calls, stopping) === 1) throw new Error('the process is exiting');
    return await call();
  } finally {
    Atomics.sub(calls, underWay, 1);
    Atomics.notify(calls, underWay);
  }
}

const watched = new Set<NativeCalls>();

/** In the starting thread: from now on an exit waits for the worker's native call. Call what is returned when it has gone. */
export function waitAtExit(calls: NativeCalls): () => void {
  if (watched.size === 0) process.on('exit', waitForAll);
  watched.add(calls);
  return () => {
    watched.delete(calls);
    if (watched.size === 0) process.off('exit', waitForAll);
  };
}

function waitForAll(): void {
  for (const calls of watched) Atomics.store(calls, stopping, 1);
  const end = performance.now() + patience;
  for (const calls of watched) {
    for (let count = Atomics.load(calls, underWay); count > 0; count = Atomics.load(calls, underWay)) {
      if (Atomics.wait(calls, underWay, count, Math.max(0, end - performance.now())) === 'timed-out') return;
    }
  }
}
