import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Names and values in turn, from Headers; cookies each by itself. */
export function rawHeaders(headers: Headers): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, value);
  return raw;
}

/**
 * Writes a fetch `Response` to a Node response, no faster than the client reads. When `gone` aborts, the response's body
 * is cancelled, so that whatever makes it stops.
 */
export async function writeResponse(response: Response, outgoing: ServerResponse, gone: AbortSignal): Promise<void> {
  const body = response.body?.getReader();
  const cancel = () => body?.cancel(gone.reason).catch(() => {});
  if (gone.aborted) return void cancel();
  gone.addEventListener('abort', cancel);
  try {
    outgoing.writeHead(response.status, rawHeaders(response.headers));
    const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    if (isStream) outgoing.flushHeaders();
    while (body) {
      const { done, value } = await body.read();
      if (done || gone.aborted) break;
      if (!outgoing.write(value)) await once(outgoing, 'drain', { signal: gone }).catch(() => {});
    }
    if (!gone.aborted) outgoing.end();
  } finally {
    gone.removeEventListener('abort', cancel);
  }
}
