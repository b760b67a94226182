import { errorMessage } from '../base/errors.js';
import { rescale } from './ensemble/rescale.js';
import type { ScoredResponse, ScoreRequest, Scorer } from './scorer.js';

/**
 * A scorer, and another for the pictures on which it abstains. The other's rewards are put on the first one's scale, so
 * that one threshold holds for both.
 *
 * @param makeOther Asked once, at the first picture that needs it; null where there is none.
 * @param cure What would help where nothing can judge a picture.
 */
export function withFallback(first: Scorer, makeOther: () => Promise<Scorer | null>, cure: string): Scorer {
  let other: Promise<Scorer | null> | undefined;
  const threshold = first.threshold ?? 0.5;

  async function instead(request: ScoreRequest, scored: ScoredResponse): Promise<ScoredResponse> {
    if (scored.abstained === undefined) return scored;
    other ??= makeOther();
    const scorer = await other;
    if (!scorer) return { ...scored, abstained: `${scored.abstained}; ${cure}` };
    const judged = await scorer.score(request);
    const from = scorer.threshold ?? 0.5;
    return {
      ...judged,
      tokens: judged.tokens.map((token) =>
        token.reward === null ? token : { ...token, reward: rescale(token.reward, from, threshold) },
      ),
      ...(judged.abstained === undefined ? {} : { abstained: `${judged.abstained}; ${cure}` }),
    };
  }

  return {
    name: first.name,
    threshold,
    score: async (request) => instead(request, await first.score(request)),
    async scoreBatch(requests) {
      const scored = first.scoreBatch
        ? await first.scoreBatch(requests)
        : await Promise.all(requests.map((request) => first.score(request).catch(toError)));
      return Promise.all(
        scored.map((one, index) => (one instanceof Error ? one : instead(requests[index]!, one).catch(toError))),
      );
    },
    ...(first.prepare ? { prepare: first.prepare } : {}),
    async close() {
      await Promise.all([first.close?.(), other?.then((scorer) => scorer?.close?.()).catch(() => {})]);
    },
  };
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error(errorMessage(error)));
