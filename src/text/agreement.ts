import { nouns } from './lexicon/nouns.js';

const irregular: readonly (readonly [string, string])[] = [
  ...nouns.flatMap((noun) => [[noun.singular, noun.plural] as const, ...noun.synonyms]),
  ['person', 'people'],
  ['man', 'men'],
  ['woman', 'women'],
  ['child', 'children'],
  ['foot', 'feet'],
  ['tooth', 'teeth'],
  ['goose', 'geese'],
  ['ox', 'oxen'],
  ['leaf', 'leaves'],
  ['shelf', 'shelves'],
  ['wife', 'wives'],
  ['life', 'lives'],
  ['half', 'halves'],
  ['calf', 'calves'],
  ['cactus', 'cacti'],
  ['series', 'series'],
  ['species', 'species'],
  ['aircraft', 'aircraft'],
  ['bison', 'bison'],
  ['salmon', 'salmon'],
];
const pluralOf = new Map(irregular);
const singularOf = new Map(irregular.map(([one, many]) => [many, one]));

/** Whether the lexicon has the noun, in the singular or the plural. */
export function isKnownNoun(noun: string): boolean {
  const lower = noun.toLowerCase();
  const hyphened = lower.replaceAll(' ', '-');
  return pluralOf.has(lower) || singularOf.has(lower) || pluralOf.has(hyphened) || singularOf.has(hyphened);
}

/** The plural of an English noun: `wolf` to `wolves`, `ice cream` to `ice creams`. Keeps a capital. */
export function pluralize(noun: string): string {
  return inflect(noun, pluralOf, (last) => {
    if (/(s|x|z|ch|sh)$/.test(last)) return `${last}es`;
    if (/[^aeiou]y$/.test(last)) return `${last.slice(0, -1)}ies`;
    return `${last}s`;
  });
}

/** The singular of an English noun; a word that is no plural comes back as it is. */
export function singularize(noun: string): string {
  return inflect(noun, singularOf, (last) => {
    if (/[^aeiou]ies$/.test(last) && last.length > 4) return `${last.slice(0, -3)}y`;
    if (/(ss|x|z|ch|sh)es$/.test(last)) return last.slice(0, -2);
    if (/[^su]s$/.test(last) && last.length > 3) return last.slice(0, -1);
    return last;
  });
}

/** Whether a noun is a plural that differs from its singular. */
export function isPlural(noun: string): boolean {
  return singularize(noun).toLowerCase() !== noun.toLowerCase();
}

function inflect(noun: string, table: ReadonlyMap<string, string>, rule: (last: string) => string): string {
  const lower = noun.toLowerCase();
  const known =
    table.get(lower) ?? table.get(lower.replaceAll(' ', '-'))?.replaceAll('-', noun.includes(' ') ? ' ' : '-');
  if (known !== undefined) return likeCase(known, noun);
  if (table === pluralOf ? singularOf.has(lower) : pluralOf.has(lower)) return noun;
  const last = /[^\s-]*$/.exec(noun)![0];
  if (last !== noun && last !== '') return noun.slice(0, -last.length) + inflect(last, table, rule);
  return likeCase(rule(lower), noun);
}

function likeCase(word: string, like: string): string {
  if (like.length > 1 && like === like.toUpperCase() && like !== like.toLowerCase()) return word.toUpperCase();
  const first = like.charAt(0);
  return first !== first.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** `a` or `an`, by how the word begins when spoken. */
export function indefiniteArticle(word: string): 'a' | 'an' {
  const text = word.trim().toLowerCase();
  if (/^(8|11|18|80|800)(?!\d)/.test(text)) return 'an';
  if (/^(uni(?!n)|use|usu|eu|one(?!i)|once|ukulele|ewe)/.test(text)) return 'a';
  if (/^(hour|honest|honou?r|heir)/.test(text)) return 'an';
  return /^[aeiou]/.test(text) ? 'an' : 'a';
}
