import type { FlagType } from './flag-type.js';

/**
 * The reward of one token of a response.
 *
 * `start` and `end` are UTF-16 offsets into the response, and `response.slice(start, end) === text`.
 * `reward` is P(the image supports this token), 0..1; `null` where the scorer cannot judge the token: such a token is
 * never flagged and never counts as good. `type` and `reason` say what would be wrong with it and why, where its scorer
 * knows them; the reason is one line.
 */
export interface TokenReward {
  text: string;
  start: number;
  end: number;
  reward: number | null;
  type?: FlagType;
  reason?: string;
}
