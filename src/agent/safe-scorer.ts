import pLimit from 'p-limit';
import { abortable } from '../base/abort.js';
import { breather } from '../base/breathe.js';
import { DetectiveError, errorMessage } from '../base/errors.js';
import type { CallUsage } from '../models/price.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer/scorer.js';
import { inSpan } from './tracing.js';

/** Scoring with answers checked, kept, and never asked for twice. */
export interface SafeScorer {
  score(response: string): Promise<ScoredResponse>;
  /** Answers in order. A text that fails alone in a batch is an `Error` in its place. */
  scoreEach(responses: readonly string[]): Promise<(ScoredResponse | Error)[]>;
}

/** Models that a scorer asks cost what a rewriter's do: of the same budget. */
export interface Spending {
  spend?(usage: CallUsage, method: string | undefined): void;
  /** Which budget is used up, or null. */
  exceeded?(): string | null;
}

/** At most this many texts, and about so many characters, in one `scoreBatch`: between them others get their turn. */
const chunk = 64;
const chunkLength = 32_000;
/** At most this many calls at once to a scorer without `scoreBatch`. */
const atOnce = 8;

/**
 * Wraps a scorer for the texts of one correction. Every call ends when the request's signal does.
 *
 * @throws DetectiveError `scorer-failed` where tokens do not lie in the text, or a reward is no number from 0 to 1, or
 * the scorer itself throws; `aborted` once the signal has fired.
 */
export function safeScorer(
  scorer: Scorer,
  request: Omit<ScoreRequest, 'response'>,
  { spend, exceeded }: Spending = {},
): SafeScorer {
  const kept = new Map<string, ScoredResponse | Error>();
  const { signal } = request;
  const breathe = breather(signal);

  async function fetchAll(responses: readonly string[]): Promise<(ScoredResponse | Error)[]> {
    const requests = responses.map((response) => ({ ...request, response }));
    if (requests.length === 1 || !scorer.scoreBatch) {
      const limit = pLimit({ concurrency: atOnce, rejectOnClear: true });
      try {
        return await Promise.all(
          requests.map((item) => limit(() => abortable(async () => scorer.score(item), signal))),
        );
      } finally {
        limit.clearQueue();
      }
    }
    const scored = await abortable(async () => scorer.scoreBatch!(requests), signal);
    if (scored.length !== requests.length)
      throw new DetectiveError(
        'scorer-failed',
        `${scorer.name} gave ${scored.length} answers for ${requests.length} texts`,
      );
    return scored;
  }

  async function scoreEach(responses: readonly string[]): Promise<(ScoredResponse | Error)[]> {
    const missing = [...new Set(responses)].filter((response) => !kept.has(response));
    for (let start = 0; start < missing.length; ) {
      await breathe();
      const over = kept.size > 0 ? exceeded?.() : null;
      if (over) throw new BudgetExceeded(over);
      let end = start;
      for (let length = 0; end < missing.length && end - start < chunk; end++) {
        length += missing[end]!.length;
        if (end > start && length > chunkLength) break;
      }
      const part = missing.slice(start, end);
      start = end;
      const about = { 'vlm_detective.scorer': scorer.name, 'vlm_detective.texts': part.length };
      const scored = await inSpan('vlm_detective.score', about, () => fetchAll(part)).catch((error: unknown) => {
        throw signal?.aborted ? error : scorerFailed(error);
      });
      for (const one of scored) if (!(one instanceof Error) && one?.usage) spend?.(one.usage, one.method);
      part.forEach((response, index) => {
        kept.set(response, checked(scored[index], response, scorer.name));
      });
    }
    return responses.map((response) => kept.get(response)!);
  }

  return {
    scoreEach,
    async score(response) {
      const [one] = await scoreEach([response]);
      if (one instanceof Error) throw scorerFailed(one);
      return one!;
    },
  };
}

/** Told by the loop from a failure: what was verified so far stays. */
export class BudgetExceeded extends Error {}

function scorerFailed(error: unknown): DetectiveError {
  if (error instanceof DetectiveError) return error;
  return new DetectiveError('scorer-failed', errorMessage(error), { cause: error });
}

function checked(scored: ScoredResponse | Error | undefined, response: string, name: string): ScoredResponse | Error {
  if (scored instanceof Error) return scored;
  if (!Array.isArray(scored?.tokens))
    throw new DetectiveError('scorer-failed', `${name} gave an answer without tokens`);
  let last = 0;
  for (const { start, end, text, reward } of scored.tokens) {
    if (!(start >= last && end >= start && end <= response.length && response.slice(start, end) === text)) {
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
