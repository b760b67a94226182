import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escaped, phraseFinder } from '../../src/text/phrase-finder.js';
import { runs } from '../fixtures/runs.js';

const phrases = ['dog', 'dogs', 'hot dog', 'hot dogs', 't-shirt', "jack-o'-lantern", 'dog house', 'é', '3d glasses'];

it.each([
  ['Two HOT  DOGS, a dog-house and a T-shirt.', ['HOT  DOGS', 'dog', 'T-shirt']],
  ['_dog_ **dog house** dogmatic underdog dog1', ['dog', 'dog house']],
  ['a jack-o’-lantern and 3D glasses; é', ['jack-o’-lantern', '3D glasses', 'é']],
])('finds whole phrases, the longest first: %s', (text, wanted) => {
  const find = phraseFinder(phrases);
  expect(find(text).map(({ start, end }) => text.slice(start, end))).toEqual(wanted);
});

it('finds what one pattern of all phrases finds', () => {
  const find = phraseFinder(phrases);
  const longest = [...phrases].sort((a, b) => b.length - a.length).map(escaped);
  const all = new RegExp(
    `(?<![\\p{L}\\p{M}\\p{N}]_{0,2})(?:${longest.join('|')})(?!_{0,2}[\\p{L}\\p{M}\\p{N}])`,
    'giu',
  );
  const parts = fc.constantFrom(
    ...phrases,
    ' ',
    '  ',
    '-',
    '_',
    '__',
    '’',
    'x',
    '7',
    '\u0301',
    '🐕',
    '\n',
    'DOG',
    'hot',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
      const text = some.join('');
      const wanted = [...text.matchAll(all)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
      expect(find(text)).toEqual(wanted);
    }),
    { numRuns: runs(500) },
  );
});
