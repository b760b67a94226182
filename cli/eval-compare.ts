import { compareRuns, comparisonTables } from '../eval/compare.js';
import { tablesToMarkdown, tablesToText } from '../eval/correct/report-text.js';
import { printable } from './shade-words.js';

export interface EvalCompareOptions {
  seed: number;
  resamples: number;
  json?: boolean;
  markdown?: boolean;
}

/** `vlm-detective eval compare`: what one run has over another on the items of both. */
export async function runEvalCompare(first: string, second: string, options: EvalCompareOptions): Promise<void> {
  const comparison = await compareRuns(first, second, options);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(comparison)}\n`);
    return;
  }
  const { items, onlyFirst, onlySecond } = comparison;
  const notes = [
    `${items} items are in both runs; ${onlyFirst} only in the first and ${onlySecond} only in the second count for nothing.`,
    `In parentheses: percentile bootstrap 95 % intervals; for a difference each of ${options.resamples} resamples draws the same items from both runs.`,
  ];
  const tables = comparisonTables(comparison);
  process.stdout.write(options.markdown ? tablesToMarkdown(tables, notes) : printable(tablesToText(tables, notes)));
}
