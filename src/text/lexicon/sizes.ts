/** Words for the two sizes, plainest first. */
export const sizeWords: { small: readonly string[]; large: readonly string[] } = {
  small: ['small', 'little', 'tiny', 'smaller', 'smallest', 'mini', 'miniature'],
  large: ['large', 'big', 'huge', 'larger', 'largest', 'bigger', 'biggest', 'giant'],
};

const opposites: readonly (readonly [string, string])[] = [
  ['small', 'large'],
  ['little', 'big'],
  ['tiny', 'huge'],
  ['smaller', 'larger'],
  ['smallest', 'largest'],
];

/** Words of the other size, the best match first: large for small, larger for smaller, small for big. */
export function oppositeSizes(word: string): string[] {
  const text = word.toLowerCase();
  const to = sizeWords.small.includes(text) ? 1 : sizeWords.large.includes(text) ? 0 : null;
  if (to === null) return [];
  const ending = /(er|est)$/.exec(text)?.[0] ?? '';
  const alike = opposites.filter((pair) => (/(er|est)$/.exec(pair[0])?.[0] ?? '') === ending);
  const own = alike.find((pair) => pair.includes(text));
  const plain = alike[0];
  return [...new Set([plain?.[to], own?.[to]])].filter((found) => found !== undefined);
}
