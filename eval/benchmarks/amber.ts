import * as z from 'zod';
import type { AmberData, AmberDescription, AmberItem, AmberQuestion } from './amber-data.js';
import { loadAmber } from './amber-data.js';
import { amberNouns } from './amber-nouns.js';
import type { Answered, Benchmark, BenchmarkAnswer, Figure, MeasureOptions } from './benchmark.js';
import { answerText, id } from './fields.js';
import { countRows, type PooledFigure, pooledFigures, shareOf } from './figures.js';
import { pythonFixed, pythonRound } from './round.js';
import { wordYesNo } from './yes-no.js';

export interface AmberAnswer extends BenchmarkAnswer {
  response: string;
  /** The nouns that the original's tagger finds, lemmatised; used in place of ours. */
  nouns?: readonly string[] | undefined;
}

type Pair<Item> = Answered<Item, AmberAnswer>;

/** Columns of a description's counts. */
const described = {
  nouns: 0,
  bad: 1,
  truth: 2,
  covered: 3,
  hallu: 4,
  expected: 5,
  answers: 6,
  badAnswers: 7,
  width: 8,
};

/** How a description stands to its picture, by AMBER's rules (inference.py). */
export function judgeDescription(
  { truth, hallu }: AmberDescription,
  nouns: readonly string[],
  { relation, safeWords, similar }: Pick<AmberData, 'relation' | 'safeWords' | 'similar'>,
): { hallucinated: string[]; covered: number; expected: number } {
  // which of the picture's words each word stands for; associated words come first, and the first match counts
  const withAssociated = (list: readonly string[]) => [
    ...list.flatMap((word, place) => (relation[word] ?? []).map((other) => ({ word: other, place }))),
    ...list.map((word, place) => ({ word, place })),
  ];
  const there = withAssociated(truth);
  const absent = withAssociated(hallu);
  const covered = new Set<number>();
  const expected = new Set<number>();
  const alike = (noun: string, word: string) => noun === word || similar?.[noun]?.includes(word) === true;
  const hallucinated = nouns.filter((noun) => {
    if (safeWords.has(noun)) return false;
    const named = there.find(({ word }) => word === noun);
    if (named) {
      covered.add(named.place);
      return false;
    }
    const asExpected = absent.find(({ word }) => word === noun);
    if (asExpected) expected.add(asExpected.place);
    const nearlyExpected = absent.find(({ word }) => alike(noun, word));
    if (nearlyExpected) expected.add(nearlyExpected.place);
    const nearlyNamed = there.find(({ word }) => alike(noun, word));
    if (nearlyNamed) covered.add(nearlyNamed.place);
    return nearlyNamed === undefined;
  });
  return { hallucinated, covered: covered.size, expected: expected.size };
}

/** As the original prints it: its denominators start at 0.001. */
const seeded = (part: number, whole: number) => (part / (whole + 0.001)) * 100;

function generativeFigures(
  pairs: readonly Pair<AmberDescription>[],
  read: AmberData,
  options: MeasureOptions,
): Figure[] {
  const vocabulary = new Set([...Object.keys(read.relation), ...Object.values(read.relation).flat()]);
  const c = described;
  const rows = countRows(
    pairs,
    ({ item }) => item.image ?? item.id,
    c.width,
    ({ item, answer }, row) => {
      const nouns = (answer.nouns ?? amberNouns(answer.response, vocabulary)).filter((noun) => vocabulary.has(noun));
      const { hallucinated, covered, expected } = judgeDescription(item, nouns, read);
      row[c.nouns]! += nouns.length;
      row[c.bad]! += hallucinated.length;
      row[c.truth]! += item.truth.length;
      row[c.covered]! += covered;
      row[c.hallu]! += item.hallu.length;
      row[c.expected]! += expected;
      row[c.answers]!++;
      if (hallucinated.length > 0) row[c.badAnswers]!++;
    },
  );
  return pooledFigures(
    rows,
    [
      ratio('CHAIR', 'hallucination', c.bad, c.nouns),
      ratio('Cover', 'coverage', c.covered, c.truth),
      {
        ...ratio('Hal', 'hallucination', c.badAnswers, c.answers),
        printed: (sums) => pythonFixed(100 - seeded(sums[c.answers]! - sums[c.badAnswers]!, sums[c.answers]!), 1),
      },
      ratio('Cog', 'hallucination', c.expected, c.hallu),
    ],
    options,
  );
}

/** A share in per cent, of two columns of the counts. */
const ratio = (name: string, kind: PooledFigure['kind'], part: number, whole: number): PooledFigure =>
  shareOf([name, kind], [part, whole], (hits, all) => pythonFixed(seeded(hits, all), 1));

/** Columns of the counts of yes/no answers; "no" is what is looked for. */
const asked = { all: 0, right: 1, truthNo: 2, saidNo: 3, rightNo: 4, width: 5 };

type Read = (response: string) => 'yes' | 'no' | null;
/** The original knows just these two answers; anything else is wrong. */
const exact: Read = (response) => (response === 'Yes' ? 'yes' : response === 'No' ? 'no' : null);

function discriminativeFigures(
  pairs: readonly Pair<AmberQuestion>[],
  say: Read,
  /** What the original adds to the denominator of F1. */
  epsilon: number,
  options: MeasureOptions,
): Figure[] {
  const c = asked;
  const rows = countRows(
    pairs,
    ({ item }) => item.image ?? item.id,
    c.width,
    ({ item, answer }, row) => {
      const said = say(answer.response);
      row[c.all]!++;
      if (said === item.truth) row[c.right]!++;
      if (item.truth === 'no') row[c.truthNo]!++;
      if (said === 'no') row[c.saidNo]!++;
      if (said === 'no' && item.truth === 'no') row[c.rightNo]!++;
    },
  );
  return pooledFigures(
    rows,
    [
      ratio('Accuracy', 'quality', c.right, c.all),
      ratio('Precision', 'quality', c.rightNo, c.saidNo),
      ratio('Recall', 'coverage', c.rightNo, c.truthNo),
      {
        name: 'F1',
        kind: 'quality',
        unit: '%',
        of: (sums) => (200 * sums[c.rightNo]!) / (sums[c.saidNo]! + sums[c.truthNo]!),
        over: (sums) => sums[c.all]!,
        // from precision and recall as rounded for print
        printed: (sums) => {
          const precision = pythonRound(seeded(sums[c.rightNo]!, sums[c.saidNo]!), 1) / 100;
          const recall = pythonRound(seeded(sums[c.rightNo]!, sums[c.truthNo]!), 1) / 100;
          return pythonFixed(((2 * precision * recall) / (precision + recall + epsilon)) * 100, 1);
        },
      },
    ],
    options,
  );
}

const dimensions: readonly (readonly [string, readonly AmberQuestion['type'][], number])[] = [
  ['Existence', ['discriminative-hallucination'], 0.001],
  [
    'Attribute',
    ['discriminative-attribute-state', 'discriminative-attribute-number', 'discriminative-attribute-action'],
    0.0001,
  ],
  ['State', ['discriminative-attribute-state'], 0.0001],
  ['Number', ['discriminative-attribute-number'], 0.0001],
  ['Action', ['discriminative-attribute-action'], 0.0001],
  ['Relation', ['discriminative-relation', 'relation'], 0.0001],
];

/** AMBER (Wang et al., arXiv 2311.07397): descriptions and yes/no questions about 1,004 pictures. */
export const amber: Benchmark<AmberItem, AmberAnswer, AmberData> = {
  name: 'amber',
  about: 'descriptions of 1,004 pictures, and yes/no questions about existence, attributes and relations',
  source: {
    published: 'junyangwang0410/AMBER data/ (pictures on Google Drive)',
    licence: 'Apache-2.0',
    version: '534babf, 15,220 items',
    paper: 'arXiv 2311.07397',
  },
  annotations: "AMBER's data folder",
  files: { 'similar?': 'a JSON object of words with those that en_core_web_lg holds to be over 0.8 alike' },
  answer: {
    schema: z.object({ id, response: answerText, nouns: z.array(z.string()).max(100_000).optional() }),
    example: '{"id": 1, "response": "The picture shows a lake."}',
  },
  load: loadAmber,
  measure(read, answered, options) {
    const descriptions = answered.filter((pair): pair is Pair<AmberDescription> => pair.item.type === 'generative');
    const questions = answered.filter((pair): pair is Pair<AmberQuestion> => pair.item.type !== 'generative');
    const inexact = questions.filter(({ answer }) => exact(answer.response) === null).length;
    const given = descriptions.filter(({ answer }) => answer.nouns !== undefined).length;
    const generative = descriptions.length > 0 ? generativeFigures(descriptions, read, options) : [];
    const discriminative = questions.length > 0 ? discriminativeFigures(questions, exact, 0.0001, options) : [];
    const present = dimensions.flatMap(([name, types, epsilon]) => {
      const own = questions.filter(({ item }) => types.includes(item.type));
      return own.length > 0 ? [{ name, figures: discriminativeFigures(own, exact, epsilon, options) }] : [];
    });
    const lenient = (response: string) => wordYesNo(response);
    return {
      figures: [...generative, ...discriminative],
      groups: [
        ...present,
        ...(inexact > 0
          ? [
              {
                name: 'all questions, answers read by the words yes and no',
                figures: discriminativeFigures(questions, lenient, 0.0001, options),
              },
            ]
          : []),
      ],
      notes: [
        ...(descriptions.length > 0
          ? [
              read.similar
                ? 'Words that the given file holds to be alike count as the same, as in the original.'
                : 'The original also forgives a noun whose spaCy vector is over 0.8 alike to a true word. That step is left out; give "similar" to have it.',
              `The nouns of ${given} of ${descriptions.length} descriptions came with the answers; those of the others are all words of AMBER’s vocabulary, since NLTK’s tagger is not here: figures then differ from the original’s by up to about one and a half points, either way. Give "nouns" with each answer for the original’s very figures.`,
            ]
          : []),
        ...(questions.length > 0
          ? [
              `As in the original, "No" is the positive class and only "Yes" and "No" are answers: ${inexact} of ${questions.length} are something else, and wrong.`,
            ]
          : []),
      ],
    };
  },
};
