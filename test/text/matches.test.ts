import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matches } from '../../src/text/matches.js';

it('finds what matchAll finds, empty matches and astral characters too', () => {
  const patterns = [/a+/g, /a*/g, /(?<=b)/gu, /\p{L}?/gu, /(?:dogs?|😀)\b/giu, /^/gm];
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '\n', '😀', '\ud83d', 'dog') });
  fc.assert(
    fc.property(text, fc.constantFrom(...patterns), (said, pattern) => {
      const wanted = [...said.matchAll(pattern)].map((match) => [match.index, match[0]]);
      expect(matches(said, pattern).map((match) => [match.index, match[0]])).toEqual(wanted);
      // and leaves no state behind
      expect(matches(said, pattern)).toHaveLength(wanted.length);
    }),
  );
});
