import * as z from 'zod';
import type { Range } from '../../src/text/range.js';
import { splitSentences } from '../../src/text/sentences.js';
import { codePointsOf } from './code-points.js';
import { dataSetFormat, itemFrom } from './data-set.js';
import type { AnnotationRecord } from './record.js';

/**
 * M-HalDetect: segments in code points, half open, with their text; gaps are not labelled. Here the wrong words are
 * INACCURATE and, sentence by sentence, what stands between them is ACCURATE.
 */

const schema = z.looseObject({
  question: z.string(),
  response: z.string(),
  image: z.string(),
  annotations: z.array(
    z.object({
      start: z.int(),
      end: z.int(),
      text: z.string(),
      label: z.enum(['ACCURATE', 'INACCURATE', 'ANALYSIS', 'UNSURE']),
    }),
  ),
});

function segmentsOf({ response, spans }: AnnotationRecord) {
  const wrong = spans.filter(({ label }) => label === 'hallucinated');
  const right: Range[] = [];
  for (const sentence of splitSentences(response)) {
    let at = sentence.start;
    for (const span of [...wrong, { start: sentence.end, end: sentence.end }]) {
      if (span.end <= at && span.start < sentence.end) continue;
      const end = Math.min(span.start, sentence.end);
      const text = response.slice(at, end);
      if (end > at && /[\p{L}\p{N}]/u.test(text)) {
        const start = at + (text.length - text.trimStart().length);
        right.push({ start, end: start + text.trim().length });
      }
      at = Math.max(at, Math.min(span.end, sentence.end));
    }
  }
  const points = codePointsOf(response);
  return [
    ...wrong.map((span) => ({ span, label: 'INACCURATE' as const })),
    ...right.map((span) => ({ span, label: 'ACCURATE' as const })),
  ]
    .sort((a, b) => a.span.start - b.span.start)
    .map(({ span, label }) => ({ ...points.from(span), text: response.slice(span.start, span.end), label }));
}

export const mhalDetect = dataSetFormat({
  about: 'M-HalDetect: accurate and inaccurate segments',
  schema,
  annotations: segmentsOf,
  entry: (record) => ({
    question: `<image>\n${record.prompt ?? ''}`,
    response: record.response,
    image: record.image,
  }),
  read(example, place, at) {
    const { image, response, annotations } = example;
    const points = codePointsOf(response);
    const spans = annotations.flatMap((segment) => {
      const range = points.to(segment, place, segment.text);
      return segment.label === 'INACCURATE' ? [{ ...range, label: 'hallucination' }] : [];
    });
    // where its people were not sure, ours decide
    const unsure = annotations.some(({ label }) => label === 'UNSURE');
    const prompt = example.question.replace(/^<image>\s*|\s*<image>$/g, '');
    return {
      item: itemFrom({ id: String(at), image, response }, prompt),
      tool: { annotator: 'M-HalDetect', status: unsure ? 'open' : 'done', spans },
      annotations,
    };
  },
});
