import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { nodeHeaders } from '../adapters/back-end.js';
import { reportHeader } from '../http/compact-report.js';
import { correctBody, type ReadCall } from '../http/correct-body.js';
import { correctEvents, type ResponseOptions } from '../http/correct-response.js';
import { headStart } from '../http/head-start.js';
import type { Protocol } from '../wire/protocol.js';
import { protocolNamed } from '../wire/protocols.js';
import { type AskedCall, readCall, withRemotePictures } from './asked-call.js';
import { decoded, hasBody, readBody, readBytes } from './body.js';
import { type HeaderSettings, settingsFromHeaders, withSettings } from './call-options.js';
import type { Call, ServerContext } from './context.js';
import { requestHeaders, responseHeaders } from './forwarded-headers.js';
import { HttpError } from './http-error.js';
import { timedRewriter } from './metrics.js';
import { checkPictures } from './pictures.js';
import { sameModelRewriter } from './same-model.js';
import { type UpstreamAnswer, upstreamError } from './upstream.js';
import { writeBody, writeResponse } from './write-response.js';

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

/**
 * Passes a chat call on, and has its answer corrected if there are pictures in it. Everything else of such a route passes
 * byte for byte.
 *
 * @throws HttpError before anything is written, where the call is refused or the upstream fails.
 */
export async function proxyChat(context: ServerContext, exchange: Exchange, name: Protocol['name']): Promise<void> {
  const { incoming, call } = exchange;
  const { options, gate } = context;
  const settings = settingsFromHeaders(incoming.headers, options.allowOverrides);
  const protocol = protocolNamed(name);
  const body = await readBody(incoming, options, call.holding);
  const asked =
    settings.mode === 'off' ? undefined : await readCall(body, incoming, protocol, options.maxBodyBytes, call.holding);
  if (asked === undefined) return passThrough(context, exchange, body);
  await checkPictures(asked.reading.images, asked.reading.unreadImages.length, options);
  const leave = await gate.enter(call.signal, call.caller);
  try {
    const headers = requestHeaders(incoming.rawHeaders, true);
    const asking = ask(context, exchange, { headers, body, route: name });
    await answerCall(context, exchange, { protocol, asked, settings, asking, leave });
  } finally {
    leave();
  }
}

interface CallUnderWay {
  protocol: Protocol;
  asked: AskedCall;
  settings: HeaderSettings;
  asking: Promise<UpstreamAnswer>;
  /** Gives the place back: what is left to do is at the speed of the client. */
  leave(): void;
}

/** Writes the answer that the upstream is asked for, corrected where it is one to correct. */
async function answerCall(context: ServerContext, exchange: Exchange, underWay: CallUnderWay): Promise<void> {
  const { outgoing, call } = exchange;
  const { protocol, asked, settings, asking, leave } = underWay;
  const options = { ...responseOptions(context, call, settings), rewriter: rewriterFor(context, exchange, protocol) };
  const reading = withRemotePictures(context, call, asked, protocol);
  // where the upstream fails, nobody asks for it any more
  reading.catch(() => {});
  const isHeldBack = !asked.reading.stream || options.stream !== 'off';
  const done = isHeldBack ? headStart(asked.reading, context.scorer) : () => {};
  try {
    const answer = await asking;
    const source = isCorrectable(answer) ? decoded(answer.body, headerOf(answer, 'content-encoding')) : undefined;
    if (source === undefined) {
      leave();
      return await pipeAnswer(answer, outgoing, call);
    }
    const headers = nodeHeaders(exchange.incoming.headers);
    const read: ReadCall = { protocol, reading: await reading, headers, signal: call.signal };
    if (isEventStream(answer)) {
      const response = new Response(Readable.toWeb(source) as ReadableStream<Uint8Array>, {
        status: answer.status,
        headers: headersOf(answer),
      });
      return await writeResponse(correctEvents(read, response, options), outgoing, call, leave);
    }
    const text = await readAnswer(source);
    const corrected = read.reading.stream ? undefined : await correctBody(read, text, options);
    writeBody(outgoing, call, answer, corrected ?? { headers: {}, text });
  } finally {
    done();
  }
}

/** An answer in JSON is read whole first, so that an upstream that breaks off in it is a proper error. */
async function readAnswer(source: Readable): Promise<string> {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readBytes(source, maxAnswerBytes));
  } catch (error) {
    source.destroy();
    // that it is too long is no fault of the caller's
    throw upstreamError(error instanceof HttpError ? undefined : error);
  }
}

const isEventStream = (answer: UpstreamAnswer) => /^text\/event-stream\b/i.test(headerOf(answer, 'content-type') ?? '');

const isCorrectable = (answer: UpstreamAnswer) =>
  answer.status >= 200 &&
  answer.status < 300 &&
  answer.status !== 204 &&
  answer.status !== 205 &&
  headerOf(answer, reportHeader) === undefined &&
  (isEventStream(answer) || /^application\/(?:[\w.-]+\+)?json\b/i.test(headerOf(answer, 'content-type') ?? ''));

function headerOf({ rawHeaders }: UpstreamAnswer, name: string): string | undefined {
  const at = rawHeaders.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** Of a body whose encoding is undone. */
function headersOf(answer: UpstreamAnswer): Headers {
  const headers = new Headers();
  const raw = responseHeaders(answer.rawHeaders);
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return headers;
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
  { name }: Protocol,
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
