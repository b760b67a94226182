import * as z from 'zod';
import type { AnnotationItem } from '../item.js';
import type { ItemRecords } from '../records.js';
import type { Flag } from '../work.js';
import { codePointsOf } from './code-points.js';
import { asArray, aside, type Format, jsonArray, parseAs, recordFrom, type ToolSpan, toolSpans } from './format.js';
import type { AnnotationRecord } from './record.js';

/**
 * Label Studio's JSON for a `<Text name="text">` with `<Labels name="label">`, `<TextArea name="fix" perRegion="true">`,
 * `<Choices name="verdict">` and `<TextArea name="comment">`: offsets in code points, the end left out. Flags are
 * predictions; a replacement shares its region's id.
 */

const resultSchema = z.object({
  id: z.string(),
  from_name: z.string(),
  type: z.string(),
  score: z.number().nullish(),
  value: z.object({
    start: z.union([z.number(), z.string()]).optional(),
    end: z.union([z.number(), z.string()]).optional(),
    text: z.union([z.string(), z.array(z.string())]).optional(),
    labels: z.array(z.string()).optional(),
    choices: z.array(z.string()).optional(),
  }),
});
type Result = z.infer<typeof resultSchema>;

const taskSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  data: z.looseObject({
    image: z.string().default(''),
    text: z.string(),
    prompt: z.string().optional(),
    id: z.union([z.string(), z.number()]).optional(),
    [aside]: z.looseObject({ records: z.array(z.unknown()), flags: z.array(z.unknown()).optional() }).optional(),
  }),
  predictions: z
    .array(z.object({ model_version: z.string().nullish(), result: z.array(resultSchema).nullish() }))
    .nullish(),
  annotations: z
    .array(
      z.object({
        completed_by: z.unknown(),
        was_cancelled: z.boolean().nullish(),
        lead_time: z.number().nullish(),
        result: z.array(resultSchema),
      }),
    )
    .nullish(),
});

const region = (id: string, value: object, more: object = {}) => ({
  id,
  from_name: 'label',
  to_name: 'text',
  type: 'labels',
  ...more,
  value,
});

/** What annotates one record; ids tell whose it is, for they come back. */
function annotationOf(record: AnnotationRecord, number: number) {
  const points = codePointsOf(record.response);
  const result = toolSpans(record).flatMap(({ start, end, label, replacement }, at) => {
    const text = record.response.slice(start, end);
    const id = `r${number}s${at}`;
    const place = { ...points.from({ start, end }), text };
    const flag = record.flags.some((one) => one.start === start && one.end === end);
    const origin = { origin: flag ? 'prediction' : 'manual' };
    return [
      region(id, { ...place, labels: [label] }, origin),
      ...(replacement === undefined
        ? []
        : [{ ...region(id, { ...place, text: [replacement] }), from_name: 'fix', type: 'textarea' }]),
    ];
  });
  const whole = (from_name: string, type: string, value: object) => ({
    id: `r${number}${from_name}`,
    from_name,
    to_name: 'text',
    type,
    value,
  });
  return {
    completed_by: number + 1,
    was_cancelled: record.status === 'skipped',
    ground_truth: record.role === 'adjudicate',
    ...(record.seconds === undefined ? {} : { lead_time: record.seconds }),
    result: [
      ...result,
      ...(record.verdict === null ? [] : [whole('verdict', 'choices', { choices: [record.verdict] })]),
      ...(record.comment === undefined ? [] : [whole('comment', 'textarea', { text: [record.comment] })]),
    ],
  };
}

function predictionsOf({ response, finding }: AnnotationItem) {
  if (!finding) return [];
  const points = codePointsOf(response);
  const result = finding.flags.flatMap(({ start, end, text, reward, proposals }, at) => {
    const place = { ...points.from({ start, end }), text };
    const score = reward === undefined ? {} : { score: reward };
    return [
      region(`f${at}`, { ...place, labels: ['hallucination'] }, score),
      ...(proposals === undefined
        ? []
        : [{ ...region(`f${at}`, { ...place, text: proposals }), from_name: 'fix', type: 'textarea' }]),
    ];
  });
  return [
    {
      model_version: finding.scorer ?? 'vlm-detective',
      ...(finding.lowest === null ? {} : { score: finding.lowest }),
      result,
    },
  ];
}

function taskOf({ item, records }: ItemRecords) {
  const { id, image, prompt, response, finding, gold, columns } = item;
  return {
    data: {
      id,
      image,
      text: response,
      ...(prompt === undefined ? {} : { prompt }),
      [aside]: {
        records: records.map((record) => record),
        item: { ...(finding ? { finding } : {}), ...(gold ? { gold } : {}), ...(columns ? { columns } : {}) },
      },
    },
    predictions: predictionsOf(item),
    annotations: records.map(annotationOf),
  };
}

function read(value: unknown, name: string, place: number): ItemRecords {
  const { id, data, predictions, annotations } = parseAs(taskSchema, value, name);
  const kept = data[aside] as { records: unknown[]; item?: Partial<AnnotationItem> } | undefined;
  const points = codePointsOf(data.text);
  const base = { id: String(data.id ?? id ?? place), image: data.image, response: data.text };
  const prompt = data.prompt === undefined ? {} : { prompt: data.prompt };
  const regionsOf = (results: readonly Result[]): (ToolSpan & { proposals?: string[]; score?: number; id: string })[] =>
    results.flatMap((result) => {
      if (result.type !== 'labels') return [];
      const { start, end, text, labels } = result.value;
      const words = typeof text === 'string' ? text : undefined;
      const range = points.to({ start: Number(start), end: Number(end) }, name, words);
      const fixes = results.find((one) => one.id === result.id && one.type === 'textarea')?.value.text;
      const proposals = fixes === undefined ? undefined : [fixes].flat();
      return [
        {
          ...range,
          id: result.id,
          label: labels?.[0] ?? 'hallucination',
          ...(result.score == null ? {} : { score: result.score }),
          ...(proposals === undefined ? {} : { proposals, replacement: proposals[0]! }),
        },
      ];
    });
  const [prediction] = predictions ?? [];
  const flags = regionsOf(prediction?.result ?? []).map(
    ({ start, end, score, proposals }): Flag => ({
      start,
      end,
      text: data.text.slice(start, end),
      ...(score === undefined || score < 0 || score > 1 ? {} : { reward: score }),
      ...(proposals === undefined ? {} : { proposals }),
    }),
  );
  const rewards = flags.flatMap(({ reward }) => reward ?? []);
  const finding = prediction && {
    flags,
    lowest: rewards.length > 0 ? Math.min(...rewards) : null,
    ...(prediction.model_version == null ? {} : { scorer: prediction.model_version }),
  };
  const item: AnnotationItem = { ...base, ...prompt, ...(finding ? { finding } : {}), ...(kept?.item ?? {}) };
  const records = (annotations ?? []).map((annotation) => {
    const own = annotation.result
      .map((result) => /^r(\d+)/.exec(result.id)?.[1])
      .find((number) => number !== undefined);
    const number = own === undefined ? Number(annotation.completed_by) - 1 : Number(own);
    const pick = (from: string) => annotation.result.find((result) => result.from_name === from)?.value;
    const verdict = pick('verdict')?.choices?.[0];
    const comment = [pick('comment')?.text ?? []].flat()[0];
    return recordFrom(
      item,
      {
        annotator: nameOf(annotation.completed_by),
        status: annotation.was_cancelled ? 'skipped' : 'done',
        spans: regionsOf(annotation.result),
        ...(verdict === 'good' || verdict === 'bad' ? { verdict } : {}),
        ...(comment === undefined ? {} : { comment }),
        ...(annotation.lead_time == null ? {} : { seconds: annotation.lead_time }),
      },
      kept?.records[number],
      (record) => native(annotationOf(record, number)),
      native(annotation),
    );
  });
  return { item, records };
}

/** What of an annotation is compared: Label Studio adds fields of its own. */
const native = ({
  was_cancelled,
  result,
  lead_time,
}: {
  was_cancelled?: boolean | null | undefined;
  lead_time?: number | null | undefined;
  result: readonly Pick<Result, 'id' | 'from_name' | 'value'>[];
}) => [Boolean(was_cancelled), lead_time ?? null, result.map(({ id, from_name, value }) => [id, from_name, value])];

const nameOf = (completedBy: unknown): string =>
  typeof completedBy === 'object' && completedBy !== null
    ? String((completedBy as { email?: unknown; id?: unknown }).email ?? (completedBy as { id?: unknown }).id)
    : `user ${String(completedBy ?? 'unknown')}`;

export const labelStudio: Format = {
  about: 'Label Studio tasks with predictions and annotations',
  write: (items) =>
    asArray(
      (async function* () {
        for await (const one of items) yield taskOf(one);
      })(),
    ),
  read: (text, name) => jsonArray(text, name).map(({ value, name: place }, at) => read(value, place, at + 1)),
};
