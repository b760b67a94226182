import { randomUUID } from 'node:crypto';
import { errorMessage } from '../../errors.js';
import type { CorrectionReport } from '../correction.js';
import { type CompactReport, reportField, reportHeader, untouchedReport } from './compact-report.js';
import { type AnswerOptions, type CorrectedAnswers, correctAnswers, withholds } from './correct-answers.js';
import { type JsonObject, parseObject } from './json-path.js';
import type { Answer, Protocol } from './protocol.js';
import { protocolOf } from './protocols.js';
import { redact } from './redact.js';
import { isWithinCorrection } from './reentrancy.js';
import { warnOfStream } from './warnings.js';

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
  protocol: Protocol['name'];
  model?: string;
  /** As they stand in the body under `vlm_detective`. */
  answers: CompactReport[];
  /** Token rewards and rounds of each answer, in the same order; null for one that was not judged. */
  details: (CorrectionReport | null)[];
}

export interface ResponseOptions extends AnswerOptions {
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

/** The same without keys: errors of providers like to quote them. */
function clean(corrected: CorrectedAnswers, headers: Headers): CorrectedAnswers {
  const withoutKeys = <T extends { reason?: string }>(report: T): T =>
    report.reason === undefined ? report : { ...report, reason: redact(report.reason, headers) };
  return {
    reports: corrected.reports.map(withoutKeys),
    details: corrected.details.map((report) => {
      if (report === null) return null;
      const { error: _, ...rest } = report;
      return withoutKeys(rest);
    }),
    changes: corrected.changes,
  };
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

/**
 * Corrects the answer inside an HTTP response of a chat API (OpenAI chat completions and responses, Anthropic
 * messages; JSON). The corrected response has the same status and headers, the report in the body's field
 * `vlm_detective` and its id in the header `x-vlm-detective-report`.
 *
 * The very same `Response` comes back, unread, for other paths, errors, streams (with one warning), bodies that are no
 * answer, a response that has been corrected before, and calls made inside a correction.
 *
 * Never throws. If a part fails for good, the answer comes back as the model gave it with status `failed`; with
 * `failClosed` (or an unresolved span and `onUnresolved: 'throw'`) a 422 in the provider's own error shape.
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
    if (reading.stream) {
      if (reading.images.length + reading.unreadImages.length > 0) warnOfStream();
      return response;
    }
    if (!jsonType.test(response.headers.get('content-type') ?? '')) return response;
    body = parseObject((await readText(response)) ?? '');
    if (body === undefined) return response;
    answers = protocol.readAnswers(body);
    if (answers.length === 0) return response;
    const corrected = clean(await correctAnswers(id, reading, answers, options, request.signal), headers);
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
      ...(reading.model === undefined ? {} : { model: reading.model }),
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
