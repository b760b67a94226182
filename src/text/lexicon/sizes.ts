/** Words for the two sizes, plainest first. */
export const sizeWords: { small: readonly string[]; large: readonly string[] } = {
  small: ['small', 'little', 'tiny', 'smaller', 'smallest', 'mini', 'miniature'],
  large: ['large', 'big', 'huge', 'larger', 'largest', 'bigger', 'biggest', 'giant'],
};

/** The word of the other size that fits best in its place: larger for smaller, small for big. */
export function oppositeSizes(word: string): string[] {
  const text = word.toLowerCase();
  const side = sizeWords.small.includes(text) ? 'large' : sizeWords.large.includes(text) ? 'small' : null;
  if (!side) return [];
  const ending = /(er|est)$/.exec(text)?.[0];
  const same = sizeWords[side].filter((candidate) =>
    ending ? candidate.endsWith(ending) : !/(er|est)$/.test(candidate),
  );
  return same.length ? same : [...sizeWords[side]];
}
