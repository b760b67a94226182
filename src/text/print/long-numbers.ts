/*
 * Numbers of phones, cards and accounts: their digits say what they are. Groups, marks between them and the sign before
 * them are a matter of taste, and readers lose spaces and plus signs.
 */

/** Fewer digits are no long number. */
const fewest = 7;
const between = String.raw`[ .\/-]{0,3}(?:\(0\)[ .\/-]?)?`;

/** Shapes of whole numbers in text of small letters, the surest first. */
export const longNumberPatterns: readonly RegExp[] = [
  // +44 20 7946 4528, +44 (0)20-7946-4528, 0044 20 7946 4528, and glued: Phone:+442079464528
  new RegExp(
    String.raw`(?:\+|(?<![\d$€£]|\d[.,:/-]\s?|[$€£]\s)00(?=[1-9]))\d(?:${between}\(?\d\)?){6,16}(?![\d:])(?![.,/]\d)`,
    'dg',
  ),
  // (020) 7946 4528, 020/79464528, 0207 946 4528
  /(?<![\d$€£]|\d[.,:/-]\s?|[$€£]\s)(?:\(0\d{1,4}\)[ -]?|0\d{1,4}(?:[ -]|\s?\/\s?))\d{2,8}(?:[ -]\d{1,6}){0,4}(?![\d:])(?![.,/]\d)/dg,
  // (555) 123-4567, 1-555-123-4567, 555.123.4567
  /(?<![\d$€£]|\d[.,:/-]\s?|[$€£]\s)(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]?\d{4}(?![\d:])(?![.,/-]\d)/dg,
  // GB29 NWBK 6016 1331 9268 19, 4539 1488 0343 6467
  /(?<![a-z\d])[a-z]{2}\d{2}(?:[ -]?[a-z]{4})?(?:[ -]\d{4}){2,6}(?:[ -]\d{1,3})?(?![a-z\d])/dg,
  /(?<![\d$€£]|\d[.,:/-]\s?|[$€£]\s)\d{4}(?:[ -]\d{4}){3}(?![\d:])(?![.,/-]\d)/dg,
];

/** `01.23.45.67.89`, which begins as a date might. */
export const dottedPhone = /(?<![\d$€£]|\d[.,:/-]\s?|[$€£]\s)0\d(?:\.\d{2}){4}(?![\d:])(?![.,/]\d)/dg;

/** Letters and digits of a number, in capitals, without the (0) that stands only before the trunk. */
const keyOf = (text: string) =>
  text
    .replace(/(?<=\+\s?\d[\d\s]*)\(0\)/, '')
    .toUpperCase()
    .replace(/[^\p{L}\d]/gu, '');

const isLong = (key: string) => key.replace(/\D/g, '').length >= fewest;

/**
 * Whether two numbers are the same phone, card or account, as far as both say it: the country may be left out, and a 0 then
 * stands for it.
 */
export function isSameLongNumber(one: string, other: string): boolean {
  const [a, b] = [keyOf(one), keyOf(other)];
  if (!isLong(a) || !isLong(b)) return false;
  return a === b || isAbroad(one, a, b) || isAbroad(other, b, a);
}

/** `+44 20 …` for `020 …`, `+39 06 …` for `06 …`, `1-555-…` for `555-…`. */
function isAbroad(written: string, key: string, home: string): boolean {
  if (/^1\d{10}$/.test(key) && key.slice(1) === home) return true;
  const abroad = /^\s*\+/.test(written) ? key : key.startsWith('00') ? key.slice(2) : undefined;
  if (abroad === undefined || !home.startsWith('0') || home.startsWith('00')) return abroad === home;
  return [home, home.slice(1)].some((end) => abroad.endsWith(end) && [1, 2, 3].includes(abroad.length - end.length));
}

/** Whether the reader may have dropped no more than repeated characters of a number: `44` read as `4` (CTC, Graves et al. 2006). */
export function isRepeatLost(answer: string, printed: string): boolean {
  const [a, b] = [keyOf(answer), keyOf(printed)];
  if (!isLong(a) || !isLong(b) || b.length >= a.length) return false;
  const [said, read] = [repeats(a), repeats(b)];
  return (
    said.length === read.length && said.every((run, at) => run[0] === read[at]![0] && run.length >= read[at]!.length)
  );
}
const repeats = (key: string) => key.match(/(.)\1*/gu) ?? [];

const noDigitBetween = String.raw`[\s().\/+·:–-]{0,4}`;

/** Whether the digits of a number stand in a text one after the other, whatever marks and spaces are between them. */
export function standsIn(text: string, number: string): boolean {
  const digits = number.replace(/\D/g, '');
  if (digits.length < fewest || digits.length > mostDigits) return false;
  return new RegExp(`(?<!\\d)${[...digits].join(noDigitBetween)}(?!\\d)`).test(text);
}
const mostDigits = 40;

/** Runs of digit groups of a text that might be one number: `4539 1488 0343 6467`. */
export const digitRuns = /(?<!\d)\d[\d ()./-]{5,50}\d(?!\d)/g;
