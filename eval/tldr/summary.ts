import { edgeEstimate } from '../stats/exact.js';
import type { JudgedAnswer } from './judge.js';
import {
  accuracy,
  auroc,
  averagePrecision,
  balancedAccuracy,
  calibrationError,
  detection,
  type Estimate,
  estimate,
  fewerOf,
  meanOfAnswers,
  rank,
  type Weights,
} from './metrics.js';

/** The figures of a set of answers, in the order in which they are shown. */
export const measures = [
  ['tokenAccuracy', 'token accuracy A_T (paper)'],
  ['sentenceAccuracy', 'sentence accuracy A_S (paper)'],
  ['responseAccuracy', 'response accuracy A_R (paper)'],
  ['tokenApBad', 'mAP neg: AP of bad tokens (paper)'],
  ['tokenApGood', 'mAP pos: AP of good tokens (paper)'],
  ['balancedResponseAccuracy', 'response accuracy, mean of both classes'],
  ['responseAuroc', 'AUROC of answers, by lowest reward'],
  ['softAuroc', 'AUROC of answers, by soft score'],
  ['wordAp', 'AP of bad words'],
  ['wordPrecision', 'precision of bad words'],
  ['wordRecall', 'recall of bad words'],
  ['wordF1', 'F1 of bad words'],
  ['claimAuroc', 'AUROC over claims'],
  ['claimAp', 'AP of bad claims'],
  ['claimEce', 'ECE over claims'],
] as const;

export type Measure = (typeof measures)[number][0];
export type Summary = Record<Measure, Estimate>;

/** The figures of answers that a scorer judged, at its threshold, each with its bootstrap interval over answers. */
export function summarise(answers: readonly JudgedAnswer[], threshold: number, resamples: readonly Weights[]): Summary {
  const right = (parts: JudgedAnswer['tokens']) =>
    parts.filter(({ reward, good }) => reward > threshold === good).length / parts.length;
  const tokenShares = answers.map(({ tokens }) => right(tokens));
  const sentenceShares = answers.map(({ sentences }) => right(sentences));
  const responses = rank(answers.map((answer) => [answer]));
  const soft = rank(answers.map((answer) => [{ ...answer, reward: answer.soft }]));
  const tokens = rank(answers.map((answer) => answer.tokens));
  const words = rank(answers.map((answer) => answer.words));
  const claims = rank(answers.map((answer) => answer.claims));
  const statistics: Record<Measure, (weights?: Weights) => number> = {
    tokenAccuracy: (weights) => meanOfAnswers(tokenShares, weights),
    sentenceAccuracy: (weights) => meanOfAnswers(sentenceShares, weights),
    responseAccuracy: (weights) => accuracy(responses, threshold, weights),
    tokenApBad: (weights) => averagePrecision(tokens, 'bad', weights),
    tokenApGood: (weights) => averagePrecision(tokens, 'good', weights),
    balancedResponseAccuracy: (weights) => balancedAccuracy(responses, threshold, weights),
    softAuroc: (weights) => auroc(soft, weights),
    responseAuroc: (weights) => auroc(responses, weights),
    wordAp: (weights) => averagePrecision(words, 'bad', weights),
    wordPrecision: (weights) => detection(words, threshold, weights).precision,
    wordRecall: (weights) => detection(words, threshold, weights).recall,
    wordF1: (weights) => detection(words, threshold, weights).f1,
    claimAuroc: (weights) => auroc(claims, weights),
    claimAp: (weights) => averagePrecision(claims, 'bad', weights),
    claimEce: (weights) => (claims.good.includes(1) ? calibrationError(claims, weights) : Number.NaN),
  };
  const flagged = words.rewards.filter((reward) => reward <= threshold).length;
  const bad = words.good.length - words.good.reduce((sum, good) => sum + good, 0);
  /** Independent trials behind a figure at an end of its range; those that are not here have no exact bound. */
  const trials: Partial<Record<Measure, number>> = {
    tokenAccuracy: answers.length,
    sentenceAccuracy: answers.length,
    responseAccuracy: answers.length,
    balancedResponseAccuracy: fewerOf(responses),
    responseAuroc: fewerOf(responses),
    softAuroc: fewerOf(soft),
    wordPrecision: flagged,
    wordRecall: bad,
    claimAuroc: fewerOf(claims),
  };
  return Object.fromEntries(
    measures.map(([name]) => [name, edgeEstimate(estimate(statistics[name], resamples), trials[name] ?? 0)]),
  ) as Summary;
}

export interface TypeSummary {
  type: string;
  /** Answers with an error of this type. */
  wrong: number;
  /** Answers that are true: the twins of those, or all true ones of the set where the twins are not known. */
  right: number;
  balancedResponseAccuracy: Estimate;
  wordAp: Estimate;
  wordF1: Estimate;
}

/** The figures for each type of error. */
export function byPerturbation(
  answers: readonly JudgedAnswer[],
  threshold: number,
  resamples: readonly Weights[],
): TypeSummary[] {
  const key = (picture: string, response: string) => JSON.stringify([picture, response]);
  const types = new Set(answers.flatMap(({ good, perturbation }) => (good ? [] : (perturbation ?? []))));
  return [...types].sort().map((type) => {
    const wrong = answers.filter(({ good, perturbation }) => !good && perturbation === type);
    const twins = new Set(
      wrong.flatMap(({ picture, original }) => (original === undefined ? [] : [key(picture, original)])),
    );
    const known = answers.some((answer) => answer.good && twins.has(key(answer.picture, answer.response)));
    const isRight = (answer: JudgedAnswer) =>
      answer.good && (!known || twins.has(key(answer.picture, answer.response)));
    const member = (answer: JudgedAnswer) => isRight(answer) || (!answer.good && answer.perturbation === type);
    const responses = rank(answers.map((answer) => (member(answer) ? [answer] : [])));
    const words = rank(answers.map((answer) => (member(answer) ? answer.words : [])));
    return {
      type,
      wrong: wrong.length,
      right: answers.filter(isRight).length,
      balancedResponseAccuracy: edgeEstimate(
        estimate((weights) => balancedAccuracy(responses, threshold, weights), resamples),
        fewerOf(responses),
      ),
      wordAp: estimate((weights) => averagePrecision(words, 'bad', weights), resamples),
      wordF1: estimate((weights) => detection(words, threshold, weights).f1, resamples),
    };
  });
}

export interface KindSummary {
  kind: string;
  claims: number;
  bad: number;
  auroc: Estimate;
  ap: Estimate;
  f1: Estimate;
}

/** The figures for each kind of claim. */
export function byKind(
  answers: readonly JudgedAnswer[],
  threshold: number,
  resamples: readonly Weights[],
): KindSummary[] {
  const kinds = new Set(answers.flatMap(({ claims }) => claims.map(({ kind }) => kind)));
  return [...kinds].sort().map((kind) => {
    const claims = rank(answers.map((answer) => answer.claims.filter((claim) => claim.kind === kind)));
    return {
      kind,
      claims: claims.good.length,
      bad: claims.good.filter((good) => good === 0).length,
      auroc: edgeEstimate(
        estimate((weights) => auroc(claims, weights), resamples),
        fewerOf(claims),
      ),
      ap: estimate((weights) => averagePrecision(claims, 'bad', weights), resamples),
      f1: estimate((weights) => detection(claims, threshold, weights).f1, resamples),
    };
  });
}
