import { singularize } from '../text/agreement.js';
import type { Caption } from './caption.js';
import { nounOf } from './lexicon/nouns.js';

const own = (word: string) => nounOf(word)?.names[0] ?? singularize(word);

/**
 * Whether the caption names the thing of these words again elsewhere: a twin that changes one mention contradicts the
 * other, and can be told to be wrong without the picture.
 */
export function isNamedAgain({ words }: Caption, first: number, last = first): boolean {
  const name = own(
    words
      .slice(first, last + 1)
      .map(({ lower }) => lower)
      .join(' '),
  );
  return words.some(({ lower, quoted }, at) => {
    if (quoted || (at >= first && at <= last)) return false;
    const two = words[at + 1]?.joined ? `${lower} ${words[at + 1]!.lower}` : lower;
    return own(lower) === name || own(two) === name;
  });
}

/** Whether the caption says the word of the same thing again: another red shirt. */
export function isSaidAgain({ words }: Caption, index: number, noun: number): boolean {
  const head = singularize(words[noun]!.lower);
  return words.some(({ lower }, at) => {
    if (at === index || lower !== words[index]!.lower || Math.abs(at - index) < 4) return false;
    return words.slice(Math.max(0, at - 3), at + 4).some((word) => singularize(word.lower) === head);
  });
}
