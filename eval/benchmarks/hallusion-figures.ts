import type { BootstrapOptions } from '../bootstrap.js';
import type { Figure } from './benchmark.js';
import { groupBy, type PooledFigure, pooledFigures } from './figures.js';
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
    width: 17,
  },
};

/** Counts of one set of questions. Figures and question pairs lie within a set. */
function countSet(marked: readonly Marked[], originals: ReadonlyMap<string, Correctness>): Float64Array {
  const row = new Float64Array(c.width);
  const all = (group: readonly Marked[]) => (group.every(({ correct }) => correct) ? 1 : 0);
  for (const { item, correct } of marked) {
    row[c.questions]!++;
    if (correct) row[c.right]!++;
    // the original takes a right answer to a "yes" question, and a wrong one to a "no" question, for a yes
    if (correct === (item.truth === 'yes')) row[c.saidYes]!++;
    if (item.truth === 'yes') row[c.trulyYes]!++;
    if (!correct) row[c.wrong]!++;
    if (!correct && item.truth === 'no') row[c.wrongNo]!++;
  }
  const pictured = marked.filter(({ item }) => !(item.category === 'VS' && item.figure === '0'));
  for (const group of groupBy(pictured, ({ item }) => item.figure).values()) {
    row[c.figures]!++;
    row[c.figuresRight]! += all(group);
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
    const blames = group.map(({ item, found, same }) =>
      blameFor(item, found, originals.get(pairOf(item)) ?? '2', same === true),
    );
    const language = blames.some((blame) => blame.language);
    const vision = blames.some((blame) => blame.vision);
    if (language && vision) row[c.mixed]!++;
    else if (language) row[c.language]!++;
    else if (vision) row[c.vision]!++;
  }
  return row;
}

const ratio = (name: string, kind: PooledFigure['kind'], part: number, whole: number): PooledFigure => ({
  name,
  kind,
  unit: '%',
  of: (sums) => (100 * sums[part]!) / sums[whole]!,
  over: (sums) => sums[whole]!,
  printed: (sums) => pythonFloat(pythonRound((100 * sums[part]!) / sums[whole]!, 4)),
});

const accuracies: readonly PooledFigure[] = [
  ratio('aAcc', 'quality', c.right, c.questions),
  ratio('fAcc', 'quality', c.figuresRight, c.figures),
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
    over: (sums) => sums[c.wrong]!,
  },
];

const wrongPairs = (sums: Float64Array) => sums[c.pairs]! - sums[c.pairsRight]!;
const blamed = (name: string, column: number): PooledFigure => ({
  name,
  kind: 'description',
  unit: '%',
  of: (sums) => (100 * sums[column]!) / wrongPairs(sums),
  over: wrongPairs,
});
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
