import { isKnownNoun, isPlural } from '../text/agreement.js';
import { type Caption, neighbour } from './caption.js';
import { attributeKind } from './lexicon/attributes.js';
import { isNoun } from './lexicon/nouns.js';

const list = (words: string) => new Set(words.trim().split(/\s+/));

const determiners = list('a an the some any no this that these those his her its their my our your another each every');
const numbers = list('one two three four five six seven eight nine ten eleven twelve several many few various both');
const connectors = list(
  'and or of in on at with without to from by near over under behind above below beside between inside outside into onto for as through across along around against toward towards but is are was were riding holding wearing eating',
);
const adjectives = list(
  'smiling cute nice beautiful busy long wide thin thick fat tall big fresh hot cold warm soft shiny lush grassy sandy rocky fried cooked sliced double single lone professional male female asian little other same parked colorful bare broken furry fluffy stuffed toy real very decorated',
);
/** What may follow a whole noun phrase: none of these makes a compound of the noun before it. */
const followers = list(
  `and or of in on at with without to from by near over under behind above below beside between inside outside into onto
  for as through across along around against toward towards but while that which who where when during next is are was
  were has have had can atop up down off out about before after it they he she there
  sits stands rides holds looks walks eats plays lies lays sleeps runs drives flies drinks jumps watches wears uses takes hits
  throws catches swings rests hangs shows poses smiles together very some a an the his her their its`,
);
/** Verbs after a plural, nouns after a singular: two dogs stand, a hot dog stand. */
const pluralVerbs = list('sit stand ride hold look walk eat play lie sleep run fly graze smile wait watch wear');
const notVerbs = list(
  'molding lighting flooring decking bedding frosting topping coating wiring piping parking lettering building ceiling painting wing string ring railing clothing awning clearing icing king bed shed wing',
);

/** Whether the words from `first` to `last` are a whole noun phrase's noun: no compound goes on before or after it. */
export function isWholeNoun(caption: Caption, first: number, last: number): boolean {
  const before = neighbour(caption, first, -1);
  const after = neighbour(caption, last, 1);
  const opens = before === '' ? !caption.words[first - 1]?.quoted : opensNoun(before);
  return (
    opens &&
    (closesNoun(after) || (pluralVerbs.has(after) && isPlural(caption.words[last]!.lower))) &&
    !caption.words[last + 1]?.quoted &&
    !/^[-'’/&]/.test(caption.text.slice(caption.words[last]!.end))
  );
}

function opensNoun(word: string): boolean {
  return (
    determiners.has(word) ||
    numbers.has(word) ||
    /^\d+$/.test(word) ||
    connectors.has(word) ||
    adjectives.has(word) ||
    (attributeKind(word) !== null && word !== 'glass') ||
    (/.{2}(?:ed|y|ous|ful|ish|ic|al|ive|less|ular|ical)$/.test(word) && !isNoun(word) && !isKnownNoun(word))
  );
}

/** Whether the word cannot be a second part of a compound. */
export function closesNoun(word: string): boolean {
  return word === '' || followers.has(word) || (/(?:ing|ed)$/.test(word) && !notVerbs.has(word) && !isNoun(word));
}

/** Whether the word is an adjective in front of a noun: a noun, or more adjectives and then a noun, follow. */
export function modifiedNoun(caption: Caption, index: number): number | null {
  let known = false;
  for (let at = index + 1; at <= index + 4; at++) {
    const word = caption.words[at];
    if (!word?.joined || word.quoted) return null;
    const after = neighbour(caption, at, 1);
    const ends = closesNoun(after) || (pluralVerbs.has(after) && isPlural(word.lower));
    if (ends && (isNoun(word.lower) || (!known && isLikelyNoun(word.text)))) return at;
    known ||= isNoun(word.lower);
    if (connectors.has(word.lower) || determiners.has(word.lower) || closesNoun(word.lower)) return null;
  }
  return null;
}

/** A word at the end of a noun phrase that is no adjective, adverb or verb form by its look. */
function isLikelyNoun(word: string): boolean {
  const lower = word.toLowerCase();
  return (
    /^\p{Ll}{3,}$/u.test(word) &&
    !/(?:ly|ed|ing|ful|ous|able|ible|ish|less|est|ward|wards)$/.test(lower) &&
    attributeKind(lower) === null &&
    !adjectives.has(lower) &&
    !determiners.has(lower) &&
    !numbers.has(lower) &&
    !connectors.has(lower) &&
    !followers.has(lower) &&
    !pluralVerbs.has(lower) &&
    !noNouns.has(lower)
  );
}

const noNouns = list(
  'colored coloured toned visible clear left right lower upper middle front back far near close apart upright horizontal vertical diagonal facing blurry one ones more less most least almost also then there here not yet only just even each both all same different similar unknown out off away together slightly mostly partially in-focus',
);

export function isDeterminer(word: string): boolean {
  return determiners.has(word);
}

export function isNumber(word: string): boolean {
  return numbers.has(word) || /^\d+$/.test(word);
}
