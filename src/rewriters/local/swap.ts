import type { Noun } from '../../text/lexicon/nouns.js';
import type { Range } from '../../text/range.js';

/** New text for a run of a sentence. `about` ties swaps together that evidence saw as one thing. */
export interface Swap extends Range {
  text: string;
  about?: Noun;
  /** For a number: where the noun that it counts begins. */
  counts?: { start: number };
}

export function swap({ start, end }: Range, text: string, about?: Noun): Swap {
  return { start, end, text, ...(about ? { about } : {}) };
}
