import { randomUUID } from 'node:crypto';
import { errorMessage } from '../base/errors.js';
import { redact } from '../base/redact.js';
import { type JsonObject, parseObject } from '../wire/json-path.js';
import type { Answer, CallReading, Protocol } from '../wire/protocol.js';
import { withoutKeys } from './clean-report.js';
import { type CompactReport, reportField, reportHeader, untouchedReport } from './compact-report.js';
import { type AnswerOptions, correctAnswers, withholds } from './correct-answers.js';
import { announce, type ReportOptions } from './response-report.js';

/** A call that has been read. */
export interface ReadCall {
  protocol: Protocol;
  reading: CallReading;
  /** Of the call: what must not be quoted in a report. */
  headers: Headers;
  signal?: AbortSignal | undefined;
  /** Called once a corrected stream has come to its end or was given up. */
  over?: () => void;
}

/** What goes out in place of the upstream's answer. */
export interface CorrectedBody {
  /** 422 where the answer is withheld; undefined for that of the upstream. */
  status?: 422;
  /** On top of the upstream's, or in their place. */
  headers: Record<string, string>;
  text: string;
}

/** 422 and `x-should-retry: false`: no SDK retries it, so that one failure is not paid for three times. */
export function refusal(protocol: Protocol, id: string, reason: string): CorrectedBody {
  return {
    status: 422,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false', [reportHeader]: id },
    text: JSON.stringify(protocol.errorBody(`vlm-detective withheld the answer: ${reason}`)),
  };
}

/**
 * Corrects a whole answer in JSON. Undefined where the text is no answer of the call's protocol, or cannot be written anew:
 * then it goes out as it is. Never throws; see `correctResponse` for what becomes of failures.
 */
export async function correctBody(
  call: ReadCall,
  text: string,
  options: AnswerOptions & ReportOptions,
): Promise<CorrectedBody | undefined> {
  const { protocol, reading, headers, signal } = call;
  const id = randomUUID();
  const body = parseObject(text);
  if (body === undefined) return undefined;
  const replaced = (changed: JsonObject, reports: readonly CompactReport[]): CorrectedBody => ({
    headers: { [reportHeader]: id },
    text: JSON.stringify({ ...changed, [reportField]: reports }),
  });
  const about = { id, protocol: protocol.name, ...(reading.model === undefined ? {} : { model: reading.model }) };
  let answers: Answer[] = [];
  try {
    answers = protocol.readAnswers(body);
    if (answers.length === 0) return undefined;
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
