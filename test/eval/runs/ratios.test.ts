import { describe, expect, it } from 'vitest';
import { ratioSums } from '../../../eval/runs/ratios.js';
import { seededRandom } from '../../../scenes/random.js';

describe('ratio figures', () => {
  it('are ratios of sums, and leave out who has no part', () => {
    const sums = ratioSums([
      { name: 'a', share: false },
      { name: 'b', share: false },
    ]);
    sums.add([
      [1, 2],
      [5, 1],
    ]);
    sums.add([[2, 2], null]);
    const [a, b] = sums.estimates(100, 1);
    expect(a!.value).toBe(0.75);
    expect(b!.value).toBe(5);
    expect(sums.items).toBe(2);
  });

  it('have intervals that hold the truth about as often as they say', () => {
    let held = 0;
    const trials = 120;
    for (let trial = 0; trial < trials; trial++) {
      const random = seededRandom(trial + 1);
      const sums = ratioSums([{ name: 'share', share: true }]);
      for (let item = 0; item < 200; item++) sums.add([[random() < 0.3 ? 1 : 0, 1]]);
      const [{ low, high }] = sums.estimates(200, trial) as unknown as [{ low: number; high: number }];
      if (low <= 0.3 && 0.3 <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.88);
  });

  it('have the same intervals for many items, which are put together in groups', () => {
    const random = seededRandom(5);
    const sums = ratioSums([{ name: 'share', share: true }]);
    for (let item = 0; item < 20_000; item++) sums.add([[random() < 0.3 ? 1 : 0, 1]]);
    const [{ value, low, high }] = sums.estimates(300, 1) as unknown as [{ value: number; low: number; high: number }];
    const half = 1.96 * Math.sqrt((0.3 * 0.7) / 20_000);
    expect(value).toBeCloseTo(0.3, 2);
    expect(value - low).toBeGreaterThan(half * 0.8);
    expect(value - low).toBeLessThan(half * 1.25);
    expect(high - value).toBeLessThan(half * 1.25);
  });

  it('have narrower intervals for paired differences than apart', () => {
    const random = seededRandom(6);
    const sums = ratioSums([
      { name: 'a', share: false },
      { name: 'b', share: false },
    ]);
    for (let item = 0; item < 400; item++) {
      const hard = random() < 0.5;
      sums.add([
        [hard ? 0 : 1, 1],
        [hard && random() > 0.1 ? 0 : 1, 1],
      ]);
    }
    const [a] = sums.estimates(300, 1);
    const [difference] = sums.differences([[1, 0]], 300, 1);
    expect(difference!.value).toBeGreaterThan(0);
    expect(difference!.low).toBeGreaterThan(0);
    expect(difference!.high! - difference!.low!).toBeLessThan((a!.high! - a!.low!) * 0.8);
  });

  it('are null where nothing was counted', () => {
    const sums = ratioSums([{ name: 'a', share: false }]);
    sums.add([null]);
    expect(sums.estimates(10, 1)).toEqual([{ value: null, low: null, high: null }]);
  });
});
