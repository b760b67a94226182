import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Annotations, Answered, Benchmark, BenchmarkAnswer, BenchmarkItem, MeasureOptions } from './benchmark.js';
import { readCsv } from './csv-records.js';
import { answerText, id } from './fields.js';
import { type PooledFigure, pooledFigures } from './figures.js';

const kinds = ['false premises', 'visual challenge', 'insufficient context'] as const;
const pictures = ['generated', 'real'] as const;

export interface HaloQuestItem extends BenchmarkItem {
  prompt: string;
  kind: (typeof kinds)[number];
  picture: (typeof pictures)[number];
  /** Answers by people, each of them right. */
  references: readonly string[];
}

export interface HaloQuestAnswer extends BenchmarkAnswer {
  answer: string;
  /** What a judge wrote about it. */
  judgement?: string | undefined;
}

const example =
  '{"": "0", "image_name": "a.png", "url": "https://…", "image type": "generated", "hallucination type": "false premises", "question": "…?", "groundtruth responses": "There is none; …", "split": "eval"}';

const row = z.object({
  '': z.string().optional(),
  image_name: z.string().min(1),
  'image type': z.enum(pictures),
  'hallucination type': z.enum(kinds),
  question: z.string().min(1),
  'groundtruth responses': z.string().min(1),
  split: z.string(),
});

async function load(path: string): Promise<Annotations<HaloQuestItem>> {
  const { records, file } = await readCsv(path, row, example);
  const items = records.map(
    ({ value, line }, place): HaloQuestItem => ({
      id: value[''] || String(place),
      line,
      image: value.image_name,
      prompt: value.question,
      kind: value['hallucination type'],
      picture: value['image type'],
      references: value['groundtruth responses']
        .split(';')
        .map((text) => text.trim())
        .filter((text) => text !== ''),
    }),
  );
  const twice = items.find(({ id }, place) => items.findIndex((other) => other.id === id) !== place);
  if (twice) throw new DetectiveError('bad-input', `${path} line ${twice.line}: the id ${twice.id} was there before`);
  const known = items.length === 608 ? 'the size of the published eval file' : 'not the published 608';
  return { items, version: `${items.length} questions: ${known}`, files: [file], notes: [] };
}

/** The verdict in a judge's reply; null where it gives none, or both. */
export function verdictIn(reply: string): 'correct' | 'incorrect' | null {
  const found = new Set(
    [...reply.toLowerCase().matchAll(/verdict:\s*\**\s*(correct|incorrect)\b/g)].map(([, word]) => word),
  );
  return found.size === 1 ? ([...found][0] as 'correct' | 'incorrect') : null;
}

const c = { answers: 0, right: 1, askable: 2, answeredRight: 3 };
const figures: readonly PooledFigure[] = [
  {
    name: 'Correct',
    kind: 'quality',
    unit: '%',
    of: (sums) => (100 * sums[c.right]!) / sums[c.answers]!,
    hits: (sums) => sums[c.right]!,
    over: (sums) => sums[c.answers]!,
  },
  {
    name: 'Hallucination rate',
    kind: 'hallucination',
    unit: '%',
    of: (sums) => 100 - (100 * sums[c.right]!) / sums[c.answers]!,
    hits: (sums) => sums[c.answers]! - sums[c.right]!,
    over: (sums) => sums[c.answers]!,
  },
  {
    name: 'Correct where an answer can be given',
    kind: 'coverage',
    unit: '%',
    of: (sums) => (100 * sums[c.answeredRight]!) / sums[c.askable]!,
    hits: (sums) => sums[c.answeredRight]!,
    over: (sums) => sums[c.askable]!,
  },
];

const keyOf = (item: HaloQuestItem) => `haloquest/${item.id}`;

function measure(
  _read: Annotations<HaloQuestItem>,
  answered: readonly Answered<HaloQuestItem, HaloQuestAnswer>[],
  options: MeasureOptions,
) {
  const judged = answered.map(({ item, answer }) => {
    const reply = answer.judgement ?? options.judgements.get(keyOf(item));
    if (reply === undefined)
      throw new DetectiveError(
        'bad-input',
        `haloquest: no judgement of answer ${item.id}: give a judge, recorded judgements, or "judgement" with the answers`,
      );
    return { item, verdict: verdictIn(reply) };
  });
  const of = (belongs: (item: HaloQuestItem) => boolean) =>
    pooledFigures(
      judged
        .filter(({ item }) => belongs(item))
        .map(({ item, verdict }) => {
          const right = verdict === 'correct' ? 1 : 0;
          const askable = item.kind === 'visual challenge' ? 1 : 0;
          return [1, right, askable, askable * right];
        }),
      figures,
      options,
    );
  const unclear = judged.filter(({ verdict }) => verdict === null).length;
  const groups = [
    ...kinds.map((kind) => ({ name: kind, belongs: (item: HaloQuestItem) => item.kind === kind })),
    ...pictures.map((picture) => ({
      name: `${picture} pictures`,
      belongs: (item: HaloQuestItem) => item.picture === picture,
    })),
  ];
  return {
    figures: of(() => true),
    groups: groups
      .filter(({ belongs }) => judged.some(({ item }) => belongs(item)))
      .map(({ name, belongs }) => ({ name, figures: of(belongs) })),
    notes: [
      `Verdicts are only comparable with those of the same judge and prompt; the published ones are by people, and by an automatic rater built on Gemini whose prompt is not in the repository. ${unclear} replies had not just one verdict and count as incorrect.`,
      'The questions of the visual challenges are the ones with something to answer: who declines everything is right on the others, and has no coverage.',
    ],
  };
}

/** HaloQuest (Wang et al., arXiv 2407.15680): questions with false premises, too little context, or that are hard to see. */
export const haloQuest: Benchmark<HaloQuestItem, HaloQuestAnswer> = {
  name: 'haloquest',
  about: '608 questions with false premises, insufficient context or visual challenges, judged by a text-only model',
  source: {
    published: 'google/haloquest haloquest-eval.csv',
    licence: 'CC BY 4.0; the pictures separately',
    version: '2f643eb, 608 questions',
    paper: 'arXiv 2407.15680',
  },
  annotations: 'haloquest-eval.csv',
  byOrder: true,
  answer: {
    schema: z.object({ id: id.optional(), answer: answerText, judgement: answerText.optional() }),
    example: '{"id": "0", "answer": "The cat has no collar."}',
  },
  judge: {
    published: 'people; and a Gemini-based automatic rater',
    prompts: { verdict: ['judge/haloquest', ['question', 'references', 'answer']] },
    requests: (answered, render) =>
      answered
        .filter(({ answer }) => answer.judgement === undefined)
        .map(({ item, answer }) => ({
          key: keyOf(item),
          prompt: render('verdict', {
            question: item.prompt,
            references: item.references.join('; '),
            answer: answer.answer,
          }),
        })),
  },
  load,
  measure,
};
