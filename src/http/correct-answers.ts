import { correctAll } from '../agent/correct.js';
import type { CorrectionReport, CorrectionResult, CorrectOptions } from '../agent/correction.js';
import { abortable } from '../base/abort.js';
import { DetectiveError, errorMessage, isDetectiveError } from '../base/errors.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import type { Answer, AnswerChange, CallReading } from '../wire/protocol.js';
import { withinCorrection } from './reentrancy.js';
import { type CompactReport, compactReport, untouchedReport } from './report.js';
import { parseStructured, schemaValidator, whyNotStructured } from './structured-answer.js';

/** {@link CorrectOptions}, with a rewriter that may depend on the call that is corrected. */
export interface AnswerOptions extends Omit<CorrectOptions, 'rewriter'> {
  rewriter: Rewriter | ((call: { model?: string }) => Rewriter | Promise<Rewriter>);
}

export interface CorrectedAnswers {
  /** One for each answer, in order. */
  reports: CompactReport[];
  /** The whole report of each answer that was judged; null for the others. */
  details: (CorrectionReport | null)[];
  /** The answers whose text is another now. */
  changes: AnswerChange[];
}

/** Why no text of a call can be judged, or undefined. */
export function whyNotJudged(reading: CallReading): string | undefined {
  const [unread] = reading.unreadImages;
  if (unread !== undefined) return `${unread} is not fetched; send it as a data: URL to have the answer checked`;
  if (reading.images.length > 0) return undefined;
  const [file] = reading.files ?? [];
  return file === undefined
    ? 'the call holds no picture'
    : `the call holds no picture, and ${file} is not looked into; send its pictures as data: URLs`;
}

/** True where a failure has to reach the caller instead of the model's own answer. */
export function withholds(error: unknown, options: Pick<AnswerOptions, 'failClosed'>): boolean {
  return options.failClosed === true || (isDetectiveError(error) && error.code === 'unresolved');
}

/** Holds each change of a JSON answer to the schema of the call, unless the model's own answers broke it already. */
export function leafValidation(
  { validate }: Pick<AnswerOptions, 'validate'>,
  answers: readonly Pick<Answer, 'text'>[],
  satisfies: ((value: unknown) => boolean) | undefined,
): Pick<AnswerOptions, 'validate'> {
  const structured = answers.map(({ text }) => parseStructured(text)).filter((value) => value !== undefined);
  if (satisfies === undefined || !structured.every(satisfies)) return {};
  return { validate: (value) => satisfies(value) && (validate?.(value) ?? true) };
}

/**
 * Corrects the texts of one response within one shared budget. Every wire protocol, and later every stream, comes
 * through here.
 *
 * @throws what failed, with `failClosed`; a DetectiveError `unresolved`, with `onUnresolved: 'throw'`. Otherwise
 * failures are reports with status `failed`, and the texts stay as they were.
 */
export async function correctAnswers(
  id: string,
  reading: CallReading,
  answers: readonly Answer[],
  options: AnswerOptions,
  signal?: AbortSignal,
): Promise<CorrectedAnswers> {
  const started = performance.now();
  const { rewriter: rewriterOf, ...rest } = options;
  const named = typeof rewriterOf === 'function' ? null : rewriterOf.name;
  const untouched = (answer: Answer, status: 'skipped' | 'failed' | 'aborted', reason: string) => {
    const durationMs = performance.now() - started;
    return untouchedReport(answer, status, reason, { id, scorer: options.scorer.name, rewriter: named, durationMs });
  };

  const notJudged = whyNotJudged(reading);
  const judged = answers.filter((answer) => notJudged === undefined && answer.skipped === undefined);
  const results = new Map<Answer, CorrectionResult>();
  const satisfies = judged.length > 0 ? await schemaValidator(reading.schema) : undefined;
  let failure: unknown;
  if (judged.length > 0) {
    try {
      const work = () =>
        withinCorrection(async () => {
          const rewriter =
            typeof rewriterOf === 'function'
              ? await rewriterOf(reading.model === undefined ? {} : { model: reading.model })
              : rewriterOf;
          const requests = judged.map((answer) => ({
            images: reading.images,
            response: answer.text,
            ...(reading.prompt === undefined ? {} : { prompt: reading.prompt }),
            ...(signal === undefined ? {} : { signal }),
          }));
          return correctAll(requests, { ...rest, rewriter, ...leafValidation(options, judged, satisfies) });
        });
      for (const [index, result] of (await abortable(work, signal, { doing: 'the call', graceMs: 50 })).entries()) {
        const answer = judged[index];
        if (answer !== undefined) results.set(answer, result);
      }
    } catch (error) {
      if (withholds(error, options)) throw error;
      failure = error;
    }
  }

  const corrected: CorrectedAnswers = { reports: [], details: [], changes: [] };
  for (const answer of answers) {
    const result = results.get(answer);
    corrected.details.push(result?.report ?? null);
    if (result !== undefined) {
      const broken = whyNotStructured(answer.text, result.response, satisfies);
      if (broken !== undefined && options.failClosed) throw new DetectiveError('rewriter-failed', broken);
      if (broken === undefined) {
        const { response: text } = result;
        if (text !== answer.text) corrected.changes.push({ answer, text, edits: result.report.edits });
        corrected.reports.push(compactReport(id, answer, result));
      } else corrected.reports.push(untouched(answer, 'failed', broken));
    } else {
      const reason = answer.skipped ?? notJudged;
      const aborted = isDetectiveError(failure) && failure.code === 'aborted';
      corrected.reports.push(
        reason === undefined
          ? untouched(answer, aborted ? 'aborted' : 'failed', errorMessage(failure ?? 'no result'))
          : untouched(answer, 'skipped', reason),
      );
    }
  }
  return corrected;
}
