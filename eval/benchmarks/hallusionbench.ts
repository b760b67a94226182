import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Answered, Benchmark, BenchmarkAnswer } from './benchmark.js';
import { answerText, id } from './fields.js';
import type { Correctness } from './hallusion-blame.js';
import { hallusionFigures, type Marked, pairOf } from './hallusion-figures.js';
import { type HallusionItem, hallusionId, hallusionKey, loadHallusionBench } from './hallusion-questions.js';
import { wordYesNo } from './yes-no.js';

export interface HallusionAnswer extends BenchmarkAnswer {
  prediction: string;
  correctness?: Correctness | undefined;
  same?: boolean | undefined;
}

type Pair = Answered<HallusionItem, HallusionAnswer>;

/** Without a picture, not knowing is right. */
const isCorrect = ({ category, figure }: HallusionItem, found: Correctness) =>
  found === '1' || (found === '2' && category === 'VS' && figure === '0');

/** A judge's verdict in its reply; "incorrect" holds "correct", and is looked for first. */
export function correctnessIn(reply: string): Correctness {
  const text = reply.toLowerCase();
  return text.includes('incorrect') ? '0' : text.includes('correct') ? '1' : '2';
}

const key = (item: HallusionItem, what: 'correct' | 'same') => `hallusionbench/${what}/${item.id}`;

/** Answers marked by a judge; null where one is not. */
function markByJudge(answered: readonly Pair[], judgements: ReadonlyMap<string, string>): Marked[] | null {
  const marked: Marked[] = [];
  for (const { item, answer } of answered) {
    const reply = judgements.get(key(item, 'correct'));
    const found = answer.correctness ?? (reply === undefined ? undefined : correctnessIn(reply));
    if (found === undefined) return null;
    const agreement = judgements.get(key(item, 'same'));
    const same = answer.same ?? (agreement === undefined ? undefined : agreement.toLowerCase().includes('same'));
    marked.push({ item, found, correct: isCorrect(item, found), same });
  }
  return marked;
}

/** Answers marked by the words yes and no in them. */
function markByWords(answered: readonly Pair[]): Marked[] {
  return answered.map(({ item, answer }) => {
    const said = wordYesNo(answer.prediction);
    const found = said === null ? '2' : said === item.truth ? '1' : '0';
    return { item, found, correct: found === '1', same: undefined };
  });
}

const verdict = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.enum(['0', '1', '2']));

/** HallusionBench (Guan et al., arXiv 2310.14566): yes/no questions about pictures and edited ones. */
export const hallusionBench: Benchmark<HallusionItem, HallusionAnswer> = {
  name: 'hallusionbench',
  about: 'yes/no questions about pictures and edited ones, right only if all of a group are',
  source: {
    published: 'tianyi-lab/HallusionBench HallusionBench.json (pictures on Google Drive)',
    licence: 'BSD-3-Clause by its README',
    version: '744007c, 1,129 questions',
    paper: 'arXiv 2310.14566',
  },
  annotations: 'HallusionBench.json',
  byOrder: true,
  answer: {
    schema: hallusionKey
      .partial()
      .extend({
        id: id.optional(),
        model_prediction: answerText.optional(),
        answer: answerText.optional(),
        gpt4v_output_gpt_check: verdict.optional(),
        correctness: verdict.optional(),
        same: verdict.optional(),
      })
      .refine(({ answer, model_prediction }) => (answer ?? model_prediction) !== undefined, 'has no "model_prediction"')
      .transform((given) => {
        const named = hallusionKey.safeParse(given);
        return {
          id: given.id ?? (named.success ? hallusionId(named.data) : undefined),
          prediction: (given.answer ?? given.model_prediction)!,
          correctness: given.correctness ?? given.gpt4v_output_gpt_check,
          same: given.same === undefined ? undefined : given.same === '1',
        };
      }),
    example: '{"id": "VS_chart_0_0_1", "model_prediction": "Yes, it is."}',
  },
  judge: {
    published: 'gpt-4 in the paper; the leaderboard does not say which',
    prompts: {
      correct: ['judge/hallusionbench-correct', ['question', 'reference', 'answer']],
      same: ['judge/hallusionbench-same', ['first', 'second']],
    },
    requests(answered, render) {
      const originals = new Map(
        answered.filter(({ item }) => item.figure === '0').map(({ item, answer }) => [pairOf(item), answer.prediction]),
      );
      return answered.flatMap(({ item, answer }) => {
        const original = originals.get(pairOf(item));
        return [
          ...(answer.correctness === undefined
            ? [
                {
                  key: key(item, 'correct'),
                  prompt: render('correct', {
                    question: item.prompt,
                    reference: item.reference,
                    answer: answer.prediction,
                  }),
                },
              ]
            : []),
          ...(answer.same === undefined && original !== undefined && item.figure !== '0'
            ? [{ key: key(item, 'same'), prompt: render('same', { first: answer.prediction, second: original }) }]
            : []),
        ];
      });
    },
  },
  load: loadHallusionBench,
  measure(_read, answered, options) {
    const judged = markByJudge(answered, options.judgements);
    const some = answered.some(
      ({ item, answer }) => answer.correctness ?? options.judgements.has(key(item, 'correct')),
    );
    if (!judged && some)
      throw new DetectiveError(
        'bad-input',
        'hallusionbench: only some answers are judged: judge all of them, or none for the figures without a judge',
      );
    const byWords = markByWords(answered);
    const main = judged ?? byWords;
    const withBlame =
      judged?.every(({ item, found, same }) => found === '1' || item.figure === '0' || same !== undefined) ?? false;
    const unclear = byWords.filter(({ found }) => found === '2').length;
    return {
      figures: hallusionFigures(main, withBlame, options),
      groups: [
        ...(['VD', 'VS'] as const).flatMap((category) => {
          const own = main.filter(({ item }) => item.category === category);
          return own.length > 0 ? [{ name: category, figures: hallusionFigures(own, withBlame, options) }] : [];
        }),
        ...(judged
          ? [{ name: 'without a judge: the words yes and no', figures: hallusionFigures(byWords, false, options) }]
          : []),
      ],
      notes: [
        judged
          ? 'An answer is right as the judge found it; not knowing is right where VS has no picture.'
          : 'No judge: an answer is right if just one of the words yes and no is in it, and the right one. This is another metric than the published one, where a judge reads the answers.',
        `${unclear} of ${answered.length} answers have not just one of the words yes and no.`,
        'Intervals come from resampling sets of questions, within which figures and question pairs lie.',
        ...(judged && !withBlame ? ['Without a word on which answers agree ("same"), there is no diagnosis.'] : []),
      ],
    };
  },
};
