import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DetectiveError } from '../src/base/errors.js';
import { figures, partsOf } from './correct/figures.js';
import type { CorrectionRecord } from './correct/record.js';
import { formatDifference, formatFigure, labelOf } from './correct/report-text.js';
import { runFiles } from './correct/write-report.js';
import type { Table } from './report/tables.js';
import type { RunHeader } from './runs/header.js';
import { readLedger } from './runs/ledger.js';
import { type Part, ratioSums } from './runs/ratios.js';
import type { Estimate } from './stats/bootstrap.js';

/** One figure of a strategy in two runs of the same items. */
export interface ComparedFigure {
  name: string;
  first: Estimate;
  second: Estimate;
  /** Second less first. Each bootstrap resample draws the same items for both. */
  difference: Estimate;
}

export interface Comparison {
  /** Settings and versions in which the runs differ. */
  differing: { name: string; first: string; second: string }[];
  /** Items that both runs have a result for; only these are compared. */
  items: number;
  onlyFirst: number;
  onlySecond: number;
  strategies: { name: string; figures: ComparedFigure[] }[];
}

/**
 * Compares two correction runs on the items that both have, by paired bootstrap.
 *
 * @param first The folder of a run, or its ledger; likewise `second`.
 * @throws DetectiveError `bad-input` where one is no correction run, or they have no item or no strategy in common.
 */
export async function compareRuns(
  first: string,
  second: string,
  options: { resamples: number; seed: number },
): Promise<Comparison> {
  const [one, other] = [await openRun(first), await openRun(second)];
  const names = strategiesOf(one.header).filter((name) => strategiesOf(other.header).includes(name));
  if (names.length === 0) throw new DetectiveError('bad-input', `${first} and ${second} have no strategy in common`);
  const width = names.length * figures.length;
  const kept = new Map<string, Float64Array>();
  let firstItems = 0;
  for await (const record of one.records) {
    if (record.error !== undefined) continue;
    kept.set(record.id, packed(record, names, width));
    firstItems++;
  }
  const sums = ratioSums(
    Array.from({ length: width * 2 }, (_, index) => ({
      name: String(index),
      share: figures[index % figures.length]!.unit === 'share',
    })),
  );
  let onlySecond = 0;
  for await (const record of other.records) {
    if (record.error !== undefined) continue;
    const before = kept.get(record.id);
    if (!before) {
      onlySecond++;
      continue;
    }
    kept.delete(record.id);
    const now = packed(record, names, width);
    // what one of the two could not judge counts in neither
    const both = Array.from({ length: width }, (_, at) => before[at * 2 + 1]! >= 0 && now[at * 2 + 1]! >= 0);
    sums.add([...unpacked(before, both), ...unpacked(now, both)]);
  }
  if (sums.items === 0)
    throw new DetectiveError(
      'bad-input',
      `${first} and ${second} have no item in common: compare runs of the same set and seed`,
    );
  const { resamples, seed } = options;
  const estimates = sums.estimates(resamples, seed);
  const differences = sums.differences(
    Array.from({ length: width }, (_, at) => [width + at, at] as const),
    resamples,
    seed,
  );
  return {
    differing: differing(one.header, other.header),
    items: sums.items,
    onlyFirst: firstItems - sums.items,
    onlySecond,
    strategies: names.map((name, strategy) => ({
      name,
      figures: figures.map((figure, index) => {
        const at = strategy * figures.length + index;
        return {
          name: figure.name,
          first: estimates[at]!,
          second: estimates[width + at]!,
          difference: differences[at]!,
        };
      }),
    })),
  };
}

async function openRun(path: string): Promise<{ header: RunHeader; records: AsyncGenerator<CorrectionRecord> }> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  const run = await readLedger<CorrectionRecord>(isFolder ? join(path, runFiles.ledger) : path);
  if (run.header.run !== 'correct')
    throw new DetectiveError(
      'bad-input',
      `${path} is a run of "${run.header.run}": only runs of eval correct can be compared`,
    );
  return run;
}

const strategiesOf = ({ config }: RunHeader) => (Array.isArray(config.strategies) ? config.strategies.map(String) : []);

/** Numerators and denominators in a row; a denominator of -1 where there is none. */
function packed(record: CorrectionRecord, names: readonly string[], width: number): Float64Array {
  const row = new Float64Array(width * 2).fill(-1);
  names.forEach((name, strategy) => {
    partsOf(record, name).forEach((part, index) => {
      if (part) row.set(part, (strategy * figures.length + index) * 2);
    });
  });
  return row;
}

const unpacked = (row: Float64Array, both: readonly boolean[]): (Part | null)[] =>
  both.map((counts, at) => (counts ? [row[at * 2]!, row[at * 2 + 1]!] : null));

function differing(first: RunHeader, second: RunHeader): Comparison['differing'] {
  const [one, other] = [first, second].map(({ config, versions }) => ({ ...config, ...versions })) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .map((name) => ({ name, first: JSON.stringify(one[name]) ?? '–', second: JSON.stringify(other[name]) ?? '–' }))
    .filter(({ first, second }) => first !== second);
}

/** The comparison as tables, one for each strategy. */
export function comparisonTables({ strategies, items, differing }: Comparison): Table[] {
  const settings: Table[] =
    differing.length === 0
      ? []
      : [
          {
            title: 'what the runs differ in',
            head: ['', 'first', 'second'],
            rows: differing.map(({ name, first, second }) => [name, first, second]),
          },
        ];
  return [
    ...settings,
    ...strategies.map(
      ({ name, figures: compared }): Table => ({
        title: `${name}, on ${items} items of both runs`,
        head: ['', 'first', 'second', 'second less first'],
        rows: compared.flatMap(({ name, first, second, difference }) => {
          const figure = figures.find((one) => one.name === name)!;
          if (first.value === null && second.value === null) return [];
          return [
            [
              labelOf(figure),
              formatFigure(first, figure.unit),
              formatFigure(second, figure.unit),
              formatDifference(difference, figure.unit),
            ],
          ];
        }),
      }),
    ),
  ];
}
