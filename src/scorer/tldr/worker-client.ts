import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DetectiveError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import { newNativeCalls, waitAtExit } from './native-calls.js';
import type { WorkerData, WorkerReply, WorkerRequest, WorkerSetup } from './worker-messages.js';

type Unsent<T> = T extends { id: number } ? Omit<T, 'id'> : never;

export interface WorkerClient {
  /**
   * Sends a request and waits for its answer. A worker that dies fails what it had in hand; the next request starts
   * another.
   *
   * @throws DetectiveError `scorer-failed` where the worker died, cannot be started, or was closed.
   */
  send(request: Unsent<Exclude<WorkerRequest, { type: 'close' }>>): Promise<WorkerReply>;
  /** Fails what is in hand, and waits until the model run under way has ended and the worker has gone. */
  close(): Promise<void>;
}

/** After this many deaths without an answer between them, no more workers are started. */
const maxDeaths = 3;

/** One worker thread that owns the ONNX sessions. It is started at the first request and does not keep Node alive when idle. */
export function startWorker(setup: WorkerSetup, file = workerFile()): WorkerClient {
  const pending = new Map<number, { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void }>();
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
    const workerData: WorkerData = { ...setup, calls };
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
    started.on('message', (reply: WorkerReply) => {
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
    async send(request) {
      if (closed) throw failed('the scorer was closed');
      worker ??= start();
      const running = worker;
      const id = next++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        running.ref();
        running.postMessage({ ...request, id }, request.type === 'encode' ? [request.pixels.buffer] : []);
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

/** The worker as JavaScript: Node 20 cannot start one from TypeScript, so it is the built file even from the sources. */
function workerFile(): string {
  return join(packageRoot(), 'dist', 'scorer', 'tldr', 'worker.js');
}

function failed(message: string, cause?: Error): DetectiveError {
  return new DetectiveError('scorer-failed', message, { cause });
}
