import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Annotations, BenchmarkItem } from './benchmark.js';
import { readRecords } from './json-records.js';

export interface HallusionItem extends BenchmarkItem {
  prompt: string;
  /** VD: the picture is needed. VS: it adds to what is known. */
  category: 'VD' | 'VS';
  subcategory: string;
  /** What belongs together: the questions about variants of one picture. */
  set: string;
  figure: string;
  question: string;
  /** 0: no picture. 1: the original. 2: an edited one. */
  visualInput: '0' | '1' | '2';
  reference: string;
  truth: 'yes' | 'no';
}

const text = z.union([z.string(), z.number()]).transform(String);

/** What names a question, in an annotation as in a result file. */
export const hallusionKey = z.object({
  category: z.enum(['VD', 'VS']),
  subcategory: z.string().min(1),
  set_id: text,
  figure_id: text,
  question_id: text,
});

export const hallusionId = ({ category, subcategory, set_id, figure_id, question_id }: z.infer<typeof hallusionKey>) =>
  [category, subcategory, set_id, figure_id, question_id].join('_');

const record = hallusionKey.extend({
  visual_input: text.pipe(z.enum(['0', '1', '2'])),
  question: z.string().min(1),
  gt_answer_details: z.string(),
  gt_answer: text.pipe(z.enum(['0', '1'])),
  filename: z.string().nullish(),
});

const example =
  '{"category": "VS", "subcategory": "chart", "visual_input": "0", "set_id": "0", "figure_id": "0", "question_id": "0", "question": "…?", "gt_answer_details": "…", "gt_answer": "0", "filename": null}';

/** @throws DetectiveError `bad-input` with the line and number of a record that is none, or is there twice. */
export async function loadHallusionBench(path: string): Promise<Annotations<HallusionItem>> {
  const { records, file } = await readRecords(path, record, example);
  const seen = new Set<string>();
  const items = records.map(({ value, line, name }): HallusionItem => {
    const id = hallusionId(value);
    if (seen.has(id)) throw new DetectiveError('bad-input', `${name}: the question ${id} is there twice`);
    seen.add(id);
    return {
      id,
      line,
      prompt: value.question,
      ...(value.filename ? { image: value.filename } : {}),
      category: value.category,
      subcategory: value.subcategory,
      set: value.set_id,
      figure: value.figure_id,
      question: value.question_id,
      visualInput: value.visual_input,
      reference: value.gt_answer_details,
      truth: value.gt_answer === '1' ? 'yes' : 'no',
    };
  });
  const dependent = items.filter(({ category }) => category === 'VD').length;
  const isPublished = items.length === 1129 && dependent === 591;
  return {
    items,
    version: `${items.length.toLocaleString('en')} questions, ${dependent} of them visually dependent: ${isPublished ? 'the size of tianyi-lab/HallusionBench 744007c' : 'no published version known here'}`,
    files: [file],
    notes: [],
  };
}
