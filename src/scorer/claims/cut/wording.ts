import { indefiniteArticle, pluralize } from '../../../text/agreement.js';
import { type NounPhrase, nounOf } from './noun-phrases.js';
import type { TaggedWord } from './tag-words.js';

/** Things that are not counted: `there is water`, not `a water`. */
const masses: ReadonlySet<string> = new Set(
  `water sand grass snow ice text butter cheese bread rice juice milk coffee tea beer wine meat food fruit furniture traffic clothing
  greenery foliage vegetation smoke fog steam hair fur wood metal glass plastic concrete graffiti luggage equipment jewelry makeup
  toast sauce soup salad pasta chocolate cream foam confetti sky sunlight light shade darkness mud dirt gravel asphalt pavement
  broccoli lettuce spinach corn garlic ginger honey sugar salt pepper flour oil writing handwriting lettering signage branding artwork`.split(
    /\s+/,
  ),
);

export const textOf = (words: readonly TaggedWord[]): string => words.map(({ lower }) => lower).join(' ');

/** A pair of them is not spoken of as two. */
const paired =
  /^(?:gloves|mittens|shoes|boots|sneakers|sandals|slippers|socks|skates|skis|earrings|headphones|chopsticks|stockings|heels|trainers|crutches)$/;
const pair = /^(?:(?:a|the) )?(?:pair|couple)$/;
/** `a pair` of dogs is two of them, and `two kinds` are two kinds of them. */
const countOf = ({ number, sort }: Pick<NounPhrase, 'number' | 'sort'>): string =>
  `${textOf(number).replace(pair, 'two')}${sort ? ` ${textOf(sort)} of` : ''}`;

const spell = (words: readonly TaggedWord[]): string => words.map(({ plain }) => plain).join(' ');
const isName = ({ plain }: TaggedWord) => /^\p{Lu}/u.test(plain);

/** `the two red dogs`: a phrase spoken of once more. Who or what a pronoun stands for may not be known. */
export function reference(phrase: NounPhrase): string {
  const { determiner, modifiers, head, plural, kind } = phrase;
  if (kind === 'pronoun') return /^(?:it|this|that|which)/.test(head[0]!.lower) ? 'something' : 'someone';
  const own = determiner && /^(?:his|her|its|their|my|your|our)$/.test(determiner.lower) ? determiner.lower : 'the';
  const named = head.every(isName) && determiner === undefined && modifiers.length === 0 && !plural;
  return [named ? '' : own, countOf(phrase), spell(modifiers), spell(head)].filter(Boolean).join(' ');
}

/** `There are two red dogs.`, of the noun with some of its words. */
export function existence(phrase: NounPhrase, modifiers: readonly TaggedWord[], counted: boolean): string {
  const { head, number, plural, determiner } = phrase;
  const noun = [...modifiers, ...head].map(({ plain }) => plain).join(' ');
  if (!counted && /^(?:each|every)$/.test(determiner?.lower ?? '')) {
    const one = nounOf(phrase);
    const many = [...modifiers, ...head].map((word) => (word === one ? pluralize(word.plain) : word.plain));
    return `There are ${many.join(' ')}.`;
  }
  const unnumbered = determiner === undefined && number.length === 0;
  const bare =
    plural ||
    masses.has(nounOf(phrase).lower) ||
    (unnumbered && head.every(isName)) ||
    (unnumbered && phrase.modifiers.length === 0);
  const count = countOf(phrase);
  if (counted && /\bpair$/.test(textOf(number)) && paired.test(head.at(-1)!.lower))
    return `There is a pair of ${noun}.`;
  const what = counted
    ? `${count === 'single' ? 'a single' : count} ${noun}`
    : bare
      ? noun
      : `${indefiniteArticle(noun)} ${noun}`;
  return `There ${plural ? 'are' : 'is'} ${what}.`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
