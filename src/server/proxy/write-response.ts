import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type CorrectedBody, staleHeaders } from '../../http/correct-response.js';
import type { Call } from '../context.js';
import { responseHeaders } from './forwarded-headers.js';
import type { UpstreamAnswer } from './upstream.js';

/** Names and values in turn, from Headers; cookies each by itself. */
function rawHeaders(headers: Headers): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, value);
  return raw;
}

/** What a client has not read of a stream may wait in memory: so many bytes, beside what the system takes. */
const mostUnread = 64 << 10;

/**
 * Writes a fetch `Response` to a Node response. It goes on while the client does not read, for 64 KiB, and then says so. When the call's signal aborts, the response's body
 * is cancelled, so that whatever makes it stops.
 */
export async function writeResponse(
  response: Response,
  outgoing: ServerResponse,
  { signal: gone, headers }: Pick<Call, 'signal' | 'headers'>,
  onUnread: () => void = () => {},
): Promise<void> {
  const body = response.body?.getReader();
  const cancel = () => body?.cancel(gone.reason).catch(() => {});
  if (gone.aborted) return void cancel();
  gone.addEventListener('abort', cancel);
  try {
    outgoing.writeHead(response.status, [...headers, ...rawHeaders(response.headers)]);
    const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    if (isStream) outgoing.flushHeaders();
    while (body) {
      const { done, value } = await body.read();
      if (done || gone.aborted) break;
      if (outgoing.write(value) || outgoing.writableLength < mostUnread) continue;
      onUnread();
      await once(outgoing, 'drain', { signal: gone }).catch(() => {});
    }
    if (!gone.aborted) outgoing.end();
  } finally {
    gone.removeEventListener('abort', cancel);
  }
}

/** Writes another body in place of an upstream's, under the upstream's status and headers where the body says no other. */
export function writeBody(
  outgoing: ServerResponse,
  { signal: gone, headers: own }: Pick<Call, 'signal' | 'headers'>,
  answer: Pick<UpstreamAnswer, 'status' | 'rawHeaders'>,
  {
    status = answer.status,
    headers: extra,
    text,
  }: Pick<CorrectedBody, 'headers'> & { status?: number; text: string | Uint8Array },
): void {
  if (gone.aborted) return;
  const replaced = new Set([...staleHeaders, ...Object.keys(extra)]);
  const kept = responseHeaders(answer.rawHeaders, (name) => replaced.has(name));
  const length = String(Buffer.byteLength(text));
  outgoing.writeHead(status, [...own, ...kept, ...Object.entries(extra).flat(), 'content-length', length]);
  outgoing.end(text);
}
