import { singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { type Caption, neighbour, wordsSaid } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { attributeKind, otherAttributes, smallWords } from '../lexicon/attributes.js';
import { isNoun, isPerson } from '../lexicon/nouns.js';
import { isSmallThing, smallSisters } from '../lexicon/small-things.js';
import { isNamedAgain, isRepeated, isSaidAgain } from '../mentions.js';
import { isDeterminer, isNumber, isWholeNoun, modifiedNoun } from '../noun-phrases.js';
import { comparative, fits, isAttribute } from './attribute.js';
import { moreThanOne } from './counting.js';
import { swapThing } from './object.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Small object: what the caption calls small, or what is small in most pictures (a button, a beak); its size, its colour or
 * what it is changes.
 */
export const smallObject: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted || !word.asserted) return [];
    const changes = smallWords.has(word.lower)
      ? calledSmall(caption, index, random)
      : [lookOfSmall(caption, index, random), sisterOfSmall(caption, index, random)];
    return changes.flatMap((change) => (change ? [change] : []));
  });

function calledSmall(caption: Caption, index: number, random: () => number): (Change[] | null)[] {
  const word = caption.words[index]!;
  const [before, after] = [neighbour(caption, index, -1), neighbour(caption, index, 1)];
  if (/^(a|very|too)$/.test(before) && /^(bit|of)$/.test(after)) return [];
  if (/^(league|leagues|known|girl's|amount|bit)$/.test(after) || comparative.test(after)) return [];
  const noun = modifiedNoun(caption, index) ?? (isNoun(after) ? index + 1 : null);
  if (noun === null || /^(?:paragraph|text|typeface|font|print)$/.test(caption.words[noun]!.lower)) return [];
  if (caption.words.slice(index + 1, noun + 1).some(({ lower }) => isPerson(lower.replace(/['’]s$/, '')))) return [];
  // a little sunlight is no small one; a huge replica is none
  const vague =
    /light$|^(?:sun|space|room|water|snow|effort|time|detail|attention|distance|gap|while|presence|(?:bit|part|portion|amount|section|piece|crack|speck)s?)$/;
  if (caption.words.slice(index + 1, noun + 1).some(({ lower }) => vague.test(lower))) return [];
  if (
    /^(?:mini|miniature)$/.test(word.lower) &&
    /^(?:figur\p{L}+|version|model|replica|statue|golf)s?$/u.test(caption.words[noun]!.lower)
  )
    return [];
  const said = wordsSaid(caption);
  const free = (before === 'very' ? ['large', 'big'] : ['large', 'huge', 'big']).filter((other) => !said.has(other));
  const larger = word.lower === 'smaller' ? ['larger'] : free;
  const size = isSaidAgain(caption, index, noun) || isCalledLarge(caption, noun) ? undefined : choose(random, larger);
  return [
    size === undefined
      ? null
      : doubted([changeOf(caption, index, index, likeCase(size, word.text))], word.lower === 'smaller' ? 5 : 0),
    swapThing(caption, noun, random),
    ...(/^an?$/.test(before) ? [moreThanOne(caption, index - 1, random)] : []),
  ];
}

/** Whether another thing of that name is told from it by being large. */
function isCalledLarge({ text, words }: Caption, noun: number): boolean {
  if (/\b(?:larger|bigger|large|big) one/i.test(text)) return true;
  const name = singularize(words[noun]!.lower);
  return words.some(
    ({ lower }, at) =>
      /^(?:large|larger|huge|big|bigger|giant|enormous)$/.test(lower) &&
      words.slice(at + 1, at + 4).some((word) => singularize(word.lower) === name),
  );
}

/** The colour, material or pattern of a small thing. */
function lookOfSmall(caption: Caption, index: number, random: () => number): Change[] | null {
  const noun = isAttribute(caption, index, { once: true }) ? modifiedNoun(caption, index) : null;
  if (noun === null || !isSmallThing(caption.words[noun]!.lower)) return null;
  if (isSaidAgain(caption, index, noun) || isRepeated(caption, index)) return null;
  if (/^ of (?:foam|water|light|snow|ice|dirt|moss|rust|rain)\b/.test(caption.text.slice(caption.words[noun]!.end)))
    return null;
  const word = caption.words[index]!;
  if (/^(?:size|height|age|fill|light)$/.test(attributeKind(word.lower) ?? '')) return null;
  const said = wordsSaid(caption);
  const other = choose(
    random,
    otherAttributes(word.lower).filter((other) => !said.has(other) && fits(other, caption, index)),
  );
  return other === undefined
    ? null
    : doubted(
        [changeOf(caption, index, index, likeCase(other, word.text))],
        /^(?:petal|leaf|stem|feather|flower|beak)/.test(singularize(caption.words[noun]!.lower)) ? 4 : 1,
      );
}

function sisterOfSmall(caption: Caption, index: number, random: () => number): Change[] | null {
  const word = caption.words[index]!;
  if (!isWholeNoun(caption, index, index) || isNamedAgain(caption, index)) return null;
  // where animals are kept
  if (/^pens?$/.test(word.lower) && !/\b(?:writ\p{L}+|paper|pencils?|desk|ink|notebook|holding)\b/iu.test(caption.text))
    return null;
  // around her neck
  if (
    /^(?:necklace|bracelet|earring|wristwatch)/.test(word.lower) &&
    /\b(?:neck|wrists?|ears?|arms?)\b/i.test(caption.text)
  )
    return null;
  // a road forks
  const before = neighbour(caption, index, -1);
  if (
    !(
      (isDeterminer(before) && before !== 'that') ||
      isNumber(before) ||
      attributeKind(before) !== null ||
      /^(?:with|and|of|holding|or|by|including)$/.test(before)
    )
  )
    return null;
  const said = caption.text.toLowerCase();
  const other = choose(
    random,
    smallSisters(word.lower).filter((name) => !said.includes(name)),
  );
  return other === undefined ? null : [changeOf(caption, index, index, likeCase(other, word.text))];
}
