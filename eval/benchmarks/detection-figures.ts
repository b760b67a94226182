import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
import { auroc, averagePrecision, detection, fewerOf, type Judged, rank } from '../tldr/metrics.js';
import type { Figure, MeasureOptions } from './benchmark.js';

/** The things of one text that were judged, and how many were not. */
export interface JudgedText {
  things: readonly Judged[];
  unjudged: number;
}

/**
 * How well low rewards find what is wrong, over the words (segments, tokens) of all texts together: average precision,
 * AUROC, and precision, recall and F1 of those at or below the threshold. Texts are resampled. `judged` is the share of
 * the things that the detector judged at all.
 *
 * @param what Plural: `words`.
 */
export function detectionFigures(
  texts: readonly JudgedText[],
  what: string,
  threshold: number,
  options: MeasureOptions,
): Figure[] {
  const ranked = rank(texts.map(({ things }) => things));
  const judged = texts.reduce((sum, { things }) => sum + things.length, 0);
  const unjudged = texts.reduce((sum, text) => sum + text.unjudged, 0);
  const bad = ranked.good.reduce((sum, good) => sum + (good ? 0 : 1), 0);
  const estimates = estimateAll(
    texts.length,
    (weights) => {
      const { precision, recall, f1 } = detection(ranked, threshold, weights);
      return {
        ap: 100 * averagePrecision(ranked, 'bad', weights),
        auroc: 100 * auroc(ranked, weights),
        precision: 100 * precision,
        recall: 100 * recall,
        f1: 100 * f1,
        judged: 100 * shareJudged(texts, weights),
      };
    },
    options,
  );
  const flagged = ranked.rewards.filter((reward) => reward <= threshold).length;
  /** How many independent trials stand behind a figure at an end of its range; none where there is no exact bound. */
  const trials = { ap: 0, auroc: fewerOf(ranked), precision: flagged, recall: bad, f1: 0, judged: judged + unjudged };
  const figure = (name: string, key: keyof typeof estimates, kind: Figure['kind'], over: number): Figure => ({
    name,
    kind,
    unit: '%',
    over,
    ...edgeEstimate(estimates[key], trials[key], 100),
  });
  return [
    figure(`AP of bad ${what}`, 'ap', 'quality', bad),
    figure(`AUROC of ${what}`, 'auroc', 'quality', judged),
    figure(`Precision of flagged ${what}`, 'precision', 'quality', judged),
    figure(`Recall of bad ${what}`, 'recall', 'quality', bad),
    figure(`F1 of bad ${what}`, 'f1', 'quality', judged),
    figure(`Judged ${what}`, 'judged', 'coverage', judged + unjudged),
  ];
}

function shareJudged(texts: readonly JudgedText[], weights: Uint16Array | undefined): number {
  let judged = 0;
  let all = 0;
  for (const [at, { things, unjudged }] of texts.entries()) {
    const weight = weights ? weights[at]! : 1;
    judged += weight * things.length;
    all += weight * (things.length + unjudged);
  }
  return judged / all;
}

/** The things of a text, split into those that were judged and those that were not. */
export function judgedText(things: readonly { reward: number | null; good: boolean }[]): JudgedText {
  const judged = things.flatMap(({ reward, good }) => (reward === null ? [] : [{ reward, good }]));
  return { things: judged, unjudged: things.length - judged.length };
}
