import type { Noun } from './lexicon/nouns.js';
import type { Range } from './range.js';
import type { Term, TermOf } from './terms.js';

const isNoun = (term: Term): term is TermOf<'noun'> => term.kind === 'noun';

/** The noun that an adjective belongs to: the next one behind it, else the one before (`the dog is red`). */
export const describedNoun = (term: Range, sentence: string, terms: readonly Term[]): Noun | undefined =>
  describedNounTerm(term, sentence, terms)?.noun;

/** {@link describedNoun}, as the term that it is. */
export function describedNounTerm(term: Range, sentence: string, terms: readonly Term[]): TermOf<'noun'> | undefined {
  const all = terms.filter(isNoun);
  const next = all.find((other) => other.start >= term.end);
  if (next && /^[\s-]+([\p{L}-]+\s+){0,2}$/u.test(sentence.slice(term.end, next.start))) return next;
  return all.filter((other) => other.end <= term.start).at(-1);
}

/**
 * The noun that a number counts: behind it, over at most three words such as adjectives and `of`; else, in an item such as
 * `drums: 4` or a row of a table, the one before.
 */
export function countedNoun(term: Range, sentence: string, terms: readonly Term[]): TermOf<'noun'> | undefined {
  const all = terms.filter(isNoun);
  const next = all.find((other) => other.start >= term.end);
  if (next && /^\s+([\p{L}-]+\s+){0,3}$/u.test(sentence.slice(term.end, next.start))) return next;
  const before = all.filter((other) => other.end <= term.start).at(-1);
  return before && /^[^\p{L}\p{N}]*[:×x*|(–—=-][^\p{L}\p{N}]*$/u.test(sentence.slice(before.end, term.start))
    ? before
    : undefined;
}
