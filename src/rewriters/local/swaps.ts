import { singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { colours } from '../../text/lexicon/colours.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { oppositeSizes } from '../../text/lexicon/sizes.js';
import type { Range } from '../../text/range.js';
import { type Knowledge, likelyNouns } from './knowledge.js';
import { directionSwaps, placeSwaps, relationSwaps } from './place-swaps.js';
import { type Swap, swap, type TermOf } from './swap.js';
import type { Term } from './terms.js';

/**
 * What could stand in place of a term, best guess first. Offsets are those of the sentence; a swap may reach beyond its
 * term, where a word brings others along (`a pair of scissors`, `to the left of`).
 */
export function swapsFor(term: Term, sentence: string, terms: readonly Term[], knowledge: Knowledge): Swap[] {
  switch (term.kind) {
    case 'noun':
      return nounSwaps(term, sentence, knowledge);
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
      return knowledge.readTexts.map((text) => swap(term, text));
    case 'answer':
      return [swap(term, likeCase(/^yes$/i.test(term.text) ? 'no' : 'yes', term.text))];
  }
}

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

function nounSwaps(term: TermOf<'noun'>, sentence: string, knowledge: Knowledge): Swap[] {
  const from = Math.max(0, term.start - 80);
  const before = sentence.slice(from, term.start);
  const unit = units[term.noun.singular] ? unitBefore.exec(before) : null;
  const many = unit ? /s$/i.test(unit[1]!) : isManyHere(term, before);
  const swaps: Swap[] = [];
  for (const noun of likelyNouns(term.noun, knowledge)) {
    const forms = nounForms(
      noun,
      many,
      /(^|\s)(an?|one|\d+|two|three|four|five|six|single)\s+([\p{L}-]+\s+){0,2}$/iu.test(before),
    );
    for (const form of forms) {
      // "a pair of red scissors": the unit goes with the noun, and what stands between stays
      if (unit)
        swaps.push(swap({ start: from + unit.index, end: term.end }, likeCase(`${unit[2]}${form}`, unit[1]!), noun));
      else swaps.push(swap(term, likeCase(form, term.text), noun));
    }
  }
  return swaps;
}

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
  const noun = describedNoun(term, sentence, terms);
  const isGround =
    /^[\s\p{L},]{0,20}\b(background|backdrop|ground|surface|wall)/iu.test(sentence.slice(term.end)) ||
    (/\b(background|backdrop|ground)\b/i.test(sentence.slice(0, term.start)) && !noun);
  const seen = isGround
    ? knowledge.groundColours
    : (knowledge.seen.find((object) => object.noun === noun)?.colours ?? []);
  const others = knowledge.seen.flatMap((object) => object.colours);
  const ordered = new Set<string>([...seen, ...(isGround ? [] : others), ...colours]);
  ordered.delete(term.colour);
  return [...ordered].map((colour) => {
    const word = colour === 'gray' && knowledge.british ? 'grey' : colour;
    return swap(term, likeCase(word, term.text), isGround ? undefined : noun);
  });
}

/** The noun that an adjective belongs to: the next one behind it, else the one before (`the dog is red`). */
function describedNoun(term: Range, sentence: string, terms: readonly Term[]): Noun | undefined {
  const all = terms.filter((other): other is TermOf<'noun'> => other.kind === 'noun');
  const next = all.find((other) => other.start >= term.end);
  if (next && /^[\s-]+([\p{L}-]+\s+){0,2}$/u.test(sentence.slice(term.end, next.start))) return next.noun;
  return all.filter((other) => other.end <= term.start).at(-1)?.noun ?? undefined;
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

function countSwaps(term: TermOf<'count'>, sentence: string, terms: readonly Term[], knowledge: Knowledge): Swap[] {
  const counted = countedNoun(term, sentence, terms);
  const seen = knowledge.seen.find((object) => object.noun === counted?.noun)?.count;
  const near = term.value ?? 3;
  const values = new Set([...(seen === undefined ? [] : [seen]), 1, 2, 3, 4, 5, 6]);
  const ordered = [...values].sort((a, b) => rank(a) - rank(b));
  function rank(value: number): number {
    return value === seen ? -1 : Math.abs(value - near);
  }
  const words = ordered.flatMap((value) => (value === term.value ? [] : sayCount(value, term.style)));
  const others = [7, 8, 9, 10].flatMap((value) => (value === term.value ? [] : sayCount(value, term.style)));
  const vague = term.value === 1 ? [] : ['several', 'a pair of', 'a couple of'];
  const one = term.value === 1 && term.style !== 'article' ? ['a'] : ['one'];
  const none = term.value === 0 ? [...(/^no$/i.test(term.text) ? ['some', ''] : [])] : ['no'];
  const all = [...words, ...one, ...vague, ...others, ...none].filter(
    (word) => word.toLowerCase() !== term.text.toLowerCase(),
  );
  return [...new Set(all)].map((word) => ({
    ...swap(term, likeCase(word, term.text)),
    ...(counted ? { counts: { start: counted.start } } : {}),
  }));
}

/** The noun behind a number, over at most three words such as adjectives and `of`. */
function countedNoun(term: Range, sentence: string, terms: readonly Term[]): TermOf<'noun'> | undefined {
  const next = terms.find((other): other is TermOf<'noun'> => other.kind === 'noun' && other.start >= term.end);
  return next && /^\s+([\p{L}-]+\s+){0,3}$/u.test(sentence.slice(term.end, next.start)) ? next : undefined;
}

function sayCount(value: number, style: CountStyleOf): string[] {
  if (style === 'digit') return [String(value)];
  // `a` is what people write for one
  return value === 1 ? ['a'] : [numberWords[value] ?? String(value)];
}
type CountStyleOf = TermOf<'count'>['style'];

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
