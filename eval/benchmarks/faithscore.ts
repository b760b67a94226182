import * as z from 'zod';
import { estimateAll } from '../stats/bootstrap.js';
import type { Annotations, Answered, Benchmark, Figure, MeasureOptions } from './benchmark.js';
import { detectionFigures, judgedText } from './detection-figures.js';
import { groupBy } from './figures.js';
import { readRecords } from './json-records.js';
import { type JudgedItem, type ScoredAnswer, scoredAnswers, scoreOf, sharedThreshold } from './scored-answer.js';

/** One atomic fact of an answer. */
export interface FaithItem extends JudgedItem {
  answer: string;
  supported: boolean;
}

const example =
  '{"id": "000000525439", "answer": "A skateboard on a ramp.", "stage 1": {"A skateboard on a ramp": 1}, "stage 2": {"There is a skateboard.": 1, "There is a ramp.": 0}}';

const label = z.union([z.literal(0), z.literal(1)]);
const record = z.object({
  id: z.string().min(1),
  answer: z.string(),
  'stage 1': z.record(z.string(), label),
  'stage 2': z.record(z.string().min(1), label),
});

async function load(path: string): Promise<Annotations<FaithItem>> {
  const { records, file } = await readRecords(path, record, example);
  const items = records.flatMap(({ value, line }, at) =>
    Object.entries(value['stage 2']).map(
      ([fact, supported], place): FaithItem => ({
        id: `${at}/${place}`,
        line,
        image: `COCO_val2014_${value.id}.jpg`,
        response: fact,
        answer: String(at),
        supported: supported === 1,
      }),
    ),
  );
  const without = records.filter(({ value }) => Object.keys(value['stage 2']).length === 0).length;
  const wrong = items.filter(({ supported }) => !supported).length;
  return {
    items,
    version: `${records.length} answers, ${without} of them without a fact, ${items.length} facts, ${wrong} of them not supported`,
    files: [file],
    notes: [
      'The README of the file says that 1 means a hallucination. 1,114 of its 1,380 labels are 1, such facts as "There is a girl." of a picture of a girl among them, and the paper has a fifth of the facts wrong: read here as 1 = supported.',
    ],
  };
}

function measure(
  _read: Annotations<FaithItem>,
  answered: readonly Answered<FaithItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const threshold = sharedThreshold('faithscore', answered);
  const facts = answered.map(({ item, answer }) => ({
    answer: item.answer,
    good: item.supported,
    reward: scoreOf('faithscore', item, answer),
  }));
  const answers = [...groupBy(facts, (fact) => fact.answer).values()];
  const rows = answers.map((own) => ({
    people: own.filter(({ good }) => good).length / own.length,
    detector: own.filter(({ reward }) => reward === null || reward > threshold).length / own.length,
  }));
  const { people, detector, correlation } = estimateAll(
    rows.length,
    (weights) => ({
      people: moments(rows, weights).people,
      detector: moments(rows, weights).detector,
      correlation: moments(rows, weights).correlation,
    }),
    options,
  );
  const figure = (name: string, kind: Figure['kind'], estimate: typeof people): Figure => ({
    name,
    kind,
    unit: 'share',
    over: rows.length,
    ...estimate,
  });
  return {
    figures: [
      ...detectionFigures(answers.map(judgedText), 'facts', threshold, options),
      figure('FaithScore by people', 'description', people),
      figure('FaithScore by the detector', 'description', detector),
      figure('Correlation of the two over answers', 'quality', correlation),
    ],
    groups: [],
    notes: [
      `A fact is scored as a text of its own: the recorded "score", else the soft score of its tokens; at or below ${threshold} it is said not to be supported. What was not judged counts as supported in the FaithScore.`,
      'FaithScore of an answer is the share of its facts that are supported (framework.py); answers without a fact are in no mean here, where the script counts them 0.',
    ],
  };
}

type Row = { people: number; detector: number };

/** Means and Pearson's correlation, weighted. */
function moments(rows: readonly Row[], weights?: Uint16Array) {
  let [all, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (const [at, { people, detector }] of rows.entries()) {
    const weight = weights ? weights[at]! : 1;
    all += weight;
    x += weight * people;
    y += weight * detector;
    xx += weight * people * people;
    yy += weight * detector * detector;
    xy += weight * people * detector;
  }
  const covariance = xy / all - (x / all) * (y / all);
  const spread = Math.sqrt((xx / all - (x / all) ** 2) * (yy / all - (y / all) ** 2));
  return { people: x / all, detector: y / all, correlation: spread > 0 ? covariance / spread : Number.NaN };
}

/** FaithScore's human labels (Jing et al., arXiv 2311.01477): atomic facts of answers about COCO pictures. */
export const faithScore: Benchmark<FaithItem, ScoredAnswer> = {
  name: 'faithscore',
  about: 'atomic facts of answers about COCO pictures, each marked as supported or not by people',
  source: {
    published: 'bcdnlp/FAITHSCORE annotation.jsonl',
    licence: 'MIT',
    version: '52179e5, 180 answers, 1,380 facts',
    paper: 'arXiv 2311.01477',
  },
  annotations: 'annotation.jsonl',
  answer: { ...scoredAnswers, example: '{"id": "0/1", "score": 0.3}' },
  load,
  measure,
};
