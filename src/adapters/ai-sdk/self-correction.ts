import { randomUUID } from 'node:crypto';
import { errorMessage } from '../../base/errors.js';
import { redact } from '../../base/redact.js';
import { correctAnswers, withholds } from '../../http/correct-answers.js';
import { headStart } from '../../http/head-start.js';
import { isWithinCorrection, markCorrections } from '../../http/reentrancy.js';
import { reportField, untouchedReport, withoutKeys } from '../../http/report.js';
import type { Answer } from '../../wire/protocol.js';
import { readAnswers, writeAnswers } from './answers.js';
import { type CallSettings, callSettings, type SelfCorrectionOptions } from './call-settings.js';
import type { CallParams, GenerateResult, LanguageModel, StreamResult } from './contract.js';
import { correctStream } from './correct-stream.js';
import { isCallersAbort, withheld } from './failures.js';

export type { CompactReport, ResponseReport } from '../../http/report.js';
export { correctionReports } from '../reports.js';
export type { SelfCorrectionOptions } from './call-settings.js';

/** A language-model middleware for `wrapLanguageModel` of AI SDK 6 and 7. */
export interface SelfCorrectionMiddleware {
  readonly specificationVersion: 'v3';
  overrideSupportedUrls?: () => Record<string, RegExp[]>;
  wrapGenerate<R extends GenerateResult>(call: {
    doGenerate: () => PromiseLike<R>;
    params: CallParams;
    model: LanguageModel;
  }): Promise<R>;
  wrapStream<R extends StreamResult>(call: {
    doStream: () => PromiseLike<R>;
    params: CallParams;
    model: LanguageModel;
  }): Promise<R>;
}

/**
 * Corrects what a language model of the Vercel AI SDK says about the pictures of a call: `generateText`, `streamText`,
 * and the structured output of both. The report is in `providerMetadata.vlm_detective` of the result: read it with
 * `correctionReports(result)`. Tool calls, reasoning, sources and files pass through as they are, and so do the raw
 * chunks and response bodies that the SDK keeps for debugging.
 *
 * One call is set apart from the others by `providerOptions: { vlm_detective: { … } }`, see {@link SelfCorrectionOptions}.
 *
 * A failure of the correction never costs the answer: it comes back as the model gave it, with status `failed` in the
 * report. With `failClosed` (or `onUnresolved: 'throw'`) the call fails with a `DetectiveError`, which the SDK does
 * not retry. An abort ends the correction at once and fails the call; a time-out hands back the best so far.
 *
 * @example
 * const model = wrapLanguageModel({ model: openai('gpt-5.1'), middleware: selfCorrection({ scorer }) });
 * const result = await generateText({ model, messages });
 */
export function selfCorrection(options: SelfCorrectionOptions): SelfCorrectionMiddleware {
  const passes = () => isWithinCorrection(new Headers());
  markCorrections();
  return {
    specificationVersion: 'v3',
    ...(options.inlineImages ? { overrideSupportedUrls: () => ({}) } : {}),
    async wrapGenerate({ doGenerate, params, model }) {
      const settings = callSettings(params, model, options, false);
      if (settings === null || passes()) return doGenerate();
      const [asking, over] = [doGenerate(), begin(settings)];
      try {
        return await correctResult(await asking, settings);
      } finally {
        over();
      }
    },
    async wrapStream({ doStream, params, model }) {
      const settings = callSettings(params, model, options, true);
      if (settings === null || settings.mode === 'off' || passes()) return doStream();
      const [asking, over] = [doStream(), begin(settings)];
      try {
        const result = await asking;
        return { ...result, stream: correctStream(result.stream, settings, over) };
      } catch (error) {
        over();
        throw error;
      }
    },
  };
}

/** The scorer's head start; what fails in the call is told where its answer is corrected. */
function begin({ reading, options }: CallSettings): () => void {
  try {
    return headStart(reading(), options.scorer);
  } catch {
    return () => {};
  }
}

async function correctResult<R extends GenerateResult>(result: R, settings: CallSettings): Promise<R> {
  const { params, options, headers } = settings;
  const { abortSignal } = params;
  const id = randomUUID();
  let answers: Answer[] = [];
  const withReports = (changed: R, reports: unknown[]): R => ({
    ...changed,
    providerMetadata: { ...changed.providerMetadata, [reportField]: { reports } },
  });
  try {
    const reading = settings.reading();
    answers = readAnswers(result, reading.structured);
    const corrected = withoutKeys(await correctAnswers(id, reading, answers, options, abortSignal), headers);
    if (isCallersAbort(abortSignal)) throw abortSignal?.reason;
    const written = writeAnswers(result, corrected.changes);
    const { reports, details } = corrected;
    settings.announce({ id, answers: reports, details });
    return withReports(written, reports);
  } catch (error) {
    if (isCallersAbort(abortSignal)) throw abortSignal?.reason;
    if (withholds(error, options)) throw withheld(error, headers);
    const reason = redact(errorMessage(error), headers);
    const about = { id, scorer: options.scorer.name, rewriter: null, durationMs: 0 };
    const reports = answers.map((answer) => untouchedReport(answer, 'failed', reason, about));
    settings.announce({ id, answers: reports, details: answers.map(() => null) });
    return withReports(result, reports);
  }
}
