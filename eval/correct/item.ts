import type { AppliedEdit } from '../../src/agent/correction.js';
import type { ImageInput } from '../../src/image/image-input.js';
import type { Usage } from '../../src/rewriters/rewriter.js';
import type { Range } from '../../src/text/range.js';
import type { Outcome } from './outcome.js';

/** A claim of an answer that can be right or wrong. Offsets are UTF-16; both 0 where its place is not known. */
export interface LabelledRange extends Range {
  kind: string;
  good: boolean;
}

/** An answer and what is right and wrong in it. */
export interface GeneratedAnswer {
  response: string;
  claims: readonly LabelledRange[];
  usage?: Usage;
}

/** An answer to be corrected, with the ground truth of its picture. */
export interface CorrectionItem extends GeneratedAnswer {
  id: string;
  image: ImageInput;
  prompt?: string;
  /** The type of mistake that was planted. */
  type?: string;
  /** The answer as it should be, where that is known. */
  truth?: string;
  /** Where the picture is found again for the report: a path, or the seed of a scene. */
  picture: string;
  /** What edits did to the answer; null where that cannot be judged exactly. */
  judge(edited: string, edits: readonly AppliedEdit[]): Outcome | null;
  /** Another answer of the generator to the same picture; null where it has no more. `take` counts from 1. */
  regenerate(take: number, signal: AbortSignal): Promise<GeneratedAnswer | null>;
}

/** An item that is made when its turn comes. */
export interface LazyItem {
  id: string;
  /** Throws where there is no answer to correct. */
  open(signal: AbortSignal): Promise<CorrectionItem>;
}

/** Items in a fixed order, from any of them on: a run that goes on does not make anew what is done. */
export interface ItemSet {
  /** What the header of a run says of the items: the same set gives the same answers. */
  config: Readonly<Record<string, unknown>>;
  /** How many there are. */
  size: number;
  items(from: number): AsyncIterable<LazyItem>;
  /** The picture of an item as PNG, JPEG or WebP bytes, for the report. */
  picture(picture: string): Promise<Uint8Array>;
}
