import type { PerturbationType } from '../text/flag-type.js';
import type { Range } from '../text/range.js';

export { type PerturbationType, perturbationTypes } from '../text/flag-type.js';

/** One change: words of the perturbed text, what stood there before, and whether it is the lie or only follows from it. */
export interface PerturbedEdit extends Range {
  from: string;
  to: string;
  /** `bad`: makes the caption wrong. `repair`: agreement that follows (a/an, a plural, a verb). */
  role: 'bad' | 'repair';
}

/**
 * A caption made wrong. All offsets are UTF-16 offsets of `text`, in order and disjoint; every range of `bad` and
 * `repaired` is one or more whole words.
 */
export interface Perturbed {
  text: string;
  type: PerturbationType;
  /** The words that are wrong. Never empty. */
  bad: Range[];
  /** Words that changed only to agree with the wrong ones. */
  repaired: Range[];
  /**
   * Words that were taken out with nothing in their place: where, and what. A deletion leaves no word to mark, so the
   * word that now makes the false claim is in `bad`: the one after the gap, or the one before it at a sentence's end.
   */
  deleted?: { at: number; text: string }[];
  /** What to put back, edit by edit: see {@link undoEdits}. */
  edits: PerturbedEdit[];
}

/** Makes captions wrong; null where the type does not apply, never a copy. */
export interface Perturber {
  readonly name: string;
  perturb(
    caption: string,
    type: PerturbationType,
    random: () => number,
    signal?: AbortSignal,
  ): Promise<Perturbed | null>;
}

/** The caption before it was perturbed. */
export function undoEdits({ text, edits }: Pick<Perturbed, 'text' | 'edits'>): string {
  let out = '';
  let last = 0;
  for (const { start, end, from } of edits) {
    out += text.slice(last, start) + from;
    last = end;
  }
  return out + text.slice(last);
}
