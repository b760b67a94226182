/** What a reader makes of one column of a line of text: the characters that it may show, likeliest first. */
export type Column = readonly (readonly [character: string, probability: number])[];

/** A line of text that was read. */
export interface TextLine {
  text: string;
  /** Mean probability of its characters, 0..1. */
  confidence: number;
  /** The corners as fractions of the picture, clockwise from the top left of the text. */
  corners: readonly (readonly [x: number, y: number])[];
  /** Columns from left to right, without those in which nothing but a gap (`''`) is likely. */
  columns: readonly Column[];
}
