import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../scenes/random.js';
import { answersNeeded, confidentThreshold, conformalThreshold } from '../../src/scorer/conformal.js';

const thresholds = Array.from({ length: 101 }, (_, n) => n / 100);
/** Right answers by their lowest reward: each is harmed at every threshold that is not below it. */
const harmOf = (lowest: readonly number[]) => ({
  thresholds,
  losses: lowest.map((reward) => thresholds.map((threshold) => (reward <= threshold ? 1 : 0))),
});
const evenly = (n: number) => Array.from({ length: n }, (_, i) => (i + 0.5) / n);

describe('conformalThreshold', () => {
  it('is the highest threshold at which (harmed + 1) / (n + 1) keeps the bound', () => {
    // of 99 answers at 0.5/99, 1.5/99, … nine may be harmed: (9 + 1) / 100 = 0.1
    expect(conformalThreshold(harmOf(evenly(99)), 0.1)).toBe(0.09);
    expect(conformalThreshold(harmOf(evenly(99)), 0.0999)).toBe(0.08);
  });

  it('is null where there are too few answers for the bound, however good they are', () => {
    const unharmed = (n: number) => harmOf(Array.from({ length: n }, () => 2));
    expect(answersNeeded(0.02)).toBe(49);
    expect(conformalThreshold(unharmed(48), 0.02)).toBeNull();
    expect(conformalThreshold(unharmed(49), 0.02)).toBe(1);
    expect(conformalThreshold({ thresholds, losses: [] }, 0.5)).toBeNull();
  });

  it('does not trust harm that goes away again at a higher threshold', () => {
    const losses = Array.from({ length: 99 }, () => [0, 1, 0]);
    expect(conformalThreshold({ thresholds: [0.1, 0.2, 0.3], losses }, 0.05)).toBe(0.1);
  });

  it('keeps the mean harm of fresh answers within the bound, and near to it', () => {
    const random = seededRandom(7);
    const draw = (n: number) => Array.from({ length: n }, () => random() ** 0.3);
    let harmed = 0;
    let fresh = 0;
    for (let resample = 0; resample < 300; resample++) {
      const threshold = conformalThreshold(harmOf(draw(200)), 0.1)!;
      const answers = draw(100);
      fresh += answers.length;
      harmed += answers.filter((reward) => reward <= threshold).length;
    }
    expect(harmed / fresh).toBeLessThanOrEqual(0.1);
    expect(harmed / fresh).toBeGreaterThan(0.08);
  });
});

describe('confidentThreshold', () => {
  it('keeps the true harm within the bound in at least 95 of 100 draws', () => {
    const random = seededRandom(11);
    let kept = 0;
    for (let resample = 0; resample < 400; resample++) {
      // rewards are uniform, so the true harm of a threshold is the threshold itself
      const threshold = confidentThreshold(harmOf(Array.from({ length: 300 }, random)), 0.1, 0.95)!;
      if (threshold <= 0.1) kept++;
    }
    expect(kept / 400).toBeGreaterThanOrEqual(0.95);
  });

  it('needs more answers than a bound on the mean does', () => {
    expect(answersNeeded(0.02, 0.95)).toBe(149);
    const unharmed = (n: number) => harmOf(Array.from({ length: n }, () => 2));
    expect(confidentThreshold(unharmed(148), 0.02, 0.95)).toBeNull();
    expect(confidentThreshold(unharmed(149), 0.02, 0.95)).toBe(1);
  });

  it('refuses losses between 0 and 1', () => {
    expect(() => confidentThreshold({ thresholds: [0.5], losses: [[0.5]] }, 0.1, 0.95)).toThrow(RangeError);
  });
});
