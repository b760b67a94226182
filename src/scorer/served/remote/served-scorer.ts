import pLimit from 'p-limit';
import { abortable } from '../../../base/abort.js';
import { DetectiveError, errorMessage } from '../../../base/errors.js';
import type { Picture } from '../../../image/image-input.js';
import { loadInline } from '../../../image/load.js';
import { unclaimedWithNames } from '../../../text/claims/claims.js';
import type { TokenReward } from '../../../text/token-reward.js';
import type { ScoreRequest, Scorer } from '../../scorer.js';
import { viewed } from '../../viewed.js';

/** Asked where a request has no question of its own. */
export const defaultPrompt = 'Describe the image.';

/** A request with its pictures as they are handed on, and a question in any case. */
export interface ServedRequest {
  pictures: readonly Picture[];
  prompt: string;
  response: string;
  signal: AbortSignal | undefined;
}

/**
 * A scorer that asks a server: so many requests in flight at most, each answer of a batch by itself.
 *
 * `score` throws DetectiveError `bad-argument` without an image, `aborted`, and what `rewards` throws.
 */
export function servedScorer(
  { name, threshold, concurrency }: { name: string; threshold: number; concurrency: number },
  rewards: (request: ServedRequest) => Promise<TokenReward[]>,
): Scorer {
  const limit = pLimit(concurrency);

  async function scoreOne({ images, prompt, response, signal }: ScoreRequest) {
    if (images.length === 0)
      throw new DetectiveError('bad-argument', 'there is no image to score the response against');
    // what is opened for all goes on; who waits for it may leave
    const tokens = await abortable(
      async () => {
        const pictures = await loadInline(images);
        return rewards({ pictures, prompt: prompt?.trim() || defaultPrompt, response, signal });
      },
      signal,
      { doing: 'scoring' },
    );
    return { response, tokens, scorer: name };
  }

  const score = (request: ScoreRequest) => limit(() => scoreOne(request));
  const asError = (error: unknown) => (error instanceof Error ? error : new Error(errorMessage(error)));
  const scoreBatch = (requests: ScoreRequest[]) =>
    Promise.all(requests.map((request) => score(request).catch(asError)));
  return viewed({ name, threshold, score, scoreBatch }, unclaimedWithNames);
}
