import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../scenes/random.js';
import {
  answersNeeded,
  confidentThreshold,
  conformalThreshold,
  type HarmRecord,
  thresholdWithin,
} from '../../src/scorer/conformal.js';
import { operatingPoint } from '../../src/scorer/operating-point.js';
import type { Scorer } from '../../src/scorer/scorer.js';

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
    for (let resample = 0; resample < 100; resample++) {
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
    for (let resample = 0; resample < 200; resample++) {
      // rewards are uniform, so the true harm of a threshold is the threshold itself
      const threshold = confidentThreshold(harmOf(Array.from({ length: 300 }, random)), 0.1, 0.95)!;
      if (threshold <= 0.1) kept++;
    }
    expect(kept / 200).toBeGreaterThanOrEqual(0.95);
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

describe('thresholdWithin', () => {
  const record = (lowest: readonly number[], answers = lowest.length) => ({ answers, lowest, set: 'a test' });

  it('flags no more of the measured answers than the bound allows, and as many as it can', () => {
    const threshold = thresholdWithin(record(evenly(1000)), 0.1)!;
    const flagged = evenly(1000).filter((reward) => reward <= threshold).length;
    expect(flagged).toBeLessThan(100);
    // 84 of 1,000 is the most with which P(X <= 84) stays under 5 % if one in ten were harmed
    expect(flagged).toBe(84);
  });

  it('needs the lowest rewards only', () => {
    const all = evenly(1000);
    expect(thresholdWithin(record(all.slice(0, 200), 1000), 0.1)).toBe(thresholdWithin(record(all), 0.1));
  });

  it('is null on too few answers', () => {
    expect(thresholdWithin(record(evenly(100)), 0.02)).toBeNull();
  });

  it('holds on fresh answers in at least 95 of 100 resamples', () => {
    const random = seededRandom(3);
    let kept = 0;
    for (let resample = 0; resample < 200; resample++) {
      const lowest = Array.from({ length: 400 }, random).sort((a, b) => a - b);
      if (thresholdWithin(record(lowest), 0.1)! <= 0.1) kept++;
    }
    expect(kept / 200).toBeGreaterThanOrEqual(0.95);
  });
});

describe('operatingPoint', () => {
  const scorer = (harm?: HarmRecord): Scorer => ({
    name: 'one',
    threshold: 0.4,
    score: () => Promise.reject(new Error('is not asked')),
    ...(harm && { harm }),
  });
  const measured = { answers: 1000, lowest: evenly(1000).slice(0, 300), set: 'a test' };

  it('is what was asked for, else the scorer’s own', () => {
    expect(operatingPoint(scorer(), { threshold: 0.7 })).toBe(0.7);
    expect(operatingPoint(scorer(), {})).toBe(0.4);
  });

  it('keeps the bound, and is never above the scorer’s own', () => {
    expect(operatingPoint(scorer(measured), { maxHarm: 0.1 })).toBe(thresholdWithin(measured, 0.1));
    expect(operatingPoint(scorer({ ...measured, lowest: [0.9] }), { maxHarm: 0.1 })).toBe(0.4);
  });

  it.each([
    [undefined, { maxHarm: 0.1 }, /no harm was measured of one/],
    [measured, { maxHarm: 0.1, threshold: 0.5 }, /not both/],
    [measured, { maxHarm: 1 }, /between 0 and 1/],
    [measured, { maxHarm: Number.NaN }, /between 0 and 1/],
    [{ ...measured, answers: 300 }, { maxHarm: 0.001 }, /on 300 answers \(a test\): it takes 2995/],
    [{ answers: 3000, lowest: evenly(3000).map(() => 0), set: 'a test' }, { maxHarm: 0.01 }, /at every threshold/],
  ] as const)('says why it cannot keep one: %#', (harm, limits, message) => {
    expect(() => operatingPoint(scorer(harm), limits)).toThrow(message);
  });
});
