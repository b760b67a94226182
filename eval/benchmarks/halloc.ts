import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Range } from '../../src/text/range.js';
import { estimateAll } from '../stats/bootstrap.js';
import { auroc, averagePrecision, calibrationError, rank } from '../tldr/metrics.js';
import type { Annotations, Answered, Benchmark, Figure, FigureGroup, MeasureOptions } from './benchmark.js';
import { pooledFigures } from './figures.js';
import { readRecords } from './json-records.js';
import { type JudgedItem, type ScoredAnswer, scoredAnswers, tokensOf } from './scored-answer.js';

export const halLocTypes = ['object', 'attribute', 'relationship', 'scene', 'other'] as const;
type HalLocType = (typeof halLocTypes)[number];

export interface HalLocItem extends JudgedItem {
  split: string;
  /** Where what was made up stands, by its type. */
  spans: readonly (Range & { type: HalLocType })[];
}

const example =
  '{"id": "caption_1", "split": "test", "image_id": "1.png", "prompt": "<image>Describe it.", "hallucinated_text": "A bag.", "annotations": {"object": [{"obj": {"name": "bag", "char_index": "2:5"}}]}}';

const role = z.object({ name: z.string(), char_index: z.union([z.string().regex(/^\d+(:\d+)?$/), z.int()]) });
const record = z.object({
  id: z.string().min(1),
  split: z.string().min(1),
  image_id: z.union([z.string(), z.number()]).transform(String),
  prompt: z.string(),
  hallucinated_text: z.string().min(1),
  annotations: z.partialRecord(z.enum(halLocTypes), z.array(z.record(z.string(), role))),
});

async function load(path: string): Promise<Annotations<HalLocItem>> {
  const { records, file } = await readRecords(path, record, example);
  const seen = new Set<string>();
  const items = records.map(({ value, line, name }): HalLocItem => {
    const { id, hallucinated_text: response, annotations } = value;
    const fail = (reason: string) => new DetectiveError('bad-input', `${name}: ${reason}`);
    if (seen.has(id)) throw fail(`the "id" ${JSON.stringify(id)} was there before`);
    seen.add(id);
    const characters = [...response];
    const spans = halLocTypes.flatMap((type) =>
      (annotations[type] ?? []).flatMap((roles) =>
        Object.values(roles).map(({ name: text, char_index }) => {
          const [from, to] = String(char_index).split(':').map(Number) as [number, number | undefined];
          const end = to ?? from + 1;
          if (end <= from || end > characters.length)
            throw fail(`"char_index" ${char_index} of ${JSON.stringify(text.slice(0, 60))} lies outside the text`);
          const start = characters.slice(0, from).join('').length;
          return { start, end: start + characters.slice(from, end).join('').length, type };
        }),
      ),
    );
    return {
      id,
      line,
      image: value.image_id,
      prompt: value.prompt.replace(/^<image>\s*/, ''),
      response,
      split: value.split,
      spans,
    };
  });
  const splits = [...new Set(items.map(({ split }) => split))].map(
    (split) => `${items.filter((item) => item.split === split).length} ${split}`,
  );
  return { items, version: `${items.length} texts: ${splits.join(', ')}`, files: [file], notes: [] };
}

/** P(made up) of each judged token, and whether it is, of this type (or of any). */
type Tokens = readonly (readonly { bad: number; wrong: boolean }[])[];

function tokensFor(answered: readonly Answered<HalLocItem, ScoredAnswer>[], type: HalLocType | null): Tokens {
  return answered.map(({ item, answer }) => {
    const spans = item.spans.filter((span) => type === null || span.type === type);
    return tokensOf('halloc', item, answer).flatMap(({ start, end, reward }) =>
      reward === null ? [] : [{ bad: 1 - reward, wrong: spans.some((span) => span.start < end && span.end > start) }],
    );
  });
}

/** As the published script: of 0, 0.001, … 0.999 the threshold with the best F1, the lowest where several are. */
export function bestThreshold(tokens: Tokens): number {
  // not place / 1000: the script multiplies, and that is another double
  const at = (place: number) => place * 0.001;
  const wrong = new Float64Array(1001);
  const all = new Float64Array(1001);
  let total = 0;
  for (const { bad, wrong: isWrong } of tokens.flat()) {
    // flagged at every threshold below `place` thousandths
    let place = Math.round(bad * 1000);
    while (place > 0 && bad <= at(place - 1)) place--;
    while (place < 1000 && bad > at(place)) place++;
    all[place]!++;
    if (isWrong) {
      wrong[place]!++;
      total++;
    }
  }
  let best = { f1: -1, threshold: 0 };
  let flagged = 0;
  let hits = 0;
  const f1At = new Float64Array(1000);
  for (let place = 1000; place >= 1; place--) {
    flagged += all[place]!;
    hits += wrong[place]!;
    f1At[place - 1] = flagged + total > 0 ? (2 * hits) / (flagged + total) : 0;
  }
  f1At.forEach((f1, place) => {
    if (f1 > best.f1) best = { f1, threshold: at(place) };
  });
  return best.threshold;
}

function figuresAt(tokens: Tokens, threshold: number, options: MeasureOptions): Figure[] {
  const rows = tokens.map((text) => {
    let [hits, flagged, wrong] = [0, 0, 0];
    for (const { bad, wrong: isWrong } of text) {
      if (bad > threshold) flagged++;
      if (isWrong) wrong++;
      if (bad > threshold && isWrong) hits++;
    }
    return [hits, flagged, wrong] as const;
  });
  const ranked = rank(tokens.map((text) => text.map(({ bad, wrong }) => ({ reward: 1 - bad, good: !wrong }))));
  const { precision, recall, f1, ap, auc, ece } = estimateAll(
    rows.length,
    (weights) => {
      const [hits, flagged, wrong] = [0, 1, 2].map((column) =>
        rows.reduce((sum, row, at) => sum + (weights ? weights[at]! : 1) * row[column]!, 0),
      ) as [number, number, number];
      return {
        precision: (100 * hits) / flagged,
        recall: (100 * hits) / wrong,
        f1: (200 * hits) / (flagged + wrong),
        ap: 100 * averagePrecision(ranked, 'bad', weights),
        auc: 100 * auroc(ranked, weights),
        ece: 100 * calibrationError(ranked, weights),
      };
    },
    options,
  );
  const over = ranked.rewards.length;
  return [
    { name: 'Precision', kind: 'quality', unit: '%', over, ...precision },
    { name: 'Recall', kind: 'quality', unit: '%', over, ...recall },
    { name: 'F1', kind: 'quality', unit: '%', over, ...f1 },
    { name: 'AP of made-up tokens', kind: 'quality', unit: '%', over, ...ap },
    { name: 'AUROC of tokens', kind: 'quality', unit: '%', over, ...auc },
    { name: 'ECE', kind: 'description', unit: '%', over, ...ece },
  ];
}

/** The share of the tokens that the detector judged at all. */
function judgedTokens(answered: readonly Answered<HalLocItem, ScoredAnswer>[], options: MeasureOptions): Figure {
  const rows = answered.map(({ answer }) => {
    const tokens = answer.tokens ?? [];
    return [tokens.filter(({ reward }) => reward !== null).length, tokens.length];
  });
  const [figure] = pooledFigures(
    rows,
    [
      {
        name: 'Judged tokens',
        kind: 'coverage',
        unit: '%',
        of: (sums) => (100 * sums[0]!) / sums[1]!,
        hits: (sums) => sums[0]!,
        over: (sums) => sums[1]!,
      },
    ],
    options,
  );
  return figure!;
}

function measure(
  _read: Annotations<HalLocItem>,
  answered: readonly Answered<HalLocItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const validation = answered.filter(({ item }) => /^val/.test(item.split));
  const tested = answered.filter(({ item }) => !/^(val|train)/.test(item.split));
  if (validation.length === 0 || tested.length === 0)
    throw new DetectiveError(
      'bad-input',
      `halloc: ${validation.length} answers are about the validation split and ${tested.length} about the test split: the thresholds are chosen on the first and the figures taken on the second, so give both`,
    );
  const thresholds: string[] = [];
  const groupOf = (name: string, type: HalLocType | null): FigureGroup => {
    const threshold = bestThreshold(tokensFor(validation, type));
    thresholds.push(`${name} ${threshold.toFixed(3)}`);
    return { name, figures: figuresAt(tokensFor(tested, type), threshold, options) };
  };
  const total = groupOf('total', null);
  const present = halLocTypes.filter((type) =>
    answered.some(({ item }) => item.spans.some((span) => span.type === type)),
  );
  const groups = present.map((type) => groupOf(type, type));
  return {
    figures: [...total.figures, judgedTokens(tested, options)],
    groups,
    notes: [
      `Thresholds on 1 - reward, chosen for the best F1 on ${validation.length} validation answers: ${thresholds.join(', ')}.`,
      'HalLoc’s own models have one output for each type, and "total" is their largest; a detector with one reward is measured on each type with the same reward, so tokens of the other types count as false alarms there. Tokens are the scorer’s own.',
    ],
  };
}

/** HalLoc (CVPR 2025): texts with what was made up marked by type, over three tasks. */
export const halloc: Benchmark<HalLocItem, ScoredAnswer> = {
  name: 'halloc',
  about: 'answers with made-up objects, attributes, relationships and scenes, marked word by word',
  source: {
    published: 'huggingface.co/datasets/uunicee/HalLoc halloc_{vqa,instruct,caption}.json',
    licence: 'none seen',
    version: '155,953 samples',
    paper: 'HalLoc, CVPR 2025',
  },
  annotations: 'halloc_vqa.json, halloc_instruct.json or halloc_caption.json',
  answer: scoredAnswers,
  load,
  measure,
};
