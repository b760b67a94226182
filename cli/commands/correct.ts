import type { Command } from 'commander';
import * as z from 'zod';
import { correct } from '../../src/agent/correct.js';
import type { CorrectionResult, CorrectOptions } from '../../src/agent/correction.js';
import { DetectiveError } from '../../src/base/errors.js';
import type { BatchProvider } from '../../src/bulk/batch-lines.js';
import { openQueue } from '../../src/bulk/queue-client.js';
import { spanJson } from '../../src/text/flagged-span.js';
import type { Io } from '../io.js';
import { type ItemSource, readItems, withItems } from '../items.js';
import { openRewriter, openScorer, type ScorerChoice } from '../open-scorer.js';
import { maxRounds, minJudged, onUnresolved } from '../parse-options.js';
import { openReport } from '../report-html.js';
import { asFailure, type RunOptions, runItems } from '../run-items.js';
import { printable, shadeWords, showEdits, showRound } from '../shade-words.js';

export const define = (parent: Command): Command =>
  withItems(parent.command('correct'))
    .description('Have the unsupported words of an answer rewritten until every word passes or nothing more helps.')
    .option(
      '--rewriter <name>',
      'local, openai:MODEL, anthropic:MODEL, gemini:MODEL or openai:MODEL@URL (default: by the API key that is set, else local)',
    )
    .addOption(maxRounds())
    .addOption(minJudged())
    .addOption(onUnresolved())
    .option('--report <file>', 'write one HTML file with pictures, rewards, rounds and edits')
    .option(
      '--queue <url>',
      'redis://HOST:PORT: let `vlm-detective worker` processes do the items, and collect them here',
    )
    .option('--batch <file>', "write the rewrite requests as the provider's batch file instead of asking")
    .option('--batch-results <files...>', 'result files of earlier batches: their answers are used')
    .option('--fail-closed', 'an item whose scorer or rewriter fails is an error, not its original answer')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective correct scene.png --text "Two dogs are left of a red car."
  $ vlm-detective correct --input items.jsonl --json --report report.html
  $ vlm-detective correct --input items.jsonl --scorer tldr --max-harm 0.01 --output out.jsonl
  $ vlm-detective correct --input items.jsonl --rewriter openai:gpt-5.1 --output out.jsonl --resume
  $ vlm-detective correct scene.png --text "…" --rewriter openai:qwen2.5-vl@http://localhost:8000/v1`,
    );

export interface CorrectCommandOptions extends RunOptions, ScorerChoice {
  rewriter?: string;
  maxRounds: number;
  minJudged?: number;
  onUnresolved: NonNullable<CorrectOptions['onUnresolved']>;
  report?: string;
  failClosed?: boolean;
  /** Redis that workers take the items from: they do the work, and this process only hands out and collects. */
  queue?: string;
  /** Where a batch file of rewrite requests is written, instead of asking the rewriter's model. */
  batch?: string;
  /** Result files of earlier batches. */
  batchResults?: string[];
}

/** `vlm-detective correct`: one JSON line an item, or the text with its rewards, rounds and edits. */
export async function run(io: Io, image: string | undefined, options: CorrectCommandOptions): Promise<number> {
  const { threshold, maxHarm, maxRounds, minJudged, onUnresolved, failClosed = false } = options;
  const items = await readItems(io, image, options);
  if (options.queue !== undefined && maxHarm !== undefined)
    throw new DetectiveError(
      'bad-argument',
      '--max-harm with --queue: give it to the workers, whose scorer it is about',
    );
  if (options.queue !== undefined) return runByQueue(io, items, options.queue, options);
  const batch = await openBatch(options);
  const rewriter = batch ?? openRewriter(options.rewriter, options, io.env);
  const scorer = await openScorer(options);
  const report = options.report === undefined ? null : await openReport(options.report);
  try {
    const settings = {
      scorer,
      rewriter,
      maxRounds,
      ...(minJudged === undefined ? {} : { minJudged }),
      onUnresolved,
      failClosed,
      ...(threshold === undefined ? {} : { threshold }),
      ...(maxHarm === undefined ? {} : { maxHarm }),
    };
    const code = await runItems<CorrectionResult>(io, items, options, {
      async work({ image, prompt, response }, signal) {
        const request = { images: [image], response, signal, ...(prompt === undefined ? {} : { prompt }) };
        const result = await correct(request, settings);
        signal.throwIfAborted();
        return result;
      },
      toJson: resultJson,
      show: (result) => showResult(result, io.colour),
      failureOf: ({ status, report }) => (status === 'failed' ? asFailure(report.error ?? report.reason) : null),
      onResult: async (item, result) => report?.add(item, result),
    });
    await report?.finish();
    if (batch) io.stderr.write(batchSummary(await batch.finish()));
    return code;
  } finally {
    await report?.discard();
    await batch?.discard();
    await scorer.close?.();
  }
}

async function openBatch({ batch, batchResults = [], rewriter = '', imageSide }: CorrectCommandOptions) {
  if (batch === undefined) {
    if (batchResults.length > 0)
      throw new DetectiveError('bad-argument', '--batch-results needs --batch, the file for what is still to be asked');
    return null;
  }
  const [, provider, model] = /^(openai|anthropic):([^@]+)$/.exec(rewriter) ?? [];
  if (!provider || !model)
    throw new DetectiveError('bad-argument', '--batch needs --rewriter openai:MODEL or anthropic:MODEL');
  const { batchRewriter } = await import('../../src/bulk/batch-rewriter.js');
  return batchRewriter({
    provider: provider as BatchProvider,
    model,
    requests: batch,
    results: batchResults,
    imageSide,
  });
}

function batchSummary({ files, requests, answered }: { files: string[]; requests: number; answered: number }): string {
  const next =
    requests === 0
      ? 'nothing is left to ask: this output is final'
      : `${requests} to ask, in ${files.join(', ')}: have the provider run them, and run this again with --batch-results`;
  return `${answered} rewrites answered by results; ${next}\n`;
}

/** Has workers do the items: see `vlm-detective worker`. */
async function runByQueue(io: Io, items: ItemSource, url: string, options: CorrectCommandOptions): Promise<number> {
  const { input, output } = options;
  if (options.report !== undefined)
    throw new DetectiveError('bad-argument', '--report needs the work to be done here: leave out --queue');
  const queue = await openQueue(url, `${input} ${output}`);
  try {
    return await runItems<QueuedResult>(io, items, options, {
      async work(item, signal) {
        const { asGiven: _, ...work } = item;
        const line = resultSchema.parse(await queue.submit(work, signal));
        if (line.id !== item.id) throw new DetectiveError('queue-failed', 'the queue gave the result of another item');
        return line;
      },
      toJson: (_, line) => line,
      show: (line) => printable(line.response ?? line.error?.message ?? ''),
      failureOf: ({ error }) => error ?? null,
    });
  } finally {
    await queue.close();
  }
}

const resultSchema = z.looseObject({
  id: z.string(),
  response: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
type QueuedResult = z.infer<typeof resultSchema>;

/** One line of output. A result that failed open has the original answer and the error. */
export function resultJson(id: string, { original, response, status, report }: CorrectionResult): object {
  return {
    id,
    original,
    response,
    status,
    rounds: report.rounds.length,
    edits: report.edits.map(({ start, end, from, to }) => ({ start, end, from, to })),
    spans: report.unresolved.map(spanJson),
    judged: report.judged,
    ...(report.asked ? { asked: report.asked } : {}),
    ...(report.method === undefined ? {} : { method: report.method }),
    ...(report.bound ? { bound: report.bound } : {}),
    ...(report.limits ? { limits: report.limits } : {}),
    scorer: report.scorer,
    rewriter: report.rewriter,
    ...(status === 'failed'
      ? { error: asFailure(report.error ?? report.reason) }
      : report.reason === undefined
        ? {}
        : { reason: report.reason }),
  };
}

function showResult({ original, response, status, report }: CorrectionResult, colour: boolean): string {
  const { words, of } = report.judged;
  const why = report.reason ?? `${words} of ${of} content words judged`;
  const state = printable([`${status}: ${why}`, ...(report.limits ?? [])].join('; '));
  if (status === 'skipped' || status === 'failed') return `${printable(response)}\n${state}`;
  const { threshold, rounds, edits } = report;
  const lines = [
    shadeWords(original, report.before, threshold, colour),
    ...rounds.map((round) => showRound(round, colour)),
  ];
  if (edits.length > 0)
    lines.push(showEdits(original, edits, colour), shadeWords(response, report.after, threshold, colour));
  return [...lines, `${state} (${count(rounds.length, 'round')}, ${count(edits.length, 'edit')})`].join('\n');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
