import * as z from 'zod';
import type { Sequence } from './family.js';

const ids = z.array(z.int().nonnegative());

/** A backbone's chat format in ids, as `python -m tldr_vlm.export_onnx` writes it. */
export const chatSchema = z.object({
  before: ids,
  after: ids,
  answer: ids,
  end: ids,
  image: z.int().nonnegative(),
  defaultPrompt: z.string().min(1),
});

/** before, the image token for each cell, after, prompt, answer, the answer itself, end. Row 0 of the features is no cell. */
export function chatSequence(
  chat: z.infer<typeof chatSchema>,
  rows: number,
  prompt: readonly number[],
  answer: readonly number[],
): Sequence {
  const cells = new Array<number>(rows - 1).fill(chat.image);
  const head = [...chat.before, ...cells, ...chat.after, ...prompt, ...chat.answer];
  return { ids: [...head, ...answer, ...chat.end], begin: head.length };
}
