import type { TokenReward } from '../../src/scorer/scorer.js';
import type { LabelledAnswer } from './judge.js';

/** A detector that never sees the picture and needs no training. Its threshold is 0.5. */
export interface Baseline {
  name: string;
  /** Rewards for the tokens that the scorer judged. */
  reward(token: TokenReward, answer: LabelledAnswer, random: () => number): number;
}

export const baselines: readonly Baseline[] = [
  { name: 'random', reward: (_token, _answer, random) => random() },
  { name: 'all good', reward: () => 1 },
  { name: 'all bad', reward: () => 0 },
  {
    // what one gets by knowing which words can be wrong, and nothing of the picture
    name: 'random claims',
    reward: (token, { claims }, random) =>
      claims.some((claim) => claim.start < token.end && token.start < claim.end) ? random() : 1,
  },
];

/** The rewards of a baseline in place of the scorer's, for the same tokens. */
export function baselineTokens(
  baseline: Baseline,
  answer: LabelledAnswer,
  tokens: readonly TokenReward[],
  random: () => number,
): TokenReward[] {
  return tokens.map((token) =>
    token.reward === null ? token : { ...token, reward: baseline.reward(token, answer, random) },
  );
}
