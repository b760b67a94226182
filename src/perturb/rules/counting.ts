import { isKnownNoun, isPlural, pluralize, singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { countAgreement } from '../../text/count-agreement.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, matchesPhrase, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { isCountable, isNoun } from '../lexicon/nouns.js';
import { isNamedAgain } from '../mentions.js';
import { isDeterminer, isNumber, isWholeNoun, modifiedNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Counting: exactly one count becomes another, and what agrees with it follows. Never a number inside quotation marks, a
 * clock time, a proportion, an ordinal, an age, a price, a year, a name, or `one` as a pronoun.
 */
export const counting: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted || !word.asserted) return [];
    const changes = /^(?:an?|single)$/.test(word.lower)
      ? moreThanOne(caption, index, random)
      : (ofPhrase(caption, index, random) ?? otherNumber(caption, index, random));
    return changes ? [changes] : [];
  });

/** `a couple of dogs`, `a pair of dogs`, `both dogs`, `a dozen eggs`. */
function ofPhrase(caption: Caption, index: number, random: () => number): Change[] | null {
  const { lower } = caption.words[index]!;
  const length = ['couple', 'pair'].includes(lower) && matchesPhrase(caption, index + 1, ['of']) ? 2 : 0;
  const first = neighbour(caption, index, -1) === 'a' ? index - 1 : index;
  if (length === 0 && lower !== 'both' && !(lower === 'dozen' && first < index)) return null;
  const after = length > 0 || neighbour(caption, index, 1) !== 'the' ? index + Math.max(1, length) : index + 2;
  const noun = caption.words[after];
  if (!noun?.joined || noun.quoted) return null;
  const head = isPlural(noun.lower) ? after : modifiedNoun(caption, after - 1);
  if (head === null || !isPlural(caption.words[head]!.lower)) return null;
  // both of what was named one by one
  if (lower === 'both' && (head !== after || isNamedAgain(caption, head) || isOneOfTwo(caption, index, head)))
    return null;
  if (lower === 'pair' && wornInPairs.test(caption.words[head]!.lower)) {
    const pairs = `${choose(random, ['two', 'three', 'four'])} pairs`;
    return [changeOf(caption, first, index, likeCase(pairs, caption.words[first]!.text))];
  }
  const number = choose(random, lower === 'dozen' ? ['five', 'six', 'twenty'] : ['three', 'four', 'five', 'six'])!;
  return [changeOf(caption, first, length > 0 ? index + 1 : after - 1, likeCase(number, caption.words[first]!.text))];
}

/** Both sides, both of them: there cannot be three. */
const isOneOfTwo = (caption: Caption, index: number, noun: number) =>
  /^(?:they|we|which|who|are|is)$/.test(neighbour(caption, index, -1)) ||
  /^(?:sides|ends|directions|hands|arms|eyes|legs|feet|ears|wings|edges|halves|outdoors|indoors)$/.test(
    caption.words[noun]!.lower,
  );

const wornInPairs =
  /^(scissors|glasses|sunglasses|pants|jeans|shorts|skis|skates|shoes|boots|socks|gloves|trousers|goggles|binoculars)$/;

function otherNumber(caption: Caption, index: number, random: () => number): Change[] | null {
  const word = caption.words[index]!;
  const value = /^\d{1,2}$/.test(word.text) ? Number(word.text) : numberWords.indexOf(word.lower);
  if (value < 1 || value > 20 || isNoCount(caption, index)) return null;
  const noun = value > 1 ? pluralAfter(caption, index) : modifiedNoun(caption, index);
  if (noun === null) return null;
  // their members are told apart later on
  if (/\b(?:one|two|other|others|both|another)\b/i.test(whatFollows(caption, index))) return null;
  if (/\b(?:of|between|among) (?:the|these|those) $/i.test(caption.text.slice(0, word.start))) return null;
  if (value === 1 && !isNoun(caption.words[noun]!.lower)) return null;
  if (
    value === 1 &&
    (hasDistantVerb(caption, index, noun) || hasSingularPronoun(caption, index) || isNamedAgain(caption, noun))
  )
    return null;
  if (value > 1 && countedAgain(caption, index, noun)) return null;
  const others = [value - 2, value - 1, value + 1, value + 2, value + 3].filter(
    (n) => n >= 2 && n <= 20 && n !== value,
  );
  const other = choose(random, others)!;
  const text = /^\d/.test(word.text) ? String(other) : likeCase(numberWords[other]!, word.text);
  return withAgreement(caption, index, text, value > 1);
}

/** The first plural among the words that follow a number at once. */
function pluralAfter({ words }: Caption, index: number): number | null {
  for (let at = index + 1; at <= index + 4; at++) {
    const word = words[at];
    if (
      !word?.joined ||
      word.quoted ||
      isDeterminer(word.lower) ||
      /^(?:of|in|on|at|with|and|or|is|are)$/.test(word.lower)
    )
      return null;
    if (isPlural(word.lower) && !/(?:ss|us|is|ous)$/.test(word.lower)) return at;
  }
  return null;
}

/** A number that counts no things. */
function isNoCount({ text, words }: Caption, index: number): boolean {
  const word = words[index]!;
  const before = text.slice(Math.max(0, word.start - 60), word.start);
  const after = text.slice(word.end, word.end + 60);
  return (
    /[\p{L}\p{N}$€£#.,:/\-–]$/u.test(before) ||
    /^(?:[:./%\-–°]\S|%|°|['’]s)/u.test(after) ||
    /\b(?:number|no|route|highway|bus|train|flight|gate|room|platform|at|around|about|line|chapter|page|the other|this|that|their|its|his|her|each|every|any|no|another|by)[.\s]+$/iu.test(
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
  if (noun === null || noun - index > 3 || hasSingularPronoun(caption, index) || isNamedAgain(caption, noun))
    return null;
  const head = caption.words[noun]!;
  const countable = isCountable(head.lower) || (isKnownNoun(head.lower) && !scenes.test(head.lower));
  if (!countable || isPlural(head.lower) || rooms.test(head.lower)) return null;
  const between = caption.words.slice(index + 1, noun);
  if (between.some(({ lower }) => /'s$|s'$/.test(lower))) return null;
  if (between.some(({ lower }) => isNoun(lower) && !/^(orange|glass|metal|wood|plastic|stone|brick)$/.test(lower)))
    return null;
  if (between.length === 0 && !isWholeNoun(caption, noun, noun)) return null;
  if (/^(of|for|as|like|from|into|in|at|by|through|during|over)$/.test(neighbour(caption, index, -1))) return null;
  if (/^(that|which|who|and|or|of)$/.test(neighbour(caption, noun, 1))) return null;
  // a list goes on in the singular
  if (/^\s*,/.test(caption.text.slice(head.end)) && neighbour(caption, index, -1) !== 'and') return null;
  // a subject whose verb would have to change, unless the verb is one that is known to follow
  const verb = neighbour(caption, noun, 1);
  if (/[^s]s$/.test(verb) && !isNoun(verb) && !/^(?:across|towards)$/.test(verb) && !singularVerb.test(verb))
    return null;
  if (hasDistantVerb(caption, index, noun)) return null;
  return withAgreement(
    caption,
    index,
    likeCase(choose(random, ['two', 'three', 'four'])!, caption.words[index]!.text),
    false,
  );
}

const singularVerb =
  /^(?:is|was|has|does|sits|stands|appears|runs|sleeps|hangs|faces|looks|rests|stays|plays|eats|holds|wears|swims|walks|jumps|flies|lies)$/;

/** Singular as a whole picture is, or without a number. */
const scenes =
  /^(?:sky|sun|moon|sea|background|foreground|ground|grass|water|snow|sand|fire|rain|air|light|bread|cheese|fish|sheep|deer|scissors|glasses|trousers|pants|people|hair)$/;

const rooms =
  /^(bathroom|kitchen|bedroom|garage|classroom|hallway|library|restaurant|beach|street|road|field|ocean|lake|river|pool|mountain|hill)$/;

/** Whether the noun is a subject whose verb stands further on, where it would not follow: a man in a hat walks. */
function hasDistantVerb(caption: Caption, index: number, noun: number): boolean {
  const before = caption.text.slice(0, caption.words[index]!.start);
  if (!/^(?:\s*|.*[.;,:!?]\s*|.*\b(?:while|where|and|but|then)\s+)$/s.test(before)) return false;
  const rest = restOfSentence(caption, noun);
  const verb = neighbour(caption, noun, 1);
  return /\b(?:is|was|has|looks|sits|stands|does|\p{L}{3,}[^su'\s]s)\b/u.test(
    singularVerb.test(verb) ? rest.replace(/^\s+\S+/, '') : rest,
  );
}

function restOfSentence({ text, words }: Caption, index: number): string {
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[index]!.start && words[index]!.start < end,
  );
  return text.slice(words[index]!.end, sentence?.end ?? text.length);
}

/** The rest of the sentence and how the next one begins, where the members of a group would be told apart. */
function whatFollows({ text, words }: Caption, index: number): string {
  const sentences = splitSentences(text);
  const own = sentences.findIndex(({ start, end }) => start <= words[index]!.start && words[index]!.start < end);
  const next = sentences[own + 1];
  const opening = next ? text.slice(next.start, next.end).split(/\s+/, 6).join(' ') : '';
  return `${text.slice(words[index]!.end, sentences[own]?.end ?? text.length)} ${opening}`;
}

/** Whether a pronoun may stand for the one thing: in its sentence, or first in the next. */
function hasSingularPronoun(caption: Caption, index: number): boolean {
  const own = restOfSentence(caption, index);
  const next = whatFollows(caption, index)
    .slice(own.length)
    .match(/\p{L}+/gu);
  const near = `${own} ${next?.slice(0, 2).join(' ') ?? ''}`;
  return /\b(he|she|his|her|him|its|it|itself|himself|herself|another|each)\b/i.test(near);
}

/** Another number of the same things, or one of them alone: two dogs, and then one dog. */
function countedAgain({ words }: Caption, index: number, noun: number): boolean {
  const name = singularize(words[noun]!.lower);
  return words.some(({ lower }, at) => {
    if (at === noun || singularize(lower) !== name) return false;
    return (
      lower === name ||
      words.some((word, place) => place !== index && place < at && at - place < 3 && isNumber(word.lower))
    );
  });
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
  // a verb of the noun that did not follow: two women stands
  const verb = noun === null || wasMany ? undefined : caption.words[noun + 1];
  if (verb?.joined && singularVerb.test(verb.lower) && !repairs.some(({ start }) => start === verb.start)) return null;
  const followed = wasMany || noun === null || repairs.some(({ start }) => start === caption.words[noun]!.start);
  if (!followed) {
    const head = caption.words[noun]!;
    repairs.push({ start: head.start, end: head.end, text: pluralize(head.text), role: 'repair' });
  }
  return [{ start, end, text: capitals ? text.toUpperCase() : text, role: 'bad' }, ...repairs];
}
