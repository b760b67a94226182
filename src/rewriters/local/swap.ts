import type { Noun } from '../../text/lexicon/nouns.js';
import type { Range } from '../../text/range.js';
import type { Term } from './terms.js';

/** New text for a run of a sentence. `about` ties swaps together that evidence saw as one thing. */
export interface Swap extends Range {
  text: string;
  about?: Noun;
  /** For a number: where the noun that it counts begins. */
  counts?: { start: number };
}

export type TermOf<Kind extends Term['kind']> = Extract<Term, { kind: Kind }>;

export function swap({ start, end }: Range, text: string, about?: Noun): Swap {
  return { start, end, text, ...(about ? { about } : {}) };
}

/** Gives a word the case of the one that it replaces. */
export function inCaseOf(like: string, word: string): string {
  if (like.length > 1 && like === like.toUpperCase() && like !== like.toLowerCase()) return word.toUpperCase();
  const first = like.charAt(0);
  return first === first.toLowerCase() ? word : word.charAt(0).toUpperCase() + word.slice(1);
}
