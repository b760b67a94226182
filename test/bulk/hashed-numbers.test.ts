import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashedNumbers } from '../../src/bulk/hashed-numbers.js';
import { runs } from '../fixtures/runs.js';

describe('numbers by the hash of a text', () => {
  it('are those of a Map, for any texts and any order', () => {
    const text = fc.oneof(fc.string(), fc.nat(50).map(String));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.maxSafeInteger()), { maxLength: 60 }), text, (writes, other) => {
        const numbers = hashedNumbers();
        const map = new Map<string, number>();
        for (const [key, value] of writes) {
          numbers.set(key, value);
          map.set(key, value);
        }
        expect(numbers.size).toBe(map.size);
        for (const key of [...map.keys(), other]) expect(numbers.get(key)).toBe(map.get(key));
      }),
      { numRuns: runs(40) },
    );
  });

  it('stay right as the table grows', () => {
    const numbers = hashedNumbers();
    const count = 20_000;
    for (let n = 0; n < count; n++) numbers.set(`item ${n}`, n);
    expect(numbers.size).toBe(count);
    for (let n = 0; n < count; n++) if (numbers.get(`item ${n}`) !== n) throw new Error(`item ${n} is lost`);
    expect(numbers.get(`item ${count}`)).toBeUndefined();
  });
});
