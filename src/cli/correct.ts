import { correct } from '../agent/correct.js';
import type { CorrectionResult, CorrectOptions } from '../agent/correction.js';
import { createRewriter, defaultRewriter } from '../rewriters/create-rewriter.js';
import { createScorer } from '../scorer/create-scorer.js';
import { readItems } from './items.js';
import { openReport } from './report-html.js';
import { asFailure, type RunOptions, runItems } from './run-items.js';
import { printable, shadeWords, showEdits, showRound } from './shade-words.js';

export interface CorrectCommandOptions extends RunOptions {
  scorer: string;
  rewriter?: string;
  threshold?: number;
  maxRounds: number;
  onUnresolved: NonNullable<CorrectOptions['onUnresolved']>;
  report?: string;
  failClosed?: boolean;
}

/** `vlm-detective correct`: one JSON line an item, or the text with its rewards, rounds and edits. */
export async function runCorrect(image: string | undefined, options: CorrectCommandOptions): Promise<void> {
  const { threshold, maxRounds, onUnresolved, failClosed = false } = options;
  const items = await readItems(image, options);
  const rewriter = options.rewriter === undefined ? defaultRewriter() : createRewriter(options.rewriter);
  const scorer = await createScorer(options.scorer);
  const settings = {
    scorer,
    rewriter,
    maxRounds,
    onUnresolved,
    failClosed,
    ...(threshold === undefined ? {} : { threshold }),
  };
  const report = options.report === undefined ? null : await openReport(options.report);
  try {
    await runItems<CorrectionResult>(items, options, {
      async work({ image, prompt, response }, signal) {
        const request = { images: [image], response, signal, ...(prompt === undefined ? {} : { prompt }) };
        const result = await correct(request, settings);
        signal.throwIfAborted();
        return result;
      },
      toJson: resultJson,
      show: showResult,
      failureOf: ({ status, report }) => (status === 'failed' ? asFailure(report.error ?? report.reason) : null),
      onResult: async (item, result) => report?.add(item, result),
    });
    await report?.finish();
  } finally {
    await report?.discard();
    await scorer.close?.();
  }
}

/** One line of output. A result that failed open has the original answer and the error. */
function resultJson(id: string, { original, response, status, report }: CorrectionResult): object {
  return {
    id,
    original,
    response,
    status,
    rounds: report.rounds.length,
    edits: report.edits.map(({ start, end, from, to }) => ({ start, end, from, to })),
    spans: report.unresolved.map(({ start, end, text, reward }) => ({ start, end, text, reward })),
    scorer: report.scorer,
    rewriter: report.rewriter,
    ...(status === 'failed'
      ? { error: asFailure(report.error ?? report.reason) }
      : report.reason === undefined
        ? {}
        : { reason: report.reason }),
  };
}

function showResult({ original, response, status, report }: CorrectionResult): string {
  const state = printable(report.reason === undefined ? status : `${status}: ${report.reason}`);
  if (status === 'skipped' || status === 'failed') return `${printable(response)}\n${state}`;
  const { threshold, rounds, edits } = report;
  const lines = [shadeWords(original, report.before, threshold), ...rounds.map(showRound)];
  if (edits.length > 0) lines.push(showEdits(original, edits), shadeWords(response, report.after, threshold));
  return [...lines, `${state} (${count(rounds.length, 'round')}, ${count(edits.length, 'edit')})`].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
