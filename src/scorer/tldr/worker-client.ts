import { builtFile, startThread, type Unsent } from '../thread/thread-client.js';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './worker-messages.js';

type Request = Exclude<WorkerRequest, { type: 'close' }>;

/** What runs the two halves of a TLDR: a worker thread, or a server. */
export interface WorkerClient {
  /** @throws DetectiveError `scorer-failed` where the worker died, cannot be started, or was closed. */
  send(request: Unsent<Request>): Promise<WorkerReply>;
  /** Fails what is in hand, and waits until the model run under way has ended and the worker has gone. */
  close(): Promise<void>;
}

/** The worker thread that owns the two sessions of a TLDR. */
export function startWorker(setup: WorkerSetup, file = builtFile('src', 'scorer', 'tldr', 'worker.js')): WorkerClient {
  const thread = startThread<Request, WorkerReply>(setup, file);
  return {
    send: (request) => thread.send(request, request.type === 'encode' ? [request.pixels.buffer] : []),
    close: () => thread.close(),
  };
}
