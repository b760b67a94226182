import { DetectiveError } from '../../src/base/errors.js';

/** A figure over runs that differ in their seed alone. */
export interface SeedFigure {
  /** Where it stands in the reports: `strategies/loop/figures/fixed`. */
  name: string;
  runs: number;
  mean: number;
  /** Standard deviation of the runs, with n - 1. */
  deviation: number;
  least: number;
  most: number;
}

/**
 * The mean and standard deviation of each figure that all reports have.
 *
 * @param reports What `eval … --json` printed in each run.
 * @throws DetectiveError `bad-input` with fewer than two reports, or where they have no figure in common.
 */
export function overSeeds(reports: readonly unknown[]): SeedFigure[] {
  if (reports.length < 2)
    throw new DetectiveError('bad-input', 'one run has no deviation: give the reports of at least two seeds');
  const [first, ...others] = reports.map((report) => new Map(figuresIn(report)));
  const found = [...first!.keys()].flatMap((name) => {
    const values = [first!, ...others].map((figures) => figures.get(name));
    if (!values.every((value) => value !== undefined)) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (values.length - 1));
    return [{ name, runs: values.length, mean, deviation, least: Math.min(...values), most: Math.max(...values) }];
  });
  if (found.length === 0)
    throw new DetectiveError('bad-input', 'the reports have no figure in common: give the --json of the same command');
  return found;
}

/** Every `{value, low, high}` of a report by its place; things of a list go by their name. */
function* figuresIn(json: unknown, path: readonly string[] = []): Generator<[string, number]> {
  if (typeof json !== 'object' || json === null) return;
  const own = json as Record<string, unknown>;
  if ('low' in own && 'high' in own && typeof own.value === 'number') {
    yield [path.join('/'), own.value];
    return;
  }
  for (const [key, value] of Object.entries(own)) {
    const named = Array.isArray(json) ? (value as Record<string, unknown> | null) : null;
    const label = [named?.name, named?.set, named?.type, named?.kind].find((name) => typeof name === 'string');
    yield* figuresIn(value, [...path, (label as string | undefined) ?? key]);
  }
}
