import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { columns, reference, referenceItems } from '../../eval/reference/reference.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { writeWhole } from '../../src/base/write-whole.js';
import type { Io } from '../io.js';
import { bootstrapSeed, resamples } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  reported(
    parent
      .command('reference')
      .description('A reference table: recorded detectors and correctors side by side, published figures below.')
      .requiredOption('--data <folder>', 'benchmarks/ with their files as published, and coco-photos/permissive')
      .requiredOption('--runs <folder>', 'recorded runs: detectors/NAME/… and correctors/NAME/report.json')
      .option('--items', 'instead, write what detectors judge to items/ of --runs, for `score --input`')
      .addOption(resamples())
      .addOption(bootstrapSeed()),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval reference --data data --runs runs --items
  $ vlm-detective score --input runs/items/vsr.jsonl --scorer objects --json --output runs/detectors/objects/vsr.jsonl
  $ vlm-detective eval tldr --count 300 --json > runs/detectors/tldr-scenes/tldr.json
  $ vlm-detective eval correct --scenes 1000 --rewriter local --out runs/correctors/local
  $ vlm-detective eval reference --data data --runs runs --paper paper/reference`,
  );

export interface EvalReferenceOptions extends ReportOptions {
  data: string;
  runs: string;
  items?: boolean;
  resamples: number;
  seed: number;
}

/** `vlm-detective eval reference`: the reference table of what was recorded. */
export async function run(io: Io, options: EvalReferenceOptions): Promise<void> {
  const { data, runs, resamples, seed } = options;
  if (options.items) {
    await writeItems(io, data, join(runs, 'items'));
    return;
  }
  const { tables, notes, files } = await reference(data, runs, { resamples, seed });
  await printReport(io, { command: 'eval reference', tables, notes, json: { tables, notes }, files }, options);
}

async function writeItems(io: Io, data: string, folder: string): Promise<void> {
  for (const column of columns) {
    const items = await referenceItems(column, data);
    const path = join(folder, `${column.benchmark}.jsonl`);
    try {
      await mkdir(folder, { recursive: true });
      await writeWhole(path, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    } catch (cause) {
      throw new DetectiveError('bad-argument', `${path} cannot be written (${errorMessage(cause)}): check --runs`, {
        cause,
      });
    }
    io.stderr.write(`vlm-detective: ${items.length.toLocaleString('en')} items in ${printable(path)}\n`);
  }
}
