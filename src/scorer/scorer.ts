import type { ImageInput } from '../image/image-input.js';
import type { CallUsage } from '../models/price.js';
import type { TokenReward } from '../text/token-reward.js';
import type { HarmRecord } from './conformal.js';

export type { TokenReward };

/** Something that a scorer saw or read in the picture. Boxes are `[left, top, right, bottom]` as fractions 0..1. */
export interface Evidence {
  kind: 'object' | 'text' | 'ground' | 'claim';
  /** What it is: `dog`, the text that was read, or for a `claim` words of the response and why they are doubted. */
  label: string;
  /** 0..1 */
  confidence: number;
  box?: [number, number, number, number];
  /** For example `{ colour: 'red', size: 'small' }`. */
  attributes?: Record<string, string>;
}

export interface ScoreRequest {
  images: ImageInput[];
  /** The question that the response answers. */
  prompt?: string;
  response: string;
  signal?: AbortSignal;
}

export interface ScoredResponse {
  response: string;
  tokens: TokenReward[];
  evidence?: Evidence[];
  /** Name of the scorer. */
  scorer: string;
  /** Findings that could not be placed in the response, and were left out. Absent: none. */
  dropped?: number;
  /** Why the scorer did not judge this picture at all. Every reward is null then. */
  abstained?: string;
  /** What asking models has cost, where any were asked. */
  usage?: CallUsage;
  /** In words, how it was judged: `P(yes) of each claim`. */
  method?: string;
}

export interface Scorer {
  readonly name: string;
  /** The scorer's own operating point: a reward at or below it is flagged. 0.5 where absent. */
  readonly threshold?: number;
  /** What was measured of its harm, for `maxHarm`. */
  readonly harm?: HarmRecord;
  score(request: ScoreRequest): Promise<ScoredResponse>;
  /** Answers in order. One bad item fails alone: its place holds an `Error`. */
  scoreBatch?(requests: ScoreRequest[]): Promise<(ScoredResponse | Error)[]>;
  /**
   * Does ahead of any answer what the pictures alone ask for, and keeps it for `score`: a head start while the model is
   * still answering. Left out where that saves nothing. An abort ends what nobody waits for any more.
   */
  prepare?(images: ImageInput[], signal?: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}
