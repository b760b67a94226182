import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../src/base/in-order.js';

async function* from<T>(items: readonly T[], failure?: Error) {
  yield* items;
  if (failure) throw failure;
}

describe('mapping in order', () => {
  it('hands on every result in the order of the items, and never has more in hand than the window', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 5 }), async (delays, window) => {
        let inHand = 0;
        let most = 0;
        const results: number[] = [];
        const mapped = mapInOrder(from([...delays.keys()]), window, async (index) => {
          most = Math.max(most, ++inHand);
          for (let n = 0; n < delays[index]! * 3; n++) await null;
          inHand--;
          return index;
        });
        for await (const result of mapped) results.push(result);
        expect(results).toEqual([...delays.keys()]);
        expect(most).toBeLessThanOrEqual(window);
      }),
    );
  });

  it('hands on a result while the source still waits for its next item', async () => {
    let release = () => {};
    async function* slow() {
      yield 1;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield 2;
    }
    const mapped = mapInOrder(slow(), 4, async (item) => item);
    expect((await mapped.next()).value).toBe(1);
    release();
    expect((await mapped.next()).value).toBe(2);
    expect((await mapped.next()).done).toBe(true);
  });

  it('hands on what was begun before a failure of the source', async () => {
    const seen: number[] = [];
    const run = async () => {
      const mapped = mapInOrder(from([1, 2, 3], new Error('the disk is gone')), 9, async (item) => {
        await sleep(item);
        return item;
      });
      for await (const item of mapped) seen.push(item);
    };
    await expect(run()).rejects.toThrow('the disk is gone');
    expect(seen).toEqual([1, 2, 3]);
  });
});
