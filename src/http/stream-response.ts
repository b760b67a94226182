import { reportHeader } from './compact-report.js';
import { correctedBlocks, type StreamCall } from './correct-stream.js';
import { staleHeaders } from './stale-headers.js';

/** Where nothing goes out for so long, a comment does: proxies and browsers give up a silent connection. */
const keepAliveMs = 15_000;
const keepAlive = new TextEncoder().encode(': keep-alive\n\n');

/**
 * The response with its event stream corrected as it is read: nothing is read from the upstream before it is asked for,
 * and a client that goes away ends the correction and the upstream's stream.
 */
export function correctedStream(response: Response, body: ReadableStream<Uint8Array>, call: StreamCall): Response {
  const headers = new Headers(response.headers);
  for (const name of staleHeaders) headers.delete(name);
  headers.set(reportHeader, call.id);
  const gone = new AbortController();
  const signal = call.signal ? AbortSignal.any([call.signal, gone.signal]) : gone.signal;
  const reader = body.getReader();
  const blocks = correctedBlocks(reader, call, signal);
  let next: Promise<IteratorResult<Uint8Array>> | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!next) {
          next = blocks.next();
          // A reader that goes away during a silence leaves it to nobody.
          next.catch(() => call.over?.());
        }
        const one = await orSilence(next);
        if (one === 'silence') return controller.enqueue(keepAlive);
        next = undefined;
        if (!one.done) return controller.enqueue(one.value);
        call.over?.();
        controller.close();
      },
      cancel(reason) {
        call.over?.();
        gone.abort(reason);
        reader.cancel(reason).catch(() => {});
        blocks.return(undefined).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  const { status, statusText } = response;
  const corrected = new Response(stream, { status, statusText, headers });
  Object.defineProperty(corrected, 'url', { value: response.url });
  return corrected;
}

async function orSilence<T>(work: Promise<T>): Promise<T | 'silence'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), keepAliveMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
