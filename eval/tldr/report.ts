import { linePlot } from '../report/line-plot.js';
import type { PaperFigure } from '../report/paper.js';
import type { Table } from '../report/tables.js';
import type { Evaluation } from './evaluate.js';
import type { Estimate } from './metrics.js';
import type { NlvrEvaluation } from './nlvr.js';
import { measures } from './summary.js';

/** A whole run of `eval tldr`: what `--json` prints. */
export interface EvaluationReport {
  scorer: string;
  threshold: number;
  seed: number;
  resamples: number;
  sets: Evaluation[];
  nlvr: NlvrEvaluation | null;
  notes: string[];
}

/** How the figures were made, and what is not among them. */
export const notes: readonly string[] = [
  'Paper: the measures of TLDR (arXiv 2410.04734). Token and sentence accuracy are means over answers of the share of their tokens or sentences (cut at every period) that are right; an answer or a sentence passes only where all its tokens do.',
  'The paper does not say over what its mAP is averaged: here it is the average precision over the tokens of all answers together.',
  'A token, word or sentence is bad where it overlaps a bad claim, and has the lowest reward of its tokens. A claim is the word or run of words that can be wrong: where a file names the wrong ones only, those that a twin of the answer changed. ECE has 15 bins of equal width.',
  'Figures by type of error are over the answers with that error and their true twins.',
  'In parentheses: percentile bootstrap 95 % intervals over answers; where all resamples say the same, an exact one (Clopper-Pearson) of shares and AUROC, and none of AP, F1 and ECE. An ECE can lie below its interval, because resampling adds noise and noise raises it.',
  'Answers from which the scorer abstained, or on which it failed, are in no figure, nor are words that it did not judge.',
  '"random claims" knows which words can be wrong and nothing of the picture. Trained baselines (a naive response-level reward model, a text-only model) stand beside it where --baselines names their folders; the naive model gives every token of an answer the same reward.',
];

const number = (value: number) => value.toFixed(3).replace(/^0(?=\.)/, '');

export function formatEstimate({ value, low, high }: Estimate): string {
  if (value === null) return '–';
  return low === null || high === null ? number(value) : `${number(value)} (${number(low)}–${number(high)})`;
}

const counted = (estimate: Estimate | undefined, count = 0) =>
  estimate ? `${formatEstimate(estimate)} n=${count}` : '–';

export function reportTables({ scorer, sets, nlvr }: EvaluationReport): Table[] {
  const names = sets.map(({ set }) => set);
  const across = (title: string, rows: readonly string[], cell: (set: Evaluation, row: string) => string): Table => ({
    title,
    head: ['', ...names],
    rows: rows.map((row) => [row, ...sets.map((set) => cell(set, row))]),
  });
  const union = (names: (set: Evaluation) => string[]) => [...new Set(sets.flatMap(names))].sort();
  const types = union(({ byPerturbation }) => byPerturbation.map(({ type }) => type));
  const kinds = union(({ byKind }) => byKind.map(({ kind }) => kind));
  const ofType = (set: Evaluation, type: string) => set.byPerturbation.find((summary) => summary.type === type);
  const ofKind = (set: Evaluation, kind: string) => set.byKind.find((summary) => summary.kind === kind);
  const tables: Table[] = [
    {
      title: scorer,
      head: ['', ...names],
      rows: [
        ['answers (wrong / abstained / failed)', ...sets.map(countsOf)],
        [
          'words (not judged)',
          ...sets.map(({ words, unjudgedWords }) => `${words + unjudgedWords} (${unjudgedWords})`),
        ],
        ...measures.map(([measure, label]) => [label, ...sets.map((set) => formatEstimate(set.scorer[measure]))]),
      ],
    },
    {
      title: `baselines, which never see the picture, on: ${names[0]}`,
      head: ['', ...sets[0]!.baselines.map(({ name }) => name)],
      rows: measures.map(([measure, label]) => [
        label,
        ...sets[0]!.baselines.map(({ summary }) => formatEstimate(summary[measure])),
      ]),
    },
  ];
  if (types.length > 0) {
    const title = (figure: string) => `${figure}, by type of error (n: answers with that error)`;
    tables.push(
      across(title('response accuracy (mean of both classes)'), types, (set, type) => {
        const summary = ofType(set, type);
        return counted(summary?.balancedResponseAccuracy, summary?.wrong);
      }),
      across(title('AP of bad words'), types, (set, type) => {
        const summary = ofType(set, type);
        return counted(summary?.wordAp, summary?.wrong);
      }),
    );
  }
  if (kinds.length > 0) {
    tables.push(
      across('AUROC, by kind of claim (n: bad ones)', kinds, (set, kind) => {
        const summary = ofKind(set, kind);
        return counted(summary?.auroc, summary?.bad);
      }),
      across('AP of bad claims, by kind (n: bad ones)', kinds, (set, kind) => {
        const summary = ofKind(set, kind);
        return counted(summary?.ap, summary?.bad);
      }),
    );
  }
  if (nlvr) tables.push(nlvrTable(nlvr));
  return tables;
}

const countsOf = ({ answers, wrong, abstained, failed }: Evaluation) =>
  `${answers} (${wrong} / ${abstained} / ${failed})`;

function nlvrTable(nlvr: NlvrEvaluation): Table {
  return {
    title: 'NLVR: human sentences about drawn shapes, out of domain; whole answers only',
    head: ['', 'nlvr'],
    rows: [
      [
        'sentences (judged / abstained / failed)',
        `${nlvr.answers} (${nlvr.judged} / ${nlvr.abstained} / ${nlvr.failed})`,
      ],
      ['response accuracy', formatEstimate(nlvr.responseAccuracy)],
      ['response accuracy, mean of both classes', formatEstimate(nlvr.balancedResponseAccuracy)],
      ['AUROC of answers, by lowest reward', formatEstimate(nlvr.responseAuroc)],
    ],
  };
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Precision over recall of bad words, a plot for each set of answers. */
export function curveFigures({ sets }: EvaluationReport): PaperFigure[] {
  const axes = {
    x: { label: 'recall of bad words', low: 0, high: 1, ticks },
    y: { label: 'precision', low: 0, high: 1, ticks },
  };
  return sets.map(({ set, curves }, at) => {
    const lines = curves.map(({ name, points }) => ({
      name,
      points: points.map(({ recall, precision }) => ({ x: recall, y: precision })),
    }));
    return {
      name: `figure-${at + 1}-precision-recall`,
      svg: linePlot(`Precision and recall: ${set}`, axes, lines).svg,
    };
  });
}
