import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DetectiveError } from '../../base/errors.js';
import { packageRoot } from '../../base/package-root.js';
import { type NativeCalls, newNativeCalls, waitAtExit } from './native-calls.js';

/** What a thread is started with: its own setup, and the memory in which it counts its native calls. */
export type ThreadData<Setup> = Setup & { calls: NativeCalls };

/** A request as the caller gives it: the number that pairs it with its reply is added on the way. */
export type Unsent<T> = T extends { id: number } ? Omit<T, 'id'> : never;

export interface ThreadClient<Request extends { id: number }, Reply extends { id: number }> {
  /**
   * Sends a request and waits for its answer; the memory in `transfer` goes to the thread. A thread that dies fails what
   * it had in hand; the next request starts another.
   *
   * @throws DetectiveError `scorer-failed` where the thread died, cannot be started, or was closed.
   */
  send(request: Unsent<Request>, transfer?: ArrayBuffer[]): Promise<Reply>;
  /** Fails what is in hand, and waits until the model run under way has ended and the thread has gone. */
  close(): Promise<void>;
}

/** After this many deaths without an answer between them, no more workers are started. */
const maxDeaths = 3;

/**
 * One worker thread that owns ONNX sessions; it runs a built file. It is started at the first request and does not keep
 * Node alive when idle. In the thread, `serveRequests` answers.
 */
export function startThread<Request extends { id: number }, Reply extends { id: number }>(
  setup: object,
  file: string,
): ThreadClient<Request, Reply> {
  const pending = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  let worker: Worker | undefined;
  let deaths = 0;
  let lastDeath: Error | undefined;
  let next = 0;
  let closed = false;

  const rejectAll = (error: Error) => {
    const waiting = [...pending.values()];
    pending.clear();
    for (const { reject } of waiting) reject(error);
  };

  function start(): Worker {
    if (deaths >= maxDeaths)
      throw failed(
        `the scorer's worker died ${deaths} times in a row; make a new scorer. Last: ${lastDeath?.message}`,
        lastDeath,
      );
    if (!existsSync(file)) throw failed(`${file} is missing: run \`npm run build\``);
    // without the flags of this process: a loader for TypeScript, say, would only slow the worker down
    const calls = newNativeCalls();
    const workerData: ThreadData<object> = { ...setup, calls };
    const started = new Worker(file, { workerData, execArgv: [], name: 'vlm-detective' });
    const gone = waitAtExit(calls);
    const died = (error: DetectiveError) => {
      // an exit follows every error, and a new worker may be at work by then
      if (worker !== started) return;
      worker = undefined;
      deaths++;
      lastDeath = error;
      rejectAll(error);
    };
    started.on('message', (reply: Reply) => {
      if (worker !== started) return;
      deaths = 0;
      pending.get(reply.id)?.resolve(reply);
      pending.delete(reply.id);
      if (pending.size === 0) started.unref();
    });
    started.on('error', (cause) => died(failed(`the scorer's worker failed: ${cause.message}`, cause)));
    started.on('messageerror', (cause) =>
      died(failed(`the scorer's worker cannot be understood: ${cause.message}`, cause)),
    );
    started.on('exit', gone);
    started.on('exit', (code) => died(failed(`the scorer's worker stopped with code ${code}`)));
    started.unref();
    return started;
  }

  return {
    async send(request, transfer = []) {
      if (closed) throw failed('the scorer was closed');
      worker ??= start();
      const running = worker;
      const id = next++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        running.ref();
        running.postMessage({ ...request, id }, transfer);
      });
    },
    async close() {
      closed = true;
      const running = worker;
      worker = undefined;
      rejectAll(failed('the scorer was closed'));
      if (!running) return;
      // not terminate(): that ends the whole process where it cuts off a run of the model
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.ref();
      running.postMessage({ type: 'close', id: next++ });
      await ended;
    },
  };
}

/** A thread's file as JavaScript: Node 20 cannot start one from TypeScript, so it is the built file even from the sources. */
export function builtFile(...path: string[]): string {
  return join(packageRoot(), 'dist', ...path);
}

function failed(message: string, cause?: Error): DetectiveError {
  return new DetectiveError('scorer-failed', message, { cause });
}
