import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Annotations, Answered, Benchmark, BenchmarkAnswer, BenchmarkItem, MeasureOptions } from './benchmark.js';
import { answerText, id } from './fields.js';
import { type PooledFigure, pooledFigures } from './figures.js';
import { readRecords } from './json-records.js';
import { pythonFixed, pythonFloat, pythonRound } from './round.js';

/** In the order of the file: the type of a question is its place modulo 8. */
const types = [
  'attribute',
  'adversarial',
  'comparison',
  'counting',
  'relation',
  'environment',
  'holistic',
  'other',
] as const;

export interface MmhalItem extends BenchmarkItem {
  prompt: string;
  type: (typeof types)[number];
  topic: string;
  /** Names of what is in the picture. */
  contents: readonly string[];
  reference: string;
}

export interface MmhalAnswer extends BenchmarkAnswer {
  answer: string;
  /** What a judge wrote about it. */
  judgement?: string | undefined;
}

const example =
  '{"question_type": "attribute", "question_topic": "outdoor", "image_id": "df62", "image_src": "https://…", "image_content": ["Fire hydrant"], "question": "…?", "gt_answer": "…"}';

const question = z.object({
  question_type: z.enum(types),
  question_topic: z.string(),
  image_id: z.string().min(1),
  image_src: z.string(),
  image_content: z.array(z.string()),
  question: z.string().min(1),
  gt_answer: z.string(),
});

async function load(path: string): Promise<Annotations<MmhalItem>> {
  const { records, file } = await readRecords(path, question, example);
  const items = records.map(({ value, line, name }, place) => {
    if (value.question_type !== types[place % types.length])
      throw new DetectiveError(
        'bad-input',
        `${name}: "question_type" is ${value.question_type} where the published order has ${types[place % types.length]}: the types are told by place, so give the file in its own order`,
      );
    return {
      id: String(place),
      line,
      image: value.image_src,
      prompt: value.question,
      type: value.question_type,
      topic: value.question_topic,
      contents: value.image_content,
      reference: value.gt_answer,
    };
  });
  const known = items.length === 96 ? 'the size of the published set' : 'not the published set of 96';
  return { items, version: `${items.length} questions: ${known}`, files: [file], notes: [] };
}

/**
 * The rating in a judge's reply, 0 to 6: the number after "rating: ". As in the original, 0 where it gives none or
 * several.
 */
export function ratingIn(reply: string): { rating: number; clear: boolean } {
  const text = reply.toLowerCase();
  const found = [0, 1, 2, 3, 4, 5, 6].filter((rating) => text.includes(`rating: ${rating}`));
  return found.length === 1 ? { rating: found[0]!, clear: true } : { rating: 0, clear: false };
}

const c = { answers: 0, sum: 1, bad: 2, informative: 3, width: 4 };

const figures: readonly PooledFigure[] = [
  {
    name: 'Average score',
    kind: 'quality',
    unit: 'points',
    of: (sums) => sums[c.sum]! / sums[c.answers]!,
    over: (sums) => sums[c.answers]!,
    printed: (sums) => pythonFixed(sums[c.sum]! / sums[c.answers]!, 2),
  },
  {
    name: 'Hallucination rate',
    kind: 'hallucination',
    unit: 'share',
    of: (sums) => sums[c.bad]! / sums[c.answers]!,
    hits: (sums) => sums[c.bad]!,
    over: (sums) => sums[c.answers]!,
    printed: (sums) => pythonFixed(sums[c.bad]! / sums[c.answers]!, 2),
  },
  {
    name: 'Informative and not hallucinated',
    kind: 'coverage',
    unit: 'share',
    of: (sums) => sums[c.informative]! / sums[c.answers]!,
    hits: (sums) => sums[c.informative]!,
    over: (sums) => sums[c.answers]!,
  },
];

function measureRatings(ratings: readonly number[], options: MeasureOptions) {
  const rows = ratings.map((rating) => [1, rating, rating < 3 ? 1 : 0, rating >= 4 ? 1 : 0]);
  return pooledFigures(rows, figures, options);
}

const keyOf = (item: MmhalItem) => `mmhal-bench/${item.id}`;

/** MMHal-Bench (Sun et al., LLaVA-RLHF, arXiv 2309.14525): 96 questions that a text-only judge rates from 0 to 6. */
export const mmhalBench: Benchmark<MmhalItem, MmhalAnswer> = {
  name: 'mmhal-bench',
  about: '96 questions of eight types, rated 0 to 6 by a text-only judge',
  source: {
    published:
      'HF Shengcao1006/MMHal-Bench; RLHF-V/RLHF-V eval/data/mmhal-bench_answer_template.json; metric llava-rlhf/LLaVA-RLHF Eval/eval_gpt_mmhal.py',
    licence: 'Apache-2.0 on the hub; none stated with the template',
    version: '96 questions',
    paper: 'arXiv 2309.14525',
  },
  annotations: 'mmhal-bench_answer_template.json',
  byOrder: true,
  answer: {
    schema: z
      .object({
        id: id.optional(),
        model_answer: answerText.optional(),
        answer: answerText.optional(),
        judgement: answerText.optional(),
      })
      .refine(({ answer, model_answer }) => (answer ?? model_answer) !== undefined, 'has no "model_answer"')
      .transform(({ id, answer, model_answer, judgement }) => ({ id, answer: (answer ?? model_answer)!, judgement })),
    example: '{"id": 0, "model_answer": "It is yellow."}',
  },
  judge: {
    published: 'gpt-4-0314, temperature 0',
    prompts: { rating: ['judge/mmhal', ['contents', 'question', 'reference', 'answer']] },
    requests: (answered, render) =>
      answered
        .filter(({ answer }) => answer.judgement === undefined)
        .map(({ item, answer }) => ({
          key: keyOf(item),
          prompt: render('rating', {
            contents: item.contents.join(', '),
            question: item.prompt,
            reference: item.reference,
            answer: answer.answer,
          }),
        })),
  },
  load,
  measure(_read, answered, options) {
    const rated = answered.map(({ item, answer }: Answered<MmhalItem, MmhalAnswer>) => {
      const reply = answer.judgement ?? options.judgements.get(keyOf(item));
      if (reply === undefined)
        throw new DetectiveError(
          'bad-input',
          `mmhal-bench: no judgement of answer ${item.id}: give a judge, recorded judgements, or "judgement" with the answers`,
        );
      return { type: item.type, ...ratingIn(reply) };
    });
    const unclear = rated.filter(({ clear }) => !clear).length;
    const byType = types.flatMap((type) => {
      const own = rated.filter((one) => one.type === type).map(({ rating }) => rating);
      if (own.length === 0) return [];
      const mean = own.reduce((sum, rating) => sum + rating, 0) / own.length;
      const measured = measureRatings(own, options).map((figure) =>
        figure.name === 'Average score' ? { ...figure, printed: pythonFloat(pythonRound(mean, 2)) } : figure,
      );
      return [{ name: type, figures: measured }];
    });
    return {
      figures: measureRatings(
        rated.map(({ rating }) => rating),
        options,
      ),
      groups: byType,
      notes: [
        `Ratings are only comparable with those of the same judge and prompt; the published ones are by gpt-4-0314 with the prompt of LLaVA-RLHF. ${unclear} replies had not just one rating and count as 0, as in the original.`,
        'An answer is hallucinated below 3. "Informative and not hallucinated" is 4 and above: a judge gives a 3 to an answer that says nothing.',
      ],
    };
  },
};
