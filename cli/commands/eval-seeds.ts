import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { overSeeds } from '../../eval/stats/seeds.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { Io } from '../io.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';

export const define = (parent: Command): Command =>
  reported(
    parent
      .command('seeds')
      .description('Means and standard deviations of the figures of runs that differ in their seed alone.')
      .argument('<reports...>', 'what an eval command printed with --json, one file a seed'),
  ).addHelpText(
    'after',
    `
Examples:
  $ for s in 1 2 3; do vlm-detective eval tldr --count 200 --seed $s --json > $s.json; done
  $ vlm-detective eval seeds 1.json 2.json 3.json
  $ vlm-detective eval seeds runs/*/report.json --markdown`,
  );

export type EvalSeedsOptions = ReportOptions;

/** `vlm-detective eval seeds`: the spread of figures over seeds. */
export async function run(io: Io, paths: string[], options: EvalSeedsOptions): Promise<void> {
  const figures = overSeeds(await Promise.all(paths.map(readReport)));
  const shown = (value: number) => value.toFixed(4);
  const table = {
    title: `${paths.length} runs`,
    head: ['', 'mean', 'standard deviation', 'least', 'most'],
    rows: figures.map(({ name, mean, deviation, least, most }) => [name, ...[mean, deviation, least, most].map(shown)]),
  };
  const notes = [
    `Runs: ${paths.join(', ')}. The deviation is over runs (n - 1); it says nothing of other pictures or captions.`,
  ];
  const files = Object.fromEntries(paths.map((path, at) => [`report ${at + 1} (${path})`, path]));
  const json = { reports: paths, figures };
  await printReport(io, { command: 'eval seeds', tables: [table], notes, json, files }, options);
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
