/** The words for 0 to 20, by value. */
export const numberWords: readonly string[] =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

const counts: ReadonlyMap<string, number> = new Map([
  ...numberWords.map((word, value) => [word, value] as const),
  ['a', 1],
  ['an', 1],
  ['a single', 1],
  ['single', 1],
  ['no', 0],
  ['pair', 2],
  ['couple', 2],
  ['a pair', 2],
  ['a pair of', 2],
  ['a couple', 2],
  ['a couple of', 2],
  ['both', 2],
  ['dozen', 12],
  ['a dozen', 12],
]);

/** The number that a count phrase says (`three`, `3`, `a pair of`), or null where it says none. */
export function parseCount(phrase: string): number | null {
  const text = phrase.trim().toLowerCase().replace(/\s+/g, ' ');
  return /^\d{1,6}$/.test(text) ? Number(text) : (counts.get(text) ?? null);
}
