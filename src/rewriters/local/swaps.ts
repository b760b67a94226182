import { singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { colourSynonyms } from '../../text/lexicon/colours.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { oppositeSizes } from '../../text/lexicon/sizes.js';
import { countedNoun } from '../../text/mentioned.js';
import type { Term, TermOf } from '../../text/terms.js';
import { askedNoun, colouredBy, coloursOf, type Knowledge, likelyNouns, seenAs } from './knowledge.js';
import { directionSwaps, placeSwaps, relationSwaps } from './place-swaps.js';
import { type Swap, swap } from './swap.js';
import { isNegated } from './witness.js';

/**
 * What could stand in place of a term, best guess first. Offsets are those of the sentence; a swap may reach beyond its
 * term, where a word brings others along (`a pair of scissors`, `to the left of`).
 */
export function swapsFor(term: Term, sentence: string, terms: readonly Term[], knowledge: Knowledge): Swap[] {
  switch (term.kind) {
    case 'noun':
      return nounSwaps(term, sentence, terms, knowledge);
    case 'colour':
      return colourSwaps(term, sentence, terms, knowledge);
    case 'size':
      return sizeSwaps(term);
    case 'count':
      return countSwaps(term, sentence, terms, knowledge);
    case 'negation':
      return negationSwaps(term, sentence);
    case 'direction':
      return directionSwaps(term, terms);
    case 'relation':
      return relationSwaps(term);
    case 'place':
      return placeSwaps(term, knowledge);
    case 'quote':
      return knowledge.readTexts.slice(0, handful).map((text) => swap(term, text));
    case 'answer':
      // a yes or no alone is never changed: see yes-no.ts
      return [];
  }
}

/** At most so many alternatives are read off the evidence for one word. */
const handful = 5;

/** Things that are counted by a unit. `bare`: also said without it. */
const units: Readonly<Record<string, { one: string; many: string; noun: string; bare: boolean }>> = {
  scissors: { one: 'pair of', many: 'pairs of', noun: 'scissors', bare: false },
  glasses: { one: 'pair of', many: 'pairs of', noun: 'glasses', bare: false },
  jeans: { one: 'pair of', many: 'pairs of', noun: 'jeans', bare: false },
  bread: { one: 'loaf of', many: 'loaves of', noun: 'bread', bare: true },
  broccoli: { one: 'piece of', many: 'pieces of', noun: 'broccoli', bare: true },
  cheese: { one: 'piece of', many: 'pieces of', noun: 'cheese', bare: true },
  popcorn: { one: 'box of', many: 'boxes of', noun: 'popcorn', bare: true },
  grape: { one: 'bunch of', many: 'bunches of', noun: 'grapes', bare: true },
};
const unitBefore =
  /(?<![\p{L}\p{N}])(pairs?|loaf|loaves|pieces?|slices?|box(?:es)?|bunch(?:es)?|bowls?)\s+of\s+((?:[\p{L}-]+\s+){0,2})$/iu;
/** Nouns that English writes as two words, however the lexicon keys them. */
const hyphenated = new Set(['t-shirt', 'yo-yo']);

const backPointing = /\b(?:the|this|that|these|those|its?)\s+(?:(?!of\b)[\p{L}-]+\s+){0,2}$/iu;

function nounSwaps(term: TermOf<'noun'>, sentence: string, terms: readonly Term[], knowledge: Knowledge): Swap[] {
  if (isNegated(term, sentence)) return [];
  const before = sentence.slice(Math.max(0, term.start - 80), term.start);
  const about = (other: Term) =>
    other.end <= term.start && /^[\s-]+([\p{L}-]+[\s-]+){0,2}$/u.test(sentence.slice(other.end, term.start));
  const colour = terms.find((other): other is TermOf<'colour'> => other.kind === 'colour' && about(other))?.colour;
  const count = terms.find((other): other is TermOf<'count'> => other.kind === 'count' && about(other))?.value;
  const mention = {
    ...(colour === undefined ? {} : { colour }),
    ...(typeof count === 'number' ? { count } : {}),
    many: isManyHere(term, before),
    pointsBack: backPointing.test(before),
    beside: new Set(terms.flatMap((other) => (other.kind === 'noun' ? [other.noun] : []))),
  };
  return likelyNouns(term.noun, mention, knowledge).flatMap((noun) => nounSwapsTo(noun, term, sentence));
}

/** The forms of a noun that can stand in place of a term. */
export function nounSwapsTo(noun: Noun, term: TermOf<'noun'>, sentence: string): Swap[] {
  const from = Math.max(0, term.start - 80);
  const before = sentence.slice(from, term.start);
  const unit = units[term.noun.singular] ? unitBefore.exec(before) : null;
  const many = unit ? /s$/i.test(unit[1]!) : isManyHere(term, before);
  const counted = /(^|\s)(an?|one|\d+|two|three|four|five|six|single)\s+([\p{L}-]+\s+){0,2}$/iu.test(before);
  return nounForms(noun, many, counted).map((form) =>
    // "a pair of red scissors": the unit goes with the noun, and what stands between stays
    unit
      ? swap({ start: from + unit.index, end: term.end }, likeCase(`${unit[2]}${form}`, unit[1]!), noun)
      : swap(term, likeCase(form, term.text), noun),
  );
}

/** Whether a mention speaks of what was named before. */
export const pointsBack = (term: Term, sentence: string): boolean =>
  backPointing.test(sentence.slice(Math.max(0, term.start - 80), term.start));

const manyBefore = new RegExp(
  `\\b(?:(?:${numberWords.slice(2).join('|')}|several|many|some|few|these|those|[2-9]|\\d\\d+)\\s+(?:[\\p{L}-]+\\s+){0,2}|are\\s+)$`,
  'iu',
);

/** Words such as `sheep` say nothing of their number: the words before them do. */
function isManyHere(term: TermOf<'noun'>, before: string): boolean {
  if (term.plural || term.noun.singular !== term.noun.plural) return term.plural;
  return manyBefore.test(before);
}

function nounForms(noun: Noun, many: boolean, counted: boolean): string[] {
  const written = (form: string) => (hyphenated.has(noun.singular) ? form : form.replaceAll('-', ' '));
  const plain = written(many ? noun.plural : noun.singular);
  const unit = units[noun.singular];
  if (!unit || !counted) return [plain];
  const byUnit = `${many ? unit.many : unit.one} ${unit.noun}`;
  return unit.bare ? [byUnit, plain] : [byUnit];
}

function colourSwaps(term: TermOf<'colour'>, sentence: string, terms: readonly Term[], knowledge: Knowledge): Swap[] {
  const about = colouredBy(term, sentence, terms, knowledge);
  const noun = typeof about === 'object' ? about : undefined;
  const seen = coloursOf(about, knowledge);
  // a thing that was not seen may be another one, in that one's colour
  const others = new Set<string>(noun && seen.length === 0 ? knowledge.seen.flatMap(({ colours }) => colours) : seen);
  others.delete(term.colour);
  return [...others].slice(0, handful).map((colour) => {
    const word = colour === 'gray' && knowledge.british ? 'grey' : colour;
    return swap(term, likeCase(word, term.text), noun);
  });
}

const sameRegister: Readonly<Record<string, string>> = {
  small: 'large',
  little: 'big',
  tiny: 'huge',
  mini: 'giant',
  miniature: 'giant',
  large: 'small',
  big: 'little',
  huge: 'tiny',
  giant: 'tiny',
  smaller: 'larger',
  larger: 'smaller',
  bigger: 'smaller',
  smallest: 'largest',
  largest: 'smallest',
  biggest: 'smallest',
};

function sizeSwaps(term: TermOf<'size'>): Swap[] {
  const match = sameRegister[term.text.toLowerCase()];
  const words = new Set([...(match ? [match] : []), ...oppositeSizes(term.text)]);
  return [...words].map((word) => swap(term, likeCase(word, term.text)));
}

/** What is seen less surely than this is not counted. */
const sureEnoughToCount = 0.6;

/** The number of things that were seen, in the manner of the number that is there; else what is nearest to it. */
function countSwaps(term: TermOf<'count'>, sentence: string, terms: readonly Term[], knowledge: Knowledge): Swap[] {
  const counted = countedNoun(term, sentence, terms);
  const noun = counted?.noun ?? askedNoun(terms, knowledge);
  if (!noun) return [];
  const seen = seenAs(noun, knowledge);
  if (seen && seen.confidence < sureEnoughToCount) return [];
  const described = (counted ? sentence.slice(term.end, counted.start) : '')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .flatMap((word) => seen?.groups.get(colourSynonyms[word] ?? word) ?? []);
  const likeliest = seen?.count ?? term.value ?? 2;
  const near = [1, 2, 3, 4, 5, likeliest].sort((a, b) => Math.abs(a - likeliest) - Math.abs(b - likeliest));
  const values = new Set([...described, ...near]);
  if (term.value !== null) values.delete(term.value);
  const isBefore = counted !== undefined && counted.start >= term.end;
  const said = [...values].slice(0, handful).flatMap((value) => sayCount(value, term.style, isBefore));
  return said.map((word) => ({
    ...swap(term, likeCase(word, term.text)),
    ...(isBefore ? { counts: { start: counted.start } } : {}),
  }));
}

function sayCount(value: number, style: TermOf<'count'>['style'], isBefore: boolean): string[] {
  if (style === 'digit') return [String(value)];
  // `a` is what people write for one
  return value === 1 && isBefore ? ['a'] : [numberWords[value] ?? String(value)];
}

function negationSwaps(term: TermOf<'negation'>, sentence: string): Swap[] {
  const word = term.text.toLowerCase().replace(/\s+/g, ' ').replace('’', "'");
  const noun = /^\s+([\p{L}-]+)/u.exec(sentence.slice(term.end))?.[1] ?? '';
  const one = singularize(noun) === noun;
  const texts: Readonly<Record<string, string[]>> = {
    'not a single': ['a', 'a single', 'one'],
    'not any': one ? ['a', 'some'] : ['some', ''],
    not: [''],
    'without any': ['with some', 'with'],
    without: ['with'],
    "n't any": one ? [' a', ' some'] : [' some'],
    none: ['one', 'some', 'all'],
  };
  return (texts[word] ?? []).map((text) => swap(term, likeCase(text, term.text)));
}
