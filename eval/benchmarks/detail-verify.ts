import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Range } from '../../src/text/range.js';
import { estimateAll } from '../stats/bootstrap.js';
import type { Annotations, Answered, Benchmark, Figure, FigureGroup, MeasureOptions } from './benchmark.js';
import { detectionFigures, judgedText } from './detection-figures.js';
import { readRecords } from './json-records.js';
import {
  type JudgedItem,
  rewardOf,
  type ScoredAnswer,
  scoredAnswers,
  sharedThreshold,
  tokensOf,
} from './scored-answer.js';

export interface DetailVerifyItem extends JudgedItem {
  domain: string;
  /** What is tagged as made up, with the first of its labels. */
  spans: readonly (Range & { category: string })[];
}

const example =
  '{"filename": "1.png", "category": "Chart", "Modify": "Yes", "prompt": "Describe …", "description_tag": "A <Hallucination>red</Hallucination> line.", "hallucination_labels": [{"text": "red", "labels": ["Color"]}]}';

const record = z.object({
  filename: z.string().min(1),
  category: z.string().default(''),
  prompt: z.string().optional(),
  description_tag: z.string().min(1),
  hallucination_labels: z.array(z.object({ text: z.string(), labels: z.array(z.string()).default([]) })).default([]),
});

const tag = /<(\/?)hallucination>/gi;
const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\s]/gu, '');

async function load(path: string): Promise<Annotations<DetailVerifyItem>> {
  const { records, file } = await readRecords(path, record, example);
  const seen = new Set<string>();
  const items = records.map(({ value, line, name }): DetailVerifyItem => {
    const id = value.filename;
    if (seen.has(id))
      throw new DetectiveError('bad-input', `${name}: the "filename" ${JSON.stringify(id)} was there before`);
    seen.add(id);
    const labels = value.hallucination_labels.map(({ text, labels }) => ({ key: plain(text), label: labels[0] }));
    let response = '';
    let last = 0;
    let open: number | null = null;
    const spans: (Range & { category: string })[] = [];
    for (const { index, 0: whole, 1: slash } of value.description_tag.matchAll(tag)) {
      response += value.description_tag.slice(last, index);
      last = index + whole.length;
      if ((slash === '') === (open !== null))
        throw new DetectiveError('bad-input', `${name}: the tags of "description_tag" are not in pairs`);
      if (slash === '') {
        open = response.length;
        continue;
      }
      const key = plain(response.slice(open!));
      const at = labels.findIndex((one) => one.key === key);
      const category = at < 0 ? 'Unknown' : (labels.splice(at, 1)[0]!.label ?? 'Unknown');
      spans.push({ start: open!, end: response.length, category });
      open = null;
    }
    if (open !== null) throw new DetectiveError('bad-input', `${name}: a tag of "description_tag" is not closed`);
    response += value.description_tag.slice(last);
    return {
      id,
      line,
      image: value.category === '' ? id : `${value.category}/${id}`,
      ...(value.prompt === undefined ? {} : { prompt: value.prompt }),
      response,
      domain: value.category,
      spans,
    };
  });
  const marked = items.reduce((sum, { spans }) => sum + spans.length, 0);
  return { items, version: `${items.length} captions, ${marked} spans marked`, files: [file], notes: [] };
}

/** Words as calculate_metrics.py cuts them: letters and digits with what joins them, or a run of Chinese or Japanese. */
const word = /[A-Za-z0-9]+(?:[-'.@_][A-Za-z0-9]+)*|[@#][A-Za-z0-9_]+|[\u4e00-\u9fff\u3040-\u309f\u30a0-\u30ff]+/g;
const sentenceEnd = /(?<=[.!?。！？])\s*/;

interface Counts {
  hits: number;
  alarms: number;
  missed: number;
}

const nothing = (): Counts => ({ hits: 0, alarms: 0, missed: 0 });

function count(counts: Counts, wrong: boolean, flagged: boolean): void {
  if (wrong && flagged) counts.hits++;
  else if (flagged) counts.alarms++;
  else if (wrong) counts.missed++;
}

/** Nought where it is undefined, as the script has it. */
const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

function scores({ hits, alarms, missed }: Counts) {
  const precision = ratio(hits, hits + alarms);
  const recall = ratio(hits, hits + missed);
  return {
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall),
    iou: hits + alarms + missed === 0 ? 1 : hits / (hits + alarms + missed),
  };
}

interface Caption {
  domain: string;
  words: { reward: number | null; good: boolean; category: string | null }[];
  token: Counts;
  sentence: Counts;
  response: Counts;
  /** Of its words by category: marked, and of them flagged. */
  found: Map<string, [hits: number, all: number]>;
}

function countCaption(item: DetailVerifyItem, answer: ScoredAnswer, threshold: number): Caption {
  const tokens = tokensOf('detail-verify', item, answer);
  const words = [...item.response.matchAll(word)].map(({ index, 0: text }) => {
    const range = { start: index, end: index + text.length };
    const span = item.spans.find(({ start, end }) => start < range.end && end > range.start);
    return { reward: rewardOf(tokens, range), good: !span, category: span?.category ?? null };
  });
  const flags = words.map(({ reward }) => reward !== null && reward <= threshold);
  const [token, sentence, response] = [nothing(), nothing(), nothing()];
  const found = new Map<string, [number, number]>();
  for (const [at, { good, category }] of words.entries()) {
    count(token, !good, flags[at]!);
    if (category === null) continue;
    const [hits, all] = found.get(category) ?? [0, 0];
    found.set(category, [hits + (flags[at] ? 1 : 0), all + 1]);
  }
  // the words of each sentence are counted anew: 3.5 is one word and two sentences
  let from = 0;
  for (const said of item.response.split(sentenceEnd)) {
    if (said.trim() === '') continue;
    const to = Math.min(from + (said.match(word)?.length ?? 0), words.length);
    if (from < to)
      count(
        sentence,
        words.slice(from, to).some(({ good }) => !good),
        flags.slice(from, to).includes(true),
      );
    from = to;
  }
  count(response, item.spans.length > 0 && words.some(({ good }) => !good), flags.includes(true));
  return { domain: item.domain, words, token, sentence, response, found };
}

const mean = (values: readonly number[], weights?: Uint16Array) => {
  let [sum, all] = [0, 0];
  for (const [at, value] of values.entries()) {
    sum += (weights ? weights[at]! : 1) * value;
    all += weights ? weights[at]! : 1;
  }
  return sum / all;
};

/** Means over captions of each caption's own scores, as the script takes them. */
function macroFigures(captions: readonly Caption[], level: 'token' | 'sentence', options: MeasureOptions): Figure[] {
  const rows = captions.map((caption) => scores(caption[level]));
  const keys =
    level === 'token' ? (['precision', 'recall', 'f1', 'iou'] as const) : (['precision', 'recall', 'f1'] as const);
  const estimates = estimateAll(
    rows.length,
    (weights) =>
      Object.fromEntries(
        keys.map((key) => [
          key,
          100 *
            mean(
              rows.map((row) => row[key]),
              weights,
            ),
        ]),
      ),
    options,
  );
  const names = { precision: 'Precision', recall: 'Recall', f1: 'F1', iou: 'IoU' };
  return keys.map((key) => ({
    name: `${names[key]} by ${level === 'token' ? 'word' : 'sentence'}`,
    kind: 'quality',
    unit: '%',
    over: rows.length,
    ...estimates[key]!,
  }));
}

function responseFigures(captions: readonly Caption[], options: MeasureOptions): Figure[] {
  const estimates = estimateAll(
    captions.length,
    (weights) => {
      const sums = nothing();
      for (const [at, { response }] of captions.entries())
        for (const key of ['hits', 'alarms', 'missed'] as const)
          sums[key] += (weights ? weights[at]! : 1) * response[key];
      const { precision, recall, f1 } = scores(sums);
      return { Precision: 100 * precision, Recall: 100 * recall, F1: 100 * f1 };
    },
    options,
  );
  return Object.entries(estimates).map(([name, estimate]) => ({
    name: `${name} by caption`,
    kind: 'quality',
    unit: '%',
    over: captions.length,
    ...estimate,
  }));
}

/** Share of the marked words of a category that are flagged, over all captions together. */
function categoryFigure(captions: readonly Caption[], category: string, options: MeasureOptions): Figure {
  const rows = captions.map(({ found }) => found.get(category) ?? ([0, 0] as const));
  const sum = (column: 0 | 1, weights?: Uint16Array) =>
    rows.reduce((all, row, at) => all + (weights ? weights[at]! : 1) * row[column], 0);
  const { recall } = estimateAll(
    rows.length,
    (weights) => ({ recall: (100 * sum(0, weights)) / sum(1, weights) }),
    options,
  );
  return { name: 'Recall', kind: 'quality', unit: '%', over: sum(1), ...recall! };
}

function measure(
  _read: Annotations<DetailVerifyItem>,
  answered: readonly Answered<DetailVerifyItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const threshold = sharedThreshold('detail-verify', answered);
  const captions = answered.map(({ item, answer }) => countCaption(item, answer, threshold));
  const domains = [...new Set(captions.map(({ domain }) => domain))].filter((domain) => domain !== '').sort();
  const categories = [...new Set(captions.flatMap(({ found }) => [...found.keys()]))].sort();
  const groups: FigureGroup[] = [
    ...domains.map((domain) => {
      const own = captions.filter((caption) => caption.domain === domain);
      return {
        name: domain,
        figures: [...macroFigures(own, 'token', options), ...macroFigures(own, 'sentence', options)],
      };
    }),
    ...categories.map((category) => ({ name: category, figures: [categoryFigure(captions, category, options)] })),
    {
      name: 'words of all captions together',
      figures: detectionFigures(
        captions.map(({ words }) => judgedText(words)),
        'words',
        threshold,
        options,
      ),
    },
  ];
  return {
    figures: [
      ...macroFigures(captions, 'token', options),
      ...macroFigures(captions, 'sentence', options),
      ...responseFigures(captions, options),
    ],
    groups,
    notes: [
      `A word’s reward is the lowest of its tokens; flagged at or below ${threshold}. What was not judged is not flagged.`,
      'Figures by word and by sentence are means over captions of each caption’s own: a caption without an error counts 0, but 1 for IoU if nothing is flagged, as in calculate_metrics.py. Its halves and its parts by length are not repeated here.',
    ],
  };
}

/** DetailVerifyBench (arXiv 2604.05623): captions of some 200 words with what is made up tagged, in five domains. */
export const detailVerify: Benchmark<DetailVerifyItem, ScoredAnswer> = {
  name: 'detail-verify',
  about: 'DetailVerifyBench: long captions with the made-up spans tagged by type, in five domains',
  source: {
    published: 'huggingface.co/datasets/zyxhhnkh/DetailVerifyBench test_gt_withtag.jsonl',
    licence: 'CC BY 4.0',
    version: 'script 049e15d of github.com/zyx-hhnkh/DetailVerifyBench',
    paper: 'arXiv 2604.05623',
  },
  annotations: 'test_gt_withtag.jsonl',
  answer: scoredAnswers,
  load,
  measure,
};
