import { singularize } from '../agreement.js';
import { nouns } from '../lexicon/nouns.js';
import { parseCount } from '../lexicon/numbers.js';
import {
  finiteVerbs,
  generalNouns,
  joiningWords,
  participles,
  placeWords,
  plainAdjectives,
} from '../lexicon/plain-words.js';
import type { Range } from '../range.js';
import { isColour, isSize, isThing } from './about-picture.js';
import type { ReadSentence } from './claims.js';

export type Kind =
  | 'thing'
  | 'number'
  | 'colour'
  | 'size'
  | 'place'
  | 'verb'
  | 'participle'
  | 'general'
  | 'joining'
  | 'print'
  | 'passed-over'
  | 'unknown';

/** A word of a sentence, as a reader of plain statements takes it. */
export interface Word extends Range {
  /** In small letters. */
  text: string;
  kind: Kind;
}

const phrases = new Map<string, string[][]>();
for (const { singular, plural, synonyms } of nouns) {
  for (const name of [singular, plural, ...synonyms.flat()]) {
    const words = name.toLowerCase().split(/[ -]/);
    if (words.length < 2) continue;
    const known = phrases.get(words[0]!);
    if (known) known.push(words);
    else phrases.set(words[0]!, [words]);
  }
}

const adjectiveEnd = /(?:ful|ous|ish|less|able|ible|ic|ical|ive|esque|some)$/;
const adverb = /^(?!fly$|jelly|butterfly|family$|only$)\p{L}{2,}ly$/u;
const numeral = /^\d{1,2}$/;

/** What a word is to a reader of plain statements, by itself. */
export function kindOf(word: string): Kind {
  if (word === "it's" || word === "that's" || word === "there's" || word === "here's" || word === "they're")
    return 'joining';
  if (isColour(word)) return 'colour';
  if (isSize(word)) return 'size';
  if (
    numeral.test(word) ||
    /^(?:lone|solitary|single)$/.test(word) ||
    (parseCount(word) !== null && !joiningWords.has(word))
  )
    return 'number';
  if (isThing(word)) return 'thing';
  if (finiteVerbs.has(word)) return 'verb';
  if (participles.has(word)) return 'participle';
  if (placeWords.has(word)) return 'place';
  if (generalNouns.has(word)) return 'general';
  if (joiningWords.has(word)) return 'joining';
  if (plainAdjectives.has(word) || adverb.test(word)) return 'passed-over';
  const parts = word.split('-');
  if (parts.length > 1 && parts.every((part) => isColour(part) || /^colou?red$|^ish$/.test(part))) return 'colour';
  return 'unknown';
}

/** The words of a sentence with their kinds; null where something stood that claims nothing. */
export function classified(
  text: string,
  all: readonly Range[],
  { words: kept, silent }: ReadSentence,
): (Word | null)[] {
  const byStart = new Map(kept.map((word) => [word.start, word]));
  const printed = all.some(({ start, end }) =>
    /^(?:sign|text|words?|says?|reads?|letters|printed|written)$/i.test(text.slice(start, end)),
  );
  let [next, reach] = [0, -1];
  const words = all.map((range): Word | null => {
    const lower = text.slice(range.start, range.end).toLowerCase().replaceAll('’', "'");
    const word = byStart.get(range.start);
    while (next < silent.length && silent[next]!.start <= range.start) reach = Math.max(reach, silent[next++]!.end);
    if (range.start < reach) return null;
    if (word?.quoted) return { ...range, text: lower, kind: 'print' };
    const spelt = text.slice(range.start, range.end);
    if (printed && /^\p{Lu}[\p{Lu}\p{N}]+$/u.test(spelt)) return { ...range, text: lower, kind: 'print' };
    const said = kindOf(lower);
    const kind = lower === 'one' && !word ? 'joining' : said;
    const passes = word ? !word.name : kind === 'general' || kind === 'joining';
    return { ...range, text: lower, kind: passes ? kind : 'unknown' };
  });
  words.forEach((word, index) => {
    if (!word) return;
    const before = words[index - 1];
    const after = words[index + 1];
    if (
      /^presents?$/.test(word.text) &&
      before &&
      (before.kind === 'general' || /^(?:is|are|be|also|not|both|all)$/.test(before.text))
    )
      word.kind = word.text === 'present' ? 'participle' : 'verb';
    if (
      /^(?:right|directly|immediately|just)$/.test(word.text) &&
      after &&
      /^(?:above|below|over|under|beneath|underneath|beside|behind|next)$/.test(after.text)
    )
      word.kind = 'passed-over';
    for (const phrase of phrases.get(word.text.split('-')[0]!) ?? []) {
      const run = words.slice(index, index + phrase.length);
      if (run.length === phrase.length && run.every((one, at) => one?.text === phrase[at]))
        for (const one of run) one!.kind = 'thing';
    }
    if (word.kind !== 'unknown' || byStart.get(word.start)?.name || !byStart.has(word.start)) return;
    const opens = before && /^(?:joining|number|colour|size|passed-over|verb)$/.test(before.kind);
    const describes = !after || /^(?:thing|colour|size|passed-over|general)$/.test(after.kind);
    if (adjectiveEnd.test(word.text) && opens && describes) word.kind = 'passed-over';
    else if (
      /^\p{L}{3,}ing$/u.test(word.text) &&
      before?.kind === 'thing' &&
      (!after || /^(?:in|on|at|near|next|above|below|behind|beside|between|together|and)$/.test(after.text))
    )
      word.kind = 'passed-over';
  });
  return words;
}

/** Two things beside one another make a name of something else: `dog food`, `bees fly`. */
export function runsTogether(words: readonly Word[]): boolean {
  return words.some(({ kind, text, start }, index) => {
    const next = words[index + 1];
    if (kind !== 'thing' || next?.kind !== 'thing') return false;
    return !isName(words, index) && next.start - start - text.length <= 1;
  });
}

/** Whether a word and the next are of one name that the lexicon has. */
function isName(words: readonly Word[], index: number): boolean {
  for (let from = Math.max(0, index - 3); from <= index; from++) {
    for (const phrase of phrases.get(words[from]!.text) ?? []) {
      if (from + phrase.length > index + 1 && phrase.every((part, at) => words[from + at]?.text === part)) return true;
    }
  }
  return false;
}

/** Names of which the singular and the plural are alike, or that need no article. */
export const massNouns: ReadonlySet<string> = new Set([
  ...nouns.flatMap(({ singular, plural }) => (singular === plural ? [singular] : [])),
  ...'bread cheese garlic broccoli popcorn fire corn coral chicken fish deer sheep scissors glasses jeans shorts goggles headphones chopsticks bison moose dice shrimp squid sunglasses spectacles eyeglasses binoculars'.split(
    ' ',
  ),
]);

/** A thing in the singular that nothing introduces is part of a saying, a verb or a name. */
export function isBareSingular(words: readonly Word[]): boolean {
  return words.some(({ kind, text }, index) => {
    if (kind !== 'thing' || massNouns.has(text)) return false;
    if (singularize(text) !== text || isName(words, index) || (index > 0 && isName(words, index - 1))) return false;
    let at = index - 1;
    while (at >= 0 && /^(?:passed-over|thing)$/.test(words[at]!.kind)) at--;
    const lead = words[at];
    return !(
      lead &&
      (/^(?:number|colour|size)$/.test(lead.kind) ||
        /^(?:a|an|the|this|that|no|one|its|their|each|every|another|other|any|single|some|same|left|right|top|bottom|upper|lower|middle|first|second|third|last|nearby|left-hand|right-hand|leftmost|rightmost|central)$/.test(
          lead.text,
        ))
    );
  });
}

/** Words that make a clause beside the verbs of finite form. */
export const linkingForms =
  /^(?:be|see|spot|notice|find|there's|it's|that's|here's|they're|you're|says?|reads?|make|makes|observe|count)$/;
