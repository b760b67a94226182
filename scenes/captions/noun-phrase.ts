import { colourSynonyms } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import { counting } from './counting.js';
import type { Mention } from './fact.js';
import type { Piece } from './pieces.js';
import type { Wording } from './wording.js';

const byName = new Map(nouns.map((noun) => [noun.singular, noun]));

/** Things that English counts by a unit. */
const units: Readonly<Record<string, { one: string; many: string; noun: string; always: boolean }>> = {
  scissors: { one: 'pair of', many: 'pairs of', noun: 'scissors', always: true },
  glasses: { one: 'pair of', many: 'pairs of', noun: 'glasses', always: true },
  jeans: { one: 'pair of', many: 'pairs of', noun: 'jeans', always: true },
  shorts: { one: 'pair of', many: 'pairs of', noun: 'shorts', always: true },
  goggles: { one: 'pair of', many: 'pairs of', noun: 'goggles', always: true },
  headphones: { one: 'pair of', many: 'pairs of', noun: 'headphones', always: true },
  chopsticks: { one: 'pair of', many: 'pairs of', noun: 'chopsticks', always: true },
  bread: { one: 'loaf of', many: 'loaves of', noun: 'bread', always: false },
  broccoli: { one: 'piece of', many: 'pieces of', noun: 'broccoli', always: false },
  cheese: { one: 'piece of', many: 'pieces of', noun: 'cheese', always: false },
  popcorn: { one: 'box of', many: 'boxes of', noun: 'popcorn', always: true },
  grape: { one: 'bunch of', many: 'bunches of', noun: 'grapes', always: false },
};

/** Without a plural of their own. */
const massNouns = new Set(['bread', 'broccoli', 'cheese', 'popcorn']);

export const isCountedByUnit = (noun: string): boolean => noun in units;

/** The form of a noun, now and then by a synonym, with or without its hyphen. */
export function nounForm(noun: string, plural: boolean, wording: Wording, key: string): string {
  const entry = byName.get(noun);
  if (!entry) return noun;
  const forms: [string, string] =
    entry.synonyms.length && wording.chance(`${key}.synonym`, 0.3)
      ? wording.pick(`${key}.which`, entry.synonyms)
      : [entry.singular, entry.plural];
  const form = forms[plural ? 1 : 0];
  return form.includes('-') && wording.chance(`${key}.hyphen`, 0.6) && !/^(?:t-shirt|yo-yo)/.test(form)
    ? form.replaceAll('-', ' ')
    : form;
}

/** Whether a mention takes a plural verb. */
export function isPluralMention(mention: Mention): boolean {
  return (
    mention.count.is !== 1 ||
    (mention.as === 'definite' && (units[mention.noun.is]?.always ?? false) && mention.noun.is !== 'popcorn')
  );
}

const smallWords = ['small', 'small', 'small', 'little', 'tiny'];
const largeWords = ['large', 'large', 'big', 'big', 'huge'];

export function sizeWord(size: 'small' | 'large', wording: Wording, key: string): string {
  return wording.pick(key, size === 'small' ? smallWords : largeWords);
}

export function colourWord(colour: string, wording: Wording, key: string): string {
  const synonym = Object.keys(colourSynonyms).find((word) => colourSynonyms[word] === colour);
  return synonym && wording.chance(key, colour === 'gray' ? 0.5 : 0.12) ? synonym : colour;
}

function setApart(called: NonNullable<Mention['called']>, plural: boolean, wording: Wording, key: string): string {
  if (called === 'former' || called === 'latter') return `the ${called}`;
  const word = called === 'larger' ? wording.pick(`${key}.larger`, ['larger', 'bigger', 'large', 'big']) : 'smaller';
  return `the ${word} ${plural ? 'ones' : 'one'}`;
}

/** `three small red dogs`, `the red dog`, `a pair of scissors`, `it`. `bare` leaves out a/an, as in a headline. */
export function nounPhrase(
  mention: Mention,
  wording: Wording,
  key: string,
  options: { bare?: boolean; object?: boolean; one?: boolean } = {},
): Piece[] {
  const subject = mention.groups;
  const many = mention.count.is;
  if (mention.as === 'pronoun' && mention.called) return [setApart(mention.called, many !== 1, wording, key)];
  if (mention.as === 'pronoun') return [many === 1 ? 'it' : options.object ? 'them' : 'they'];
  const plural = many !== 1;
  const unit = units[mention.noun.is];
  const needed = unit && (unit.always || (plural && massNouns.has(mention.noun.is)));
  const wanted = unit && mention.as === 'full' && wording.chance(`${key}.unit`, 0.6);
  const byUnit = needed || wanted ? unit : undefined;
  const words: Piece[][] = [];
  const adjectives: Piece[][] = [];
  if (mention.size) {
    adjectives.push([
      { text: sizeWord(mention.size.is, wording, `${key}.size`), kind: 'size', good: mention.size.good, subject },
    ]);
  }
  if (mention.colour) {
    const colour = colourWord(mention.colour.is, wording, `${key}.colour`);
    const coloured = wording.chance(`${key}.coloured`, 0.06)
      ? wording.pick(`${key}.spelling`, ['-coloured', '-colored'])
      : '';
    adjectives.push([{ text: colour, kind: 'colour', good: mention.colour.good, subject }, coloured]);
  }
  const form = byUnit ? byUnit.noun : nounForm(mention.noun.is, plural, wording, `${key}.noun`);
  const head: Piece[] = options.one
    ? [plural ? 'ones' : 'one']
    : [{ text: form, kind: 'object', good: mention.noun.good, subject }];
  if (byUnit && (mention.as === 'full' || (plural && massNouns.has(mention.noun.is))))
    adjectives.push([plural ? byUnit.many : byUnit.one]);
  if (mention.as === 'definite') {
    words.push([wording.chance(`${key}.those`, 0.01) ? (plural ? 'those' : 'that') : 'the']);
  } else {
    const first = adjectives[0]?.[0] ?? head[0]!;
    words.push(
      ...counting(mention, typeof first === 'string' ? first : first.text, wording, key, options.bare ?? false),
    );
  }
  return joinWords([...words, ...adjectives, head]);
}

/** Runs of pieces with a space between them; empty runs vanish. */
export function joinWords(runs: readonly (readonly Piece[])[]): Piece[] {
  const out: Piece[] = [];
  for (const run of runs) {
    if (run.length === 0) continue;
    if (out.length) out.push(' ');
    out.push(...run);
  }
  return out;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinList(items: readonly Piece[][], wording: Wording, key: string): Piece[] {
  const oxford = wording.chance(`${key}.oxford`, 0.4) ? ', and ' : ' and ';
  return items.flatMap((item, index) => {
    if (index === 0) return item;
    const last = index === items.length - 1;
    return [
      last
        ? items.length > 2
          ? oxford
          : wording.pick(`${key}.and`, [
              ' and ',
              ' and ',
              ' and ',
              ' and ',
              ' as well as ',
              ' along with ',
              ' plus ',
              ' together with ',
            ])
        : ', ',
      ...item,
    ];
  });
}
