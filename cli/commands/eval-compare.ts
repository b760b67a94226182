import type { Command } from 'commander';
import { compareRuns, comparisonTables } from '../../eval/compare.js';
import { tablesToMarkdown, tablesToText } from '../../eval/correct/report-text.js';
import type { Io } from '../io.js';
import { asJson, asMarkdown, wholeNumber } from '../parse-options.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  parent
    .command('compare')
    .description('What one run of `eval correct` has over another on the items of both, by paired bootstrap.')
    .argument('<first>', 'the folder of a run')
    .argument('<second>', 'the folder of another')
    .option('--seed <n>', 'of the bootstrap', wholeNumber(0), 0)
    .option('--resamples <n>', 'of the bootstrap', wholeNumber(1), 1000)
    .addOption(asJson())
    .addOption(asMarkdown())
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective eval compare runs/old-model runs/new-model
  $ vlm-detective eval compare runs/local runs/simulated --json`,
    );

export interface EvalCompareOptions {
  seed: number;
  resamples: number;
  json?: boolean;
  markdown?: boolean;
}

/** `vlm-detective eval compare`: what one run has over another on the items of both. */
export async function run(io: Io, first: string, second: string, options: EvalCompareOptions): Promise<void> {
  const comparison = await compareRuns(first, second, options);
  if (options.json) {
    io.stdout.write(`${JSON.stringify(comparison)}\n`);
    return;
  }
  const { items, onlyFirst, onlySecond } = comparison;
  const notes = [
    `${items} items are in both runs; ${onlyFirst} only in the first and ${onlySecond} only in the second count for nothing.`,
    `In parentheses: percentile bootstrap 95 % intervals; for a difference each of ${options.resamples} resamples draws the same items from both runs. p: two-sided permutation test, results swapped within items. Shares with fewer than ten hits or misses have exact intervals.`,
  ];
  const tables = comparisonTables(comparison);
  io.stdout.write(options.markdown ? tablesToMarkdown(tables, notes) : printable(tablesToText(tables, notes)));
}
