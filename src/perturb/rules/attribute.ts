import { likeCase } from '../../text/capital.js';
import { type Caption, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import { attributeKind, otherAttributes, smallWords } from '../lexicon/attributes.js';
import { isAnimal, isPerson } from '../lexicon/nouns.js';
import { isSaidAgain } from '../mentions.js';
import { isDeterminer, isNumber, modifiedNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Visual attribute: a colour, material, size or state of a thing becomes another of its kind that the caption does not
 * name. Words that call something small belong to the small-object type.
 */
export const attribute: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (!isAttribute(caption, index) || !word.asserted || smallWords.has(word.lower)) return [];
    if (isSaidAgain(caption, index, modifiedNoun(caption, index)!)) return [];
    const said = new Set(caption.words.map(({ lower }) => lower));
    const others = otherAttributes(word.lower).filter((other) => !said.has(other) && fits(other, caption, index));
    const other = choose(random, word.lower === 'red' && neighbour(caption, index, 1) === 'wine' ? ['white'] : others);
    return other === undefined ? [] : [[changeOf(caption, index, index, likeCase(other, word.text))]];
  });

/** Whether the word says how the noun after it looks, and is no part of a name or of a mixture (black and white). */
export function isAttribute(caption: Caption, index: number): boolean {
  const word = caption.words[index]!;
  if (word.quoted || attributeKind(word.lower) === null) return false;
  const before = neighbour(caption, index, -1);
  const after = neighbour(caption, index, 1);
  if (/^(dark|light|bright)$/.test(word.lower) && attributeKind(after) === 'colour') return false;
  if (/^(very|too|so|how|more|most|a-little)$/.test(before) || comparative.test(after)) return false;
  // bluish grey: one colour in two words
  if (attributeKind(word.lower) === 'colour' && [before, after].some((other) => attributeKind(other) === 'colour'))
    return false;
  // a white and black cat: which part has which colour is not said
  if (after === 'and' && attributeKind(caption.words[index + 2]?.lower ?? '') !== null) return false;
  if (before === 'and' && attributeKind(caption.words[index - 2]?.lower ?? '') !== null) return false;
  const noun = modifiedNoun(caption, index);
  if (after === '' || noun === null || pictures.test(caption.words[noun]!.lower)) return false;
  if (
    ambiguous.has(word.lower) &&
    !(isDeterminer(before) || isNumber(before) || attributeKind(before) !== null || before === 'with')
  )
    return false;
  if (before === 'off' || (attributeKind(word.lower) !== 'age' && isPersonAt(caption, index))) return false;
  if (names.has(`${word.lower} ${after}`)) return false;
  return index === 0 || !/^\p{Lu}/u.test(word.text) || word.text === word.text.toUpperCase();
}

/** What a picture is, and not what is in it. */
const pictures = /^(?:shot|view|image|photo|photograph|picture|angle|scene|lines?)$/;

/** A little higher: no look of a thing. */
export const comparative =
  /^(?:high|low|larg|small|bigg|tall|long|short|dark|light|bright|clos|furth|farth|wid|thick|thinn|narrow|old|young)er$/;

function isPersonAt(caption: Caption, index: number): boolean {
  return isPerson(caption.words[modifiedNoun(caption, index) ?? index]!.lower);
}

/** Words that are verbs, nouns or adverbs as well: taken only right after what opens a noun phrase. */
const ambiguous = new Set(
  'open closed clear dry wet light bright dark clean empty full short square round glass stone brick concrete metal wood plastic leather orange gold silver high'.split(
    ' ',
  ),
);

/** Things whose name has the word in it. */
const names = new Set(
  'stone age|high school|high chair|full moon|short pants|glass window|glass door|glass windows|wine glass|orange juice|big ben|green beans|black bear|polar bear|brown bear|white house|grand piano|new york|square table|light bulb|black board|green pepper|red pepper|large group|large crowd|large number|large variety|big group|big crowd|large amount|new year|young people|old man|clear day|bright day|clear sky|square plate|high table|dark night|short distance|large body|green grass|green field|open field|open fields|open air|open space|open area'.split(
    '|',
  ),
);

/** A blue dog would be told without the picture. */
const furColours = /^(?:brown|black|white|gray)$/;

/** What lies flat is of few materials. */
const grounds =
  /^(?:road|street|path|pathway|patio|sidewalk|ground|grass|field|bar|bars|curb|hinge|hinges|wire|wires|letters)$/;

const onlyOf: Readonly<Record<string, RegExp>> = {
  leather: /^(couch|sofa|chair|bag|purse|jacket|seat|suitcase|bench|stool)s?$/,
  plastic: /./,
  wicker: /^(basket|chair|table|stool|bench|furniture)s?$/,
  rubber: /^(tire|boot|ball|duck|mat|glove|hose)s?$/,
  ceramic: /^(bowl|plate|cup|mug|vase|pot|tile|figurine|sink|planter|dish)s?$/,
  cardboard: /^(box|boxes|sign|tube|container)s?$/,
};

/** Whether the noun after the word at `index` could look so. */
export function fits(other: string, caption: Caption, index: number): boolean {
  const noun = caption.words[modifiedNoun(caption, index) ?? index]!.lower;
  if (isAnimal(noun) && attributeKind(other) === 'colour' && !furColours.test(other)) return false;
  if (attributeKind(other) === 'material' && grounds.test(noun)) return false;
  return onlyOf[other]?.test(noun) ?? true;
}
