import * as z from 'zod';
import type { AnnotationItem } from '../item.js';
import type { ItemRecords } from '../records.js';
import { codePointsOf } from './code-points.js';
import { asArray, aside, type Format, jsonEntries, parseAs, parseJson, recordFrom, toolSpans } from './format.js';
import type { AnnotationRecord } from './record.js';

/**
 * Argilla v2 records, as `records.to_json` writes and `records.from_json` reads them, for a dataset with the fields `text`, `image` and `prompt` and the questions `spans` (SpanQuestion on
 * `text`, labels hallucination and supported), `corrected` (TextQuestion) and `verdict` (LabelQuestion): offsets in code
 * points, the end left out. Flags are suggestions. Metadata of Argilla is flat, so what it has no place for is a JSON string.
 * Argilla refuses a record with a response of anybody who is not one of its users, by UUID: what others said stands aside.
 */

const span = z.object({ start: z.int(), end: z.int(), label: z.string() });
const answers = <T extends z.ZodType>(value: T) =>
  z.array(z.object({ value, user_id: z.string(), status: z.string().nullish() })).optional();
const schema = z.object({
  id: z.union([z.string(), z.number()]),
  fields: z.looseObject({ text: z.string(), image: z.string().default(''), prompt: z.string().nullish() }),
  metadata: z.looseObject({ [aside]: z.string().optional() }).optional(),
  suggestions: z
    .looseObject({
      spans: z
        .object({
          value: z.array(span),
          score: z.union([z.number(), z.array(z.number())]).nullish(),
          agent: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
  responses: z
    .looseObject({ spans: answers(z.array(span)), corrected: answers(z.string()), verdict: answers(z.string()) })
    .nullish(),
});

const isUser = ({ annotator }: AnnotationRecord) => z.uuid().safeParse(annotator).success;

/** Argilla takes letters, digits and these marks, at most 200, for the name of who suggests. */
const agentOf = (scorer = '') => {
  const agent = scorer.replace(/[^A-Za-z0-9\-_:./\s]+/g, ':').slice(0, 200);
  return /[A-Za-z0-9]/.test(agent) ? agent : 'vlm-detective';
};

const statusOf = { done: 'submitted', skipped: 'discarded', open: 'draft' } as const;

const spansOf = (record: AnnotationRecord) => {
  const points = codePointsOf(record.response);
  return toolSpans(record).map(({ label, ...range }) => ({ ...points.from(range), label }));
};

const native = (record: AnnotationRecord) => [spansOf(record), statusOf[record.status], record.verdict];

function recordOf({ item, records }: ItemRecords) {
  const { id, image, prompt, response, finding, gold, columns } = item;
  const points = codePointsOf(response);
  const flags = finding?.flags ?? [];
  const scores = flags.flatMap(({ reward }) => reward ?? []);
  const users = records.filter(isUser);
  const answer = (record: AnnotationRecord, value: unknown) => ({
    value,
    user_id: record.annotator,
    status: statusOf[record.status],
  });
  return {
    id,
    fields: { text: response, image, ...(prompt === undefined ? {} : { prompt }) },
    metadata: {
      ...(finding?.lowest == null ? {} : { min_reward: finding.lowest }),
      [aside]: JSON.stringify({
        records,
        item: { ...(finding ? { finding } : {}), ...(gold ? { gold } : {}), ...(columns ? { columns } : {}) },
      }),
    },
    ...(flags.length === 0
      ? {}
      : {
          suggestions: {
            spans: {
              value: flags.map((flag) => ({ ...points.from(flag), label: 'hallucination' })),
              ...(scores.length === flags.length ? { score: scores } : {}),
              agent: agentOf(finding?.scorer),
            },
          },
        }),
    responses: {
      spans: users.map((record) => answer(record, spansOf(record))),
      corrected: users.map((record) => answer(record, record.corrected)),
      verdict: users.flatMap((record) => (record.verdict === null ? [] : [answer(record, record.verdict)])),
    },
  };
}

function read(value: unknown, name: string): ItemRecords {
  const { id, fields, metadata, suggestions, responses } = parseAs(schema, value, name);
  const text = metadata?.[aside];
  const kept = (text === undefined ? undefined : parseJson(text, `${name} metadata.${aside}`)) as
    | { records: AnnotationRecord[]; item?: Partial<AnnotationItem> }
    | undefined;
  const points = codePointsOf(fields.text);
  const suggested = suggestions?.spans;
  const scores = suggested?.score == null ? [] : [suggested.score].flat();
  const flags = (suggested?.value ?? []).map((one, at) => {
    const range = points.to(one, name);
    const reward = scores[at];
    return {
      ...range,
      text: fields.text.slice(range.start, range.end),
      ...(reward === undefined || reward < 0 || reward > 1 ? {} : { reward }),
    };
  });
  const item: AnnotationItem = {
    id: String(id),
    image: fields.image,
    response: fields.text,
    ...(fields.prompt == null ? {} : { prompt: fields.prompt }),
    ...(suggested
      ? {
          finding: {
            flags,
            lowest: scores.length > 0 ? Math.min(...scores) : null,
            ...(suggested.agent == null ? {} : { scorer: suggested.agent }),
          },
        }
      : {}),
    ...(kept?.item ?? {}),
  };
  const others = (kept?.records ?? []).filter((record) => !isUser(record));
  const answered = (responses?.spans ?? []).map(({ value: spans, user_id, status }) => {
    const verdict = responses?.verdict?.find((one) => one.user_id === user_id)?.value;
    const known = verdict === 'good' || verdict === 'bad' ? verdict : null;
    return recordFrom(
      item,
      {
        annotator: user_id,
        status: status === 'discarded' ? 'skipped' : status === 'draft' ? 'open' : 'done',
        spans: spans.map((one) => ({ ...points.to(one, name), label: one.label })),
        ...(known ? { verdict: known } : {}),
      },
      kept?.records.find(({ annotator }) => annotator === user_id),
      native,
      [spans, status ?? 'submitted', known],
    );
  });
  return { item, records: [...others, ...answered] };
}

export const argilla: Format = {
  about: 'Argilla v2 records with suggestions and responses',
  write: (items) =>
    asArray(
      (async function* () {
        for await (const one of items) yield recordOf(one);
      })(),
    ),
  read: (text, name) => jsonEntries(text, name).map(({ value, name: place }) => read(value, place)),
};
