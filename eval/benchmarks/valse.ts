import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Annotations, Answered, Benchmark, MeasureOptions } from './benchmark.js';
import {
  judgedPairs,
  type PairItem,
  pairAccuracy,
  pairAuroc,
  pairFigures,
  pairItems,
  type ScoredPair,
  scoredPairs,
} from './caption-pairs.js';
import { readKeyedFiles } from './keyed-files.js';
import { pythonFixed } from './round.js';
import { type ScoredAnswer, scoredAnswers } from './scored-answer.js';

const example =
  '{"id": {"image_file": "v7w_1.jpg", "caption": "There are 4 cars.", "foil": "There are 0 cars.", "mturk": {"caption": 2, "foil": 0, "other": 1}}}';
const votes = z.int().nonnegative();
const record = z.object({
  image_file: z.string().min(1),
  caption: z.string().min(1),
  foil: z.string().min(1),
  mturk: z.object({ caption: votes, foil: votes, other: votes }),
});
/** A pair is valid where at least so many of three annotators say that the caption, and not the foil, fits the picture. */
const neededVotes = 2;
/** Image-sentence alignment is said to hold above this. */
const alignment = 0.5;

async function load(path: string): Promise<Annotations<PairItem>> {
  const files = await readKeyedFiles(path, record, example);
  const leftOut = new Set<string>();
  const items = files.flatMap(({ part, records }) =>
    records.flatMap(({ key, value, line }) => {
      const { image_file: image, caption, foil } = value;
      const pair = pairItems({ pair: `${part}/${key}`, part, line, image, caption, foil });
      if (value.mturk.caption >= neededVotes) return pair;
      for (const { id } of pair) leftOut.add(id);
      return [];
    }),
  );
  if (items.length === 0)
    throw new DetectiveError(
      'bad-input',
      `${path}: none of its ${leftOut.size / 2} pairs has ${neededVotes} of three votes ("mturk") for the caption, so that nothing is left to measure: give a file with validated pairs`,
    );
  const parts = files.map(({ part, records }) => `${part} ${records.length}`);
  return {
    items,
    version: `${parts.join(', ')}; ${items.length / 2} of them valid`,
    files: files.map(({ file }) => file),
    notes: [
      `${leftOut.size / 2} pairs with fewer than ${neededVotes} of three votes for the caption are left out, as in the paper.`,
    ],
    leftOut,
  };
}

/** The paper's five: pairwise ranking accuracy, and with a threshold on each text by itself the rest. */
function statisticsOf(pairs: readonly ScoredPair[]) {
  return (weights?: Uint16Array) => {
    let [captions, foils, all] = [0, 0, 0];
    for (const [at, { caption, foil }] of pairs.entries()) {
      const weight = weights ? weights[at]! : 1;
      all += weight;
      if (caption > alignment) captions += weight;
      if (foil <= alignment) foils += weight;
    }
    const [precisionCaptions, precisionFoils] = [(100 * captions) / all, (100 * foils) / all];
    return {
      acc_r: pairAccuracy(pairs, weights),
      acc: (precisionCaptions + precisionFoils) / 2,
      p_c: precisionCaptions,
      p_f: precisionFoils,
      'min(p_c, p_f)': Math.min(precisionCaptions, precisionFoils),
      AUROC: pairAuroc(pairs, weights),
    };
  };
}

/** lxmert_valse_eval.py prints these four. */
const asPrinted = (name: string, value: number) =>
  ['acc', 'p_c', 'p_f', 'acc_r'].includes(name) ? pythonFixed(value, 2) : undefined;

function measure(
  _read: Annotations<PairItem>,
  answered: readonly Answered<PairItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const scored = scoredPairs('valse', answered);
  const parts = [...new Set(scored.pairs.map(({ part }) => part))];
  return {
    figures: [...pairFigures(scored.pairs, statisticsOf(scored.pairs), options, asPrinted), judgedPairs(scored)],
    groups: parts.map((name) => {
      const pairs = scored.pairs.filter(({ part }) => part === name);
      return { name, figures: pairFigures(pairs, statisticsOf(pairs), options, asPrinted) };
    }),
    notes: [
      `acc_r: the caption scores strictly above its foil. p_c: captions above ${alignment}; p_f: foils at or below it; acc: the mean of both, which is the accuracy since there are as many of each. The score of a text is its recorded one, else the soft score of its tokens.`,
    ],
  };
}

/** VALSE (Parcalabescu et al., arXiv 2112.07566): captions against foils of one linguistic phenomenon each. */
export const valse: Benchmark<PairItem, ScoredAnswer> = {
  name: 'valse',
  about: 'captions and foils by linguistic phenomenon: existence, plurality, counting, relations, …',
  source: {
    published: 'Heidelberg-NLP/VALSE data/*.json',
    licence: 'MIT',
    version: '2152d90',
    paper: 'arXiv 2112.07566',
  },
  annotations: 'the data folder, or one of its files',
  answer: { ...scoredAnswers, example: '{"id": "existence/0/foil", "score": 0.12}' },
  load,
  measure,
};
