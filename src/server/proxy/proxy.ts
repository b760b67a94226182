import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { nodeHeaders } from '../../adapters/back-end.js';
import {
  answerKind,
  correctBody,
  correctEvents,
  notAnAnswer,
  type ReadCall,
  type ResponseOptions,
  textOf,
  unreadBody,
  untouchedCall,
} from '../../http/correct-response.js';
import { headStart } from '../../http/head-start.js';
import { reportHeader } from '../../http/report.js';
import { type ProtocolName, protocolAtRoot, protocolNamed, type WireProtocol } from '../../wire/protocols.js';
import { type HeaderSettings, settingsFromHeaders, withSettings } from '../call-options.js';
import type { Call, ServerContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { decoded, hasBody, readBody, readBytes } from '../limits/body.js';
import { timedRewriter } from '../metrics.js';
import { checkPictures } from '../pictures/pictures.js';
import { type AskedCall, readCall, withRemotePictures } from './asked-call.js';
import { requestHeaders, responseHeaders } from './forwarded-headers.js';
import { sameModelRewriter } from './same-model.js';
import { type UpstreamAnswer, upstreamError } from './upstream.js';
import { writeBody, writeResponse } from './write-response.js';

/** The protocol of a request whose answer may be one to correct. */
export function protocolOfRoute(method: string | undefined, pathname: string): ProtocolName | undefined {
  return protocolAtRoot(method ?? 'GET', pathname)?.name;
}

/** A JSON answer longer than this is broken off: no chat model writes so much. */
const maxAnswerBytes = 64 << 20;

/** A stream goes on for as long as its model and its reader like; after so many milliseconds its place is for others. */
const longestStay = 3_000;

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

/** A body of no more bytes is not worth the work of a pipeline: it goes out with its head, or a proper error in its place. */
const mostAtOnce = 64 << 10;

const readWhole = (body: Readable): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    body
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
      .once('error', reject)
      .once('close', () => reject(new Error('the upstream broke off')));
  });

async function pipeAnswer(answer: UpstreamAnswer, outgoing: ServerResponse, { signal, headers }: Call): Promise<void> {
  // where the upstream breaks off, newer Nodes close the answer, which looks like a caller that left, before they say so
  let broken = false;
  answer.body.once('error', () => {
    broken = !signal.aborted;
  });
  try {
    const head = [...headers, ...responseHeaders(answer.rawHeaders)];
    if (Number(headerOf(answer, 'content-length')) <= mostAtOnce) {
      const whole = await readWhole(answer.body);
      outgoing.writeHead(answer.status, head).end(whole);
      return;
    }
    outgoing.writeHead(answer.status, head);
    // a stream's head tells at once that somebody is at work; another goes out with its body
    if (/^text\/event-stream/i.test(headerOf(answer, 'content-type') ?? '')) outgoing.flushHeaders();
    await pipeline(answer.body, outgoing);
  } catch (error) {
    answer.body.destroy();
    // once the head is out, a connection that breaks is the only word left
    if (outgoing.headersSent) outgoing.destroy();
    if (broken || !signal.aborted) throw upstreamError(error);
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
export async function proxyChat(context: ServerContext, exchange: Exchange, name: ProtocolName): Promise<void> {
  const { incoming, call } = exchange;
  const { options, gate } = context;
  const settings = settingsFromHeaders(incoming.headers, options.allowOverrides);
  const protocol = protocolNamed(name);
  const body = await readBody(incoming, options, call.holding);
  const told = responseOptions(context, call, settings);
  const asked =
    settings.mode === 'off'
      ? undefined
      : await readCall(body, incoming, protocol, options.maxBodyBytes, call.holding, told.failClosed === true);
  if (asked && 'unread' in asked) tellUnread(protocol, asked.unread, told);
  if (asked === undefined || 'unread' in asked) return passThrough(context, exchange, body);
  const { unreadImages } = asked.reading;
  // what is not fetched now is not fetched later: the model need not be asked
  if (told.failClosed && unreadImages.length > 0 && options.imageUrls === undefined)
    tellUnread(protocol, unreadPicture(unreadImages), told);
  await checkPictures(asked.reading.images, unreadImages.length, options);
  const leave = await gate.enter(call.signal, call.caller, asked.reading.stream);
  const lent = asked.reading.stream ? setTimeout(leave, longestStay) : undefined;
  try {
    const headers = requestHeaders(incoming.rawHeaders, true);
    const asking = ask(context, exchange, { headers, body, route: name });
    // it fails where it is waited for
    asking.catch(() => {});
    await answerCall(context, exchange, { protocol, asked, settings, asking, leave });
  } finally {
    clearTimeout(lent);
    leave();
  }
}

const unreadPicture = (unread: readonly string[]) =>
  `${unread[0]} is not looked at here, so the answer cannot be judged: send it as a data: URL`;

/**
 * The answer to such a call is not judged: there may be pictures in it, or there are some that nobody can look at.
 *
 * @throws HttpError 422, with `failClosed`.
 */
function tellUnread(protocol: WireProtocol, reason: string, options: Omit<ResponseOptions, 'rewriter'>): void {
  const reading = { images: [], unreadImages: [], stream: false, structured: false };
  options.onReport?.(untouchedCall({ protocol, reading }, 'failed', reason, { ...options, rewriter: null }));
  if (options.failClosed) throw new HttpError(422, reason);
}

interface CallUnderWay {
  protocol: WireProtocol;
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
    try {
      // who withholds what was not judged here takes nobody's word for it
      const isJudged = isCorrectable(answer) && !options.failClosed && headerOf(answer, reportHeader) !== undefined;
      if (isJudged)
        options.onReport?.(untouchedCall({ protocol, reading: asked.reading }, 'skipped', judgedBefore, options));
      if (isJudged || !isCorrectable(answer)) {
        leave();
        return await pipeAnswer(answer, outgoing, call);
      }
      const headers = nodeHeaders(exchange.incoming.headers);
      const read: ReadCall = { protocol, reading: await reading, headers, signal: call.signal };
      const { unreadImages } = read.reading;
      if (options.failClosed && unreadImages.length > 0) tellUnread(protocol, unreadPicture(unreadImages), options);
      await writeAnswer(read, answer, options, { outgoing, call, leave });
    } finally {
      // one that was refused, or that fails in here, is not read to its end
      answer.body.destroy();
    }
  } finally {
    done();
  }
}

/** Writes an answer, corrected in the shape that it turns out to have. */
async function writeAnswer(
  read: ReadCall,
  answer: UpstreamAnswer,
  options: ResponseOptions,
  { outgoing, call, leave }: Pick<Exchange, 'outgoing' | 'call'> & Pick<CallUnderWay, 'leave'>,
): Promise<void> {
  const source = decoded(answer.body, headerOf(answer, 'content-encoding'));
  if (source === undefined) {
    const refused = unreadBody(read, notAnAnswer({ headers: headersOf(answer) }), options);
    if (refused !== undefined) return writeBody(outgoing, call, answer, refused);
    leave();
    return await pipeAnswer(answer, outgoing, call);
  }
  const headers = headersOf(answer);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const response = new Response(Readable.toWeb(source) as ReadableStream<Uint8Array>, {
    status: answer.status,
    headers,
  });
  const kind = await answerKind(read, response, options);
  if (kind === 'json') {
    const bytes = await readAnswer(response);
    const corrected = await correctBody(read, textOf(bytes), options);
    return writeBody(outgoing, call, answer, corrected ?? { headers: {}, text: bytes });
  }
  const refused = kind === 'neither' ? unreadBody(read, notAnAnswer(response), options) : undefined;
  if (refused !== undefined) return writeBody(outgoing, call, answer, refused);
  const corrected = typeof kind === 'string' ? response : correctEvents(read, response, options, kind);
  await writeResponse(corrected, outgoing, call, leave);
}

/** An answer in JSON is read whole first, so that an upstream that breaks off in it is a proper error. */
async function readAnswer({ body }: Response): Promise<Buffer> {
  try {
    return await readBytes(Readable.fromWeb(body as NodeReadableStream), maxAnswerBytes);
  } catch (error) {
    // that it is too long is no fault of the caller's
    throw upstreamError(error instanceof HttpError ? undefined : error);
  }
}

const isCorrectable = (answer: UpstreamAnswer) =>
  answer.status >= 200 && answer.status < 300 && answer.status !== 204 && answer.status !== 205;

const judgedBefore = `the upstream says that the answer was judged there (${reportHeader})`;

function headerOf({ rawHeaders }: UpstreamAnswer, name: string): string | undefined {
  const at = rawHeaders.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

function headersOf(answer: UpstreamAnswer): Headers {
  const headers = new Headers();
  const raw = responseHeaders(answer.rawHeaders);
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  return headers;
}

/** The options of the correction of one call, but for its rewriter. */
export function responseOptions(
  context: ServerContext,
  call: Call,
  settings: HeaderSettings,
): Omit<ResponseOptions, 'rewriter'> {
  const { threshold, maxHarm, maxRounds, minJudged, onUnresolved, failClosed, stallMs, correctionMs, stream } =
    context.options;
  const mode = settings.stream ?? stream;
  const options: Omit<ResponseOptions, 'rewriter'> = {
    scorer: context.scorer,
    stallMs,
    budget: { timeMs: correctionMs },
    ...(threshold === undefined ? {} : { threshold }),
    ...(maxHarm === undefined ? {} : { maxHarm }),
    ...(maxRounds === undefined ? {} : { maxRounds }),
    ...(minJudged === undefined ? {} : { minJudged }),
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
  protocol: WireProtocol,
): ResponseOptions['rewriter'] {
  if (rewriter !== 'same') return rewriter;
  return async ({ model }) => {
    const headers: string[] = requestHeaders(incoming.rawHeaders, true);
    const pairs = headers.flatMap((one, index) =>
      index % 2 === 0 ? [[one, headers[index + 1]!] as [string, string]] : [],
    );
    const origin = upstream.originOf(path, incoming.headers);
    return timedRewriter(sameModelRewriter(protocol, { origin, headers: pairs, model }), metrics);
  };
}
