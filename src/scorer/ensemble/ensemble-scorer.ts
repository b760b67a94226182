import { DetectiveError, isDetectiveError } from '../../base/errors.js';
import { splitWords, why, wordRewards } from '../../text/words.js';
import type { ScoredResponse, ScoreRequest, Scorer, TokenReward } from '../scorer.js';
import { fromLogOdds, logOdds, rescale } from './rescale.js';

const ownThreshold = 0.5;

/**
 * Several scorers as one. Every word gets the mean of the log odds of those scorers that judge it, each measured from its
 * own threshold (a logarithmic opinion pool); a scorer that cannot judge a word has no vote on it, and a word that none
 * can judge is null. Evidence is put together. A scorer that fails on a picture abstains, unless all do.
 *
 * @throws DetectiveError `bad-argument` without scorers. `score` throws what the first scorer threw where all failed, and
 * `aborted`, `bad-argument` and `bad-image` of any.
 */
export function ensembleScorer(scorers: readonly Scorer[]): Scorer {
  if (scorers.length === 0) throw new DetectiveError('bad-argument', 'an ensemble needs scorers: ensemble:objects+ocr');
  const name = `ensemble(${scorers.map((scorer) => scorer.name).join('+')})`;

  async function score(request: ScoreRequest): Promise<ScoredResponse> {
    const settled = await Promise.allSettled(scorers.map((scorer) => scorer.score(request)));
    const failed = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const fatal = failed.find(isCallersFault) ?? (failed.length === scorers.length ? failed[0] : undefined);
    if (fatal !== undefined) throw fatal;
    const opinions = settled.flatMap((result, index) =>
      result.status === 'fulfilled' ? [{ scored: result.value, threshold: scorers[index]!.threshold ?? 0.5 }] : [],
    );
    const judging = opinions.filter(({ scored }) => scored.abstained === undefined);
    const evidence = judging.flatMap(({ scored }) => scored.evidence ?? []);
    return {
      response: request.response,
      tokens: combine(request.response, judging),
      scorer: name,
      ...(evidence.length > 0 ? { evidence } : {}),
      ...(judging.length === 0 ? { abstained: whyNone(opinions.map(({ scored }) => scored)) } : {}),
    };
  }

  return {
    name,
    threshold: ownThreshold,
    score,
    async prepare(images, signal) {
      await Promise.all(scorers.map((scorer) => scorer.prepare?.(images, signal)));
    },
    async close() {
      await Promise.all(scorers.map((scorer) => scorer.close?.()));
    },
  };
}

function isCallersFault(error: unknown): boolean {
  return isDetectiveError(error) && ['aborted', 'bad-argument', 'bad-image', 'bad-input'].includes(error.code);
}

function combine(response: string, opinions: readonly { scored: ScoredResponse; threshold: number }[]): TokenReward[] {
  const votes = opinions.map(({ scored, threshold }) =>
    wordRewards(response, scored.tokens).map(({ reward, ...word }) =>
      reward === null ? null : { odds: logOdds(rescale(reward, threshold, ownThreshold)), ...why(word) },
    ),
  );
  return splitWords(response).map(({ start, end }, index) => {
    const cast = votes.map((words) => words[index] ?? null).filter((vote) => vote !== null);
    const token = { text: response.slice(start, end), start, end };
    if (cast.length === 0) return { ...token, reward: null };
    const mean = cast.reduce((sum, { odds }) => sum + odds, 0) / cast.length;
    // who doubts it most says why
    const [first] = cast.filter(({ type, reason }) => type ?? reason).sort((a, b) => a.odds - b.odds);
    return { ...token, reward: fromLogOdds(mean), ...why(first) };
  });
}

function whyNone(scored: readonly ScoredResponse[]): string {
  return [...new Set(scored.map(({ abstained }) => abstained).filter((reason) => reason !== undefined))].join('; ');
}
