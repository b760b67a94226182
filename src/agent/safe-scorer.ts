import { DetectiveError } from '../errors.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer/scorer.js';

/** Scoring with answers checked, kept, and never asked for twice. */
export interface SafeScorer {
  score(response: string): Promise<ScoredResponse>;
  scoreAll(responses: readonly string[]): Promise<ScoredResponse[]>;
}

/** At most this many texts in one `scoreBatch`. */
const chunk = 64;

/**
 * Wraps a scorer for the texts of one correction.
 *
 * @throws DetectiveError `scorer-failed` where tokens do not lie in the text, or a reward is no number from 0 to 1.
 */
export function safeScorer(scorer: Scorer, request: Omit<ScoreRequest, 'response'>): SafeScorer {
  const kept = new Map<string, Promise<ScoredResponse>>();

  async function fetchAll(responses: readonly string[]): Promise<ScoredResponse[]> {
    request.signal?.throwIfAborted();
    const requests = responses.map((response) => ({ ...request, response }));
    if (!scorer.scoreBatch) return Promise.all(requests.map((item) => scorer.score(item)));
    const scored = await scorer.scoreBatch(requests);
    if (scored.length !== requests.length)
      throw new DetectiveError(
        'scorer-failed',
        `${scorer.name} gave ${scored.length} answers for ${requests.length} texts`,
      );
    return scored.map((item) => {
      if (item instanceof Error) throw item;
      return item;
    });
  }

  async function scoreAll(responses: readonly string[]): Promise<ScoredResponse[]> {
    const missing = [...new Set(responses)].filter((response) => !kept.has(response));
    for (let start = 0; start < missing.length; start += chunk) {
      const part = missing.slice(start, start + chunk);
      const scored =
        part.length === 1 && start === 0 && missing.length === 1
          ? scorer.score({ ...request, response: part[0]! }).then((one) => [one])
          : fetchAll(part);
      part.forEach((response, index) => {
        const one = scored.then((all) => checked(all[index]!, response, scorer.name));
        one.catch(() => kept.delete(response));
        kept.set(response, one);
      });
      await scored;
    }
    return Promise.all(responses.map((response) => kept.get(response)!));
  }

  return { scoreAll, score: async (response) => (await scoreAll([response]))[0]! };
}

function checked(scored: ScoredResponse, response: string, name: string): ScoredResponse {
  let last = 0;
  for (const { start, end, text, reward } of scored.tokens) {
    if (!(start >= last && end >= start && response.slice(start, end) === text)) {
      throw new DetectiveError(
        'scorer-failed',
        `${name} gave a token at ${start} to ${end} that is not in the text there`,
      );
    }
    if (reward !== null && !(reward >= 0 && reward <= 1)) {
      throw new DetectiveError('scorer-failed', `${name} gave the reward ${reward}, which is not between 0 and 1`);
    }
    last = end;
  }
  return scored;
}
