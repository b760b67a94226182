import { isPlural, pluralize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { countAgreement } from '../../text/count-agreement.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, matchesPhrase, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { isCountable, isNoun } from '../lexicon/nouns.js';
import { isWholeNoun, modifiedNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Counting: exactly one count becomes another, and what agrees with it follows. Never a number inside quotation marks, a
 * clock time, a proportion, an ordinal, an age, a price, a year, a name, or `one` as a pronoun.
 */
export const counting: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted) return [];
    const changes = /^an?$/.test(word.lower)
      ? moreThanOne(caption, index, random)
      : (ofPhrase(caption, index, random) ?? otherNumber(caption, index, random));
    return changes ? [changes] : [];
  });

/** `a couple of dogs`, `a pair of dogs`, `both dogs`. */
function ofPhrase(caption: Caption, index: number, random: () => number): Change[] | null {
  const length =
    ['couple', 'pair'].includes(caption.words[index]!.lower) && matchesPhrase(caption, index + 1, ['of']) ? 2 : 0;
  const first = neighbour(caption, index, -1) === 'a' ? index - 1 : index;
  if (length === 0 || !isPlural(caption.words[index + length]?.lower ?? '') || !caption.words[index + length]!.joined)
    return null;
  if (wornInPairs.test(caption.words[index + length]!.lower)) return null;
  const number = choose(random, ['three', 'four', 'five', 'six'])!;
  return [changeOf(caption, first, index + 1, likeCase(number, caption.words[first]!.text))];
}

const wornInPairs =
  /^(scissors|glasses|sunglasses|pants|jeans|shorts|skis|skates|shoes|boots|socks|gloves|trousers|goggles|binoculars)$/;

function otherNumber(caption: Caption, index: number, random: () => number): Change[] | null {
  const word = caption.words[index]!;
  const value = /^\d{1,2}$/.test(word.text) ? Number(word.text) : numberWords.indexOf(word.lower);
  if (value < 1 || value > 20 || isNoCount(caption, index)) return null;
  const noun = modifiedNoun(caption, index);
  if (noun === null && !(value > 1 && isPlural(neighbour(caption, index, 1)))) return null;
  if (noun !== null && value > 1 && !isPlural(caption.words[noun]!.lower)) return null;
  // their members are told apart later on
  if (/\b(?:one|two|other|others|both|another)\b/i.test(caption.text.slice(word.end))) return null;
  if (value === 1 && (noun === null || hasSingularPronoun(caption))) return null;
  const others = [value - 2, value - 1, value + 1, value + 2, value + 3].filter(
    (n) => n >= 2 && n <= 20 && n !== value,
  );
  const other = choose(random, others)!;
  const text = /^\d/.test(word.text) ? String(other) : likeCase(numberWords[other]!, word.text);
  return withAgreement(caption, index, text, value > 1);
}

/** A number that counts no things. */
function isNoCount({ text, words }: Caption, index: number): boolean {
  const word = words[index]!;
  const before = text.slice(Math.max(0, word.start - 60), word.start);
  const after = text.slice(word.end, word.end + 60);
  return (
    /[\p{L}\p{N}$€£#.,:/\-–]$/u.test(before) ||
    /^(?:[:./%\-–°]\S|%|°|['’]s)/u.test(after) ||
    /\b(?:number|no|route|highway|bus|train|flight|gate|room|platform|at|around|about|line|chapter|page|the other|this|that|each|every|any|no|another|by)[.\s]+$/iu.test(
      before,
    ) ||
    /\p{Lu}\p{L}*\s+$/u.test(before.slice(1)) ||
    /^\s+(?:of\b|and a half|half|halves|thirds?|quarters?|fourths?|fifths?|out of|o'?clock|[ap]\.?m\b|years?\b|year-old|percent|inch|feet|foot|miles?|story|stories|level|way|another|hundred|thousand|million|dozen|dimensional|by|tier|wheeler|sides?\b|legs?\b|hands?\b|arms?\b)/iu.test(
      after,
    )
  );
}

/** `a dog` to `two dogs`: the noun and its verb follow; not where something else of the caption is in the singular too. */
function moreThanOne(caption: Caption, index: number, random: () => number): Change[] | null {
  const noun = modifiedNoun(caption, index);
  if (noun === null || noun - index > 3 || hasSingularPronoun(caption)) return null;
  const head = caption.words[noun]!;
  if (!isCountable(head.lower) || isPlural(head.lower) || rooms.test(head.lower)) return null;
  const between = caption.words.slice(index + 1, noun);
  if (between.some(({ lower }) => isNoun(lower) && !/^(orange|glass|metal|wood|plastic|stone|brick)$/.test(lower)))
    return null;
  if (between.length === 0 && !isWholeNoun(caption, noun, noun)) return null;
  if (
    /^(of|for|as|like|from|into|in|on|at|atop|onto|by|through|during|over|under)$/.test(neighbour(caption, index, -1))
  )
    return null;
  if (/^(that|which|who|and|or|of)$/.test(neighbour(caption, noun, 1))) return null;
  // a list goes on in the singular
  if (/^\s*,/.test(caption.text.slice(head.end)) && neighbour(caption, index, -1) !== 'and') return null;
  // a subject whose verb would have to change, unless the verb is one that is known to follow
  const verb = neighbour(caption, noun, 1);
  if (
    /[^s]s$/.test(verb) &&
    !isNoun(verb) &&
    !/^(is|was|has|sits|stands|appears|runs|sleeps|hangs|faces|looks|rests|stays|plays|eats|holds|wears|swims|walks|jumps|flies|lies|across|towards)$/.test(
      verb,
    )
  )
    return null;
  const distantVerb =
    /\b(is|was|has|looks|sits|stands|does|\p{L}{3,}[^su']s)\b/u.test(
      caption.text.slice(head.end).replace(/^\s+\S+/, ''),
    ) && index <= 1;
  if (distantVerb) return null;
  return withAgreement(
    caption,
    index,
    likeCase(choose(random, ['two', 'three', 'four'])!, caption.words[index]!.text),
    false,
  );
}

const rooms =
  /^(bathroom|kitchen|bedroom|garage|classroom|hallway|library|restaurant|beach|street|road|field|ocean|lake|river|pool|mountain|hill)$/;

function hasSingularPronoun({ text }: Caption): boolean {
  return /\b(he|she|his|her|him|its|it|itself|himself|herself|another|each)\b/i.test(text);
}

function withAgreement(caption: Caption, index: number, text: string, wasMany: boolean): Change[] | null {
  const { start, end } = caption.words[index]!;
  const capitals = caption.text === caption.text.toUpperCase();
  const sentence = splitSentences(caption.text).find((range) => range.start <= start && end <= range.end);
  const edits = countAgreement(caption.text, {
    start,
    end,
    sentence: sentence ? [sentence.start, sentence.end] : [0, caption.text.length],
    wasMany,
    isMany: true,
    nounInside: false,
  });
  const repairs = edits.map(({ start, end, to }): Change => ({ start, end, text: to, role: 'repair' }));
  const noun = modifiedNoun(caption, index);
  // two readings of where the noun is: neither is sure
  const before = noun === null ? end : caption.words[noun]!.start;
  if (repairs.some((repair) => repair.start >= end && repair.start < before && repair.text !== '')) return null;
  const followed = wasMany || noun === null || repairs.some(({ start }) => start === caption.words[noun]!.start);
  if (!followed) {
    const head = caption.words[noun]!;
    repairs.push({ start: head.start, end: head.end, text: pluralize(head.text), role: 'repair' });
  }
  return [{ start, end, text: capitals ? text.toUpperCase() : text, role: 'bad' }, ...repairs];
}
