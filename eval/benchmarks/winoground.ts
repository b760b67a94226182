import * as z from 'zod';
import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
import type { Annotations, Answered, Benchmark, Figure, MeasureOptions } from './benchmark.js';
import { groupBy } from './figures.js';
import { readRecords } from './json-records.js';
import { type JudgedItem, type ScoredAnswer, scoredAnswers, scoreOf } from './scored-answer.js';

export interface WinogroundItem extends JudgedItem {
  example: string;
  /** Which caption with which picture: `c0i1`. */
  cell: Cell;
  tag: string;
}

const cells = ['c0i0', 'c0i1', 'c1i0', 'c1i1'] as const;
type Cell = (typeof cells)[number];

const example =
  '{"id": 0, "image_0": "ex_0_img_0", "image_1": "ex_0_img_1", "caption_0": "an old person kisses a young person", "caption_1": "a young person kisses an old person", "collapsed_tag": "Object"}';
const text = z.string().min(1);
const record = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  image_0: text,
  image_1: text,
  caption_0: text,
  caption_1: text,
  collapsed_tag: z.string().optional(),
});

async function load(path: string): Promise<Annotations<WinogroundItem>> {
  const { records, file } = await readRecords(path, record, example);
  const items = records.flatMap(({ value, line }) =>
    cells.map((cell): WinogroundItem => {
      const [caption, image] = [cell[1], cell[3]] as ['0' | '1', '0' | '1'];
      return {
        id: `${value.id}/${cell}`,
        line,
        image: value[`image_${image}`],
        response: value[`caption_${caption}`],
        example: value.id,
        cell,
        tag: value.collapsed_tag ?? '',
      };
    }),
  );
  const known = records.length === 400 ? 'the published size' : 'not the published 400';
  return { items, version: `${records.length} examples: ${known}`, files: [file], notes: [] };
}

type Scores = Readonly<Record<Cell, number>>;

/** Whether the text, image and group scores of an example hold (Thrush et al., section 4.2): strictly, so that ties fail. */
export function winogroundScores({ c0i0, c0i1, c1i0, c1i1 }: Scores): {
  text: boolean;
  image: boolean;
  group: boolean;
} {
  const right = c0i0 > c1i0 && c1i1 > c0i1;
  const image = c0i0 > c0i1 && c1i1 > c1i0;
  return { text: right, image, group: right && image };
}

function figuresOf(examples: readonly Scores[], options: MeasureOptions): Figure[] {
  const rows = examples.map(winogroundScores);
  const share = (of: (row: (typeof rows)[number]) => boolean) => (weights?: Uint16Array) => {
    let [hit, all] = [0, 0];
    for (const [at, row] of rows.entries()) {
      const weight = weights ? weights[at]! : 1;
      all += weight;
      if (of(row)) hit += weight;
    }
    return (100 * hit) / all;
  };
  const [text, image, group] = [share((row) => row.text), share((row) => row.image), share((row) => row.group)];
  const estimates = estimateAll(
    rows.length,
    (weights) => ({
      'Text score': text!(weights),
      'Image score': image!(weights),
      'Group score': group!(weights),
    }),
    options,
  );
  return Object.entries(estimates).map(([name, estimated]) => ({
    name,
    kind: 'quality' as const,
    unit: '%' as const,
    over: rows.length,
    ...edgeEstimate(estimated, rows.length, 100),
  }));
}

function measure(
  _read: Annotations<WinogroundItem>,
  answered: readonly Answered<WinogroundItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const examples = [...groupBy(answered, ({ item }) => item.example).values()].map((group) => ({
    tag: group[0]!.item.tag,
    scores: Object.fromEntries(
      group.map(({ item, answer }) => [item.cell, scoreOf('winoground', item, answer)]),
    ) as Partial<Record<Cell, number | null>>,
  }));
  const judged = examples.filter((one): one is { tag: string; scores: Scores } =>
    cells.every((cell) => typeof one.scores[cell] === 'number'),
  );
  const tags = [...new Set(judged.map(({ tag }) => tag))].filter((tag) => tag !== '').sort();
  const over = examples.length;
  return {
    figures: [
      ...figuresOf(
        judged.map(({ scores }) => scores),
        options,
      ),
      {
        name: 'Judged examples',
        kind: 'coverage' as const,
        unit: '%' as const,
        over,
        value: (100 * judged.length) / over,
        low: null,
        high: null,
      },
    ],
    groups: tags.map((tag) => ({
      name: tag,
      figures: figuresOf(
        judged.filter((one) => one.tag === tag).map(({ scores }) => scores),
        options,
      ),
    })),
    notes: [
      'Chance is 25, 25 and 16.7 %. An example needs its four scores; ties fail. The score of a text is its recorded one, else the soft score of its tokens.',
    ],
  };
}

/** Winoground (Thrush et al., arXiv 2204.03162): two pictures and two captions of the same words in another order. */
export const winoground: Benchmark<WinogroundItem, ScoredAnswer> = {
  name: 'winoground',
  about: '400 pairs of pictures with captions of the same words in another order',
  source: {
    published: 'huggingface.co/datasets/facebook/winoground data/examples.jsonl (gated)',
    licence: 'its own, for research only',
    version: '400 examples',
    paper: 'arXiv 2204.03162',
  },
  annotations: 'examples.jsonl',
  answer: { ...scoredAnswers, example: '{"id": "0/c0i1", "score": 0.4}' },
  load,
  measure,
};
