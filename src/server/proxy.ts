import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { nodeHeaders } from '../agent/back-end.js';
import { correctResponse, type HttpCall, type ResponseOptions } from '../agent/http/correct-response.js';
import { type JsonObject, parseObject } from '../agent/http/json-path.js';
import type { CallReading, Protocol } from '../agent/http/protocol.js';
import { protocolNamed } from '../agent/http/protocols.js';
import { rewriteCallHeader } from '../rewriters/api-rewriter.js';
import { decoded, readBytes, tooLarge } from './body.js';
import { type HeaderSettings, settingsFromHeaders, withSettings } from './call-options.js';
import type { Call, ServerContext } from './context.js';
import { requestHeaders, responseHeaders } from './forwarded-headers.js';
import { timedRewriter } from './metrics.js';
import { checkPictures, inlinePictures } from './pictures.js';
import { sameModelRewriter } from './same-model.js';
import { type UpstreamAnswer, upstreamError } from './upstream.js';
import { writeResponse } from './write-response.js';

const corrected: ReadonlyMap<string, Protocol['name']> = new Map([
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/responses', 'openai-responses'],
  ['/v1/messages', 'anthropic-messages'],
]);

/** The protocol of a request whose answer may be one to correct. */
export function protocolOfRoute(method: string | undefined, pathname: string): Protocol['name'] | undefined {
  return method === 'POST' ? corrected.get(pathname.replace(/\/+$/, '')) : undefined;
}

/** A JSON answer longer than this is broken off: no chat model writes so much. */
const maxAnswerBytes = 64 << 20;

interface Exchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  call: Call;
  path: string;
}

/** Passes a request on and its answer back, byte for byte, as they come. */
export async function passThrough(context: ServerContext, exchange: Exchange, body?: Buffer): Promise<void> {
  const { incoming, outgoing, call } = exchange;
  const answer = await ask(context, exchange, {
    headers: requestHeaders(incoming.rawHeaders, false),
    body: body ?? (hasBody(incoming) ? incoming : null),
    route: 'other',
  });
  await pipeAnswer(answer, outgoing, call);
}

async function pipeAnswer(answer: UpstreamAnswer, outgoing: ServerResponse, { signal, headers }: Call): Promise<void> {
  outgoing.writeHead(answer.status, [...headers, ...responseHeaders(answer.rawHeaders)]);
  // a stream's head tells at once that somebody is at work; another goes out with its body
  if (/^text\/event-stream/i.test(headerOf(answer, 'content-type') ?? '')) outgoing.flushHeaders();
  try {
    await pipeline(answer.body, outgoing);
  } catch (error) {
    // the head is out: a connection that breaks is the only word left
    outgoing.destroy();
    if (!signal.aborted) throw upstreamError(error);
  }
}

async function ask(
  { upstream, metrics }: ServerContext,
  { incoming, call, path }: Exchange,
  { headers, body, route }: { headers: string[]; body: Buffer | Readable | null; route: string },
): Promise<UpstreamAnswer> {
  const started = performance.now();
  const answer = await upstream.send({
    method: incoming.method ?? 'GET',
    path,
    headers,
    body,
    signal: call.signal,
    from: incoming.headers,
  });
  metrics.upstream.observe({ route }, (performance.now() - started) / 1000);
  return answer;
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Passes a chat call on, and has its answer corrected if there are pictures in it. Everything else of such a route passes
 * byte for byte.
 *
 * @throws HttpError before anything is written, where the call is refused or the upstream fails.
 */
export async function proxyChat(context: ServerContext, exchange: Exchange, name: Protocol['name']): Promise<void> {
  const { incoming, outgoing, call } = exchange;
  const { options, gate } = context;
  const settings = settingsFromHeaders(incoming.headers);
  if (Number(incoming.headers['content-length']) > options.maxBodyBytes) throw tooLarge(options.maxBodyBytes);
  const leave = await gate.enter(call.signal);
  try {
    const body = await readBytes(incoming, options.maxBodyBytes);
    const asked = settings.mode === 'off' ? undefined : await readCall(body, incoming, name, options.maxBodyBytes);
    if (asked === undefined) {
      leave();
      return await passThrough(context, exchange, body);
    }
    const { images, unreadImages } = asked.reading;
    await checkPictures(images, unreadImages.length, options);
    const inlined = fetchPictures(context, call, asked);
    const answer = await ask(context, exchange, {
      headers: requestHeaders(incoming.rawHeaders, true),
      body,
      route: name,
    });
    const source = correctable(answer) ? decoded(answer.body, headerOf(answer, 'content-encoding')) : undefined;
    if (source === undefined) return await pipeAnswer(answer, outgoing, call);
    const response = await asResponse(answer, source);
    const request: HttpCall = {
      url: protocolNamed(name).path,
      method: 'POST',
      headers: nodeHeaders(incoming.headers),
      body: await inlined,
      signal: call.signal,
    };
    const done = await correctResponse(request, response, {
      ...responseOptions(context, call, settings),
      rewriter: rewriterFor(context, exchange, name),
    });
    await writeResponse(done, outgoing, call);
  } finally {
    leave();
  }
}

interface AskedCall {
  text: string;
  body: JsonObject;
  reading: CallReading;
}

/** The call, where there is a picture in it that its answer can be held to. */
async function readCall(
  bytes: Buffer,
  { headers }: IncomingMessage,
  name: Protocol['name'],
  limit: number,
): Promise<AskedCall | undefined> {
  if (headers[rewriteCallHeader] !== undefined) return undefined;
  const encoding = headers['content-encoding'];
  let plain: Buffer = bytes;
  if (encoding !== undefined) {
    const source = decoded(Readable.from([bytes]), encoding);
    if (source === undefined) return undefined;
    plain = await readBytes(source, limit);
  }
  const text = plain.toString('utf8');
  const body = parseObject(text);
  if (body === undefined) return undefined;
  try {
    const reading = protocolNamed(name).readRequest(body);
    return reading.images.length + reading.unreadImages.length === 0 ? undefined : { text, body, reading };
  } catch {
    // nested deeper than the stack: no call of a model's, and the upstream's to refuse
    return undefined;
  }
}

/** The body with its remote pictures put in, where that is allowed; while the upstream is at work. */
async function fetchPictures(
  { options, log }: ServerContext,
  { signal }: Call,
  { text, body, reading }: AskedCall,
): Promise<string> {
  const { imageUrls, maxImages } = options;
  if (imageUrls === undefined || reading.unreadImages.length === 0) return text;
  const inlined = await inlinePictures(body, { ...imageUrls, signal }, { maxImages, log });
  return inlined === body ? text : JSON.stringify(inlined);
}

const correctable = (answer: UpstreamAnswer) =>
  answer.status >= 200 &&
  answer.status < 300 &&
  /^(?:application\/(?:[\w.-]+\+)?json|text\/event-stream)\b/i.test(headerOf(answer, 'content-type') ?? '');

function headerOf({ rawHeaders }: UpstreamAnswer, name: string): string | undefined {
  const at = rawHeaders.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** A JSON answer is read whole first, so that an upstream that breaks off in it is a proper error. */
async function asResponse(answer: UpstreamAnswer, source: Readable): Promise<Response> {
  const headers = new Headers();
  const raw = responseHeaders(answer.rawHeaders);
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const { status } = answer;
  if (/^text\/event-stream/i.test(headers.get('content-type') ?? '')) {
    return new Response(Readable.toWeb(source) as ReadableStream<Uint8Array>, { status, headers });
  }
  try {
    const bytes = await readBytes(source, maxAnswerBytes);
    return new Response(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) as BodyInit, {
      status,
      headers,
    });
  } catch (error) {
    source.destroy();
    throw upstreamError(error);
  }
}

/** The options of the correction of one call, but for its rewriter. */
export function responseOptions(
  context: ServerContext,
  call: Call,
  settings: HeaderSettings,
): Omit<ResponseOptions, 'rewriter'> {
  const { threshold, maxRounds, onUnresolved, failClosed, stallMs, correctionMs, stream } = context.options;
  const mode = settings.stream ?? stream;
  const options: Omit<ResponseOptions, 'rewriter'> = {
    scorer: context.scorer,
    stallMs,
    budget: { timeMs: correctionMs },
    ...(threshold === undefined ? {} : { threshold }),
    ...(maxRounds === undefined ? {} : { maxRounds }),
    ...(onUnresolved === undefined ? {} : { onUnresolved }),
    ...(failClosed === undefined ? {} : { failClosed }),
    ...(mode === undefined ? {} : { stream: mode }),
    onReport: (report) => context.report(report, call),
  };
  return withSettings(options, settings);
}

function rewriterFor(
  { rewriter, upstream, metrics }: ServerContext,
  { incoming, path }: Exchange,
  name: Protocol['name'],
): ResponseOptions['rewriter'] {
  if (rewriter !== 'same') return rewriter;
  return async ({ model }) => {
    const headers: string[] = requestHeaders(incoming.rawHeaders, true);
    const pairs = headers.flatMap((one, index) =>
      index % 2 === 0 ? [[one, headers[index + 1]!] as [string, string]] : [],
    );
    const origin = upstream.originOf(path, incoming.headers);
    return timedRewriter(await sameModelRewriter(name, { origin, headers: pairs, model }), metrics);
  };
}
