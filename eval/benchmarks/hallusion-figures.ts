import type { BootstrapOptions } from '../stats/bootstrap.js';
import type { Figure } from './benchmark.js';
import { groupBy, type PooledFigure, pooledFigures, shareOf } from './figures.js';
import { blameFor, type Correctness } from './hallusion-blame.js';
import type { HallusionItem } from './hallusion-questions.js';
import { pythonFloat, pythonRound } from './round.js';

/** An answer with what was found about it. */
export interface Marked {
  item: HallusionItem;
  found: Correctness;
  correct: boolean;
  /** Whether it agrees with the answer about figure 0; undefined where nobody said. */
  same: boolean | undefined;
}

/** The question that is asked about each variant of a picture. */
export const pairOf = ({ category, subcategory, set, question }: HallusionItem) =>
  [category, subcategory, set, question].join('_');

const c = {
  ...{ questions: 0, right: 1, figures: 2, figuresRight: 3, pairs: 4, pairsRight: 5, easy: 6, easyRight: 7, hard: 8 },
  ...{
    hardRight: 9,
    saidYes: 10,
    trulyYes: 11,
    wrong: 12,
    wrongNo: 13,
    language: 14,
    vision: 15,
    mixed: 16,
    figuresWrong: 17,
    width: 18,
  },
};

/** Counts of one set of questions. Figures and question pairs lie within a set. */
function countSet(marked: readonly Marked[], originals: ReadonlyMap<string, Correctness>): Float64Array {
  const row = new Float64Array(c.width);
  const all = (group: readonly Marked[]) => (group.every(({ correct }) => correct) ? 1 : 0);
  for (const { item, correct, found, same } of marked) {
    row[c.questions]!++;
    if (correct) row[c.right]!++;
    // the original takes a right answer to a "yes" question, and a wrong one to a "no" question, for a yes
    if (correct === (item.truth === 'yes')) row[c.saidYes]!++;
    if (item.truth === 'yes') row[c.trulyYes]!++;
    if (!correct) row[c.wrong]!++;
    if (!correct && item.truth === 'no') row[c.wrongNo]!++;
    const { language, vision } = blameFor(item, found, originals.get(pairOf(item)) ?? '2', same === true);
    if (language || vision) row[language && vision ? c.mixed : language ? c.language : c.vision]!++;
  }
  const pictured = marked.filter(({ item }) => !(item.category === 'VS' && item.figure === '0'));
  for (const group of groupBy(pictured, ({ item }) => item.figure).values()) {
    row[c.figures]!++;
    row[c.figuresRight]! += all(group);
    if (group.every(({ correct }) => !correct)) row[c.figuresWrong]!++;
  }
  for (const group of groupBy(marked, ({ item }) => pairOf(item)).values()) {
    row[c.pairs]!++;
    row[c.pairsRight]! += all(group);
    const easy = group.filter(({ item }) => item.visualInput !== '2');
    const hard = group.filter(({ item }) => item.visualInput === '2');
    if (easy.length > 0) row[c.easy]!++;
    if (easy.length > 0) row[c.easyRight]! += all(easy);
    if (hard.length > 0) row[c.hard]!++;
    if (hard.length > 0) row[c.hardRight]! += all(hard);
  }
  return row;
}

const ratio = (name: string, kind: PooledFigure['kind'], part: number, whole: number): PooledFigure =>
  shareOf([name, kind], [part, whole], (hits, all) => pythonFloat(pythonRound((100 * hits) / all, 4)));

const inconsistent = (sums: Float64Array) =>
  (100 * (sums[c.figures]! - sums[c.figuresRight]! - sums[c.figuresWrong]!)) / sums[c.figures]!;

const accuracies: readonly PooledFigure[] = [
  ratio('aAcc', 'quality', c.right, c.questions),
  ratio('fAcc', 'quality', c.figuresRight, c.figures),
  {
    ...ratio('Consistency Test (inconsistent)', 'description', c.figures, c.figures),
    of: inconsistent,
    hits: (sums) => sums[c.figures]! - sums[c.figuresRight]! - sums[c.figuresWrong]!,
    printed: (sums) => pythonFloat(pythonRound(inconsistent(sums), 4)),
  },
  ratio('Consistency Test (wrong)', 'description', c.figuresWrong, c.figures),
  ratio('qAcc', 'quality', c.pairsRight, c.pairs),
  ratio('easy aAcc', 'quality', c.easyRight, c.easy),
  ratio('hard aAcc', 'quality', c.hardRight, c.hard),
  {
    name: 'Yes percentage difference',
    kind: 'description',
    unit: 'share',
    of: (sums) => sums[c.saidYes]! / sums[c.questions]! - sums[c.trulyYes]! / sums[c.questions]!,
    over: (sums) => sums[c.questions]!,
  },
  {
    name: 'False positive ratio',
    kind: 'description',
    unit: 'share',
    of: (sums) => sums[c.wrongNo]! / sums[c.wrong]!,
    hits: (sums) => sums[c.wrongNo]!,
    over: (sums) => sums[c.wrong]!,
  },
];

const blamed = (name: string, column: number): PooledFigure => {
  const share = (sums: Float64Array) => (100 * sums[column]!) / blamedAnswers(sums);
  return {
    name,
    kind: 'description',
    unit: '%',
    of: share,
    hits: (sums) => sums[column]!,
    over: blamedAnswers,
    printed: (sums) => pythonFloat(pythonRound(share(sums), 4)),
  };
};
/** Answers, not questions, each have one diagnosis: evaluation.py prints these, and not the counts by question. */
const blamedAnswers = (sums: Float64Array) => sums[c.language]! + sums[c.vision]! + sums[c.mixed]!;
const diagnoses: readonly PooledFigure[] = [
  blamed('Language hallucination', c.language),
  blamed('Visual illusion', c.vision),
  blamed('Mixed', c.mixed),
];

/** HallusionBench's figures (utils.py); sets of questions are resampled. */
export function hallusionFigures(marked: readonly Marked[], withBlame: boolean, options: BootstrapOptions): Figure[] {
  const originals = new Map(
    marked.filter(({ item }) => item.figure === '0').map(({ item, found }) => [pairOf(item), found]),
  );
  const sets = groupBy(marked, ({ item }) => [item.category, item.subcategory, item.set].join('_'));
  const rows = [...sets.values()].map((set) => countSet(set, originals));
  return pooledFigures(rows, withBlame ? [...accuracies, ...diagnoses] : accuracies, options);
}
