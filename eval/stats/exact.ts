import type { Estimate } from './bootstrap.js';

/** A share of answers with its interval: the share is null where there is nothing to share, and then it may be anything. */
export interface Share {
  hits: number;
  of: number;
  share: number | null;
  /** 0..1. Never 0 at both ends: that nothing was seen in a few answers does not say that it cannot be. */
  low: number;
  high: number;
}

/**
 * A share with its exact (Clopper-Pearson) 95 % interval. Answers about one picture stand and fall together: where the
 * shares of the pictures differ more than chance has it, the answers count for fewer, and fewer still where that was seen
 * on few pictures (Korn and Graubard 1998: t of the answers over t of the pictures, squared).
 *
 * @param clusters Hits and answers of each picture, hits no more than answers.
 */
export function shareOf(clusters: Iterable<readonly [hits: number, of: number]>): Share {
  const all = [...clusters];
  const hits = all.reduce((sum, [some]) => sum + some, 0);
  const of = all.reduce((sum, [, some]) => sum + some, 0);
  if (of === 0) return { hits, of, share: null, low: 0, high: 1 };
  const share = hits / of;
  const size = Math.min(of, effectiveSize(all, share, of));
  const x = share * size;
  return {
    hits,
    of,
    share,
    low: hits === 0 ? 0 : betaQuantile(0.025, x, size - x + 1),
    high: hits === of ? 1 : betaQuantile(0.975, x + 1, size - x),
  };
}

/** With fewer hits, or fewer misses, a bootstrap is too sure of itself (it never draws what did not happen). */
const fewEvents = 10;

/**
 * The interval of a share: exact, as {@link shareOf}, where hits or misses are few or the bootstrap has none, else the
 * bootstrap's. A count over another that it can outnumber (claims made afterwards, of those before) is no share of trials:
 * there it is the bootstrap's in any case.
 *
 * @param clusters Hits and trials of each unit that is resampled.
 * @param top What a share of one is shown as: 1 or 100.
 */
export function shareEstimate(
  estimate: Estimate,
  clusters: Iterable<readonly [hits: number, of: number]>,
  top = 1,
): Estimate {
  const trials = [...clusters].filter(([, of]) => of > 0);
  if (trials.some(([hits, of]) => hits > of)) return estimate;
  const { hits, of, share, low, high } = shareOf(trials);
  if (estimate.value === null || share === null) return estimate;
  if (estimate.low !== null && Math.min(hits, of - hits) >= fewEvents) return estimate;
  return { ...estimate, low: top * low, high: top * high };
}

/**
 * The interval of a mean of things between 0 and `top` that are all at one of the two ends: the mean is no further from
 * there than the share of things that are not, which is none of `trials` (Clopper-Pearson). An AUROC of 1 is so many
 * pairs, all in order, as the smaller of the two classes has members. Anywhere else the estimate stays as it is.
 */
export function edgeEstimate(estimate: Estimate, trials: number, top = 1): Estimate {
  const { value } = estimate;
  if (value === null || trials < 1) return estimate;
  const room = top * (1 - 0.025 ** (1 / trials));
  if (value === 0) return { ...estimate, low: 0, high: room };
  return Math.abs(value - top) < 1e-9 * top ? { ...estimate, low: top - room, high: top } : estimate;
}

/**
 * The interval of a difference of two shares, from their own intervals, square and add (Newcombe 1998): for where a
 * bootstrap sees no difference vary. What pairs have in common is left out, so that it is rather too wide.
 */
export function differenceEstimate(difference: Estimate, first: Estimate, second: Estimate): Estimate {
  const { value } = difference;
  const known = [first, second].every(({ value, low, high }) => value !== null && low !== null && high !== null);
  if (value === null || difference.low !== null || !known) return difference;
  const below = Math.hypot(first.value! - first.low!, second.high! - second.value!);
  const above = Math.hypot(first.high! - first.value!, second.value! - second.low!);
  return { ...difference, low: Math.max(-1, value - below), high: Math.min(1, value + above) };
}

/** How many independent answers would tell the share as well. */
function effectiveSize(clusters: readonly (readonly [number, number])[], share: number, of: number): number {
  if (clusters.length === 1) return 1;
  if (share === 0 || share === 1 || clusters.length === of) return of;
  const spread = clusters.reduce((sum, [hits, some]) => sum + (hits - share * some) ** 2, 0);
  const variance = (clusters.length / (clusters.length - 1)) * (spread / of ** 2);
  if (variance === 0) return of;
  const known = squaredT(of - 1) / squaredT(clusters.length - 1);
  return Math.max(1, ((share * (1 - share)) / variance) * known);
}

/** The square of what Student's t stays within in 95 of 100. */
function squaredT(degrees: number): number {
  const x = betaQuantile(0.05, degrees / 2, 0.5);
  return (degrees * (1 - x)) / x;
}

/** The value that a Beta(a, b) variable stays below with this probability. */
function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (regularisedBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b), by its continued fraction (Lentz). */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const safe = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / safe(1 + term * d);
      c = safe(1 + term / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-12) break;
  }
  return front * fraction;
}

/** ln Γ(z) for z > 0 (Lanczos, g = 7). */
function logGamma(z: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const x = z - 1;
  const t = x + 7.5;
  const sum = terms.reduce((total, term, i) => total + term / (x + i + 1), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
