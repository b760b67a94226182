import { parentPort } from 'node:worker_threads';

export interface Answer<Reply> {
  reply: Reply;
  transfer: ArrayBuffer[];
}

/**
 * In a worker thread: answers the requests of a `ThreadClient` one after the other. After `{ type: 'close' }` nothing
 * more is answered: what the thread holds is released, and it ends.
 */
export function serveRequests<Request extends { type: string }, Reply>(
  answer: (request: Request) => Promise<Answer<Reply>>,
  release: () => Promise<void>,
): void {
  const port = parentPort!;
  let queue = Promise.resolve();
  let closing = false;
  port.on('message', (request: Request | { type: 'close' }) => {
    if (request.type === 'close') {
      closing = true;
      queue = queue.then(release).then(() => port.close());
      return;
    }
    queue = queue.then(async () => {
      if (closing) return;
      const { reply, transfer } = await answer(request as Request);
      port.postMessage(reply, transfer);
    });
  });
}
