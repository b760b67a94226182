import * as z from 'zod';
import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
import { auroc, fewerOf, rank } from '../tldr/metrics.js';
import type { Annotations, Answered, Benchmark, Figure, MeasureOptions } from './benchmark.js';
import { answerText, id } from './fields.js';
import { readRecords } from './json-records.js';
import { jsonFilesOf } from './keyed-files.js';
import { pythonShare } from './round.js';
import {
  checkScored,
  type JudgedItem,
  type ScoredAnswer,
  scoredAnswers,
  scoreOf,
  sharedThreshold,
} from './scored-answer.js';
import { wordYesNo } from './yes-no.js';

export interface VsrItem extends JudgedItem {
  label: boolean;
  relation: string;
  split: string;
}

export interface VsrAnswer extends ScoredAnswer {
  /** What a model said where it was asked whether the statement is true; null where it was scored instead. */
  said: boolean | null;
}

const example =
  '{"image": "000000451431.jpg", "caption": "The person is inside the refrigerator.", "label": 1, "relation": "inside"}';
const record = z.object({
  image: z.string().min(1),
  caption: z.string().min(1),
  label: z.union([z.literal(0), z.literal(1)]),
  relation: z.string().min(1),
});

async function load(path: string): Promise<Annotations<VsrItem>> {
  const paths = await jsonFilesOf(path, '.jsonl');
  const read = await Promise.all(
    paths.map(async (each) => ({ path: each, ...(await readRecords(each, record, example)) })),
  );
  const items = read.flatMap(({ path: each, records }) => {
    const split = each.replace(/^.*[\\/]/, '').replace(/\.jsonl$/, '');
    return records.map(
      ({ value, line }, place): VsrItem => ({
        id: `${split}/${place}`,
        line,
        image: value.image,
        prompt: `Is it true? ${value.caption}`,
        response: value.caption,
        label: value.label === 1,
        relation: value.relation,
        split,
      }),
    );
  });
  const version = read.map(({ path: each, records }) => `${each.replace(/^.*[\\/]/, '')} ${records.length}`).join(', ');
  return {
    items,
    version,
    files: read.map(({ file }) => file),
    notes: ['Ids are the file’s name and the place in it, from 0.'],
  };
}

interface Judgement {
  item: VsrItem;
  /** Null: not judged, which counts as wrong. */
  said: boolean | null;
  score: number | null;
}

function figuresOf(judged: readonly Judgement[], options: MeasureOptions): Figure[] {
  const ranked = rank(judged.map(({ item, score }) => (score === null ? [] : [{ reward: score, good: item.label }])));
  const scored = ranked.rewards.length;
  const { accuracy, said, area } = estimateAll(
    judged.length,
    (weights) => {
      let [right, known, all] = [0, 0, 0];
      for (const [at, one] of judged.entries()) {
        const weight = weights ? weights[at]! : 1;
        all += weight;
        if (one.said !== null) known += weight;
        if (one.said === one.item.label) right += weight;
      }
      return { accuracy: (100 * right) / all, said: (100 * known) / all, area: 100 * auroc(ranked, weights) };
    },
    options,
  );
  return [
    {
      name: 'Accuracy',
      kind: 'quality',
      unit: '%',
      over: judged.length,
      ...edgeEstimate(accuracy, judged.length, 100),
      ...(accuracy.value === null ? {} : { printed: pythonShare(accuracy.value, judged.length) }),
    },
    ...(scored > 0
      ? [
          {
            name: 'AUROC',
            kind: 'quality' as const,
            unit: '%' as const,
            over: scored,
            ...edgeEstimate(area, fewerOf(ranked), 100),
          },
        ]
      : []),
    {
      name: 'Judged statements',
      kind: 'coverage',
      unit: '%',
      over: judged.length,
      ...edgeEstimate(said, judged.length, 100),
    },
  ];
}

function measure(
  _read: Annotations<VsrItem>,
  answered: readonly Answered<VsrItem, VsrAnswer>[],
  options: MeasureOptions,
) {
  const threshold = sharedThreshold('vsr', answered);
  const judged = answered.map(({ item, answer }): Judgement => {
    checkScored('vsr', item, answer);
    const score = answer.said === null ? scoreOf('vsr', item, answer) : null;
    return { item, score, said: answer.said ?? (score === null ? null : score > threshold) };
  });
  const group = (name: string, own: readonly Judgement[]) => ({ name, figures: figuresOf(own, options) });
  const by = (keyOf: (item: VsrItem) => string, least: number) => {
    const keys = [...new Set(judged.map(({ item }) => keyOf(item)))].sort();
    return keys.flatMap((key) => {
      const own = judged.filter(({ item }) => keyOf(item) === key);
      return own.length >= least && keys.length > 1 ? [group(key, own)] : [];
    });
  };
  return {
    figures: figuresOf(judged, options),
    groups: [...by(({ split }) => split, 1), ...by(({ relation }) => relation, 20)],
    notes: [
      `A scored statement is said to be true above ${threshold}; what was not judged counts as wrong. Relations with fewer than 20 statements have no group of their own.`,
    ],
  };
}

const answerLine = z.union([
  z.object({ id: id.optional(), answer: z.union([z.boolean(), answerText]) }).transform(({ id, answer }): VsrAnswer => {
    const word = typeof answer === 'boolean' ? (answer ? 'yes' : 'no') : wordYesNo(truthAsYesNo(answer));
    return { id, tokens: null, threshold: null, score: null, said: word === null ? null : word === 'yes' };
  }),
  scoredAnswers.schema.transform((answer): VsrAnswer => ({ ...answer, said: null })),
]);

function truthAsYesNo(text: string): string {
  return text.replace(/\btrue\b/gi, 'yes').replace(/\bfalse\b/gi, 'no');
}

/** VSR (Liu et al., arXiv 2205.00363): is a statement about where two things are true of the picture? */
export const vsr: Benchmark<VsrItem, VsrAnswer> = {
  name: 'vsr',
  about: 'true and false statements about where things are, over 66 relations',
  source: {
    published: 'cambridgeltl/visual-spatial-reasoning data/splits/{random,zeroshot}/*.jsonl',
    licence: 'Apache-2.0',
    version: 'b27a0af',
    paper: 'arXiv 2205.00363',
  },
  annotations: 'a split’s test.jsonl, or the folder of a split',
  answer: { schema: answerLine, example: '{"id": "test/0", "answer": "True"}' },
  load,
  measure,
};
