import type { Evidence } from '../src/scorer/scorer.js';
import type { Range } from '../src/text/range.js';
import type { Flag } from './work.js';

/** What a scorer found in an answer: given with the item, or found in the background. */
export interface Finding {
  flags: Flag[];
  scorer?: string;
  /** Rewards at or below it were flagged. */
  threshold?: number;
  /** The lowest reward of the answer; null where no word was judged. */
  lowest: number | null;
  evidence?: Evidence[];
  /** Why nothing was judged, or what went wrong. */
  abstained?: string;
}

/**
 * `gold`: its errors are known, and stand in `gold`; with none, it is known to be clean. People are not told which items
 * those are.
 */
export interface AnnotationItem {
  id: string;
  /** A path, or a URL of a file; never bytes. */
  image: string;
  prompt?: string;
  response: string;
  finding?: Finding;
  gold?: Range[];
  /** Other columns of its line, which come back in an export. */
  columns?: Record<string, unknown>;
}
