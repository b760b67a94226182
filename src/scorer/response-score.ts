import { sentencesOf } from '../text/view/view.js';
import type { TokenReward } from './scorer.js';

export interface ResponseScore {
  /** The mean over sentences of the lowest reward in each, 0..1: about the share of the sentences that are right. */
  soft: number;
  /** TLDR's own: the product of the tokens' verdicts, 1 where every judged token is above the threshold, else 0. */
  product: 0 | 1;
}

/**
 * One number for a whole answer. The paper's product lets one token veto an answer and, taken over rewards instead of
 * verdicts, falls with every further word. The soft score does neither: a wrong word costs the sentence that it stands
 * in, and a longer answer that is as right scores as high. The lowest reward of a sentence stands for it because a
 * sentence is wrong as soon as one of its claims is.
 *
 * @returns null where no token was judged. Sentences without a judged token count for nothing.
 * @see arXiv 2410.04734, section 3, for the product
 */
export function responseScore(
  response: string,
  tokens: readonly TokenReward[],
  threshold: number,
): ResponseScore | null {
  const lowest = sentencesOf(response).flatMap(({ start, end }) => {
    const judged = tokens.flatMap((token) =>
      token.reward !== null && token.start < end && token.end > start ? [token.reward] : [],
    );
    return judged.length ? [judged.reduce((low, reward) => Math.min(low, reward))] : [];
  });
  if (lowest.length === 0) return null;
  return {
    soft: lowest.reduce((sum, reward) => sum + reward, 0) / lowest.length,
    product: lowest.every((reward) => reward > threshold) ? 1 : 0,
  };
}
