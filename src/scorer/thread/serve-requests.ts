import { parentPort } from 'node:worker_threads';
import { BadModel } from './onnx-model.js';

export interface Answer<Reply> {
  reply: Reply;
  transfer: ArrayBuffer[];
}

/** What is replied where an answer fails. */
export interface FailedReply {
  id: number;
  error: string;
  code: 'bad-model' | 'scorer-failed';
}

/**
 * In a worker thread: answers the requests of a `ThreadClient` one after the other, with a `FailedReply` where that throws.
 * After `{ type: 'close' }` nothing more is answered: what the thread holds is released, and it ends.
 */
export function serveRequests<Request extends { id: number; type: string }, Reply>(
  answer: (request: Request) => Promise<Answer<Reply>>,
  release: () => Promise<void>,
): void {
  const port = parentPort!;
  let queue = Promise.resolve();
  let closing = false;
  port.on('message', (request: Request | { type: 'close' }) => {
    if (request.type === 'close') {
      closing = true;
      // Deno's has no end of its own
      queue = queue.then(release).then(() => ('close' in port ? port.close() : process.exit()));
      return;
    }
    queue = queue.then(async () => {
      if (closing) return;
      const { id } = request as Request;
      const { reply, transfer } = await answer(request as Request).catch((error) => failed(id, error));
      port.postMessage(reply, transfer);
    });
  });
}

function failed(id: number, error: unknown): Answer<FailedReply> {
  const code = error instanceof BadModel ? 'bad-model' : 'scorer-failed';
  return { reply: { id, code, error: error instanceof Error ? error.message : String(error) }, transfer: [] };
}
