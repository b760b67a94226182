import { singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { type Caption, type CaptionWord, neighbour } from '../caption.js';
import type { Change } from '../label-changes.js';
import { attributeKind, exclude } from '../lexicon/attributes.js';
import { isNoun, isPerson } from '../lexicon/nouns.js';
import { isSaidAgain } from '../mentions.js';
import { closesNoun, modifiedNoun } from '../noun-phrases.js';
import { doubtOfLook, fits, isAttribute } from './attribute.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Attribute binding: two different looks of one kind change places between two different things, in one clause or two:
 * `a red hat and a blue scarf`, `the left door is open and the right one is closed`.
 */
export const binding: Rule = (caption) => {
  const looks = caption.words.flatMap((word, index) => {
    const noun = isAttribute(caption, index, { once: true })
      ? modifiedNoun(caption, index)
      : predicateOf(caption, index);
    return noun === null || !word.asserted || isSaidAgain(caption, index, noun) ? [] : [{ word, index, noun }];
  });
  const alike = exchanged(caption, looks);
  return alike.length > 0 ? alike : exchangedAcross(caption, looks);
};

interface Look {
  word: CaptionWord;
  index: number;
  noun: number;
}

function exchanged(caption: Caption, looks: readonly Look[]): Change[][] {
  return looks.flatMap((one, at) =>
    looks
      .slice(at + 1)
      .filter(
        (other) =>
          other.index > Math.max(one.index, one.noun) &&
          other.noun !== one.noun &&
          exclude(one.word.lower, other.word.lower) &&
          !/^(?:light|weather)$/.test(attributeKind(one.word.lower)!) &&
          !(attributeKind(one.word.lower) === 'size' && /\b(?:bigger|smaller|larger)\b/i.test(caption.text)) &&
          fits(other.word.lower, caption, one.index, one.noun) &&
          fits(one.word.lower, caption, other.index, other.noun) &&
          !isNear(caption, one.index, other.word.lower, other.index) &&
          !isNear(caption, other.index, one.word.lower, one.index) &&
          (singularize(caption.words[one.noun]!.lower) !== singularize(caption.words[other.noun]!.lower) ||
            ownersDiffer(caption, one.noun, other.noun)),
      )
      .map((other) => change(caption, one, other)),
  );
}

function change(caption: Caption, one: Look, other: Look): Change[] {
  const put = (look: Look, at: Look) =>
    doubted(
      [changeOf(caption, at.index, at.index, likeCase(look.word.lower, at.word.text))],
      doubtOfLook(caption, look.word.lower, at.noun),
    );
  return [...put(other, one), ...put(one, other)];
}

/** What can be of wood, metal or stone. */
const built =
  /^(?:table|chair|bench|door|fence|wall|box|shelf|cabinet|floor|frame|pole|post|gate|railing|bowl|cup|vase|basket|plate|statue|tower|building|house|planter|stool|desk|handle|counter|barrel|bucket|crate|ladder|pillar|column|tray|spoon|fork|cart|platform|pedestal|base|staircase|sculpture|lamp|clock)$/;
const across = /^(?:colour|material|pattern)$/;

/**
 * Looks of two kinds: a wooden table and a red chair. Both tables and chairs might be both, but what is called wooden is seldom red,
 * so that this is for captions without two looks of one kind only. Neither thing may have a second look.
 */
function exchangedAcross(caption: Caption, looks: readonly Look[]): Change[][] {
  const plain = looks.filter(({ word, noun, index }) => {
    const phrase = caption.words
      .slice(Math.max(0, index - 2), noun)
      .filter(({ lower }) => attributeKind(lower) !== null);
    return across.test(attributeKind(word.lower)!) && phrase.length === 1 && noun > index;
  });
  const takes = (look: string, { index, noun }: Look) =>
    fits(look, caption, index, noun) &&
    (attributeKind(look) !== 'material' || built.test(singularize(caption.words[noun]!.lower))) &&
    (attributeKind(look) !== 'pattern' || cloths.test(singularize(caption.words[noun]!.lower)));
  return plain.flatMap((one, at) =>
    plain
      .slice(at + 1)
      .filter(
        (other) =>
          attributeKind(one.word.lower) !== attributeKind(other.word.lower) &&
          singularize(caption.words[one.noun]!.lower) !== singularize(caption.words[other.noun]!.lower) &&
          takes(other.word.lower, one) &&
          takes(one.word.lower, other) &&
          caption.words.every(
            ({ lower }, place) =>
              place === one.index || place === other.index || (lower !== one.word.lower && lower !== other.word.lower),
          ),
      )
      .map((other) => change(caption, one, other)),
  );
}

const cloths =
  /^(?:shirt|skirt|dress|jacket|coat|scarf|blanket|pillow|cushion|rug|curtain|tie|tablecloth|umbrella|towel|bag|hat|sweater|couch|sofa|apron|napkin)$/;

/** Whether the word stands elsewhere near a place, where it would then be said of two things: green with green tips. */
function isNear({ words }: Caption, index: number, look: string, except: number): boolean {
  return words.some(
    ({ lower }, at) => lower === look && at !== except && Math.abs(at - index) <= 8 && Math.abs(at - index) > 0,
  );
}

/** The subject of `the door is open`: the noun before the verb; null where the word is no such predicate. */
function predicateOf(caption: Caption, index: number): number | null {
  const word = caption.words[index]!;
  if (word.quoted || attributeKind(word.lower) === null || !/^(is|are|was|were)$/.test(neighbour(caption, index, -1)))
    return null;
  if (!closesNoun(neighbour(caption, index, 1))) return null;
  return isNoun(neighbour(caption, index - 1, -1)) ? index - 2 : null;
}

/** Two hats are two things where different people wear them, and two doors where one is the left and one the right. */
function ownersDiffer({ words }: Caption, one: number, other: number): boolean {
  const marks = (noun: number) =>
    words
      .slice(Math.max(0, noun - 8), noun)
      .map(({ lower }) => lower)
      .filter((word) => isPerson(word) || /^(left|right|first|second|upper|lower|top|bottom)$/.test(word))
      .at(-1);
  const [a, b] = [marks(one), marks(other)];
  return a !== undefined && b !== undefined && a !== b;
}
