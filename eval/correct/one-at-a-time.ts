import pLimit from 'p-limit';
import type { Scorer } from '../../src/scorer/scorer.js';

/**
 * The scorer with its calls one after another. A model in this process puts whatever waits into one batch, and the last
 * bits of its figures depend on the batch: like this they depend on the call alone, so that a run gives the same results
 * however its items fall together.
 */
export function oneAtATime(scorer: Scorer): Scorer {
  const limit = pLimit(1);
  const { scoreBatch } = scorer;
  return {
    ...scorer,
    score: (request) => limit(() => scorer.score(request)),
    ...(scoreBatch ? { scoreBatch: (requests) => limit(() => scoreBatch(requests)) } : {}),
  };
}
