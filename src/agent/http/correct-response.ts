import { randomUUID } from 'node:crypto';
import { errorMessage } from '../../errors.js';
import type { CorrectionReport } from '../correction.js';
import type { StreamMode } from '../text-stream.js';
import { withoutKeys } from './clean-report.js';
import { type CompactReport, reportField, reportHeader, untouchedReport } from './compact-report.js';
import { type AnswerOptions, correctAnswers, whyNotJudged, withholds } from './correct-answers.js';
import type { StreamCall } from './correct-stream.js';
import { type JsonObject, parseObject } from './json-path.js';
import type { Answer, CallReading, Protocol } from './protocol.js';
import { protocolOf } from './protocols.js';
import { redact } from './redact.js';
import { isWithinCorrection } from './reentrancy.js';
import { correctedStream } from './stream-response.js';

/** A call as it was sent. `body` is the JSON text. A fetch `Request` whose body is still unread will do as well. */
export interface HttpCall {
  url: string;
  method: string;
  headers: ConstructorParameters<typeof Headers>[0];
  body: string;
  signal?: AbortSignal;
}

/** The report of one whole response. */
export interface ResponseReport {
  id: string;
  protocol: Protocol['name'] | 'ai-sdk';
  model?: string;
  /** As they stand in the body under `vlm_detective`. */
  answers: CompactReport[];
  /** Token rewards and rounds of each answer, in the same order; null for one that was not judged. */
  details: (CorrectionReport | null)[];
}

export interface ResponseOptions extends AnswerOptions {
  /**
   * How streamed answers are corrected. `sentence` (default): each sentence is held back until it is judged, then sent;
   * what was sent never changes. `final`: the text is held back and corrected at its end. `off`: not at all. An answer
   * in JSON is held back whole in either way.
   */
  stream?: StreamMode;
  /** An upstream that sends nothing for so long in the middle of a stream is given up. Milliseconds; default 300,000; 0 for never. */
  stallMs?: number;
  /** Called once for each response that was looked at. What it throws is dropped. */
  onReport?: (report: ResponseReport) => void;
}

const jsonType = /^application\/(?:[\w.-]+\+)?json\b/i;
/** They tell of the old bytes. */
const staleHeaders = ['content-length', 'content-encoding', 'transfer-encoding', 'content-md5', 'digest', 'etag'];

function replaceBody(response: Response, status: number, body: JsonObject, extra: Record<string, string>): Response {
  const headers = new Headers(response.headers);
  for (const name of staleHeaders) headers.delete(name);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  const statusText = status === response.status ? response.statusText : '';
  const replaced = new Response(JSON.stringify(body), { status, statusText, headers });
  Object.defineProperty(replaced, 'url', { value: response.url });
  // The bytes are read already; this lets the other half of the clone go.
  response.body?.cancel().catch(() => {});
  return replaced;
}

/** 422 and `x-should-retry: false`: no SDK retries it, so that one failure is not paid for three times. */
function refuse(protocol: Protocol, response: Response, id: string, reason: string): Response {
  const message = `vlm-detective withheld the answer: ${reason}`;
  const headers = { 'content-type': 'application/json', 'x-should-retry': 'false', [reportHeader]: id };
  return replaceBody(response, 422, protocol.errorBody(message), headers);
}

async function readText(body: Request | Response | HttpCall): Promise<string | undefined> {
  if (!(body instanceof Request || body instanceof Response)) return body.body;
  // Of a clone, so that whoever gets the original back can still read it, and meets the same errors in it.
  return body
    .clone()
    .text()
    .catch(() => undefined);
}

/** The model's own answer with nothing changed in it, and a report that says why. */
function failOpen(
  response: Response,
  body: JsonObject,
  answers: readonly Answer[],
  about: { id: string; reason: string; scorer: string },
): { response: Response; reports: CompactReport[] } {
  const { id, reason, scorer } = about;
  const reports = answers.map((answer) =>
    untouchedReport(answer, 'failed', reason, { id, scorer, rewriter: null, durationMs: 0 }),
  );
  try {
    const handedBack = { ...body, [reportField]: reports };
    return { response: replaceBody(response, response.status, handedBack, { [reportHeader]: id }), reports };
  } catch {
    return { response, reports };
  }
}

function announce(onReport: ResponseOptions['onReport'], report: ResponseReport): void {
  try {
    onReport?.(report);
  } catch {
    // An observer's fault is not the caller's.
  }
}

const streamType = /^text\/event-stream\b/i;
const defaultStallMs = 300_000;
/** As long as the SDKs wait for an answer that is no stream; a stream has no time-out of theirs. */
const defaultTimeMs = 600_000;

function streamed(
  response: Response,
  call: Pick<StreamCall, 'id' | 'protocol' | 'reading' | 'headers'>,
  signal: AbortSignal | undefined,
  options: ResponseOptions,
): Response {
  const { stream: mode = 'sentence', stallMs = defaultStallMs, onReport, ...answerOptions } = options;
  const isStream = streamType.test(response.headers.get('content-type') ?? '');
  if (mode === 'off' || !isStream || response.body === null) return response;
  const { id, protocol, reading } = call;
  const why = whyNotJudged(reading);
  if (why !== undefined) {
    const rewriter = typeof options.rewriter === 'function' ? null : options.rewriter.name;
    const about = { id, scorer: options.scorer.name, rewriter, durationMs: 0 };
    const answers = [untouchedReport({ choice: 0 }, 'skipped', why, about)];
    announce(onReport, { id, protocol: protocol.name, ...modelOf(reading), answers, details: [null] });
    return response;
  }
  return correctedStream(response, response.body, {
    ...call,
    options: { ...answerOptions, budget: { timeMs: defaultTimeMs, ...answerOptions.budget } },
    mode,
    stallMs,
    ...(signal ? { signal } : {}),
    announce: (report) => announce(onReport, report),
  });
}

const modelOf = ({ model }: CallReading) => (model === undefined ? {} : { model });

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
 * `correctionReports(answer)` finds it by the answer's id. If the upstream breaks off, stalls or ends inside an event,
 * what came is judged and sent, and then the protocol's own error event. Silence of 15 seconds is filled with comments.
 *
 * The very same `Response` comes back, unread, for other paths, errors, bodies that are no answer, a response that has
 * been corrected before, calls made inside a correction, and streams with `stream: 'off'` or without a picture.
 *
 * Never throws. If a part fails for good, the answer comes back as the model gave it with status `failed`; with
 * `failClosed` (or an unresolved span and `onUnresolved: 'throw'`) a 422 in the provider's own error shape, or in a
 * stream the protocol's error event in place of the words.
 */
export async function correctResponse(
  request: Request | HttpCall,
  response: Response,
  options: ResponseOptions,
): Promise<Response> {
  const protocol = protocolOf(request.method, request.url);
  if (protocol === undefined || !response.ok || response.headers.has(reportHeader)) return response;
  const headers = new Headers(request.headers);
  if (isWithinCorrection(headers)) return response;
  const id = randomUUID();
  let body: JsonObject | undefined;
  let answers: Answer[] = [];
  try {
    const call = parseObject((await readText(request)) ?? '');
    if (call === undefined) return response;
    const reading = protocol.readRequest(call);
    if (reading.stream) return streamed(response, { id, protocol, reading, headers }, request.signal, options);
    if (!jsonType.test(response.headers.get('content-type') ?? '')) return response;
    body = parseObject((await readText(response)) ?? '');
    if (body === undefined) return response;
    answers = protocol.readAnswers(body);
    if (answers.length === 0) return response;
    const corrected = withoutKeys(await correctAnswers(id, reading, answers, options, request.signal), headers);
    const written = protocol.writeAnswers(body, corrected.changes);
    const replaced = replaceBody(
      response,
      response.status,
      { ...written, [reportField]: corrected.reports },
      { [reportHeader]: id },
    );
    announce(options.onReport, {
      id,
      protocol: protocol.name,
      ...modelOf(reading),
      answers: corrected.reports,
      details: corrected.details,
    });
    return replaced;
  } catch (error) {
    const reason = redact(errorMessage(error), headers);
    if (withholds(error, options)) return refuse(protocol, response, id, reason);
    if (body === undefined) return response;
    const failed = failOpen(response, body, answers, { id, reason, scorer: options.scorer.name });
    announce(options.onReport, {
      id,
      protocol: protocol.name,
      answers: failed.reports,
      details: answers.map(() => null),
    });
    return failed.response;
  }
}
