import pLimit from 'p-limit';
import { seededRandom } from '../../scenes/random.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import type { ScoredResponse, Scorer } from '../../src/scorer/scorer.js';
import { baselines, baselineTokens } from './baselines.js';
import { type JudgedAnswer, judgeAnswer, type LabelledAnswer } from './judge.js';
import { precisionRecallCurve, rank, resample } from './metrics.js';
import { byKind, byPerturbation, type KindSummary, type Summary, summarise, type TypeSummary } from './summary.js';

export interface EvaluateOptions {
  /** Seeds the bootstrap and the random baselines. */
  seed: number;
  /** Bootstrap resamples. Default 1000. */
  resamples?: number;
  /** Trained scorers to set beside it, each at its own threshold, by name. */
  rivals?: ReadonlyMap<string, Scorer>;
  /** Called with each answer and what the scorer said of it, in order. */
  onAnswer?: (answer: LabelledAnswer, scored: ScoredResponse | Error) => void;
  /** Called with the number of answers done so far. */
  onProgress?: (done: number) => void;
}

/** What a scorer and the baselines did on one set of answers. */
export interface Evaluation {
  set: string;
  answers: number;
  /** Of the answers that were judged. */
  wrong: number;
  tokens: number;
  words: number;
  claims: number;
  /** Words of judged answers that got no reward. */
  unjudgedWords: number;
  abstained: number;
  failed: number;
  firstFailure: string | null;
  scorer: Summary;
  baselines: { name: string; summary: Summary }[];
  byPerturbation: TypeSummary[];
  byKind: KindSummary[];
  /** Precision over recall of bad words: the scorer's, then those of the baselines. */
  curves: { name: string; points: { recall: number; precision: number }[] }[];
}

/** Answers in batches: those of one batch are in memory together with their pictures. */
export type Batches = AsyncIterable<readonly LabelledAnswer[]> | Iterable<readonly LabelledAnswer[]>;

/** The threshold at which a scorer decides. */
export const thresholdOf = (scorer: Scorer) => scorer.threshold ?? 0.5;

/**
 * Scores every answer and sets the rewards against the labels. Answers that the scorer abstains from or fails on are
 * counted and left out of every figure.
 *
 * @throws DetectiveError what the scorer failed with where it judged no answer and abstained from none.
 */
export async function evaluate(
  set: string,
  batches: Batches,
  scorer: Scorer,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const judged: JudgedAnswer[] = [];
  const judgedByBaseline: JudgedAnswer[][] = baselines.map(() => []);
  const rivals = [...(options.rivals ?? [])].map(([name, rival]) => ({ name, rival, judged: [] as JudgedAnswer[] }));
  const random = seededRandom(options.seed);
  let answers = 0;
  let abstained = 0;
  let failed = 0;
  let firstFailure: Error | null = null;
  for await (const batch of batches) {
    for (const [index, scored] of (await scoreAll(scorer, batch)).entries()) {
      answers++;
      const answer = batch[index]!;
      options.onAnswer?.(answer, scored);
      if (scored instanceof Error) {
        failed++;
        firstFailure ??= scored;
        continue;
      }
      const result = judgeAnswer(answer, scored.tokens);
      if (scored.abstained !== undefined || result === null) {
        abstained++;
        continue;
      }
      judged.push(result);
      for (const [place, baseline] of baselines.entries())
        judgedByBaseline[place]!.push(judgeAnswer(answer, baselineTokens(baseline, answer, scored.tokens, random))!);
    }
    for (const { rival, judged } of rivals) {
      for (const [index, scored] of (await scoreAll(rival, batch)).entries()) {
        const result = scored instanceof Error ? null : judgeAnswer(batch[index]!, scored.tokens);
        if (result && !(scored as ScoredResponse).abstained) judged.push(result);
      }
    }
    options.onProgress?.(answers);
  }
  if (answers === 0) throw new DetectiveError('bad-input', `${set}: there is no answer to judge`);
  if (failed === answers) throw firstFailure!;
  const threshold = thresholdOf(scorer);
  const resamples = resample(judged.length, options.resamples ?? 1000, options.seed);
  const sum = (count: (answer: JudgedAnswer) => number) => judged.reduce((total, answer) => total + count(answer), 0);
  return {
    set,
    answers,
    wrong: sum(({ good }) => (good ? 0 : 1)),
    tokens: sum(({ tokens }) => tokens.length),
    words: sum(({ words }) => words.length),
    claims: sum(({ claims }) => claims.length),
    unjudgedWords: sum(({ unjudgedWords }) => unjudgedWords),
    abstained,
    failed,
    firstFailure: firstFailure && errorMessage(firstFailure),
    scorer: summarise(judged, threshold, resamples),
    baselines: [
      ...rivals.map(({ name, rival, judged }) => ({
        name,
        summary: summarise(
          judged,
          thresholdOf(rival),
          resample(judged.length, options.resamples ?? 1000, options.seed),
        ),
      })),
      ...baselines.map(({ name }, place) => ({
        name,
        summary: summarise(judgedByBaseline[place]!, 0.5, resamples),
      })),
    ],
    byPerturbation: byPerturbation(judged, threshold, resamples),
    byKind: byKind(judged, threshold, resamples),
    curves: [
      { name: scorer.name, judged },
      ...rivals,
      ...baselines.map(({ name }, place) => ({ name, judged: judgedByBaseline[place]! })),
    ].map(({ name, judged }) => ({ name, points: precisionRecallCurve(rank(judged.map(({ words }) => words))) })),
  };
}

/** The scores in order; an `Error` in the place of an answer that failed. */
export async function scoreAll(
  scorer: Scorer,
  answers: readonly Pick<LabelledAnswer, 'image' | 'prompt' | 'response'>[],
): Promise<(ScoredResponse | Error)[]> {
  const requests = answers.map(({ image, prompt, response }) => ({
    images: [image],
    response,
    ...(prompt === undefined ? {} : { prompt }),
  }));
  if (scorer.scoreBatch) return scorer.scoreBatch(requests);
  const limit = pLimit(4);
  return Promise.all(
    requests.map((request) =>
      limit(() =>
        scorer.score(request).catch((error) => (error instanceof Error ? error : new Error(errorMessage(error)))),
      ),
    ),
  );
}

/** The answers, each about the picture of another: the blind control. Nothing where all share one picture. */
export function withWrongPictures(answers: readonly LabelledAnswer[]): LabelledAnswer[] {
  const firstOf = new Map(answers.map((answer) => [answer.picture, answer.image]));
  const pictures = [...firstOf.keys()];
  if (pictures.length < 2) return [];
  const next = new Map(pictures.map((picture, index) => [picture, pictures[(index + 1) % pictures.length]!]));
  return answers.map((answer) => ({ ...answer, image: firstOf.get(next.get(answer.picture)!)! }));
}
