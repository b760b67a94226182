import { DetectiveError } from '../src/base/errors.js';
import { type Calibration, calibratedReward, logOddsOf } from '../src/scorer/calibration.js';
import type { HarmBound } from '../src/scorer/operating-point.js';
import type { TokenReward } from '../src/scorer/scorer.js';
import { fitLogistic } from './photos/logistic.js';
import { judgeAnswer, type LabelledAnswer } from './tldr/judge.js';
import { averagePrecision, calibrationError, detection, type Judged, rank } from './tldr/metrics.js';

/** A labelled answer and the rewards that the scorer gave it. */
export interface ScoredAnswer {
  answer: LabelledAnswer;
  tokens: readonly TokenReward[];
}

export interface CalibrationReport {
  scorer: string;
  set: string;
  answers: number;
  rightAnswers: number;
  words: number;
  badWords: number;
  /** On answers that the fit did not see: each half of the pictures by the fit of the other. */
  heldOut: {
    ap: number;
    ece: { before: number; after: number };
    /** At the threshold. */
    precision: number;
    recall: number;
    /** Precision of what is flagged where so many of the bad words are. */
    precisionAtRecall: { recall: number; precision: number }[];
    reliability: { from: number; to: number; words: number; reward: number; good: number }[];
  };
  scale: number;
  bias: number;
  threshold: number;
}

/** With fewer of either the fit would follow chance. */
const leastWords = 30;
const leastAnswers = 20;

/**
 * Fits Platt's scaling of word rewards to labels, and the threshold with the best F1 of bad words. Figures are of answers
 * about pictures that the fit did not see (two halves, crossed); what is stored is fitted on all.
 *
 * @throws DetectiveError `bad-input` where there are too few answers or too few right or wrong words to fit on.
 */
export function fitCalibration(
  scored: readonly ScoredAnswer[],
  { scorer, set }: { scorer: string; set: string },
): { calibration: Calibration; report: CalibrationReport } {
  const judged = scored.flatMap(({ answer, tokens }) => {
    const one = judgeAnswer(answer, tokens);
    return one
      ? [{ picture: answer.picture, words: wordsOf(answer, tokens), right: answer.claims.every(({ good }) => good) }]
      : [];
  });
  const words = judged.flatMap((one) => one.words);
  const bad = words.filter(({ good }) => !good).length;
  if (judged.length < leastAnswers || bad < leastWords || words.length - bad < leastWords)
    throw new DetectiveError(
      'bad-input',
      `${set} is too little to fit on: ${judged.length} judged answers with ${bad} wrong and ${words.length - bad} right words, and it takes ${leastAnswers} answers with ${leastWords} of each; label more, or make wrong twins of right captions with \`vlm-detective perturb\``,
    );
  const heldOut = crossCalibrated(judged);
  const fitted = fitPlatt(words);
  const all = judged.map((one) =>
    one.words.map(({ reward, good }) => ({ reward: calibratedReward(reward, fitted), good })),
  );
  const threshold = bestThreshold(all);
  const ranked = rank(heldOut);
  const { precision, recall } = detection(ranked, threshold);
  const report: CalibrationReport = {
    scorer,
    set,
    answers: judged.length,
    rightAnswers: judged.filter(({ right }) => right).length,
    words: words.length,
    badWords: bad,
    heldOut: {
      ap: averagePrecision(ranked, 'bad'),
      ece: { before: calibrationError(rank(judged.map((one) => one.words))), after: calibrationError(ranked) },
      precision,
      recall,
      precisionAtRecall: [0.25, 0.5, 0.75].map((wanted) => ({
        recall: wanted,
        precision: precisionAt(heldOut.flat(), wanted),
      })),
      reliability: reliability(heldOut.flat()),
    },
    ...fitted,
    threshold,
  };
  const lowest = judged.flatMap(({ right }, index) =>
    right ? [Math.min(1, ...all[index]!.map(({ reward }) => reward))] : [],
  );
  const { heldOut: metrics } = report;
  return { calibration: { format: 1, scorer, set, ...fitted, threshold, lowest, metrics: { ...metrics } }, report };
}

/**
 * Rewards calibrated by what was fitted on the other half: by picture, so that no picture is on both sides; of one picture
 * alone by answer.
 */
export function crossCalibrated(judged: readonly { picture: string; words: readonly Judged[] }[]): Judged[][] {
  const places = new Map([...new Set(judged.map(({ picture }) => picture))].map((picture, index) => [picture, index]));
  const side = (one: { picture: string }, index: number) => (places.size > 1 ? places.get(one.picture)! : index) % 2;
  const folds = [0, 1].map((fold) =>
    fitPlatt(judged.filter((one, index) => side(one, index) !== fold).flatMap((one) => one.words)),
  );
  return judged.map((one, index) =>
    one.words.map(({ reward, good }) => ({ reward: calibratedReward(reward, folds[side(one, index)]!), good })),
  );
}

function wordsOf(answer: LabelledAnswer, tokens: readonly TokenReward[]): Judged[] {
  return judgeAnswer(answer, tokens)?.words ?? [];
}

/** The scale stays above 0: a scorer that is worse than chance is not turned around. */
function fitPlatt(words: readonly Judged[]): { scale: number; bias: number } {
  const [bias, scale] = fitLogistic(
    words.map(({ reward }) => [1, logOddsOf(reward)]),
    words.map(({ good }) => good),
  ) as [number, number];
  return { scale: Math.max(0.05, scale), bias };
}

function bestThreshold(answers: readonly (readonly Judged[])[]): number {
  const ranked = rank(answers);
  let best = { threshold: 0.5, f1: -1 };
  for (const reward of new Set(ranked.rewards)) {
    const { f1 } = detection(ranked, reward);
    if (f1 > best.f1) best = { threshold: reward, f1 };
  }
  return best.threshold;
}

function precisionAt(words: readonly Judged[], recall: number): number {
  const sorted = [...words].sort((a, b) => a.reward - b.reward);
  const bad = words.filter(({ good }) => !good).length;
  let found = 0;
  for (const [index, { good }] of sorted.entries()) {
    if (!good) found++;
    if (found >= recall * bad) return found / (index + 1);
  }
  return Number.NaN;
}

const bins = 10;

function reliability(words: readonly Judged[]): CalibrationReport['heldOut']['reliability'] {
  return Array.from({ length: bins }, (_, bin) => {
    const inside = words.filter(({ reward }) => Math.min(bins - 1, Math.floor(reward * bins)) === bin);
    const mean = (value: (word: Judged) => number) =>
      inside.reduce((sum, word) => sum + value(word), 0) / inside.length;
    return {
      from: bin / bins,
      to: (bin + 1) / bins,
      words: inside.length,
      reward: mean(({ reward }) => reward),
      good: mean(({ good }) => Number(good)),
    };
  }).filter(({ words: count }) => count > 0);
}

const percent = (value: number) => (Number.isNaN(value) ? '-' : `${(value * 100).toFixed(1)} %`);

/** The report for people. */
export function reportText(report: CalibrationReport): string {
  const { heldOut, answers, rightAnswers, words, badWords, scorer, set, scale, bias, threshold } = report;
  const lines = [
    `${scorer} on ${set}: ${answers} judged answers (${rightAnswers} right), ${words} words, ${badWords} of them wrong`,
    `reward = sigmoid(${scale.toFixed(3)} x log odds + ${bias.toFixed(3)}), threshold ${threshold.toFixed(3)} (best F1 of wrong words)`,
    `on pictures that the fit did not see: AP of wrong words ${heldOut.ap.toFixed(3)}, ECE ${heldOut.ece.before.toFixed(3)} before and ${heldOut.ece.after.toFixed(3)} after`,
    `  at the threshold: precision ${percent(heldOut.precision)}, recall ${percent(heldOut.recall)}`,
    ...heldOut.precisionAtRecall.map(
      ({ recall, precision }) => `  at ${percent(recall)} recall: precision ${percent(precision)}`,
    ),
    '  reward      words   mean reward   right',
    ...heldOut.reliability.map(
      ({ from, to, words: count, reward, good }) =>
        `  ${from.toFixed(1)} to ${to.toFixed(1)}  ${String(count).padStart(5)}   ${percent(reward).padStart(11)}   ${percent(good).padStart(7)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a bound on harm says, and what it rests on. */
export function boundText({ confidence, maxHarm, answers, set }: HarmBound, threshold: number): string {
  return `with ${percent(confidence)} confidence at most ${percent(maxHarm)} of right answers are changed at the threshold ${threshold.toFixed(4)}:
  conformal risk control on the ${answers} right answers of ${set}; it holds for answers and pictures like those
`;
}
