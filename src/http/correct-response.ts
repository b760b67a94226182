import { randomUUID } from 'node:crypto';
import type { StreamMode } from '../agent/text-stream.js';
import { errorMessage } from '../base/errors.js';
import { redact } from '../base/redact.js';
import { parseObject } from '../wire/json-path.js';
import { protocolOf } from '../wire/protocols.js';
import { reportHeader, untouchedReport } from './compact-report.js';
import { type AnswerOptions, whyNotJudged, withholds } from './correct-answers.js';
import { type CorrectedBody, correctBody, type ReadCall, refusal } from './correct-body.js';
import { isWithinCorrection, markCorrections } from './reentrancy.js';
import { announce, type ReportOptions } from './response-report.js';
import { staleHeaders } from './stale-headers.js';
import { correctedStream } from './stream-response.js';

export type { ResponseReport } from './response-report.js';

/** A call as it was sent. `body` is the JSON text. A fetch `Request` whose body is still unread will do as well. */
export interface HttpCall {
  url: string;
  method: string;
  headers: ConstructorParameters<typeof Headers>[0];
  body: string;
  signal?: AbortSignal;
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

const jsonType = /^application\/(?:[\w.-]+\+)?json\b/i;

function replaceBody(response: Response, { status: other, headers: extra, text }: CorrectedBody): Response {
  const status = other ?? response.status;
  const headers = new Headers(response.headers);
  for (const name of staleHeaders) headers.delete(name);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  const statusText = status === response.status ? response.statusText : '';
  const replaced = new Response(text, { status, statusText, headers });
  Object.defineProperty(replaced, 'url', { value: response.url });
  // The bytes are read already; this lets the other half of the clone go.
  response.body?.cancel().catch(() => {});
  return replaced;
}

async function readText(body: Request | Response | HttpCall): Promise<string | undefined> {
  if (!(body instanceof Request || body instanceof Response)) return body.body;
  // Of a clone, so that whoever gets the original back can still read it, and meets the same errors in it.
  return body
    .clone()
    .text()
    .catch(() => undefined);
}

export const isEventStream = ({ headers }: Response) =>
  /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');

const defaultStallMs = 300_000;
/** As long as the SDKs wait for an answer that is no stream; a stream has no time-out of theirs. */
const defaultTimeMs = 600_000;

/** The response to a call for a stream, corrected as it is read; or the very same, where there is nothing to correct. */
export function correctEvents(call: ReadCall, response: Response, options: ResponseOptions): Response {
  const { stream: mode = 'sentence', stallMs = defaultStallMs, onReport: _, ...answerOptions } = options;
  if (mode === 'off' || !isEventStream(response) || response.body === null) return response;
  const { protocol, reading, headers, signal } = call;
  const id = randomUUID();
  const why = whyNotJudged(reading);
  if (why !== undefined) {
    const rewriter = typeof options.rewriter === 'function' ? null : options.rewriter.name;
    const about = { id, scorer: options.scorer.name, rewriter, durationMs: 0 };
    const answers = [untouchedReport({ choice: 0 }, 'skipped', why, about)];
    const { model } = reading;
    announce(options, {
      id,
      protocol: protocol.name,
      ...(model === undefined ? {} : { model }),
      answers,
      details: [null],
    });
    return response;
  }
  return correctedStream(response, response.body, {
    id,
    protocol,
    reading,
    headers,
    options: { ...answerOptions, budget: { timeMs: defaultTimeMs, ...answerOptions.budget } },
    mode,
    stallMs,
    ...(signal ? { signal } : {}),
    ...(call.over ? { over: call.over } : {}),
    announce: (report) => announce(options, report),
  });
}

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
  return correctWith(request, response, options, () => readCall(request));
}

/** {@link correctResponse} where the call may have been read already. */
export async function correctWith(
  request: Request | HttpCall,
  response: Response,
  options: ResponseOptions,
  read: () => Promise<ReadCall | undefined>,
): Promise<Response> {
  const protocol = protocolOf(request.method, request.url);
  if (protocol === undefined || !response.ok || response.headers.has(reportHeader)) return response;
  const headers = new Headers(request.headers);
  if (isWithinCorrection(headers)) return response;
  markCorrections();
  try {
    const call = await read();
    if (call === undefined) return response;
    if (call.reading.stream) return correctEvents(call, response, options);
    if (!jsonType.test(response.headers.get('content-type') ?? '')) return response;
    const corrected = await correctBody(call, (await readText(response)) ?? '', options);
    return corrected === undefined ? response : replaceBody(response, corrected);
  } catch (error) {
    if (!withholds(error, options)) return response;
    return replaceBody(response, refusal(protocol, randomUUID(), redact(errorMessage(error), headers)));
  }
}

/** What a call asks; undefined where it is none whose answer is corrected. */
export async function readCall(request: Request | HttpCall): Promise<ReadCall | undefined> {
  const protocol = protocolOf(request.method, request.url);
  if (protocol === undefined) return undefined;
  const headers = new Headers(request.headers);
  const body = isWithinCorrection(headers) ? undefined : parseObject((await readText(request)) ?? '');
  return body && { protocol, reading: protocol.readRequest(body), headers, signal: request.signal };
}
