import type { FlagType } from './flag-type.js';

/** A run of whole words with a token reward at or below the threshold, inside one sentence. Offsets are UTF-16. */
export interface FlaggedSpan {
  /** 1-based, in reading order; the number in the mask marker. */
  id: number;
  start: number;
  end: number;
  text: string;
  /** The lowest token reward inside. */
  reward: number;
  /** Start and end of the sentence that holds it. */
  sentence: [number, number];
  /** What is wrong with it: as its scorer says, else by what its words claim. */
  type?: FlagType;
  /** Why, where its scorer knows it: one line. */
  reason?: string;
}

/** Replaces one flagged span; `""` deletes it. `sentence: true` replaces the whole flagged sentence instead. */
export interface SpanEdit {
  span: number;
  replacement: string;
  sentence?: boolean;
}

/** A flagged span as it stands in every report: what and where, and why where that is known. */
export type SpanJson = Pick<FlaggedSpan, 'start' | 'end' | 'text' | 'reward' | 'type' | 'reason'>;

export function spanJson({ start, end, text, reward, type, reason }: FlaggedSpan): SpanJson {
  return {
    start,
    end,
    text,
    reward,
    ...(type === undefined ? {} : { type }),
    ...(reason === undefined ? {} : { reason }),
  };
}
