import { join } from 'node:path';
import type { Command } from 'commander';
import { compareRuns, comparisonTables } from '../../eval/compare.js';
import { runFiles } from '../../eval/correct/write-report.js';
import type { Io } from '../io.js';
import { wholeNumber } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';

export const define = (parent: Command): Command =>
  reported(
    parent
      .command('compare')
      .description('What one run of `eval correct` has over another on the items of both, by paired bootstrap.')
      .argument('<first>', 'the folder of a run')
      .argument('<second>', 'the folder of another')
      .option('--seed <n>', 'of the bootstrap', wholeNumber(0), 0)
      .option('--resamples <n>', 'of the bootstrap', wholeNumber(1), 1000),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval compare runs/old-model runs/new-model
  $ vlm-detective eval compare runs/local runs/simulated --json`,
  );

export interface EvalCompareOptions extends ReportOptions {
  seed: number;
  resamples: number;
}

/** `vlm-detective eval compare`: what one run has over another on the items of both. */
export async function run(io: Io, first: string, second: string, options: EvalCompareOptions): Promise<void> {
  const comparison = await compareRuns(first, second, options);
  const { items, onlyFirst, onlySecond } = comparison;
  const notes = [
    `${items} items are in both runs; ${onlyFirst} only in the first and ${onlySecond} only in the second count for nothing.`,
    `In parentheses: percentile bootstrap 95 % intervals; for a difference each of ${options.resamples} resamples draws the same items from both runs. p: two-sided permutation test, results swapped within items. Shares with fewer than ten hits or misses have exact intervals.`,
  ];
  const tables = comparisonTables(comparison);
  const files = Object.fromEntries([first, second].map((folder) => [folder, join(folder, runFiles.ledger)]));
  await printReport(io, { command: 'eval compare', tables, notes, json: comparison, files }, options);
}
