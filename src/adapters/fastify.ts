import { PassThrough, pipeline, Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { type BackEndOptions, correctingBackEnd, nodeHeaders, parsedBodyText } from './back-end.js';

export type { CompactReport, ResponseReport } from '../http/report.js';
export type { BackEndOptions } from './back-end.js';
export { correctionReports } from './reports.js';

/**
 * A Fastify plugin that corrects what the handlers of its instance answer about the pictures of a request, where they
 * answer as OpenAI chat completions, OpenAI responses or Anthropic messages: what they return or send, JSON, streams and
 * `Response`s alike. What is written to `reply.raw` behind Fastify's back is not seen.
 *
 * @example
 * await app.register(selfCorrection({ scorer: await createScorer('auto') }));
 */
export function selfCorrection(options: BackEndOptions): FastifyPluginAsync {
  const backEnd = correctingBackEnd(options);
  async function selfCorrectionPlugin(app: FastifyInstance): Promise<void> {
    app.addHook('onSend', async (request, reply, payload: unknown) => {
      const { method, url } = request;
      const body = backEnd.corrects(method, url) ? parsedBodyText(request.body) : undefined;
      if (body === undefined || !backEnd.correctsAnswer(statusOf(reply, payload))) return payload;
      const sent = bodyOf(payload);
      if (sent === undefined || sent === null) return payload;
      const original = new Response(sent, { status: statusOf(reply, payload), headers: headersOf(reply, payload) });
      const call = { url, method, headers: nodeHeaders(request.headers), body, signal: goneSignal(reply) };
      const corrected = await backEnd.correct(call, original);
      if (corrected === original && (typeof payload === 'string' || Buffer.isBuffer(payload))) return payload;
      writeHead(reply, corrected);
      if (corrected !== original && typeof sent === 'string') return corrected.text();
      return Readable.fromWeb(corrected.body as NodeReadableStream);
    });
  }
  // the hook is for the routes of the instance that registers the plugin, not for the plugin's own
  return Object.assign(selfCorrectionPlugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'vlm-detective',
  });
}

/** What a reply sends, as a response takes it; undefined for what is none of it. */
function bodyOf(payload: unknown): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null | undefined {
  if (payload instanceof Response) return payload.body;
  if (typeof payload === 'string') return payload;
  if (Buffer.isBuffer(payload)) return new Uint8Array(payload);
  if (payload instanceof ReadableStream) return payload;
  return payload instanceof Readable ? (Readable.toWeb(bytesOf(payload)) as ReadableStream<Uint8Array>) : undefined;
}

/** A stream of strings or objects as one of bytes. */
function bytesOf(stream: Readable): Readable {
  return stream.readableObjectMode || stream.readableEncoding ? pipeline(stream, new PassThrough(), () => {}) : stream;
}

const statusOf = (reply: FastifyReply, payload: unknown) =>
  payload instanceof Response ? payload.status : reply.statusCode;

function headersOf(reply: FastifyReply, payload: unknown): Headers {
  const headers = new Headers(payload instanceof Response ? payload.headers : {});
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (name !== 'set-cookie' && value !== undefined && !headers.has(name)) headers.set(name, String(value));
  }
  return headers;
}

function writeHead(reply: FastifyReply, { status, headers }: Response): void {
  reply.code(status);
  for (const name of Object.keys(reply.getHeaders())) {
    if (name !== 'set-cookie' && !headers.has(name)) reply.removeHeader(name);
  }
  for (const [name, value] of headers) if (name !== 'set-cookie') reply.header(name, value);
  for (const cookie of headers.getSetCookie()) reply.header('set-cookie', cookie);
}

/** Fires when the client goes away before the answer is out. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
