import * as z from 'zod';
import { answerText } from './fields.js';

const inName = /(\d+)\.\w+$/;

/** The number in a COCO file name, without leading zeros; else the name. */
export function imageIdOf(image: string): string {
  const digits = inName.exec(image)?.[1];
  return digits === undefined ? image : digits.replace(/^0+(?=\d)/, '');
}

/**
 * A description of a COCO picture, under the names that files have for it: `image_id`, `id` or the file name as `image`;
 * `caption`, `answer` or `text`.
 */
export const captionAnswer = z
  .object({
    id: z.union([z.string(), z.number()]).optional(),
    image_id: z.union([z.string(), z.number()]).optional(),
    image: z.string().optional(),
    caption: answerText.optional(),
    answer: answerText.optional(),
    text: answerText.optional(),
    lemmas: z.array(z.string()).max(100_000).optional(),
    objects: z.array(z.string()).max(10_000).optional(),
    refined: z.array(z.string()).max(10_000).optional(),
  })
  .refine(({ caption, answer, text }) => (caption ?? answer ?? text) !== undefined, 'has no "caption"')
  .transform(({ id, image_id, image, caption, answer, text, ...rest }) => {
    const name = id ?? image_id ?? image;
    return {
      id: name === undefined ? undefined : imageIdOf(String(name)),
      caption: (caption ?? answer ?? text)!,
      ...rest,
    };
  });
