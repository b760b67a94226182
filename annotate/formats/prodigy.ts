import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Range } from '../../src/text/range.js';
import { splitWords } from '../../src/text/words.js';
import { codePointsOf } from './code-points.js';
import { aside, asLines, byItem, type Format, jsonLines, parseAs, recordFrom, toolSpans } from './format.js';
import { keptItem } from './kept-item.js';
import type { AnnotationRecord } from './record.js';

/** Prodigy's `spans_manual` examples: characters are code points, half open; a span's last token is INCLUDED. */

const schema = z.looseObject({
  text: z.string(),
  image: z.string().default(''),
  spans: z.array(z.looseObject({ start: z.int(), end: z.int(), label: z.string().default('hallucination') })).nullish(),
  answer: z.enum(['accept', 'reject', 'ignore']).default('accept'),
  _annotator_id: z.string().nullish(),
  _session_id: z.string().nullish(),
  meta: z.looseObject({ id: z.union([z.string(), z.number()]).optional() }).nullish(),
});

const answerOf = { done: 'accept', skipped: 'ignore', open: 'ignore' } as const;

/** Words and what else is no white space, cut where spans begin and end, so that every span is whole tokens. */
function tokensOf(response: string, spans: readonly Range[]): Range[] {
  const cuts = new Set(spans.flatMap(({ start, end }) => [start, end]));
  const words = splitWords(response);
  const starts = new Map(words.map((word) => [word.start, word.end]));
  const tokens: Range[] = [];
  let at = 0;
  while (at < response.length) {
    const size = String.fromCodePoint(response.codePointAt(at)!).length;
    const to = starts.get(at) ?? at + size;
    const cut = [...cuts].filter((one) => one > at && one < to).sort((a, b) => a - b)[0];
    const end = cut ?? to;
    if (response.slice(at, end).trim() !== '') tokens.push({ start: at, end });
    if (cut !== undefined && cut < to) starts.set(cut, to);
    at = end;
  }
  return tokens;
}

const hash = (...parts: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest().readInt32LE();

const spansOf = (record: AnnotationRecord) => {
  const points = codePointsOf(record.response);
  const spans = toolSpans(record);
  const tokens = tokensOf(record.response, spans);
  return spans.map(({ start, end, label }) => ({
    ...points.from({ start, end }),
    token_start: tokens.findIndex((token) => token.end > start),
    token_end: tokens.findLastIndex((token) => token.start < end),
    label,
  }));
};

const native = (record: AnnotationRecord) => [
  spansOf(record).map(({ start, end, label }) => [start, end, label]),
  answerOf[record.status],
];

function exampleOf(record: AnnotationRecord) {
  const { id, image, prompt, response, annotator, savedAt } = record;
  const points = codePointsOf(response);
  const tokens = tokensOf(response, record.spans).map((range, at) => ({
    text: response.slice(range.start, range.end),
    ...points.from(range),
    id: at,
    ws: /^\s/u.test(response.slice(range.end)),
  }));
  return {
    text: response,
    image,
    meta: { id, ...(prompt === undefined ? {} : { prompt }) },
    tokens,
    spans: spansOf(record),
    answer: answerOf[record.status],
    _view_id: 'spans_manual',
    _input_hash: hash(image, response),
    _task_hash: hash(image, response, prompt ?? ''),
    ...(savedAt === undefined ? {} : { _timestamp: Math.floor(Date.parse(savedAt) / 1000) }),
    _annotator_id: annotator,
    _session_id: annotator,
    [aside]: record,
  };
}

export const prodigy: Format = {
  about: 'Prodigy spans_manual examples',
  write: (items) =>
    asLines(
      (async function* () {
        for await (const { records } of items) for (const record of records) yield exampleOf(record);
      })(),
    ),
  read: (text, name) =>
    byItem(
      jsonLines(text, name).map(({ value, name: place }, at) => {
        const example = parseAs(schema, value, place);
        const points = codePointsOf(example.text);
        const spans = example.spans ?? [];
        const prompt = example.meta?.prompt;
        const item = keptItem(example[aside], {
          id: String(example.meta?.id ?? at + 1),
          image: example.image,
          response: example.text,
          ...(typeof prompt === 'string' ? { prompt } : {}),
        });
        const record = recordFrom(
          item,
          {
            annotator: example._annotator_id ?? example._session_id ?? 'unknown',
            status: example.answer === 'ignore' ? 'skipped' : 'done',
            spans: spans.map((span) => ({ ...points.to(span, place), label: span.label })),
            ...(example.answer === 'reject' ? { verdict: 'bad' as const } : {}),
          },
          example[aside],
          native,
          [spans.map(({ start, end, label }) => [start, end, label]), example.answer],
        );
        return { item, record };
      }),
    ),
};
