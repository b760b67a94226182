/** Whether a text begins with a capital letter. */
export function isCapitalized(text: string): boolean {
  return /^\p{Lu}/u.test(text);
}

/** The text with its first letter as a capital, where that is one letter too. */
export function capitalize(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 32);
  const upper = first.toUpperCase();
  return upper.length === first.length ? upper + text.slice(first.length) : text;
}

/** The word in the case of another: all capitals, a first capital, or as it is. */
export function likeCase(word: string, like: string): string {
  if (like.length > 1 && like === like.toUpperCase() && like !== like.toLowerCase()) return word.toUpperCase();
  return isCapitalized(like) ? capitalize(word) : word;
}
