import type { Evidence } from '../../src/scorer/scorer.js';
import type { Range } from '../../src/text/range.js';
import type { Activity, Shown } from '../store/events.js';
import type { Flag, Work } from '../work.js';

/** What goes between the page and its server. */

export interface Session {
  annotator: string | null;
  title: string;
  /** HTML of the guidelines; null for none. */
  guidelines: string | null;
  study: boolean;
  /** Tells this store from others that were served at the same address. */
  store: string;
}

/** One item as one person may see it: what its arm hides is not in it. */
export interface ItemView {
  id: string;
  prompt?: string;
  response: string;
  shown: Shown;
  flags: Flag[];
  /** Whether the detector doubts the answer; only where `shown` is `verdict`. */
  doubted?: boolean;
  evidence: Evidence[];
  /** Where the detector stands: it may still be at work. */
  scored: 'yes' | 'waiting' | 'abstained';
  abstained?: string;
  work: Work;
  version: number;
  /** For adjudication: what the others said. */
  votes?: { annotator: string; work: Work }[];
}

export interface QueueReply {
  items: ItemView[];
  progress: Progress;
}

export interface Progress {
  /** Items that this person has done or skipped. */
  done: number;
  /** Items that are there for this person in all, as far as is known now. */
  total: number;
  /** Items that still wait for a score. */
  unscored: number;
}

export interface SaveBody {
  annotator: string;
  /** The version that it changes; 0 for none. */
  base: number;
  /** Keys of earlier changes upon `base` that this one builds on, and of which the sender heard nothing. */
  after: string[];
  key: string;
  work: Work;
  role: 'annotate' | 'adjudicate';
}

export type SaveReply = { version: number; at: number };
export type ConflictReply = { version: number; work: Work };
export interface ActivityBody {
  annotator: string;
  item: string;
  tab: string;
  events: Activity[];
}

export type { Activity, Range, Shown };
