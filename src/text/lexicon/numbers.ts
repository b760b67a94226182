/** The words for 0 to 20, by value. */
export const numberWords: readonly string[] =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

const phrases: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  'a single': 1,
  single: 1,
  no: 0,
  pair: 2,
  couple: 2,
  'a pair': 2,
  'a pair of': 2,
  'a couple': 2,
  'a couple of': 2,
  both: 2,
  dozen: 12,
  'a dozen': 12,
};

/** The number that a count phrase says (`three`, `3`, `a pair of`), or null where it says none. */
export function parseCount(phrase: string): number | null {
  const text = phrase.trim().toLowerCase().replace(/\s+/g, ' ');
  if (/^\d{1,6}$/.test(text)) return Number(text);
  const word = numberWords.indexOf(text);
  return word >= 0 ? word : (phrases[text] ?? null);
}
