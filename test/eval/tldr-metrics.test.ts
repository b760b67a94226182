import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  auroc,
  averagePrecision,
  balancedAccuracy,
  calibrationError,
  detection,
  estimate,
  type Judged,
  meanOfAnswers,
  type Ranked,
  rank,
  resample,
  type Weights,
} from '../../eval/tldr/metrics.js';
import { seededRandom } from '../../scenes/random.js';
import { runs } from '../fixtures/runs.js';

const bad = (reward: number): Judged => ({ reward, good: false });
const good = (reward: number): Judged => ({ reward, good: true });

// few levels, so that ties are common
const judged = fc.record({ reward: fc.integer({ min: 0, max: 12 }).map((level) => level / 12), good: fc.boolean() });
const answers = fc.array(fc.array(judged, { maxLength: 6 }), { minLength: 1, maxLength: 12 });
const bothKinds = answers.filter((all) => {
  const labels = all.flat().map((thing) => thing.good);
  return labels.includes(true) && labels.includes(false);
});

const statistics: Record<string, (ranked: Ranked, weights?: Weights) => number> = {
  auroc,
  apBad: (ranked, weights) => averagePrecision(ranked, 'bad', weights),
  apGood: (ranked, weights) => averagePrecision(ranked, 'good', weights),
  precision: (ranked, weights) => detection(ranked, 0.4, weights).precision,
  recall: (ranked, weights) => detection(ranked, 0.4, weights).recall,
  f1: (ranked, weights) => detection(ranked, 0.4, weights).f1,
  ece: calibrationError,
  accuracy: (ranked, weights) => accuracy(ranked, 0.4, weights),
  balanced: (ranked, weights) => balancedAccuracy(ranked, 0.4, weights),
};

describe('AUROC', () => {
  it('is the share of bad-good pairs in the right order, ties half', () => {
    fc.assert(
      fc.property(bothKinds, (all) => {
        const things = all.flat();
        const pairs = things
          .filter((thing) => !thing.good)
          .flatMap((low) =>
            things
              .filter((thing) => thing.good)
              .map((high): number => (low.reward < high.reward ? 1 : low.reward === high.reward ? 0.5 : 0)),
          );
        expect(auroc(rank(all))).toBeCloseTo(pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length, 10);
      }),
    );
  });

  it('does not change under a rising map of the rewards, and is mirrored by a falling one', () => {
    fc.assert(
      fc.property(bothKinds, fc.double({ min: 0.2, max: 5, noNaN: true }), (all, power) => {
        const mapped = (map: (reward: number) => number) =>
          rank(all.map((things) => things.map((thing) => ({ ...thing, reward: map(thing.reward) }))));
        const value = auroc(rank(all));
        expect(auroc(mapped((reward) => reward ** power * 0.3 + 0.1))).toBeCloseTo(value, 10);
        expect(auroc(mapped((reward) => 1 - reward))).toBeCloseTo(1 - value, 10);
      }),
    );
  });

  it('is not defined where all are good', () => {
    expect(auroc(rank([[good(0.2), good(0.9)]]))).toBeNaN();
  });
});

describe('average precision', () => {
  it('agrees with small cases worked by hand', () => {
    expect(averagePrecision(rank([[bad(0.1), good(0.2), bad(0.3), good(0.4)]]), 'bad')).toBeCloseTo((1 + 2 / 3) / 2);
    expect(averagePrecision(rank([[bad(0.1), good(0.2), bad(0.3), good(0.4)]]), 'good')).toBeCloseTo((1 + 2 / 3) / 2);
    expect(averagePrecision(rank([[good(0.1), good(0.2), bad(0.3)]]), 'bad')).toBeCloseTo(1 / 3);
    expect(averagePrecision(rank([[bad(0.1)], [bad(0.2)], [good(0.3)]]), 'bad')).toBe(1);
  });

  it('takes ties together, so that a constant detector has the share of bad ones', () => {
    expect(averagePrecision(rank([[bad(1), good(1), good(1), good(1)]]), 'bad')).toBe(0.25);
    expect(averagePrecision(rank([[bad(0.1), good(0.1), bad(0.5), good(0.5)]]), 'bad')).toBeCloseTo(0.5);
  });

  it('of the bad is that of the good with labels and rewards flipped', () => {
    fc.assert(
      fc.property(bothKinds, (all) => {
        const flipped = all.map((things) => things.map((thing) => ({ reward: 1 - thing.reward, good: !thing.good })));
        expect(averagePrecision(rank(all), 'bad')).toBeCloseTo(averagePrecision(rank(flipped), 'good'), 10);
      }),
    );
  });

  it('is not defined where there is nothing to find', () => {
    expect(averagePrecision(rank([[good(0.5)]]), 'bad')).toBeNaN();
  });
});

describe('detection at a threshold', () => {
  it('counts a reward at the threshold as flagged', () => {
    const ranked = rank([[bad(0.5), good(0.5), bad(0.51), good(0.9)], [bad(0.1)]]);
    expect(detection(ranked, 0.5)).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
    expect(accuracy(ranked, 0.5)).toBe(3 / 5);
    expect(balancedAccuracy(ranked, 0.5)).toBeCloseTo((2 / 3 + 1 / 2) / 2);
  });

  it('has no precision where nothing is flagged, and an F1 of 0', () => {
    expect(detection(rank([[bad(0.8), good(0.9)]]), 0.5)).toEqual({ precision: Number.NaN, recall: 0, f1: 0 });
  });
});

describe('expected calibration error', () => {
  it('is near 0 for rewards that are the chances of being right', () => {
    const random = seededRandom(1);
    const things = Array.from({ length: 30000 }, () => {
      const reward = random();
      return { reward, good: random() < reward };
    });
    expect(calibrationError(rank([things]))).toBeLessThan(0.015);
    const squared = things.map((thing) => ({ ...thing, reward: thing.reward ** 2 }));
    expect(calibrationError(rank([squared]))).toBeGreaterThan(0.12);
  });

  it('is the distance of a constant reward from the share of good ones', () => {
    expect(calibrationError(rank([[good(0.9), bad(0.9)]]))).toBeCloseTo(0.4);
    expect(calibrationError(rank([[good(1), good(1)], [bad(0)]]))).toBe(0);
  });
});

describe('bootstrap', () => {
  it('weighs an answer as if it were there that many times', () => {
    fc.assert(
      fc.property(answers, fc.array(fc.nat(3), { minLength: 12, maxLength: 12 }), (all, counts) => {
        const weights = Uint16Array.from(all.map((_, index) => counts[index]!));
        const repeated = all.flatMap((things, index) => Array.from({ length: weights[index]! }, () => things));
        for (const statistic of Object.values(statistics)) {
          const weighted = statistic(rank(all), weights);
          const plain = statistic(rank(repeated));
          if (Number.isNaN(plain)) expect(weighted).toBeNaN();
          else expect(weighted).toBeCloseTo(plain, 10);
        }
      }),
    );
  });

  it('draws as many answers as there are, the same for the same seed', () => {
    const first = resample(40, 20, 3);
    expect(first).toEqual(resample(40, 20, 3));
    expect(first).not.toEqual(resample(40, 20, 4));
    for (const weights of first) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(40);
  });

  it('gives an interval with the value in it', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = seededRandom(seed);
        const all = Array.from({ length: 80 }, () =>
          Array.from({ length: 5 }, () => {
            const isGood = random() < 0.7;
            return { reward: random() * (isGood ? 1 : 0.8), good: isGood };
          }),
        );
        const ranked = rank(all);
        const resamples = resample(all.length, 200, seed);
        for (const name of ['auroc', 'apBad', 'apGood', 'precision', 'recall', 'f1', 'accuracy', 'balanced']) {
          const { value, low, high } = estimate((weights) => statistics[name]!(ranked, weights), resamples);
          expect(low!).toBeLessThanOrEqual(value!);
          expect(high!).toBeGreaterThanOrEqual(value!);
        }
      }),
      { numRuns: runs(20), seed: 5 },
    );
  });

  it('holds the true value in about 95 of 100 intervals', () => {
    const random = seededRandom(7);
    const trials = 300;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 100 }, () => (random() < 0.7 ? 1 : 0));
      const { low, high } = estimate((weights) => meanOfAnswers(values, weights), resample(100, 200, trial));
      if (low! <= 0.7 && high! >= 0.7) held++;
    }
    expect(held / trials).toBeGreaterThan(0.9);
    expect(held / trials).toBeLessThan(0.985);
  });

  it('says nothing where the figure is not defined', () => {
    expect(estimate(() => Number.NaN, resample(3, 10, 1))).toEqual({ value: null, low: null, high: null });
    expect(estimate((weights) => (weights ? Number.NaN : 0.5), resample(3, 10, 1))).toEqual({
      value: 0.5,
      low: null,
      high: null,
    });
    expect(estimate(() => 0.5, [])).toEqual({ value: 0.5, low: null, high: null });
  });

  it('leaves answers without a value out of a mean', () => {
    expect(meanOfAnswers([1, Number.NaN, 0])).toBe(0.5);
    expect(meanOfAnswers([1, Number.NaN, 0], Uint16Array.of(3, 5, 1))).toBe(0.75);
  });
});
