import { DetectiveError } from '../base/errors.js';
import { answersNeeded, harmConfidence, thresholdWithin } from './conformal.js';
import type { Scorer } from './scorer.js';

/** Where a correction draws the line: a threshold, or the most harm that may be done. */
export interface Limits {
  threshold?: number | undefined;
  maxHarm?: number | undefined;
}

/**
 * The threshold of a correction: the one that was asked for; the highest that keeps `maxHarm`, but none above the scorer's
 * own; else the scorer's own, else 0.5.
 *
 * @throws DetectiveError `bad-argument` for both at once, a `maxHarm` that is not between 0 and 1, or one that the scorer
 * cannot promise: nothing was measured of it, or too little.
 */
export function operatingPoint({ name, threshold: own = 0.5, harm }: Scorer, { threshold, maxHarm }: Limits): number {
  if (maxHarm === undefined) return threshold ?? own;
  const bad = (message: string) => new DetectiveError('bad-argument', message);
  if (threshold !== undefined) throw bad('give threshold or maxHarm, not both: maxHarm chooses the threshold');
  if (!(maxHarm > 0 && maxHarm < 1)) throw bad(`maxHarm must be between 0 and 1 (0.02: one in fifty), not ${maxHarm}`);
  if (!harm)
    throw bad(
      `no harm was measured of ${name}, so that maxHarm cannot be promised: use the scorer tldr, whose model has it in its tldr.json, or fit a calibration (\`vlm-detective calibrate\`, then --calibration FILE)`,
    );
  const within = thresholdWithin(harm, maxHarm);
  if (within !== null) return Math.min(own, within);
  const needed = answersNeeded(maxHarm, harmConfidence);
  throw bad(
    harm.answers < needed
      ? `maxHarm ${maxHarm} cannot be promised on ${harm.answers} answers (${harm.set}): it takes ${needed}`
      : `maxHarm ${maxHarm} cannot be promised: too many right answers were flagged at every threshold (${harm.set})`,
  );
}

/** A bound on harm by conformal risk control, and what it rests on. */
export interface HarmBound {
  /** At most this share of right answers is changed: no more of them have a word flagged. */
  maxHarm: number;
  /** With this confidence over the draw of the set, for answers that are exchangeable with it. */
  confidence: number;
  /** Right answers in the set. */
  answers: number;
  set: string;
}

/** The bound that a correction keeps, for its report; nothing where none was asked for. */
export function harmBound({ harm }: Scorer, { maxHarm }: Limits): { bound?: HarmBound } {
  if (maxHarm === undefined || !harm) return {};
  return { bound: { maxHarm, confidence: harmConfidence, answers: harm.answers, set: harm.set } };
}
