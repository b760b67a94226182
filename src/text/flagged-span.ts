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
}

/** Replaces one flagged span; `""` deletes it. `sentence: true` replaces the whole flagged sentence instead. */
export interface SpanEdit {
  span: number;
  replacement: string;
  sentence?: boolean;
}
