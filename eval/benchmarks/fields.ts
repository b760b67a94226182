import * as z from 'zod';

/** An id as files write it: text or a number. Kept as text. */
export const id = z.union([z.string().min(1), z.number()]).transform(String);

/** A text that a model wrote. */
export const answerText = z.string().max(1_000_000);
