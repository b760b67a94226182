/**
 * The choice of a threshold under a bound on harm. A threshold that is higher flags more, so it also harms more; the
 * highest one is wanted under which harm stays within the bound on answers that are exchangeable with those measured.
 */
export interface HarmByThreshold {
  /** Thresholds in rising order, from one that flags (next to) nothing. */
  readonly thresholds: readonly number[];
  /**
   * For each answer its loss at each of the thresholds, from 0 (unharmed) to 1: for a right answer, whether it is changed.
   * A loss that falls again as the threshold rises counts as the highest so far, which keeps the bound.
   */
  readonly losses: readonly (readonly number[])[];
}

/**
 * Conformal risk control (Angelopoulos et al. 2022, arXiv 2208.02814, Theorem 1): the highest threshold t with
 * `n / (n + 1) * mean loss(t) + 1 / (n + 1) <= alpha`. The *expected* loss of the next answer, over the draw of the n
 * measured ones and of it, is then at most alpha, whatever the scorer is.
 *
 * @param alpha The bound, between 0 and 1: 0.02 for one harmed answer in fifty.
 * @returns null where no threshold keeps the bound: too few answers ({@link answersNeeded}), or harm at every threshold.
 */
export function conformalThreshold(harm: HarmByThreshold, alpha: number): number | null {
  const n = harm.losses.length;
  return highest(harm, (mean) => (n * mean + 1) / (n + 1) <= alpha);
}

/**
 * The same for a bound that holds with a stated confidence over the draw of the measured answers, where
 * {@link conformalThreshold} bounds the mean over all draws: risk-controlling prediction sets (Bates et al. 2021,
 * arXiv 2101.02703, Theorem 1) with an exact binomial tail, for losses of 0 or 1. The highest threshold at which, as at
 * all lower ones, so few harmed answers as were seen would have a chance of at most `1 - confidence` if harm were alpha.
 *
 * @throws RangeError for a loss that is neither 0 nor 1.
 */
export function confidentThreshold(harm: HarmByThreshold, alpha: number, confidence: number): number | null {
  const n = harm.losses.length;
  if (harm.losses.some((row) => row.some((loss) => loss !== 0 && loss !== 1)))
    throw new RangeError('a confident threshold needs losses of 0 or 1');
  return highest(harm, (mean) => atMost(Math.round(n * mean), n, alpha) <= 1 - confidence);
}

/** How many answers, none of them harmed, it takes until a bound of alpha can hold at all. */
export function answersNeeded(alpha: number, confidence?: number): number {
  return confidence === undefined
    ? Math.ceil(1 / alpha - 1e-9) - 1
    : Math.ceil(Math.log(1 - confidence) / Math.log(1 - alpha) - 1e-9);
}

function highest({ thresholds, losses }: HarmByThreshold, holds: (mean: number) => boolean): number | null {
  const worst = new Float64Array(losses.length);
  let found: number | null = null;
  for (const [index, threshold] of thresholds.entries()) {
    let sum = 0;
    losses.forEach((row, answer) => {
      worst[answer] = Math.max(worst[answer]!, row[index]!);
      sum += worst[answer]!;
    });
    if (losses.length === 0 || !holds(sum / losses.length)) break;
    found = threshold;
  }
  return found;
}

/** P(X <= k) of a binomial distribution of n trials. */
function atMost(k: number, n: number, p: number): number {
  if (p <= 0 || k >= n) return 1;
  if (p >= 1) return 0;
  let term = n * Math.log1p(-p);
  let sum = Math.exp(term);
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + Math.log(p / (1 - p));
    sum += Math.exp(term);
  }
  return Math.min(1, sum);
}

/** What was measured of right answers: the lowest reward of each, which is what a threshold must stay below to leave it alone. */
export interface HarmRecord {
  /** Right answers measured. */
  readonly answers: number;
  /** The lowest rewards of the first of them to be flagged, in rising order; those that are not listed are higher. */
  readonly lowest: readonly number[];
  /** In words, which answers they were. */
  readonly set: string;
}

/** With this confidence a bound on harm holds, over the draw of the answers that it rests on. */
export const harmConfidence = 0.95;

/**
 * The highest threshold at which the share of right answers that are flagged, and so can be changed at all, stays at or
 * below `maxHarm`: both in the mean ({@link conformalThreshold}) and with 95 % confidence ({@link confidentThreshold}).
 *
 * @returns null where the record is too small for the bound.
 */
export function thresholdWithin({ answers, lowest }: HarmRecord, maxHarm: number): number | null {
  let found: number | null = null;
  for (let first = 0; first < lowest.length; first++) {
    // a threshold just below this reward flags the answers before it
    if (lowest[first] === 0 || (first > 0 && lowest[first] === lowest[first - 1])) continue;
    if ((first + 1) / (answers + 1) > maxHarm || atMost(first, answers, maxHarm) > 1 - harmConfidence) break;
    found = Math.max(0, lowest[first]! - 1e-6);
  }
  return found;
}
