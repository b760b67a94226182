import { describe, expect, test } from 'vitest';
import { failsUnder } from '../../cli/fail-under.js';
import { pooledFigures } from '../../eval/benchmarks/figures.js';
import { outcomeKeys } from '../../eval/correct/outcome.js';
import { summariseRun } from '../../eval/correct/summary.js';
import { hallucinationRates } from '../../eval/hallucination/rates.js';
import { ratioSums } from '../../eval/runs/ratios.js';
import { estimateAll, estimateCounts } from '../../eval/stats/bootstrap.js';
import { edgeEstimate, shareEstimate, shareOf } from '../../eval/stats/exact.js';
import { permutationTest } from '../../eval/stats/permutation.js';
import { overSeeds } from '../../eval/stats/seeds.js';
import { seededRandom } from '../../scenes/random.js';

const options = { resamples: 300, seed: 1 };
/** Clopper and Pearson's upper bound of none in 72. */
const upper = 1 - 0.025 ** (1 / 72);

describe('95 % intervals hold the truth about so often', () => {
  /** In how many of 200 studies the interval of a share holds the rate it was drawn from: answers in fives about one picture. */
  function coverage(pictures: number, rate: number, alike: number): number {
    const random = seededRandom(7);
    let holds = 0;
    for (let study = 0; study < 200; study++) {
      const rows = Array.from({ length: pictures }, (): [number, number] => {
        const own = random() < alike ? (random() < rate ? 1 : 0) : rate;
        return [Array.from({ length: 5 }, () => random()).filter((draw) => draw < own).length, 5];
      });
      const drawn = estimateCounts(rows, ([hits, of]) => ({ share: hits! / of! }), { resamples: 200, seed: study });
      const { low, high } = shareEstimate(drawn.share, rows);
      if (low! <= rate && rate <= high!) holds++;
    }
    return holds / 200;
  }

  // 30 pictures whose answers are independent, and such of which a third are all right or all wrong
  test.each([
    [0.01, 0],
    [0.05, 0],
    [0.5, 0],
    [0.05, 0.3],
    [0.5, 0.3],
  ])('rate %f, %f of the pictures all alike', (rate, alike) => {
    expect(coverage(30, rate, alike)).toBeGreaterThanOrEqual(0.91);
  });
});

describe('none of 72 may still be about 5 in 100', () => {
  test('in a run of eval correct, where --fail-under on the bound fails', () => {
    const builder = summariseRun(['loop']);
    for (let id = 0; id < 72; id++)
      builder.add({
        id: String(id),
        right: 1,
        wrong: 0,
        strategies: { loop: { status: 'clean', outcome: outcomeKeys.map((key) => (key === 'right' ? 1 : 0)) } },
      });
    const summary = builder.finish(options.resamples, options.seed);
    const { harmed } = summary.strategies[0]!.figures;
    expect(harmed).toMatchObject({ value: 0, low: 0 });
    expect(harmed!.high).toBeCloseTo(upper, 6);
    expect(upper).toBeCloseTo(0.0499, 4);
    const bounds = [{ strategy: 'loop', figure: 'harmed', bound: 0.02 }];
    expect(failsUnder(summary, bounds, 'value')).toEqual([]);
    expect(failsUnder(summary, bounds, 'bound')).toEqual([
      'loop.harmed may be as high as 0.0499, over the bound of 0.02',
    ]);
  });

  test('in a benchmark, whatever its unit', () => {
    const rows = Array.from({ length: 72 }, () => [0, 1]);
    const [percent, share] = pooledFigures(
      rows,
      (['%', 'share'] as const).map((unit) => ({
        name: unit,
        kind: 'hallucination' as const,
        unit,
        of: (sums: Float64Array) => ((unit === '%' ? 100 : 1) * sums[0]!) / sums[1]!,
        hits: (sums: Float64Array) => sums[0]!,
        over: (sums: Float64Array) => sums[1]!,
      })),
      options,
    );
    expect(percent!.high).toBeCloseTo(100 * upper, 4);
    expect(share!.high).toBeCloseTo(upper, 6);
  });

  test('in hallucination rates', () => {
    const clean = { response: 'A dog.', tokens: [{ start: 2, end: 5, reward: 0.9 }] };
    const rates = hallucinationRates(
      Array.from({ length: 72 }, () => clean),
      0.5,
      options,
    );
    for (const rate of [rates.token, rates.sentence, rates.response]) {
      expect(rate).toMatchObject({ value: 0, low: 0 });
      expect(rate.high).toBeCloseTo(100 * upper, 4);
    }
    expect(rates.judged.low).toBeLessThan(100);
  });
});

describe('intervals', () => {
  test('of a share with few events hold the truth at least as often as they say', () => {
    let held = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const random = seededRandom(trial + 1);
      const sums = ratioSums([{ name: 'share', share: true }]);
      for (let item = 0; item < 60; item++) sums.add([[random() < 0.03 ? 1 : 0, 1]]);
      const { low, high } = sums.estimates(100, trial)[0]!;
      if (low! <= 0.03 && 0.03 <= high!) held++;
    }
    expect(held / trials).toBeGreaterThan(0.95);
  });

  test('of a share whose answers stand and fall together by picture hold the truth as often as they say', () => {
    // held by 92 and 91 of 100 as long as t counted answers, not pictures
    for (const [pictures, answers, truth] of [
      [8, 20, 0.3],
      [8, 20, 0.05],
    ] as const) {
      let held = 0;
      const trials = 800;
      for (let trial = 0; trial < trials; trial++) {
        const random = seededRandom(trial + 1);
        const hit = () => (random() < truth ? 1 : 0);
        const clusters = Array.from({ length: pictures }, () => {
          const all = random() < 0.3 ? hit() : null;
          const hits = Array.from({ length: answers }, () => all ?? hit()).reduce<number>((sum, one) => sum + one, 0);
          return [hits, answers] as const;
        });
        const { low, high } = shareOf(clusters);
        if (low <= truth && truth <= high) held++;
      }
      expect(held / trials).toBeGreaterThan(0.94);
    }
  });

  test('of a count over another that it can outnumber are the bootstrap’s, and hold the truth', () => {
    let held = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const random = seededRandom(trial + 1);
      const sums = ratioSums([{ name: 'coverage', share: true }]);
      for (let item = 0; item < 120; item++) {
        const before = 2 + Math.floor(random() * 9);
        sums.add([[random() < 0.5 ? before : 1 + Math.floor(random() * 11), before]]);
      }
      const { value, low, high } = sums.estimates(200, trial)[0]!;
      expect(high! - low!).toBeLessThan(0.3);
      expect(low! < value! && value! < high!).toBe(true);
      if (low! <= 1 && 1 <= high!) held++;
    }
    expect(held / trials).toBeGreaterThan(0.9);
  });

  test('are not there where a bootstrap cannot have one', () => {
    const { ap } = estimateAll(16, () => ({ ap: 1 }), options);
    expect(ap).toEqual({ value: 1, low: null, high: null });
  });

  test('of an AUROC of 1 are those of so many pairs, all in order', () => {
    expect(edgeEstimate({ value: 1, low: null, high: null }, 8).low).toBeCloseTo(0.025 ** (1 / 8), 9);
    const inside = { value: 0.9, low: 0.8, high: 1 };
    expect(edgeEstimate(inside, 8)).toBe(inside);
    expect(edgeEstimate({ value: 1, low: null, high: null }, 0)).toEqual({ value: 1, low: null, high: null });
  });

  test('of many events are the bootstrap’s', () => {
    const estimate = { value: 0.5, low: 0.41, high: 0.6 };
    expect(
      shareEstimate(
        estimate,
        Array.from({ length: 100 }, (_, at) => [at % 2, 1] as const),
      ),
    ).toBe(estimate);
    expect(shareOf([[1, 1]])).toMatchObject({ share: 1, low: expect.closeTo(0.025, 6), high: 1 });
  });
});

describe('a permutation test', () => {
  const difference = (pairs: readonly number[]) => (swapped: Uint8Array) =>
    pairs.reduce((sum, pair, at) => sum + (swapped[at] ? -pair : pair), 0);

  test('of few pairs counts all assignments: five wins of five have p = 2 / 32', () => {
    expect(permutationTest(5, difference([1, 1, 1, 1, 1]), { draws: 1000, seed: 1 })).toBe(2 / 32);
    expect(permutationTest(4, difference([1, -1, 1, -1]), { draws: 1000, seed: 1 })).toBe(1);
  });

  test('of many pairs draws them, and is never nought', () => {
    const wins = Array.from({ length: 40 }, () => 1);
    expect(permutationTest(40, difference(wins), { draws: 999, seed: 1 })).toBe(1 / 1000);
    const even = Array.from({ length: 40 }, (_, at) => (at % 2 ? 1 : -1));
    expect(permutationTest(40, difference(even), { draws: 999, seed: 1 })).toBe(1);
  });

  test('calls a true "no difference" different about as often as it says', () => {
    let called = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const random = seededRandom(trial + 1);
      const pairs = Array.from({ length: 30 }, () => random() - 0.5);
      if (permutationTest(30, difference(pairs), { draws: 199, seed: trial })! <= 0.05) called++;
    }
    expect(called / trials).toBeLessThan(0.1);
  });
});

describe('figures over seeds', () => {
  const report = (fixed: number) => ({
    strategies: [
      {
        name: 'loop',
        figures: { fixed: { value: fixed, low: 0, high: 1 }, cost: { value: null, low: null, high: null } },
      },
    ],
  });

  test('have a mean and a deviation with n - 1', () => {
    expect(overSeeds([report(0.1), report(0.2), report(0.3)])).toEqual([
      {
        name: 'strategies/loop/figures/fixed',
        runs: 3,
        mean: expect.closeTo(0.2, 12),
        deviation: expect.closeTo(0.1, 12),
        least: 0.1,
        most: 0.3,
      },
    ]);
  });

  test('need two reports of the same command', () => {
    expect(() => overSeeds([report(0.1)])).toThrow(/at least two seeds/);
    expect(() => overSeeds([report(0.1), { other: 1 }])).toThrow(/no figure in common/);
  });
});
