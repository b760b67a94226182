import { likeCase } from './capital.js';
import { compoundEnds, irregularNouns, noCompounds, unchangingNouns } from './lexicon/irregular-nouns.js';
import { nouns } from './lexicon/nouns.js';
import { otherNames } from './lexicon/other-names.js';

const known: readonly (readonly [string, string])[] = [
  ...nouns.flatMap((noun) => [[noun.singular, noun.plural] as const, ...noun.synonyms]),
  ...[...otherNames.values()].flat(),
  ...irregularNouns,
  ...unchangingNouns.map((word) => [word, word] as const),
];
const pluralOf = firstOfEach(known);
const singularOf = firstOfEach(known.map(([one, many]) => [many, one]));
const compounds = compoundEnds.map((end) => [end, pluralOf.get(end) ?? end] as const);

function firstOfEach(entries: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map([...entries].reverse());
}

/** The plural of an English noun: `wolf` to `wolves`, `ice cream` to `ice creams`. Keeps capitals; a plural stays. */
export function pluralize(noun: string): string {
  return inflect(noun, pluralOf, singularOf, (last) => {
    if (isRegularPlural(last)) return last;
    if (/(s|x|z|ch|sh)$/.test(last)) return `${last}es`;
    if (/[^aeiou]y$/.test(last)) return `${last.slice(0, -1)}ies`;
    return `${last}s`;
  });
}

/** The singular of an English noun; a word that is no plural comes back as it is. */
export function singularize(noun: string): string {
  return inflect(noun, singularOf, pluralOf, regularSingular);
}

/** Whether a noun is a plural that differs from its singular. */
export function isPlural(noun: string): boolean {
  return singularize(noun).toLowerCase() !== noun.toLowerCase();
}

/** Whether the lexicon has the noun, in the singular or the plural. */
export function isKnownNoun(noun: string): boolean {
  const lower = noun.toLowerCase();
  const hyphened = lower.replaceAll(' ', '-');
  return pluralOf.has(lower) || singularOf.has(lower) || pluralOf.has(hyphened) || singularOf.has(hyphened);
}

function regularSingular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(ss|us|is)$/.test(word)) return word;
  if (word.length > 4 && /[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(ss|sh|ch|x|zz|tz|o)es$/.test(word) || /[^o]uses$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function isRegularPlural(word: string): boolean {
  return regularSingular(word) !== word;
}

function inflect(
  noun: string,
  table: ReadonlyMap<string, string>,
  inverse: ReadonlyMap<string, string>,
  rule: (last: string) => string,
): string {
  const lower = noun.toLowerCase();
  const found = table.get(lower) ?? table.get(lower.replaceAll(' ', '-'))?.replaceAll('-', ' ');
  if (found !== undefined) return keepCase(found, noun);
  if (inverse.has(lower)) return noun;
  const last = /[^\s-]*$/.exec(noun)![0];
  if (last !== noun && last !== '') return noun.slice(0, -last.length) + inflect(last, table, inverse, rule);
  if (!/\p{L}$/u.test(noun)) return noun;
  return keepCase(compound(lower, table === pluralOf) ?? rule(lower), noun);
}

/** Snowman to snowmen: the last part of a compound changes as it does alone. */
function compound(word: string, toPlural: boolean): string | null {
  if (noCompounds.has(word)) return null;
  for (const [one, many] of compounds) {
    const [from, to] = toPlural ? [one, many] : [many, one];
    if (word.length > from.length + 1 && word.endsWith(from)) return word.slice(0, -from.length) + to;
    if (word.length > to.length + 1 && word.endsWith(to)) return word;
  }
  return null;
}

const keepCase = (word: string, like: string) => (word === like.toLowerCase() ? like : likeCase(word, like));

/** Abbreviations with a vowel that are nonetheless spelt out. */
const spelt = /^(SUV|LED|MRI|FBI|NBA|RAF|SOS|XL|HIV|MBA|LCD|RGB|API|UFO|USB|USA|UK|UV|UPS|URL|UN|EU)s?\b/;

/** `a` or `an`, by how the word begins when spoken. */
export function indefiniteArticle(word: string): 'a' | 'an' {
  const plain = word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/^[^\p{L}\p{N}]+/u, '');
  if (/^[A-Z](?![\p{L}\p{N}])|^[B-DF-HJ-NP-TV-XZ]{2,}(?![\p{L}])/u.test(plain) || spelt.test(plain))
    return /^[AEFHILMNORSX]/.test(plain) ? 'an' : 'a';
  const text = plain.toLowerCase();
  if (/^\d/.test(text)) return /^(8|(11|18)(?!\d|[.,]?\d{1,2}\b(?!,))|(11|18),\d{3})/.test(text) ? 'an' : 'a';
  if (/^(uni(?![dmn])|unimod|us[aeu]|ut[eio]|ura|uri|ubi|uku|eu|one(?!i)|once|ouija|ewe)/.test(text)) return 'a';
  if (/^(hour|honest|honou?r|heir|x-)/.test(text)) return 'an';
  return /^[aeiou]/.test(text) ? 'an' : 'a';
}
