import { randomUUID } from 'node:crypto';
import type { StreamMode } from '../agent/text-stream.js';
import { errorMessage } from '../base/errors.js';
import { redact } from '../base/redact.js';
import type { Scorer } from '../scorer/scorer.js';
import type { Framing } from '../wire/framing.js';
import { jsonArray } from '../wire/json-array.js';
import { type JsonObject, parseObject, rewriteJson } from '../wire/json-path.js';
import type { Answer, CallReading } from '../wire/protocol.js';
import { type ProtocolName, protocolNamed, protocolOf, type WireProtocol } from '../wire/protocols.js';
import { eventStream } from '../wire/sse.js';
import { type AnswerOptions, correctAnswers, whyNotJudged, withholds } from './correct-answers.js';
import { headStart } from './head-start.js';
import { isWithinCorrection, markCorrections } from './reentrancy.js';
import {
  announce,
  type CompactReport,
  type KeepReports,
  type ReportOptions,
  type ResponseReport,
  reportField,
  reportHeader,
  untouchedReport,
  withoutKeys,
} from './report.js';
import { correctedStream } from './stream-response.js';

/** A call as it was sent. `body` is the JSON text. A fetch `Request` whose body is still unread will do as well. */
export interface HttpCall {
  url: string;
  method: string;
  headers: ConstructorParameters<typeof Headers>[0];
  body: string;
  signal?: AbortSignal;
  /** The wire protocol of the call. Default: by the end of the URL's path, as the providers have it. */
  protocol?: ProtocolName;
}

export interface ResponseOptions extends AnswerOptions, ReportOptions {
  /**
   * How streamed answers are corrected. `sentence` (default): each sentence is held back until it is judged, then sent;
   * what was sent never changes. `final`: the text is held back and corrected at its end. `off`: not at all. An answer
   * in JSON is held back whole in either way.
   */
  stream?: StreamMode;
  /** An upstream that sends nothing for so long in the middle of a stream is given up. Milliseconds; default 300,000; 0 for never. */
  stallMs?: number;
}

/** A call that has been read. */
export interface ReadCall {
  protocol: WireProtocol;
  reading: CallReading;
  /** Of the call: what must not be quoted in a report. */
  headers: Headers;
  signal?: AbortSignal | undefined;
  /** Called once a corrected stream has come to its end or was given up. */
  over?: () => void;
  /** Takes the reports of the answer, where the provider gave it an id. */
  keep?: KeepReports;
}

/** What goes out in place of the upstream's answer. */
export interface CorrectedBody {
  /** 422 where the answer is withheld; undefined for that of the upstream. */
  status?: 422;
  /** On top of the upstream's, or in their place. */
  headers: Record<string, string>;
  text: string;
}

/** They tell of the old bytes; fetch has undone the encoding. */
export const staleHeaders: readonly string[] = [
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'content-md5',
  'digest',
  'etag',
];

/**
 * Corrects the answer inside an HTTP response of a chat API: OpenAI chat completions and responses, Anthropic messages;
 * JSON and event streams. Wrappers, middlewares and the proxy all come through here.
 *
 * JSON: the corrected response has the same status and headers, the report in the body's field `vlm_detective` and its
 * id in the header `x-vlm-detective-report`.
 *
 * Streams (`options.stream`): the promise resolves at once, the body is corrected as it is read, no faster than it is
 * read, and stops with `request.signal` or when it is cancelled. An event in which nothing changes is sent on byte for
 * byte, so an answer without a mistake is the upstream's own bytes. Where something changed, the last event with a word
 * to say carries the report in `vlm_detective`; `onReport` always gets it, once the stream is over, and
 * `correctionReports(answer)` finds it where a client was wrapped. If the upstream breaks off, stalls or ends inside an event,
 * what came is judged and sent, and then the protocol's own error event. Silence of 15 seconds is filled with comments.
 *
 * What an answer is, its first bytes say where its label (content-type) does not. One to a call with pictures that is
 * neither JSON nor an event stream, or none of the protocol's, goes out as it came, and `onReport` is told: `failed`.
 *
 * The very same `Response` comes back, unread, for other paths, errors, bodies that are no answer, a response that has
 * been corrected before, calls made inside a correction, and streams with `stream: 'off'` or without a picture.
 *
 * Never throws. If a part fails for good, the answer comes back as the model gave it with status `failed`; with
 * `failClosed` (or an unresolved span and `onUnresolved: 'throw'`) a 422 in the provider's own error shape, or in a
 * stream the protocol's error event in place of the words; so do answers that cannot be read.
 */
export async function correctResponse(
  request: Request | HttpCall,
  response: Response,
  options: ResponseOptions,
): Promise<Response> {
  return (await correctWith(request, response, options, () => readCall(request))).corrected;
}

interface Corrected {
  corrected: Response;
  /** Whether it is a stream that is corrected as it is read. */
  goesOn: boolean;
}

/** {@link correctResponse} where the call may have been read already. */
async function correctWith(
  request: Request | HttpCall,
  response: Response,
  options: ResponseOptions,
  read: () => Promise<ReadCall | undefined>,
): Promise<Corrected> {
  const asItIs = { corrected: response, goesOn: false };
  const protocol = protocolFor(request);
  if (protocol === undefined || !response.ok || response.headers.has(reportHeader)) return asItIs;
  const headers = new Headers(request.headers);
  if (isWithinCorrection(headers)) return asItIs;
  markCorrections();
  try {
    const call = await read();
    if (call === undefined || response.body === null) return asItIs;
    const kind = await answerKind(call, response, options);
    if (kind === 'off') return asItIs;
    if (typeof kind !== 'string') {
      const corrected = correctEvents(call, response, options, kind);
      return { corrected, goesOn: corrected !== response };
    }
    const bytes = kind === 'json' ? await readBytes(response) : undefined;
    // an answer that breaks off meets whoever reads it
    if (kind === 'json' && bytes === undefined) return asItIs;
    const corrected =
      bytes === undefined
        ? unreadBody(call, notAnAnswer(response), options)
        : await correctBody(call, textOf(bytes), options);
    return { ...asItIs, corrected: corrected === undefined ? response : replaceBody(response, corrected) };
  } catch (error) {
    if (!withholds(error, options)) return asItIs;
    const refused = refusal(protocol, randomUUID(), redact(errorMessage(error), headers));
    return { ...asItIs, corrected: replaceBody(response, refused) };
  }
}

/** What a call asks; undefined where it is none whose answer is corrected. */
export async function readCall(request: Request | HttpCall): Promise<ReadCall | undefined> {
  const protocol = protocolFor(request);
  if (protocol === undefined) return undefined;
  const headers = new Headers(request.headers);
  const text = request instanceof Request ? textOf(await readBytes(request)) : request.body;
  const body = isWithinCorrection(headers) ? undefined : parseObject(text ?? '');
  return body && { protocol, reading: protocol.readRequest(body, request.url), headers, signal: request.signal };
}

function protocolFor(request: Request | HttpCall): WireProtocol | undefined {
  const { method, url } = request;
  const named = request instanceof Request ? undefined : request.protocol;
  if (named === undefined) return protocolOf(method, url);
  return method.toUpperCase() === 'POST' ? protocolNamed(named) : undefined;
}

const nothing = () => {};

/**
 * Asks a model and corrects its answer as `correctResponse` does. While the model is at it, the scorer works on the
 * pictures of the call. An answer that is not corrected is the original itself.
 *
 * @param optionsFor The options of the correction, once the answer begins to come.
 * @throws what `ask` throws.
 */
export async function askAndCorrect(
  request: HttpCall,
  { scorer, stream, keep }: Pick<ResponseOptions, 'scorer' | 'stream'> & { keep: KeepReports },
  ask: () => Promise<Response>,
  optionsFor: (response: Response) => ResponseOptions,
): Promise<{ original: Response; corrected: Response }> {
  const asking = ask();
  asking.catch(nothing);
  const reading = readCall(request);
  // what fails here is told where the answer is corrected
  const call = await reading.catch(nothing);
  const isHeldBack = call && !(call.reading.stream && stream === 'off');
  const over = isHeldBack ? headStart(call.reading, scorer) : nothing;
  let goesOn = false;
  try {
    const original = await asking;
    const read = async () => {
      const known = await reading;
      // others may have put keys among them on the way out
      return known && { ...known, headers: new Headers(request.headers), over, keep };
    };
    const done = await correctWith(request, original, optionsFor(original), read);
    goesOn = done.goesOn;
    return { original, corrected: done.corrected };
  } finally {
    if (!goesOn) over();
  }
}

const jsonType = /^application\/(?:[\w.-]+\+)?json\b/i;
const lineType = /^application\/(?:x-)?(?:ndjson|jsonl|json-?seq)\b/i;

export const isEventStream = ({ headers }: Pick<Response, 'headers'>) =>
  /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');

/**
 * What an answer is: a stream, as it is framed, one JSON text, neither, or none that is corrected (`off`). An event stream by its
 * label, and a JSON text where no stream was asked for; anything else by its first bytes, which it waits for.
 */
export async function answerKind(
  { protocol, reading }: Pick<ReadCall, 'protocol' | 'reading'>,
  response: Response,
  { stream }: Pick<ResponseOptions, 'stream'>,
): Promise<Framing | 'json' | 'neither' | 'off'> {
  if (stream === 'off' && (reading.stream || isEventStream(response))) return 'off';
  if (isEventStream(response)) return eventStream;
  const type = response.headers.get('content-type') ?? '';
  if (!reading.stream && jsonType.test(type)) return 'json';
  const start = await firstWords(response).catch(() => undefined);
  // what breaks off, or has no byte, has no word
  if (start === undefined || start === '') return 'json';
  if (/^(?:data|event|id|retry)?:/.test(start)) return stream === 'off' ? 'off' : eventStream;
  if (reading.stream && protocol.streamsArrays && start.startsWith('[')) return jsonArray;
  return start.startsWith('{') && !lineType.test(type) ? 'json' : 'neither';
}

/** As much of a field's name as an event stream can begin with, behind a byte order mark and white space. */
const firstLength = 'retry:'.length;
const mostBlank = 4096;

async function firstWords(response: Response): Promise<string> {
  const reader = response.clone().body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    while (text.trimStart().length < firstLength && text.length < mostBlank) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    reader.cancel().catch(nothing);
  }
  return text.trimStart();
}

/** Why an answer that is neither is not corrected. */
export function notAnAnswer({ headers }: Pick<Response, 'headers'>): string {
  const [type, encoding] = [headers.get('content-type') ?? 'none', headers.get('content-encoding')];
  return `the answer is neither JSON nor an event stream (content-type ${type}${encoding ? `, content-encoding ${encoding}` : ''})`;
}

/** Of a clone, so that whoever gets the original back can still read it, and meets the same errors in it. */
async function readBytes(body: Request | Response): Promise<Uint8Array | undefined> {
  return body
    .clone()
    .arrayBuffer()
    .then((buffer) => new Uint8Array(buffer))
    .catch(() => undefined);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a body; undefined where it is not UTF-8. */
export function textOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes && utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text of a request body that is all there; undefined for streams, forms and none. */
export function bodyText(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  return undefined;
}

function replaceBody(response: Response, { status: other, headers: extra, text }: CorrectedBody): Response {
  const status = other ?? response.status;
  const headers = new Headers(response.headers);
  for (const name of staleHeaders) headers.delete(name);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  const statusText = status === response.status ? response.statusText : '';
  // The bytes are read already; this lets the other half of the clone go.
  response.body?.cancel().catch(nothing);
  return at(response.url, new Response(text, { status, statusText, headers }));
}

const at = (url: string, response: Response) => Object.defineProperty(response, 'url', { value: url });

/** 422 and `x-should-retry: false`: no SDK retries it, so that one failure is not paid for three times. */
function refusal(protocol: WireProtocol, id: string, reason: string): CorrectedBody {
  return {
    status: 422,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false', [reportHeader]: id },
    text: JSON.stringify(protocol.errorBody(422, `vlm-detective withheld the answer: ${reason}`)),
  };
}

type NamedCall = Pick<ReadCall, 'protocol' | 'reading'>;

const aboutCall = ({ protocol, reading }: NamedCall) => ({
  protocol: protocol.name,
  ...(reading.model === undefined ? {} : { model: reading.model }),
});

/** The report of a call no text of which was judged. */
export function untouchedCall(
  call: NamedCall,
  status: 'skipped' | 'failed',
  reason: string,
  { scorer, rewriter }: { scorer: Pick<Scorer, 'name'>; rewriter: AnswerOptions['rewriter'] | null },
): ResponseReport {
  const id = randomUUID();
  const named = typeof rewriter === 'function' ? null : (rewriter?.name ?? null);
  const about = { id, scorer: scorer.name, rewriter: named, durationMs: 0 };
  return { ...aboutCall(call), id, answers: [untouchedReport({ choice: 0 }, status, reason, about)], details: [null] };
}

/**
 * An answer that cannot be read, to a call whose answer was to be judged: told, and withheld with `failClosed`. Undefined
 * where it goes out as it came.
 */
export function unreadBody(
  call: ReadCall,
  reason: string,
  options: AnswerOptions & ReportOptions,
): CorrectedBody | undefined {
  if (whyNotJudged(call.reading) !== undefined) return undefined;
  const report = untouchedCall(call, 'failed', reason, options);
  announce(options, report);
  return options.failClosed ? refusal(call.protocol, report.id, reason) : undefined;
}

/**
 * Corrects a whole answer in JSON; all of it but what is changed, and the report, keeps its bytes. Undefined where it goes
 * out as it is: an error, no answer of the call's protocol, or not to be written anew. Never throws; see `correctResponse`
 * for what becomes of failures.
 *
 * @param text Undefined for a body that is no text.
 */
export async function correctBody(
  call: ReadCall,
  text: string | undefined,
  options: AnswerOptions & ReportOptions,
): Promise<CorrectedBody | undefined> {
  const { protocol, reading, headers, signal, keep } = call;
  if (text?.trim() === '') return undefined;
  const body = text === undefined ? undefined : parseObject(text);
  if (text === undefined || body === undefined) return unreadBody(call, 'the answer is no JSON object', options);
  const id = randomUUID();
  const replaced = (changed: JsonObject, reports: CompactReport[]): CorrectedBody => {
    const answerId = protocol.answerId(body);
    if (answerId !== undefined) keep?.(answerId, reports);
    return { headers: { [reportHeader]: id }, text: rewriteJson(text, body, { ...changed, [reportField]: reports }) };
  };
  const about = { id, ...aboutCall(call) };
  let answers: Answer[] = [];
  try {
    answers = protocol.readAnswers(body);
    if (answers.length === 0) {
      return body.error == null ? unreadBody(call, `the answer is none of ${protocol.name}`, options) : undefined;
    }
    const corrected = withoutKeys(await correctAnswers(id, reading, answers, options, signal), headers);
    const written = replaced(protocol.writeAnswers(body, corrected.changes), corrected.reports);
    announce(options, { ...about, answers: corrected.reports, details: corrected.details });
    return written;
  } catch (error) {
    const reason = redact(errorMessage(error), headers);
    if (withholds(error, options)) return refusal(protocol, id, reason);
    const failed = { id, scorer: options.scorer.name, rewriter: null, durationMs: 0 };
    const reports = answers.map((answer) => untouchedReport(answer, 'failed', reason, failed));
    announce(options, { ...about, answers: reports, details: answers.map(() => null) });
    try {
      return replaced(body, reports);
    } catch {
      return undefined;
    }
  }
}

const defaultStallMs = 300_000;
/** As long as the SDKs wait for an answer that is no stream; a stream has no time-out of theirs. */
const defaultTimeMs = 600_000;

/** A streamed answer, corrected as it is read; or the very same, where there is nothing to correct. */
export function correctEvents(
  call: ReadCall,
  response: Response,
  options: ResponseOptions,
  framing: Framing,
): Response {
  const { stream: mode = 'sentence', stallMs = defaultStallMs, onReport: _, ...answerOptions } = options;
  const { over, signal, ...read } = call;
  if (mode === 'off' || response.body === null) return response;
  const why = whyNotJudged(call.reading);
  if (why !== undefined) {
    announce(options, untouchedCall(call, 'skipped', why, options));
    return response;
  }
  const id = randomUUID();
  const streamCall = {
    ...read,
    id,
    framing,
    options: { ...answerOptions, budget: { timeMs: defaultTimeMs, ...answerOptions.budget } },
    mode,
    ...(signal ? { signal } : {}),
    announce: (report: ResponseReport) => announce(options, report),
  };
  const headers = new Headers(response.headers);
  for (const name of staleHeaders) headers.delete(name);
  headers.set(reportHeader, id);
  const { status, statusText } = response;
  const body = correctedStream(response.body, streamCall, { stallMs, over });
  return at(response.url, new Response(body, { status, statusText, headers }));
}
