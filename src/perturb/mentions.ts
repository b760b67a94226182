import { singularize } from '../text/agreement.js';
import { splitSentences } from '../text/sentences.js';
import type { Caption } from './caption.js';
import { isPerson, nounOf } from './lexicon/nouns.js';

const own = (phrase: string) => {
  const word = phrase.replace(/['’]s?$/, '');
  return nounOf(word)?.names[0] ?? singularize(word);
};

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

const peopleAgain =
  /^(?:he|she|his|her|him|hers|they|them|their|who|individuals?|figures?|players?|athletes?|skaters?|surfers?|riders?|cyclists?|workers?|pedestrians?|subjects?|performers?|students?|members?)$/;

/** Whether someone is spoken of again after these words, by whatever name: a man kicks a ball, and the player is focused. */
export function isPersonAgain({ words }: Caption, noun: number): boolean {
  return (
    isPerson(words[noun]!.lower) &&
    words.slice(noun + 1).some(({ lower, quoted }) => !quoted && (peopleAgain.test(lower) || isPerson(lower)))
  );
}

/** A background is a backdrop. */
const headOf = (word: string) => (/^(?:backdrop|background)s?$/.test(word) ? 'background' : singularize(word));

/** Whether a look is said again in its sentence, the one before or the next, where it may be of the same thing: its hues, a lighter green. */
export function isRepeated({ text, words }: Caption, index: number): boolean {
  const word = words[index]!;
  const sentences = splitSentences(text);
  const own = sentences.findIndex(({ start, end }) => start <= word.start && word.start < end);
  const from = sentences[own - 1]?.start ?? sentences[own]?.start ?? 0;
  const to = sentences[own + 1]?.end ?? sentences[own]?.end ?? text.length;
  return words.some(
    ({ lower, start }, at) =>
      at !== index && start >= from && start < to && (lower === word.lower || lower === `${word.lower}ish`),
  );
}

/** Whether the caption says the word of the same thing again: another red shirt. */
export function isSaidAgain({ words }: Caption, index: number, noun: number): boolean {
  const head = headOf(words[noun]!.lower);
  return words.some(({ lower }, at) => {
    if (at === index || lower !== words[index]!.lower || Math.abs(at - index) < 3) return false;
    return words.slice(Math.max(0, at - 3), at + 4).some((word) => headOf(word.lower) === head);
  });
}
