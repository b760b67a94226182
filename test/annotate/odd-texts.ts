import fc from 'fast-check';

/** Words that are hard to count in: every one is a trap that some tool fell into. */
const odd = [
  '😀',
  '👨‍👩‍👧',
  '🇩🇪',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'e\u0301te\u0301',
  'x\u0308\u0323',
  'naïve',
  'red',
  'car',
  'شجرة',
  'عَرَبِيّ',
  'עֵץ',
  '一只红色的猫',
  '日本語',
  'ไทย',
  '𝕏',
  '"quoted"',
  'a,b;c',
  "='1+1",
  '3.5',
  "don't",
  '<b>',
];
const between = [' ', '  ', '\r\n', '\n', '\u00a0', ', ', '. ', '\t', ' \u200f', '\u2028'];

/** An answer of odd words, with what stands between them. */
export const oddText = (minWords = 1): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...odd), fc.constantFrom(...between)), { minLength: minWords, maxLength: 25 })
    .map((parts) => parts.flat().join(''));
