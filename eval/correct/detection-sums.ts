import type { ReliabilityBin } from '../report/reliability-plot.js';
import type { CorrectionRecord } from './record.js';

/** Steps of the reward between 0 and 1 that claims are counted by. */
export const rewardSteps = 200;

/** How many good and bad claims have a reward in each step, and how often a threshold would send an answer back. */
export interface DetectionSums {
  good: Float64Array;
  bad: Float64Array;
  /** Answers by the step of their lowest claim reward: those with and without a wrong claim. */
  wrongAnswers: Float64Array;
  rightAnswers: Float64Array;
  add(record: CorrectionRecord): void;
}

export function detectionSums(): DetectionSums {
  const make = () => new Float64Array(rewardSteps + 1);
  const [good, bad, wrongAnswers, rightAnswers] = [make(), make(), make(), make()];
  return {
    good,
    bad,
    wrongAnswers,
    rightAnswers,
    add({ claims, wrong }) {
      if (!claims || claims.length === 0) return;
      let lowest = rewardSteps;
      for (const [, reward, isGood] of claims) {
        const step = Math.min(rewardSteps, Math.max(0, Math.round(reward * rewardSteps)));
        (isGood ? good : bad)[step]!++;
        lowest = Math.min(lowest, step);
      }
      (wrong ? wrongAnswers : rightAnswers)[lowest]!++;
    },
  };
}

export interface SweepPoint {
  threshold: number;
  precision: number | null;
  recall: number | null;
  /** Share of wrong answers that a claim at or below the threshold sends back, and of right ones. */
  wrongFlagged: number | null;
  rightFlagged: number | null;
}

/** Precision and recall of bad claims, and answers flagged, at each threshold. */
export function thresholdSweep({ good, bad, wrongAnswers, rightAnswers }: DetectionSums): SweepPoint[] {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const [bads, wrongs, rights] = [sum(bad), sum(wrongAnswers), sum(rightAnswers)];
  let [hits, alarms, wrongHit, rightHit] = [0, 0, 0, 0];
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return Array.from({ length: rewardSteps + 1 }, (_, step) => {
    hits += bad[step]!;
    alarms += good[step]!;
    wrongHit += wrongAnswers[step]!;
    rightHit += rightAnswers[step]!;
    return {
      threshold: step / rewardSteps,
      precision: share(hits, hits + alarms),
      recall: share(hits, bads),
      wrongFlagged: share(wrongHit, wrongs),
      rightFlagged: share(rightHit, rights),
    };
  });
}

/** Claims in bins of equal width by reward: calibrated rewards lie on the diagonal. Empty bins are left out. */
export function reliability({ good, bad }: DetectionSums, bins = 10): ReliabilityBin[] {
  const found = Array.from({ length: bins }, () => ({ rewards: 0, good: 0, claims: 0 }));
  for (let step = 0; step <= rewardSteps; step++) {
    const claims = good[step]! + bad[step]!;
    const bin = found[Math.min(bins - 1, Math.floor((step / rewardSteps) * bins))]!;
    bin.rewards += (claims * step) / rewardSteps;
    bin.good += good[step]!;
    bin.claims += claims;
  }
  return found
    .filter(({ claims }) => claims > 0)
    .map(({ rewards, good: right, claims }) => ({ reward: rewards / claims, good: right / claims, claims }));
}
