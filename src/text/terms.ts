import { type Colour, colourSynonyms, colours } from './lexicon/colours.js';
import { type Noun, nouns } from './lexicon/nouns.js';
import { numberWords, parseCount } from './lexicon/numbers.js';
import { otherNames } from './lexicon/other-names.js';
import { relationOpposites } from './lexicon/relations.js';
import { oppositeSizes, sizeWords } from './lexicon/sizes.js';
import { undrawnThings } from './lexicon/undrawn-things.js';
import { matches } from './matches.js';
import { escaped, phraseFinder } from './phrase-finder.js';
import { polarityHead } from './polarity.js';
import type { Range } from './range.js';

/** A word or phrase of a text whose kind is known. Offsets are those of the text. */
export type Term = Range & { text: string } & (
    | { kind: 'noun'; noun: Noun; plural: boolean }
    | { kind: 'colour'; colour: Colour }
    | { kind: 'size' }
    | { kind: 'count'; style: CountStyle; value: number | null }
    | { kind: 'direction' }
    | { kind: 'relation'; axis: Axis }
    | { kind: 'place' }
    | { kind: 'negation' }
    | { kind: 'quote' }
    | { kind: 'answer' }
  );

export type TermOf<Kind extends Term['kind']> = Extract<Term, { kind: Kind }>;

/** How a number is said: `three`, `3`, `a`, `a pair of`, `several`. */
export type CountStyle = 'word' | 'digit' | 'article' | 'phrase' | 'vague';
/** Where a relation points: sideways, up and down, in depth, or how far. */
export type Axis = 'horizontal' | 'vertical' | 'distance' | 'other';

const nounForms = new Map<string, { noun: Noun; plural: boolean }>();
for (const noun of [...undrawnThings, ...nouns]) {
  const others = otherNames.get(noun.singular) ?? [];
  for (const [singular, plural] of [[noun.singular, noun.plural] as const, ...noun.synonyms, ...others]) {
    for (const form of [plural, singular]) {
      // sheep, fish: the singular wins, and the words around decide
      nounForms.set(form, { noun, plural: form === plural && plural !== singular });
      nounForms.set(form.replaceAll('-', ' '), { noun, plural: form === plural && plural !== singular });
    }
  }
}

const vagueCounts = ['several', 'multiple', 'many', 'some', 'a few', 'few', 'numerous', 'a group of', 'lots of'];
const countPhrases = ['a pair of', 'a couple of', 'a single', 'single', 'both', 'a dozen', 'no'];
const negations = ['not a single', 'not any', 'not', 'without any', 'without', "n't any", 'none'];

const horizontal = [
  '(?:(?:just|further|farther|directly|immediately) )?(?:to|on|at) the (?:far )?(?:left|right)(?:[- ]hand)?(?: side)? of',
  '(?:(?:just|further|farther|directly|immediately) )?(?:left|right) (?:of|than)',
];
const vertical = [
  'on top of',
  'higher(?: up)? than',
  'lower(?: down)? than',
  '(?:directly |just |right |somewhere )?(?:above|below|over|under|beneath|underneath)',
];
const distance = [
  '(?:right )?next to',
  'beside',
  'near(?:by)?(?! the (?:top|bottom|left|right))',
  '(?:very )?close to',
  '(?:well )?(?:far )?away from',
  'far from',
  'nowhere near',
];
const side = '(?:top|bottom|upper|lower|left|right)';
const part = '(?:corner|half|part|side|edge|area|portion|third|region)';
const places = [
  `(?:in|at|on|near|towards?|along) the (?:far |very )?${side}(?:[- ]hand)?(?:[- ]${side})?(?:[- ]hand)?(?: ${part})?`,
  '(?:right )?(?:in|at|near|towards?) the (?:very )?(?:centre|center|middle)',
];
const directionWords = [
  ...new Set(
    [...relationOpposites.keys(), 'centre', 'center', 'middle', 'beneath', 'underneath'].filter(
      (phrase) => !phrase.includes(' '),
    ),
  ),
];

const articles = new Set(['a', 'an']);

interface Pattern {
  find: (text: string) => readonly Range[];
  read: (text: string) => TermDetail | null;
}

type TermDetail = Term extends infer Each ? (Each extends Term ? Omit<Each, 'start' | 'end' | 'text'> : never) : never;

const patterns: readonly Pattern[] = [
  { find: phraseFinder(nounForms.keys()), read: readNoun },
  { find: by(wordPattern([...colours, ...Object.keys(colourSynonyms)])), read: readColour },
  {
    find: by(wordPattern([...sizeWords.small, ...sizeWords.large].filter((word) => oppositeSizes(word).length))),
    read: () => ({ kind: 'size' }),
  },
  {
    find: by(
      wordPattern([...numberWords, ...vagueCounts, ...countPhrases, 'a', 'an'], '(?<!\\d[.,:])\\d{1,4}(?![.,:]?\\d)'),
    ),
    read: readCount,
  },
  { find: by(wordPattern(negations)), read: () => ({ kind: 'negation' }) },
  { find: by(wordPattern(directionWords)), read: () => ({ kind: 'direction' }) },
  { find: by(phrasePattern(horizontal, true)), read: () => ({ kind: 'relation', axis: 'horizontal' }) },
  { find: by(phrasePattern(vertical)), read: () => ({ kind: 'relation', axis: 'vertical' }) },
  { find: by(phrasePattern(distance)), read: () => ({ kind: 'relation', axis: 'distance' }) },
  {
    find: by(wordPattern(['in front of', 'behind', 'inside', 'outside', 'between'])),
    read: () => ({ kind: 'relation', axis: 'other' }),
  },
  { find: by(phrasePattern(places)), read: () => ({ kind: 'place' }) },
  { find: by(new RegExp(polarityHead, 'giu')), read: () => ({ kind: 'answer' }) },
  { find: by(/(?<=["“«])[^"“”«»\n]{1,80}(?=["”»])/gu), read: () => ({ kind: 'quote' }) },
];

/**
 * The known words and phrases of a text, in reading order. Terms of different kinds may overlap: `left` is a direction
 * inside the relation `to the left of`. An article counts only where the text says one of something.
 */
export function findTerms(text: string): Term[] {
  const bare = text.replace(invisible, '');
  if (bare.length === text.length) return termsOf(text);
  const at = [...text.matchAll(shown)].map(({ index }) => index);
  return termsOf(bare).map((term) => {
    const [start, end] = [at[term.start]!, at[term.end - 1]! + 1];
    return { ...term, start, end, text: text.slice(start, end) };
  });
}

/** Soft hyphens and the like inside of words: nobody sees them. */
const invisible = /[\u00ad\u2060\ufeff]/g;
const shown = /[^\u00ad\u2060\ufeff]/g;

function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (const { find, read } of patterns) {
    for (const { start, end } of find(text)) {
      const detail = read(text.slice(start, end));
      if (!detail) continue;
      terms.push({ start, end, text: text.slice(start, end), ...detail } as Term);
    }
  }
  return unshadowed(
    terms.sort((a, b) => a.start - b.start || b.end - a.end),
    text,
  );
}

/** Of terms in order those that no other reading of their words makes void; each is held against those that reach over it. */
function unshadowed(terms: readonly Term[], text: string): Term[] {
  const kept: Term[] = [];
  let over: Term[] = [];
  for (let from = 0, to = 0; from < terms.length; from = to) {
    const { start } = terms[from]!;
    while (to < terms.length && terms[to]!.start === start) to++;
    const here = terms.slice(from, to);
    over = [...over.filter(({ end }) => end > start), ...here];
    kept.push(...here.filter((term) => !isShadowed(term, over, text)));
  }
  return kept;
}

const quantityOf =
  /^\s+(?:number|lot|bit|variety|series|kind|type|sort|range|set|part|side|touch|hint|sense|view|glimpse|couple)s?\s+of\b/i;
const labelBefore =
  /(?:\b(?:steps?|fig(?:ure)?s?|pages?|nos?|numbers?|items?|questions?|options?|chapters?|rooms?|routes?|levels?|parts?|sections?|phases?|lines?|examples?|version|at|the other|this|that|which|no|every|any|each)\.?|[#$€£])\s*$/i;
const unitAfter =
  /^\s*(?:°|%|(?:speed|km|cm|mm|m|kg|g|lbs?|oz|inch(?:es)?|f(?:ee|oo)t|ft|[ap]\.?m|percent|degrees?|minutes?|hours?|years?|months?|weeks?|days?|seconds?|px|pixels|mph|dollars?|euros?|dimensional|st|nd|rd|th|of\s+(?:the|these|those|them|which))(?![\p{L}]))/iu;

/**
 * Whether the words are only part of a whole that claims something else: of a range (`2-3`, `two or three`), a compound
 * (`ten-speed`), a label (`Step 5`), a measure (`5 km`), or `a number of`.
 */
function isPartOfWhole(term: Term, text: string): boolean {
  const before = text.slice(Math.max(0, term.start - 24), term.start);
  const after = text.slice(term.end, term.end + 24);
  if (term.kind !== 'relation' && term.kind !== 'place') {
    const suffixed = /^-(?:colou?red|tinted|hand|sided|most)\b/i.test(after);
    if (/[\p{L}\p{N}][-‑–—/]$/u.test(before) || (/^[-‑–—/][\p{L}\p{N}]/u.test(after) && !suffixed)) return true;
  }
  if (term.kind !== 'count') return false;
  if (term.style === 'article') return quantityOf.test(after);
  if (/^\s+(?:more|fewer|less)\b/i.test(after)) return true;
  if (labelBefore.test(before) || unitAfter.test(after)) return true;
  const joined = /^\s*(?:to|or|[-–—])\s+([\p{L}\p{N}]+)/iu.exec(after)?.[1];
  if (joined !== undefined && parseCount(joined) !== null) return true;
  const first = /([\p{L}\p{N}]+)\s+(?:to|or|[-–—])\s*$/iu.exec(before)?.[1];
  return first !== undefined && parseCount(first) !== null;
}

/** `right above the bells` says nothing of the right. */
const rightAt =
  /^\s+(?:above|below|over|under|beneath|underneath|next\s+to|beside|behind|between|on\s+top|in\s+(?:front|the\s+(?:middle|cent))|at\s+the\s+(?:top|bottom))/i;

/** A match that another reading of the same words makes void. */
function isShadowed(term: Term, terms: readonly Term[], text: string): boolean {
  const inside = (other: Term) =>
    other !== term &&
    other.start <= term.start &&
    other.end >= term.end &&
    other.end - other.start > term.end - term.start;
  if (isPartOfWhole(term, text)) return true;
  if (term.kind === 'direction' && /^right$/i.test(term.text) && rightAt.test(text.slice(term.end, term.end + 24)))
    return true;
  if (
    term.kind === 'count' &&
    terms.some((other) => other.kind === 'answer' && other.start <= term.start && other.end >= term.end)
  )
    return true;
  if (term.kind === 'count' && term.style === 'article') {
    return (
      !/^\s+[\p{L}\p{N}]/u.test(text.slice(term.end)) ||
      terms.some((other) => inside(other) && (other.kind === 'count' || other.kind === 'negation'))
    );
  }
  if (term.kind === 'noun' || term.kind === 'colour')
    return terms.some((other) => inside(other) && other.kind === 'noun');
  if (term.kind === 'place') return terms.some((other) => inside(other) && other.kind === 'relation');
  if (term.kind === 'negation' || term.kind === 'count')
    return terms.some((other) => inside(other) && (other.kind === term.kind || other.kind === 'negation'));
  return false;
}

function by(pattern: RegExp) {
  return (text: string): Range[] =>
    matches(text, pattern).map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
}

function wordPattern(words: readonly string[], extra?: string): RegExp {
  const sorted = [...words].sort((a, b) => b.length - a.length).map(escaped);
  return phrasePattern(extra ? [...sorted, extra] : sorted);
}

/** Whole words only, though in `_marks_`; a space in a pattern is any white space. `notOfPicture`: not before `the picture`. */
function phrasePattern(alternatives: readonly string[], notOfPicture = false): RegExp {
  const body = alternatives.join('|').replaceAll(' ', '\\s+');
  const ahead = notOfPicture
    ? '(?!\\s+(?:the|this)\\s+(?:picture|image|scene|frame|photo|drawing|illustration)\\b)'
    : '';
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}]_{0,2})(?:${body})(?!_{0,2}[\\p{L}\\p{M}\\p{N}])${ahead}`, 'giu');
}

const plain = (text: string) => text.toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ');

function readNoun(text: string): TermDetail | null {
  const found = nounForms.get(plain(text));
  return found ? { kind: 'noun', ...found } : null;
}

const findOthers = phraseFinder([...otherNames.values()].flat(2));

/** The things of a text that have one of the other names of `lexicon/other-names.ts`, and the noun for it; no print. */
export function namedOtherwise(text: string): (Range & { name: string })[] {
  return findOthers(text).flatMap(({ start, end }) => {
    const said = text.slice(start, end);
    if (said === said.toUpperCase()) return [];
    const { noun, plural } = nounForms.get(plain(said))!;
    return [{ start, end, name: (plural ? noun.plural : noun.singular).replaceAll('-', ' ') }];
  });
}

/** The noun that a label names, in either number. */
export function nounByLabel(label: string): Noun | undefined {
  return nounForms.get(plain(label.trim()))?.noun;
}

function readColour(text: string): TermDetail {
  const word = plain(text);
  return { kind: 'colour', colour: colourSynonyms[word] ?? (word as Colour) };
}

function readCount(text: string): TermDetail {
  const word = plain(text);
  if (articles.has(word)) return { kind: 'count', style: 'article', value: 1 };
  if (/^\d/.test(word)) return { kind: 'count', style: 'digit', value: Number(word) };
  if (vagueCounts.includes(word)) return { kind: 'count', style: 'vague', value: null };
  const style = numberWords.includes(word) ? 'word' : 'phrase';
  return { kind: 'count', style, value: parseCount(word) };
}
