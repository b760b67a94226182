import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import { splitSentences } from '../../src/text/sentences.js';
import { estimateAll } from '../stats/bootstrap.js';
import { edgeEstimate } from '../stats/exact.js';
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

const labels = ['ACCURATE', 'INACCURATE', 'ANALYSIS', 'UNSURE'] as const;
type Label = (typeof labels)[number];

export interface MhalItem extends JudgedItem {
  segments: readonly { start: number; end: number; label: Label }[];
}

const example =
  '{"question": "<image>\\nDescribe …", "response": "A bench. It is red.", "image": "COCO_val2014_….jpg", "annotations": [{"start": 0, "end": 8, "text": "A bench.", "label": "ACCURATE"}]}';

const record = z.object({
  question: z.string(),
  response: z.string().min(1),
  image: z.string().min(1),
  annotations: z.array(
    z.object({ start: z.int().nonnegative(), end: z.int().nonnegative(), text: z.string(), label: z.enum(labels) }),
  ),
});

async function load(path: string): Promise<Annotations<MhalItem>> {
  const { records, file } = await readRecords(path, record, example);
  const items = records.map(({ value, line, name }, place): MhalItem => {
    const { question, response, image, annotations } = value;
    const at = codePointOffsets(response);
    const segments = annotations.map(({ start, end, text, label }) => {
      const [from, to] = [at[start], at[end]];
      if (from === undefined || to === undefined || response.slice(from, to) !== text)
        throw new DetectiveError(
          'bad-input',
          `${name}: the segment from ${start} to ${end} is not ${JSON.stringify(text.slice(0, 60))}: offsets are of characters, the end left out`,
        );
      return { start: from, end: to, label };
    });
    return {
      id: String(place),
      line,
      image,
      prompt: question.replace(/^<image>\s*|\s*<image>$/g, ''),
      response,
      segments,
    };
  });
  return {
    items,
    version: `${items.length} descriptions, ${items.reduce((sum, { segments }) => sum + segments.length, 0)} segments`,
    files: [file],
    notes: ['An item’s id is its place in the file, from 0: the file has none.'],
  };
}

/** UTF-16 offsets by code point, as Python counts; the end included. */
function codePointOffsets(text: string): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  return [...offsets, at];
}

type Judge = (label: Label) => boolean | null;
/** Whether a segment counts as right; null leaves it out. */
const readings: Readonly<Record<string, Judge>> = {
  'accurate against inaccurate segments': (label) =>
    label === 'ACCURATE' ? true : label === 'INACCURATE' ? false : null,
  'inaccurate segments against all others': (label) => label !== 'INACCURATE',
};

function measure(
  _read: Annotations<MhalItem>,
  answered: readonly Answered<MhalItem, ScoredAnswer>[],
  options: MeasureOptions,
) {
  const threshold = sharedThreshold('mhal-detect', answered);
  const texts = answered.map(({ item, answer }) => ({ item, tokens: tokensOf('mhal-detect', item, answer) }));
  const groups = Object.entries(readings).map(([name, judge]): FigureGroup => {
    const things = texts.map(({ item, tokens }) =>
      item.segments.flatMap((segment) => {
        const good = judge(segment.label);
        return good === null ? [] : [{ reward: rewardOf(tokens, segment), good }];
      }),
    );
    return { name, figures: figuresOf(things, 'segments', threshold, options) };
  });
  const sentences = texts.map(({ item, tokens }) =>
    splitSentences(item.response).flatMap((sentence) => {
      const own = item.segments.filter(({ start, end }) => start < sentence.end && end > sentence.start);
      if (own.length === 0) return [];
      return [{ reward: rewardOf(tokens, sentence), good: own.every(({ label }) => label !== 'INACCURATE') }];
    }),
  );
  return {
    figures: groups[0]!.figures,
    groups: [...groups, { name: 'sentences', figures: figuresOf(sentences, 'sentences', threshold, options) }],
    notes: [
      `A segment’s reward is the lowest of its tokens; at or below ${threshold} it is said to be inaccurate. UNSURE is left out of the first reading.`,
      'The three-way figures of the paper (arXiv 2308.06394) need a detector that knows analysis from description; this one says good or bad. A sentence is bad where it meets an inaccurate segment. No script is published with the files.',
    ],
  };
}

type Things = readonly (readonly { reward: number | null; good: boolean }[])[];

function figuresOf(things: Things, what: string, threshold: number, options: MeasureOptions): Figure[] {
  return [
    ...binaryFigures(things, what, threshold, options),
    ...detectionFigures(things.map(judgedText), what, threshold, options),
  ];
}

/** Accuracy, and F1 as the mean of both classes'. What was not judged counts as said to be accurate. */
function binaryFigures(things: Things, what: string, threshold: number, options: MeasureOptions): Figure[] {
  const rows = things.map((text) => {
    const row = [0, 0, 0, 0];
    for (const { reward, good } of text) row[(good ? 0 : 2) + (reward !== null && reward <= threshold ? 1 : 0)]!++;
    return row;
  });
  const statistics = (weights?: Uint16Array) => {
    const [right, alarm, missed, caught] = [0, 1, 2, 3].map((column) =>
      rows.reduce((sum, row, at) => sum + (weights ? weights[at]! : 1) * row[column]!, 0),
    ) as [number, number, number, number];
    const good = (2 * right) / (2 * right + alarm + missed);
    const bad = (2 * caught) / (2 * caught + alarm + missed);
    return { accuracy: (100 * (right + caught)) / (right + alarm + missed + caught), f1: 50 * (good + bad) };
  };
  const { accuracy, f1 } = estimateAll(rows.length, statistics, options);
  const over = rows.reduce((sum, row) => sum + row.reduce((all, count) => all + count, 0), 0);
  return [
    { name: `Accuracy of ${what}`, kind: 'quality', unit: '%', over, ...edgeEstimate(accuracy, over, 100) },
    { name: `Macro F1 of ${what}`, kind: 'quality', unit: '%', over, ...f1 },
  ];
}

/** M-HalDetect (Gunjal et al., arXiv 2308.06394): real descriptions by a VLM, each segment marked by people. */
export const mhalDetect: Benchmark<MhalItem, ScoredAnswer> = {
  name: 'mhal-detect',
  about: 'descriptions by InstructBLIP, each segment marked accurate, inaccurate, analysis or unsure',
  source: {
    published: 'hendryx-scale/mhal-detect train_raw.json, val_raw.json',
    licence: 'CC BY-NC 4.0',
    version: '6ef75f5',
    paper: 'arXiv 2308.06394',
  },
  annotations: 'val_raw.json',
  answer: scoredAnswers,
  load,
  measure,
};
