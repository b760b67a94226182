import type { Weights } from '../stats/bootstrap.js';

export { type Estimate, estimate, resample, type Weights } from '../stats/bootstrap.js';

/** A token, word, claim, sentence or answer with its reward (0..1, low where it looks wrong) and whether it is right. */
export interface Judged {
  reward: number;
  good: boolean;
}

/** Judged things in order of their reward, lowest first, each with the number of the answer that it comes from. */
export interface Ranked {
  rewards: Float64Array;
  good: Uint8Array;
  answers: Uint32Array;
}

/** @param answers The judged things of each answer. */
export function rank(answers: readonly (readonly Judged[])[]): Ranked {
  const all = answers.flatMap((things, answer) => things.map(({ reward, good }) => ({ reward, good, answer })));
  all.sort((a, b) => a.reward - b.reward);
  return {
    rewards: Float64Array.from(all, ({ reward }) => reward),
    good: Uint8Array.from(all, ({ good }) => (good ? 1 : 0)),
    answers: Uint32Array.from(all, ({ answer }) => answer),
  };
}

/** How many the rarer of the two kinds, right and wrong, has. */
export function fewerOf({ good }: Ranked): number {
  const right = good.reduce((sum, one) => sum + one, 0);
  return Math.min(right, good.length - right);
}

const weightOf = ({ answers }: Ranked, weights: Weights | undefined, index: number) =>
  weights ? weights[answers[index]!]! : 1;

/**
 * P(a bad thing has a lower reward than a good one), ties half: 0.5 is chance, 1 perfect. NaN without both kinds.
 */
export function auroc(ranked: Ranked, weights?: Weights): number {
  const { rewards, good } = ranked;
  let ordered = 0;
  let badBelow = 0;
  let goods = 0;
  for (let i = 0; i < rewards.length; ) {
    let badTied = 0;
    let goodTied = 0;
    const reward = rewards[i]!;
    for (; i < rewards.length && rewards[i] === reward; i++) {
      if (good[i]) goodTied += weightOf(ranked, weights, i);
      else badTied += weightOf(ranked, weights, i);
    }
    ordered += goodTied * (badBelow + badTied / 2);
    badBelow += badTied;
    goods += goodTied;
  }
  return ordered / (badBelow * goods);
}

/**
 * Average precision of finding the `bad` things by low rewards, or the `good` ones by high rewards: the step-wise area
 * under precision and recall, ties taken together. NaN where there are none to find, or nothing else: it would be 1 whatever
 * the rewards.
 */
export function averagePrecision(ranked: Ranked, find: 'bad' | 'good', weights?: Weights): number {
  const { rewards, good } = ranked;
  const count = rewards.length;
  const at = (place: number) => (find === 'bad' ? place : count - 1 - place);
  const wanted = find === 'bad' ? 0 : 1;
  let area = 0;
  let found = 0;
  let seen = 0;
  let others = 0;
  for (let place = 0; place < count; ) {
    const reward = rewards[at(place)];
    let hits = 0;
    for (; place < count && rewards[at(place)] === reward; place++) {
      const weight = weightOf(ranked, weights, at(place));
      seen += weight;
      if (good[at(place)] === wanted) hits += weight;
      else others += weight;
    }
    found += hits;
    if (hits > 0) area += (hits * found) / seen;
  }
  return others > 0 ? area / found : Number.NaN;
}

/**
 * Precision over recall of finding the bad things, from the lowest reward up, ties taken together: the curve whose area is
 * {@link averagePrecision}. At most `most` points, the last with a recall of 1; none where nothing is bad.
 */
export function precisionRecallCurve({ rewards, good }: Ranked, most = 200): { recall: number; precision: number }[] {
  const points: { recall: number; precision: number }[] = [];
  const bad = good.length - good.reduce((sum, one) => sum + one, 0);
  let found = 0;
  for (let place = 0; place < rewards.length && found < bad; ) {
    const reward = rewards[place];
    const before = found;
    for (; place < rewards.length && rewards[place] === reward; place++) if (!good[place]) found++;
    if (found > before) points.push({ recall: found / bad, precision: found / place });
  }
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, at) => at % step === 0 || at === points.length - 1);
}

/**
 * How well the things with a reward at or below the threshold are the bad ones. Precision is NaN where nothing is
 * flagged; recall, and F1, where nothing is bad (and, for F1, nothing flagged).
 */
export function detection(
  ranked: Ranked,
  threshold: number,
  weights?: Weights,
): { precision: number; recall: number; f1: number } {
  const { rewards, good } = ranked;
  let hits = 0;
  let flagged = 0;
  let bad = 0;
  for (let i = 0; i < rewards.length; i++) {
    const weight = weightOf(ranked, weights, i);
    const isFlagged = rewards[i]! <= threshold;
    if (isFlagged) flagged += weight;
    if (good[i]) continue;
    bad += weight;
    if (isFlagged) hits += weight;
  }
  return { precision: hits / flagged, recall: hits / bad, f1: (2 * hits) / (flagged + bad) };
}

/** Equal-width bins of the reward. */
const calibrationBins = 15;

/** Expected calibration error: the mean distance between reward and share of good things, over bins of the reward. */
export function calibrationError(ranked: Ranked, weights?: Weights): number {
  const { rewards, good } = ranked;
  const gaps = new Float64Array(calibrationBins);
  let total = 0;
  for (let i = 0; i < rewards.length; i++) {
    const weight = weightOf(ranked, weights, i);
    const bin = Math.min(calibrationBins - 1, Math.floor(rewards[i]! * calibrationBins));
    gaps[bin]! += weight * (rewards[i]! - good[i]!);
    total += weight;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
}

/** Share of things that the threshold puts on the right side. NaN where there are none. */
export function accuracy(ranked: Ranked, threshold: number, weights?: Weights): number {
  let right = 0;
  let total = 0;
  for (let i = 0; i < ranked.rewards.length; i++) {
    const weight = weightOf(ranked, weights, i);
    total += weight;
    if (ranked.rewards[i]! > threshold === (ranked.good[i] === 1)) right += weight;
  }
  return right / total;
}

/** The mean of the accuracy on good things and on bad ones; of one of them where the other kind is missing. */
export function balancedAccuracy(ranked: Ranked, threshold: number, weights?: Weights): number {
  const right = [0, 0];
  const total = [0, 0];
  for (let i = 0; i < ranked.rewards.length; i++) {
    const weight = weightOf(ranked, weights, i);
    const kind = ranked.good[i]!;
    total[kind]! += weight;
    if (ranked.rewards[i]! > threshold === (kind === 1)) right[kind]! += weight;
  }
  const shares = [0, 1].filter((kind) => total[kind]! > 0).map((kind) => right[kind]! / total[kind]!);
  return shares.length === 0 ? Number.NaN : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** The mean over answers; NaN entries (answers that have none) are left out. */
export function meanOfAnswers(values: readonly number[], weights?: Weights): number {
  let sum = 0;
  let total = 0;
  for (const [answer, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const weight = weights ? weights[answer]! : 1;
    sum += weight * value;
    total += weight;
  }
  return sum / total;
}
