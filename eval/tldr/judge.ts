import type { ImageInput } from '../../src/image/image-input.js';
import { responseScore } from '../../src/scorer/response-score.js';
import type { TokenReward } from '../../src/scorer/scorer.js';
import type { Range } from '../../src/text/range.js';
import { wordRewards } from '../../src/text/words.js';
import type { Judged } from './metrics.js';

/** A run of words that can be right or wrong. Offsets are UTF-16. */
export interface LabelledClaim extends Range {
  /** For example `object`, `count`, `colour`, `relation`. */
  kind: string;
  good: boolean;
}

/** An answer about a picture, with what is right and wrong in it. */
export interface LabelledAnswer {
  id: string;
  image: ImageInput;
  /** Tells pictures apart: answers with the same one are about the same picture. */
  picture: string;
  prompt?: string;
  response: string;
  claims: readonly LabelledClaim[];
  /** The type of error that was planted. */
  perturbation?: string;
  /** The true answer that this is the perturbed twin of. */
  original?: string;
}

/** An answer with a reward and a gold label for each of its parts. Parts that the scorer did not judge are left out. */
export interface JudgedAnswer extends Judged {
  id: string;
  picture: string;
  response: string;
  perturbation?: string;
  original?: string;
  tokens: Judged[];
  /** Cut at periods, as the paper does. */
  sentences: Judged[];
  words: Judged[];
  claims: (Judged & { kind: string })[];
  /** The soft score of the whole answer. */
  soft: number;
  /** Words that got no reward. */
  unjudgedWords: number;
}

/**
 * Sets the rewards of an answer against its labels. A part is bad where it overlaps a bad claim, and its reward is the
 * lowest of its tokens: the product of the verdicts of its tokens is good just where that reward is above the
 * threshold. Null where no token was judged.
 */
export function judgeAnswer(answer: LabelledAnswer, tokens: readonly TokenReward[]): JudgedAnswer | null {
  const { id, picture, response, perturbation, original, claims } = answer;
  const bad = claims.filter((claim) => !claim.good);
  const isGood = (range: Range) => !bad.some((claim) => overlap(claim, range));
  const part = (range: Range): Judged[] => {
    const reward = lowest(tokens, range);
    return reward === null ? [] : [{ reward, good: isGood(range) }];
  };
  const reward = lowest(tokens, { start: 0, end: response.length });
  if (reward === null) return null;
  const words = wordRewards(response, tokens);
  return {
    id,
    picture,
    response,
    ...(perturbation === undefined ? {} : { perturbation }),
    ...(original === undefined ? {} : { original }),
    reward,
    good: bad.length === 0,
    tokens: tokens.flatMap((token) => (token.reward === null ? [] : [{ reward: token.reward, good: isGood(token) }])),
    sentences: cutAtPeriods(response).flatMap(part),
    words: words.flatMap((word) => (word.reward === null ? [] : [{ reward: word.reward, good: isGood(word) }])),
    claims: claims.flatMap((claim) => {
      const reward = lowest(tokens, claim);
      return reward === null ? [] : [{ reward, good: claim.good, kind: claim.kind }];
    }),
    soft: responseScore(response, tokens, 0)!.soft,
    unjudgedWords: words.filter((word) => word.reward === null).length,
  };
}

/** The pieces of a text that end at a period, decimals or not: the paper's sentences. */
export function cutAtPeriods(text: string): Range[] {
  const pieces: Range[] = [];
  for (const match of text.matchAll(/[^.]*(?:\.|$)/g)) {
    if (/[^\s.]/.test(match[0])) pieces.push({ start: match.index, end: match.index + match[0].length });
  }
  return pieces;
}

const overlap = (a: Range, b: Range) => a.start < b.end && b.start < a.end;

function lowest(tokens: readonly TokenReward[], range: Range): number | null {
  let reward: number | null = null;
  for (const token of tokens) {
    if (token.reward !== null && overlap(token, range)) reward = Math.min(reward ?? 1, token.reward);
  }
  return reward;
}
