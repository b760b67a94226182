import type { ItemRecords } from '../records.js';

/** One tool's form of items and records. */
export interface Format {
  /** What it is, in a line. */
  about: string;
  /** Pieces of text that make a file, one after the other. */
  write(items: AsyncIterable<ItemRecords>): AsyncIterable<string>;
}
