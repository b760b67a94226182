import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignmentsOf, balancedOrders } from '../../../annotate/study/design.js';
import { runs } from '../../fixtures/runs.js';

const items = Array.from({ length: 26 }, (_, at) => `i${at}`);

describe('a study', () => {
  test.each([2, 3, 4])(
    'has every one of %i arms once at each place, and behind each other arm equally often',
    (count) => {
      const orders = balancedOrders(count);
      for (let place = 0; place < count; place++) {
        const seen = orders.map((order) => order[place]!);
        for (let arm = 0; arm < count; arm++)
          expect(seen.filter((one) => one === arm)).toHaveLength(orders.length / count);
      }
      const follows = new Map<string, number>();
      for (const order of orders)
        for (const [place, arm] of order.slice(1).entries()) {
          const key = `${order[place]}>${arm}`;
          follows.set(key, (follows.get(key) ?? 0) + 1);
        }
      expect(follows.size).toBe(count * (count - 1));
      expect(new Set(follows.values()).size).toBe(1);
    },
  );

  test('gives nobody an answer twice, and every answer to each arm and each place equally often', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(['flags', 'verdict'] as const, ['flags', 'verdict', 'none'] as const),
        fc.nat(1000),
        (arms, seed) => {
          const design = { seed, arms: [...arms], practice: 2, washout: 1 };
          const people = balancedOrders(arms.length).length * arms.length;
          const seen = new Map<string, number>();
          for (let person = 0; person < people; person++) {
            const own = assignmentsOf(design, items, person);
            expect(new Set(own.map(({ item }) => item)).size).toBe(items.length);
            for (const { item, arm, block } of own)
              if (block > 0)
                for (const key of [`${item} ${arm}`, `${item} block ${block}`]) seen.set(key, (seen.get(key) ?? 0) + 1);
          }
          for (const count of seen.values()) expect(count).toBe(people / arms.length);
        },
      ),
      { numRuns: runs(20) },
    );
  });

  test('is the same for the same seed, whatever order the answers came in', () => {
    const design = { seed: 5, arms: ['flags' as const, 'none' as const], practice: 2, washout: 1 };
    expect(assignmentsOf(design, [...items].reverse(), 3)).toEqual(assignmentsOf(design, items, 3));
  });
});
