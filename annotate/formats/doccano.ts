import * as z from 'zod';
import { codePointsOf } from './code-points.js';
import { aside, asLines, byItem, type Format, jsonLines, parseAs, recordFrom, toolSpans } from './format.js';
import { keptItem } from './kept-item.js';
import type { AnnotationRecord } from './record.js';

/** doccano's sequence labelling: `label` is a list of `[start, end, name]` in code points, half open. */

const schema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  item: z.string().optional(),
  text: z.string(),
  image: z.string().default(''),
  prompt: z.string().nullish(),
  annotator: z.string().nullish(),
  label: z.array(z.tuple([z.int(), z.int(), z.string()])).nullish(),
  labels: z.array(z.tuple([z.int(), z.int(), z.string()])).nullish(),
});

const labelsOf = (record: AnnotationRecord) => {
  const points = codePointsOf(record.response);
  return toolSpans(record).map((span) => {
    const { start, end } = points.from(span);
    return [start, end, span.label] as const;
  });
};

export const doccano: Format = {
  about: 'doccano sequence labels',
  write: (items) =>
    asLines(
      (async function* () {
        let id = 0;
        for await (const { records } of items)
          for (const record of records) {
            const { response, image, prompt, annotator } = record;
            yield {
              id: ++id,
              item: record.id,
              text: response,
              label: labelsOf(record),
              image,
              ...(prompt === undefined ? {} : { prompt }),
              annotator,
              [aside]: record,
            };
          }
      })(),
    ),
  read: (text, name) =>
    byItem(
      jsonLines(text, name).map(({ value, name: place }, at) => {
        const example = parseAs(schema, value, place);
        const labels = example.label ?? example.labels ?? [];
        const points = codePointsOf(example.text);
        const item = keptItem(example[aside], {
          id: example.item ?? String(example.id ?? at + 1),
          image: example.image,
          response: example.text,
          ...(example.prompt == null ? {} : { prompt: example.prompt }),
        });
        const spans = labels.map(([start, end, label]) => ({ ...points.to({ start, end }, place), label }));
        const record = recordFrom(
          item,
          { annotator: example.annotator ?? 'unknown', status: 'done', spans },
          example[aside],
          labelsOf,
          labels,
        );
        return { item, record };
      }),
    ),
};
