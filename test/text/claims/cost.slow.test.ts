import { expect, it } from 'vitest';
import { claimsOf } from '../../../src/text/claims/claims.js';
import { plainFacts } from '../../../src/text/claims/plain-facts.js';
import { cpuTime } from '../../cpu-time.js';

it.each([
  ['sentences', 'There is a dog, which might be used as a banner, on the left of a red car. '],
  ['one endless sentence', 'a dog would be like a cat if, '],
  ['words without a stop', 'could dog '],
  ['quotes', '"a '],
  ['capitals', 'Dog '],
])('takes processor time that grows with the text, no faster: %s', { retry: 2 }, (_, unit) => {
  const cost = (length: number) => {
    const whole = unit.repeat(Math.ceil(length / unit.length));
    const runs = Array.from({ length: 5 }, (_, run) => {
      // what was read is kept
      const text = `${run} ${whole}`;
      const start = cpuTime();
      claimsOf(text);
      plainFacts(text);
      return cpuTime() - start;
    });
    return Math.min(...runs);
  };
  cost(10_000);
  // squared cost would be 16 times
  expect(cost(80_000)).toBeLessThan(8 * cost(20_000) + 30);
});
