import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { tablesToMarkdown, tablesToText } from '../../eval/correct/report-text.js';
import { overSeeds } from '../../eval/stats/seeds.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { Io } from '../io.js';
import { asJson, asMarkdown } from '../parse-options.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  parent
    .command('seeds')
    .description('Means and standard deviations of the figures of runs that differ in their seed alone.')
    .argument('<reports...>', 'what an eval command printed with --json, one file a seed')
    .addOption(asJson())
    .addOption(asMarkdown())
    .addHelpText(
      'after',
      `
Examples:
  $ for s in 1 2 3; do vlm-detective eval tldr --count 200 --seed $s --json > $s.json; done
  $ vlm-detective eval seeds 1.json 2.json 3.json
  $ vlm-detective eval seeds runs/*/report.json --markdown`,
    );

export interface EvalSeedsOptions {
  json?: boolean;
  markdown?: boolean;
}

/** `vlm-detective eval seeds`: the spread of figures over seeds. */
export async function run(io: Io, paths: string[], options: EvalSeedsOptions): Promise<void> {
  const figures = overSeeds(await Promise.all(paths.map(readReport)));
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ reports: paths, figures })}\n`);
    return;
  }
  const shown = (value: number) => value.toFixed(4);
  const table = {
    title: `${paths.length} runs`,
    head: ['', 'mean', 'standard deviation', 'least', 'most'],
    rows: figures.map(({ name, mean, deviation, least, most }) => [name, ...[mean, deviation, least, most].map(shown)]),
  };
  const notes = [
    `Runs: ${paths.join(', ')}. The deviation is over runs (n - 1); it says nothing of other pictures or captions.`,
  ];
  io.stdout.write(options.markdown ? tablesToMarkdown([table], notes) : printable(tablesToText([table], notes)));
}

async function readReport(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new DetectiveError(
      'bad-input',
      `${path} is no report (${errorMessage(cause).slice(0, 120)}): give a file with what --json printed`,
      { cause },
    );
  }
}
