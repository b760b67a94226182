import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import { responseScore } from '../../src/scorer/response-score.js';
import type { Range } from '../../src/text/range.js';
import type { Benchmark, BenchmarkAnswer, BenchmarkItem } from './benchmark.js';
import { answerText, id } from './fields.js';

/** A text of a benchmark that a detector judges against a picture. */
export interface JudgedItem extends BenchmarkItem {
  response: string;
}

/** What a detector said of it: a line of `vlm-detective score --json`. */
export interface ScoredAnswer extends BenchmarkAnswer {
  response?: string | undefined;
  /** Offsets are of the item's text. Null: only a score is known. */
  tokens: readonly { start: number; end: number; reward: number | null }[] | null;
  /** A token is flagged at or below it; null where the line has none. */
  threshold: number | null;
  /** Of the whole text, higher for better; null where there is none, as where the detector abstained. */
  score: number | null;
}

const offset = z.int().nonnegative();
const scoredLine = z
  .object({
    id: id.optional(),
    response: answerText.optional(),
    tokens: z
      .array(z.object({ start: offset, end: offset, reward: z.number().min(0).max(1).nullable() }))
      .max(1_000_000)
      .optional(),
    threshold: z.number().min(0).max(1).nullish(),
    score: z.union([z.number(), z.object({ soft: z.number() })]).nullish(),
    abstained: z.string().nullish(),
  })
  .refine(
    ({ tokens, score, abstained }) => tokens !== undefined || typeof score === 'number' || Boolean(abstained),
    'has neither "tokens" nor a "score"',
  )
  .transform(
    ({ id, response, tokens, threshold, score }): ScoredAnswer => ({
      id,
      response,
      tokens: tokens ?? null,
      threshold: threshold ?? null,
      score: typeof score === 'number' ? score : (score?.soft ?? null),
    }),
  );

/** The answers of a benchmark whose items a detector judges: the output of `vlm-detective score --input … --json`. */
export const scoredAnswers: Benchmark<JudgedItem, ScoredAnswer>['answer'] = {
  schema: scoredLine,
  example:
    '{"id": "1", "response": "A dog.", "tokens": [{"start": 2, "end": 5, "reward": 0.1}], "threshold": 0.5, "score": {"soft": 0.1}}',
};

/**
 * @throws DetectiveError `bad-input` where the line is about another text than the item's, or its offsets lie outside it.
 */
export function checkScored(name: string, { id, response }: JudgedItem, answer: ScoredAnswer): void {
  if (answer.response !== undefined && answer.response !== response)
    throw new DetectiveError(
      'bad-input',
      `${name}: the line of ${JSON.stringify(id)} was scored for another text (${JSON.stringify(answer.response.slice(0, 60))} for ${JSON.stringify(response.slice(0, 60))}): are the answers for another version?`,
    );
  const outside = answer.tokens?.find(({ start, end }) => end < start || end > response.length);
  if (outside)
    throw new DetectiveError(
      'bad-input',
      `${name}: ${JSON.stringify(id)} has a token from ${outside.start} to ${outside.end}, outside its ${response.length} characters`,
    );
}

/** The tokens, which a metric over words needs. @throws DetectiveError `bad-input` where there are none. */
export function tokensOf(name: string, item: JudgedItem, answer: ScoredAnswer): NonNullable<ScoredAnswer['tokens']> {
  checkScored(name, item, answer);
  if (answer.tokens === null && answer.score !== null)
    throw new DetectiveError(
      'bad-input',
      `${name}: ${JSON.stringify(item.id)} has a score but no "tokens", which this metric is about`,
    );
  return answer.tokens ?? [];
}

/** The lowest reward of the judged tokens that share a character with the run; null where none was judged. */
export function rewardOf(tokens: NonNullable<ScoredAnswer['tokens']>, { start, end }: Range): number | null {
  let lowest: number | null = null;
  for (const token of tokens) {
    if (token.reward === null || Math.max(token.start, start) >= Math.min(token.end, end)) continue;
    if (lowest === null || token.reward < lowest) lowest = token.reward;
  }
  return lowest;
}

/** One number for a text: its recorded score, else the soft score of its tokens. Null where nothing was judged. */
export function scoreOf(name: string, item: JudgedItem, answer: ScoredAnswer): number | null {
  checkScored(name, item, answer);
  if (answer.score !== null) return answer.score;
  if (answer.tokens === null) return null;
  const tokens = answer.tokens.map((token) => ({ ...token, text: item.response.slice(token.start, token.end) }));
  return responseScore(item.response, tokens, answer.threshold ?? 0.5)?.soft ?? null;
}

/** The threshold that all lines share. @throws DetectiveError `bad-input` where they differ; 0.5 where none has one. */
export function sharedThreshold(name: string, answered: readonly { answer: ScoredAnswer }[]): number {
  const found = new Set(answered.flatMap(({ answer: { threshold } }) => (threshold === null ? [] : [threshold])));
  if (found.size > 1)
    throw new DetectiveError(
      'bad-input',
      `${name}: the lines have ${found.size} different thresholds (${[...found].slice(0, 3).join(', ')}, …): score all with one`,
    );
  return [...found][0] ?? 0.5;
}
