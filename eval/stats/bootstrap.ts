import { seededRandom } from '../../scenes/random.js';

/** How often each unit (answer, picture, item) counts: a bootstrap resample. Absent: each once. */
export type Weights = Uint16Array;

/** A figure with the bounds of its 95 % interval. Null where it is not defined, as an AP with nothing to find. */
export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
  /** Of a difference between paired runs: a two-sided permutation test of "no difference". */
  p?: number | null;
}

export interface BootstrapOptions {
  /** How many resamples are drawn; 0 for none, which leaves the exact intervals of shares with few events. */
  resamples: number;
  seed: number;
}

/** Bootstrap resamples: how often each of `count` units is drawn in `count` draws with replacement. */
export function resample(count: number, resamples: number, seed: number): Weights[] {
  return Array.from(drawResamples(count, { resamples, seed }), (weights) => weights.slice());
}

/** The resamples of {@link resample} one by one, in one buffer that is written anew each time. */
export function* drawResamples(count: number, { resamples, seed }: BootstrapOptions): Generator<Weights> {
  const random = seededRandom(seed);
  const weights = new Uint16Array(count);
  for (let round = 0; round < resamples; round++) {
    weights.fill(0);
    for (let draw = 0; draw < count; draw++) weights[Math.floor(random() * count)]!++;
    yield weights;
  }
}

/**
 * A statistic with its percentile bootstrap 95 % interval. Resamples for which it is not defined are left out; there is
 * no interval where those are more than half, nor where all resamples say the same: a bootstrap cannot see what did not
 * happen, and [0, 0] would be a claim. Shares get an exact interval there (exact.ts).
 */
export function estimate(statistic: (weights?: Weights) => number, resamples: readonly Weights[]): Estimate {
  return interval(
    statistic(),
    resamples.map((weights) => statistic(weights)),
  );
}

/**
 * Several statistics of the same units with their percentile bootstrap 95 % intervals, as {@link estimate}, from one
 * pass over the resamples and with one resample in memory at a time.
 */
export function estimateAll<Name extends string>(
  units: number,
  statistics: (weights?: Weights) => Readonly<Record<Name, number>>,
  options: BootstrapOptions,
): Record<Name, Estimate> {
  const values = statistics();
  const names = Object.keys(values) as Name[];
  const drawn = names.map(() => new Float64Array(options.resamples));
  let round = 0;
  for (const weights of drawResamples(units, options)) {
    const again = statistics(weights);
    for (const [at, name] of names.entries()) drawn[at]![round] = again[name];
    round++;
  }
  return Object.fromEntries(names.map((name, at) => [name, interval(values[name], drawn[at]!)])) as Record<
    Name,
    Estimate
  >;
}

/**
 * {@link estimateAll} for pooled figures: each unit is a row of counts, and the statistics are functions of the summed
 * row.
 *
 * @param rows All of one length.
 */
export function estimateCounts<Name extends string>(
  rows: readonly ArrayLike<number>[],
  statistics: (sums: Float64Array) => Readonly<Record<Name, number>>,
  options: BootstrapOptions,
): Record<Name, Estimate> {
  const width = rows[0]?.length ?? 0;
  const table = new Float64Array(rows.length * width);
  for (const [at, row] of rows.entries()) table.set(row, at * width);
  const summed = (weights?: Weights) => {
    const sums = new Float64Array(width);
    for (let row = 0, at = 0; row < rows.length; row++) {
      const weight = weights ? weights[row]! : 1;
      if (weight === 0) {
        at += width;
        continue;
      }
      for (let column = 0; column < width; column++) sums[column]! += weight * table[at++]!;
    }
    return sums;
  };
  return estimateAll(rows.length, (weights) => statistics(summed(weights)), options);
}

function interval(value: number, drawn: ArrayLike<number> & Iterable<number>): Estimate {
  if (!Number.isFinite(value)) return { value: null, low: null, high: null };
  const sorted = Float64Array.from(drawn).filter(Number.isFinite).sort();
  const told = sorted.length > 0 && sorted.length * 2 >= drawn.length && sorted[0]! < sorted.at(-1)!;
  if (!told) return { value, low: null, high: null };
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}
