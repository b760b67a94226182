import { type BootstrapOptions, type Estimate, estimateCounts } from '../stats/bootstrap.js';
import { shareEstimate } from '../stats/exact.js';
import type { Figure, FigureKind } from './benchmark.js';

/** How a figure is made of pooled counts. */
export interface PooledFigure {
  name: string;
  kind: FigureKind;
  unit: Figure['unit'];
  /** In `unit`; NaN where it is not defined. */
  of: (sums: Float64Array) => number;
  /** How many things it is taken over. */
  over: (sums: Float64Array) => number;
  /** Of a share: how many of those it holds for. */
  hits?: (sums: Float64Array) => number;
  printed?: (sums: Float64Array) => string;
}

/** A share in per cent, of two columns of the counts, as a benchmark's script prints it. */
export const shareOf = (
  [name, kind]: readonly [name: string, kind: FigureKind],
  [part, whole]: readonly [part: number, whole: number],
  printed: (part: number, whole: number) => string,
): PooledFigure => ({
  name,
  kind,
  unit: '%',
  of: (sums) => (100 * sums[part]!) / sums[whole]!,
  hits: (sums) => sums[part]!,
  over: (sums) => sums[whole]!,
  printed: (sums) => printed(sums[part]!, sums[whole]!),
});

/**
 * Figures of pooled counts with their intervals.
 *
 * @param rows One row of counts, all of one length, for each unit that is resampled: a picture, an answer.
 */
export function pooledFigures(
  rows: readonly ArrayLike<number>[],
  wanted: readonly PooledFigure[],
  options: BootstrapOptions,
): Figure[] {
  const sums = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) for (let column = 0; column < sums.length; column++) sums[column]! += row[column]!;
  const estimates = estimateCounts(
    rows,
    (sums) => Object.fromEntries(wanted.map(({ name, of }) => [name, of(sums)])),
    options,
  );
  const exactly = ({ name, unit, hits, over }: PooledFigure): Estimate => {
    const estimate = estimates[name] as Estimate;
    if (!hits) return estimate;
    const clusters = rows.map((row) => Float64Array.from(row)).map((row): [number, number] => [hits(row), over(row)]);
    return shareEstimate(estimate, clusters, unit === '%' ? 100 : 1);
  };
  return wanted.map((figure) => ({
    name: figure.name,
    kind: figure.kind,
    unit: figure.unit,
    ...exactly(figure),
    over: figure.over(sums),
    ...(figure.printed ? { printed: figure.printed(sums) } : {}),
  }));
}

/** Things that belong together, as the questions about one picture, in the order of their first. */
export function groupBy<T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

/** Rows of counts added up within each group of things: what is resampled together. */
export function countRows<T>(
  things: readonly T[],
  keyOf: (thing: T) => string,
  width: number,
  count: (thing: T, row: Float64Array) => void,
): Float64Array[] {
  return [...groupBy(things, keyOf).values()].map((group) => {
    const row = new Float64Array(width);
    for (const thing of group) count(thing, row);
    return row;
  });
}

/** A figure as a reader sees it: `85.3 (84.1–86.4)`. */
export function formatFigure({ value, low, high, unit }: Figure): string {
  const digits = unit === '%' ? 1 : unit === 'share' ? 3 : 2;
  const show = (number: number) => number.toFixed(digits);
  if (value === null) return '–';
  return low === null || high === null ? show(value) : `${show(value)} (${show(low)}–${show(high)})`;
}
