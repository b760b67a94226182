import * as z from 'zod';
import type { Answered, Benchmark, BenchmarkAnswer, Figure, MeasureOptions } from './benchmark.js';
import { answerText, id } from './fields.js';
import { countRows, type PooledFigure, pooledFigures } from './figures.js';
import { loadPope, type PopeItem } from './pope-questions.js';
import { pythonFloat } from './round.js';
import { confusion, countYesNo, popeYesNo, wordYesNo } from './yes-no.js';

export interface PopeAnswer extends BenchmarkAnswer {
  answer: string;
}

const { tp, fp, tn, fn, width } = confusion;
const all = (sums: Float64Array) => sums[tp]! + sums[fp]! + sums[tn]! + sums[fn]!;
/** A share, printed as the script does: in full. */
const share = (
  name: string,
  kind: PooledFigure['kind'],
  hits: (sums: Float64Array) => number,
  over: PooledFigure['over'],
): PooledFigure => {
  const of = (sums: Float64Array) => hits(sums) / over(sums);
  return { name, kind, unit: 'share', of, hits, over, printed: (sums) => pythonFloat(of(sums)) };
};
const precision = share(
  'Precision',
  'quality',
  (sums) => sums[tp]!,
  (sums) => sums[tp]! + sums[fp]!,
);
const recall = share(
  'Recall',
  'coverage',
  (sums) => sums[tp]!,
  (sums) => sums[tp]! + sums[fn]!,
);
const f1 = (sums: Float64Array) => (2 * precision.of(sums) * recall.of(sums)) / (precision.of(sums) + recall.of(sums));

/** POPE's five figures, and the rate of made-up objects: the questions about what is not there that are affirmed. */
export const popeFigures: readonly PooledFigure[] = [
  share('Accuracy', 'quality', (sums) => sums[tp]! + sums[tn]!, all),
  precision,
  recall,
  { name: 'F1 score', kind: 'quality', unit: 'share', of: f1, over: all, printed: (sums) => pythonFloat(f1(sums)) },
  share('Yes ratio', 'description', (sums) => sums[tp]! + sums[fp]!, all),
  {
    name: 'False yes rate',
    kind: 'hallucination',
    unit: 'share',
    of: (sums) => sums[fp]! / (sums[fp]! + sums[tn]!),
    hits: (sums) => sums[fp]!,
    over: (sums) => sums[fp]! + sums[tn]!,
  },
];

type Said = (answered: Answered<PopeItem, PopeAnswer>) => 'yes' | 'no';

/** The figures of one way to read the answers; pictures are resampled, since their questions belong together. */
export function popeFiguresOf(
  answered: readonly Answered<PopeItem, PopeAnswer>[],
  said: Said,
  options: MeasureOptions,
): Figure[] {
  const rows = countRows(
    answered,
    ({ item }) => item.image,
    width,
    (one, row) => countYesNo(row, said(one), one.item.label),
  );
  return pooledFigures(rows, popeFigures, options);
}

/** One split after the other; none where there is just one. */
export function bySplit(
  answered: readonly Answered<PopeItem, PopeAnswer>[],
): { split: string; answered: Answered<PopeItem, PopeAnswer>[] }[] {
  const splits = [...new Set(answered.map(({ item }) => item.split))];
  if (splits.length < 2) return [];
  return splits.map((split) => ({ split, answered: answered.filter(({ item }) => item.split === split) }));
}

/** POPE (Li et al., arXiv 2305.10355): yes/no questions about objects, half of them not there. */
export const pope: Benchmark<PopeItem, PopeAnswer> = {
  name: 'pope',
  about: 'yes/no questions about objects, half of which are not in the picture',
  source: {
    published: 'RUCAIBox/POPE output/coco/coco_pope_*.json, output/seem/{aokvqa,gqa}/*.json; DAMO-NLP-SG/VCD',
    licence: 'MIT',
    version: '3df3ba1, 3,000 questions a file',
    paper: 'arXiv 2305.10355',
  },
  annotations: 'a *_pope_*.json file (JSON lines or an array), or the folder of its three splits',
  byOrder: true,
  answer: {
    schema: z
      .object({
        id: id.optional(),
        question_id: id.optional(),
        answer: answerText.optional(),
        text: answerText.optional(),
      })
      .refine(({ answer, text }) => answer !== undefined || text !== undefined, 'has neither "answer" nor "text"')
      .transform(({ id, question_id, answer, text }) => ({ id: id ?? question_id, answer: (answer ?? text)! })),
    example: '{"id": "1", "answer": "Yes, there is."}',
  },
  load: loadPope,
  measure(_read, answered, options) {
    const original: Said = ({ answer }) => popeYesNo(answer.answer);
    const unclear = answered.filter(({ answer }) => wordYesNo(answer.answer) === null).length;
    const differing = answered.filter(({ answer }) => {
      const word = wordYesNo(answer.answer);
      return word !== null && word !== popeYesNo(answer.answer);
    }).length;
    const clear = answered.filter(({ answer }) => wordYesNo(answer.answer) !== null);
    return {
      figures: popeFiguresOf(answered, original, options),
      groups: [
        ...bySplit(answered).map(({ split, answered }) => ({
          name: split,
          figures: popeFiguresOf(answered, original, options),
        })),
        {
          name: 'clear answers only, by the words yes and no',
          figures: popeFiguresOf(clear, ({ answer }) => wordYesNo(answer.answer)!, options),
        },
      ],
      notes: [
        'The figures read answers as POPE’s evaluate.py does: no if one of the words "No", "not", "no" stands before the first full stop, else yes. "NO" and "isn’t" count as yes.',
        `${unclear} of ${answered.length} answers have not just one of the words yes and no; ${differing} are read otherwise than their word says. The last group leaves the unclear ones out.`,
      ],
    };
  },
};
