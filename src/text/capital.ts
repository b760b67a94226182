/** Whether a text begins with a capital letter. */
export function isCapitalized(text: string): boolean {
  return /^[\p{Lu}\p{Lt}]/u.test(text);
}

/** The text with its first letter as a capital, where that is one letter too: `ß` and `ﬁ` have none and stay. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  const upper = first.toUpperCase();
  return [...upper].length === 1 ? upper + text.slice(first.length) : text;
}

/**
 * The word in the case of another: all capitals, where that has more than one letter; a first capital; or as it is.
 * Letters are whole code points.
 */
export function likeCase(word: string, like: string): string {
  if ([...like].length > 1 && like === like.toUpperCase() && like !== like.toLowerCase()) return word.toUpperCase();
  return isCapitalized(like) ? capitalize(word) : word;
}
