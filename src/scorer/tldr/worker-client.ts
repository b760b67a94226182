import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { DetectiveError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker-messages.js';

type Unsent<T> = T extends { id: number } ? Omit<T, 'id'> : never;

export interface WorkerClient {
  /** Sends a request and waits for its answer. A worker that dies fails what it had in hand; the next request starts another. */
  send(request: Unsent<WorkerRequest>): Promise<WorkerReply>;
  close(): Promise<void>;
}

const maxRestarts = 5;

/** One worker thread that owns the ONNX sessions. It is started at the first request and does not keep Node alive when idle. */
export function startWorker(setup: WorkerSetup): WorkerClient {
  const pending = new Map<number, { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void }>();
  let worker: Promise<Worker> | undefined;
  let starts = 0;
  let next = 0;
  let closed = false;

  const fail = (error: Error) => {
    worker = undefined;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };

  async function start(): Promise<Worker> {
    if (starts++ > maxRestarts)
      throw new DetectiveError(
        'scorer-failed',
        `the scorer's worker died ${maxRestarts} times: see the errors before this one`,
      );
    const { Worker } = await import('node:worker_threads');
    const file = join(packageRoot(), 'dist', 'scorer', 'tldr', 'worker.js');
    if (!existsSync(file)) throw new DetectiveError('scorer-failed', `${file} is missing: run \`npm run build\``);
    const started = new Worker(file, { workerData: setup });
    started.on('message', (reply: WorkerReply) => {
      pending.get(reply.id)?.resolve(reply);
      pending.delete(reply.id);
      if (pending.size === 0) started.unref();
    });
    started.on('error', (cause) =>
      fail(new DetectiveError('scorer-failed', `the scorer's worker failed: ${cause.message}`, { cause })),
    );
    started.on('exit', (code) => {
      if (!closed) fail(new DetectiveError('scorer-failed', `the scorer's worker stopped with code ${code}`));
    });
    started.unref();
    return started;
  }

  return {
    async send(request) {
      if (closed) throw new DetectiveError('scorer-failed', 'the scorer was closed');
      worker ??= start();
      const running = await worker.catch((error: unknown) => {
        worker = undefined;
        throw error;
      });
      const id = next++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        running.ref();
        running.postMessage({ ...request, id });
      });
    },
    async close() {
      closed = true;
      const running = await worker?.catch(() => undefined);
      fail(new DetectiveError('scorer-failed', 'the scorer was closed'));
      await running?.terminate();
    },
  };
}
