import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findTerms } from '../../src/text/terms.js';
import { runs } from '../fixtures/runs.js';

it('finds words through soft hyphens, word joiners and byte order marks, where they stand', () => {
  const text = 'Two green airplanes are to the left of three hot dogs, and a fire engine is above an owl.';
  const bare = findTerms(text).map(({ kind, text: said }) => [kind, said]);
  expect(bare.length).toBeGreaterThan(8);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(text.length), fc.constantFrom('\u00ad', '\u2060', '\ufeff')), { maxLength: 12 }),
      (marks) => {
        let marked = text;
        for (const [at, mark] of marks) marked = marked.slice(0, at) + mark + marked.slice(at);
        const found = findTerms(marked);
        expect(found.map(({ kind, text: said }) => [kind, said.replace(/[\u00ad\u2060\ufeff]/g, '')])).toEqual(bare);
        for (const { start, end, text: said } of found) expect(marked.slice(start, end)).toBe(said);
      },
    ),
    { numRuns: runs(200) },
  );
});
