import * as z from 'zod';
import type { ErrorType } from '../work.js';
import { codePointsOf } from './code-points.js';
import { dataSetFormat, itemFrom } from './data-set.js';
import type { AnnotationRecord } from './record.js';

/** HalLoc: what was made up by type, each by `"a:b"` of code points, half open; a bare `"a"` is one character. */

const types = ['object', 'attribute', 'relationship', 'scene', 'other'] as const;
type HalLocType = (typeof types)[number];

const typeOf: Readonly<Record<ErrorType, HalLocType>> = {
  object: 'object',
  'small-object': 'object',
  attribute: 'attribute',
  binding: 'attribute',
  counting: 'attribute',
  spatial: 'relationship',
  ocr: 'other',
  counterfactual: 'other',
  other: 'other',
};
const ours: Readonly<Record<HalLocType, ErrorType>> = {
  object: 'object',
  attribute: 'attribute',
  relationship: 'spatial',
  scene: 'other',
  other: 'other',
};

const role = z.object({ name: z.string(), char_index: z.union([z.string().regex(/^\d+(:\d+)?$/), z.int()]) });
const schema = z.looseObject({
  id: z.string(),
  image_id: z.union([z.string(), z.number()]).transform(String),
  prompt: z.string().default(''),
  hallucinated_text: z.string(),
  annotations: z.partialRecord(z.enum(types), z.array(z.record(z.string(), role))),
});

function annotationsOf(record: AnnotationRecord) {
  const points = codePointsOf(record.response);
  const wrong = record.spans.filter(({ label }) => label === 'hallucinated');
  return Object.fromEntries(
    types.map((type) => [
      type,
      wrong
        .filter((span) => typeOf[span.type ?? 'other'] === type)
        .map((span) => {
          const { start, end } = points.from(span);
          return { obj: { name: span.text, char_index: `${start}:${end}` } };
        }),
    ]),
  );
}

export const halloc = dataSetFormat({
  about: 'HalLoc: what was made up, by type',
  schema,
  annotations: annotationsOf,
  entry: (record, id) => ({
    id,
    split: 'test',
    image_id: record.image,
    prompt: `<image>${record.prompt ?? ''}`,
    hallucinated_text: record.response,
  }),
  read(example, place) {
    const { id, image_id: image, hallucinated_text: response } = example;
    const points = codePointsOf(response);
    const spans = types.flatMap((type) =>
      (example.annotations[type] ?? []).flatMap((roles) =>
        Object.values(roles).map(({ char_index }) => {
          const [start, end] = String(char_index).split(':').map(Number) as [number, number | undefined];
          return { ...points.to({ start, end: end ?? start + 1 }, place), label: 'hallucination', type: ours[type] };
        }),
      ),
    );
    return {
      item: itemFrom({ id, image, response }, example.prompt.replace(/^<image>\s*/, '')),
      tool: { annotator: 'HalLoc', status: 'done', spans },
      annotations: { ...Object.fromEntries(types.map((type) => [type, []])), ...example.annotations },
    };
  },
});
