import { correct } from '../agent/correct.js';
import type { CorrectionResult, CorrectOptions } from '../agent/correction.js';
import { createRewriter, defaultRewriter } from '../rewriters/create-rewriter.js';
import { createScorer } from '../scorer/create-scorer.js';
import { openReport } from './report-html.js';
import { type RunOptions, runItems } from './run-items.js';
import { shadeWords, showEdits } from './shade-words.js';

export interface CorrectCommandOptions extends RunOptions {
  scorer: string;
  rewriter?: string;
  threshold?: number;
  maxRounds: number;
  onUnresolved: NonNullable<CorrectOptions['onUnresolved']>;
  report?: string;
  failClosed: boolean;
}

/** `vlm-detective correct`: one JSON line an item, or the corrected text with its edits. */
export async function runCorrect(image: string | undefined, options: CorrectCommandOptions): Promise<void> {
  const rewriter = options.rewriter === undefined ? defaultRewriter() : createRewriter(options.rewriter);
  const scorer = await createScorer(options.scorer);
  const { threshold, maxRounds, onUnresolved, failClosed } = options;
  const report = options.report === undefined ? null : await openReport(options.report);
  try {
    await runItems<{ id: string; result: CorrectionResult }>(image, options, {
      async work({ id, image, prompt, response }, signal) {
        const result = await correct(
          { images: [image], response, signal, ...(prompt === undefined ? {} : { prompt }) },
          { scorer, rewriter, maxRounds, onUnresolved, failClosed, ...(threshold === undefined ? {} : { threshold }) },
        );
        signal.throwIfAborted();
        if (result.status === 'failed') throw result.report.error;
        return { id, result };
      },
      toJson: ({ id, result }) => ({
        id,
        original: result.original,
        response: result.response,
        status: result.status,
        rounds: result.report.rounds.length,
        edits: result.report.edits,
        spans: result.report.unresolved.map(({ start, end, text, reward }) => ({ start, end, text, reward })),
        scorer: result.report.scorer,
        rewriter: result.report.rewriter,
        ...(result.report.reason === undefined ? {} : { reason: result.report.reason }),
      }),
      show: ({ result }) => showResult(result),
      onResult: async (item, { result }) => report?.add(item, result),
      onEnd: async () => report?.close(),
    });
  } finally {
    await scorer.close?.();
  }
}

function showResult({ original, response, status, report }: CorrectionResult): string {
  const state = report.reason === undefined ? status : `${status}: ${report.reason}`;
  if (status === 'skipped') return `${response}\n${state}`;
  const lines = [shadeWords(original, report.before, report.threshold)];
  if (report.edits.length > 0)
    lines.push(showEdits(original, report.edits), shadeWords(response, report.after, report.threshold));
  return [...lines, `${state} (${report.rounds.length} rounds, ${report.edits.length} edits)`].join('\n');
}
