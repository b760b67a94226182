import * as z from 'zod';
import { errorType, flagSchema, markSchema, rangeSchema, shownSchema } from '../store/events.js';

/** One person's word on one answer, or the consensus of several: what every format is made from, and reads into. */

const spanSchema = markSchema.omit({ decision: true }).extend({
  label: z.enum(['hallucinated', 'supported']),
  reward: z.number().min(0).max(1).exactOptional(),
});

/**
 * A line of `annotate export --format jsonl`. Offsets are UTF-16, half open: `response.slice(start, end) === text`.
 *
 * `labels` is there where every word is known: those in it are wrong, all others right. It is the form that training,
 * `eval tldr` and `calibrate` read.
 */
export const recordSchema = z.object({
  id: z.string(),
  image: z.string(),
  prompt: z.string().exactOptional(),
  response: z.string(),
  /** `consensus` for several people's. */
  annotator: z.string(),
  role: z.enum(['annotate', 'adjudicate', 'consensus']),
  status: z.enum(['done', 'skipped', 'open']),
  verdict: z.enum(['good', 'bad']).nullable(),
  spans: z.array(spanSchema),
  labels: z.array(rangeSchema.extend({ good: z.literal(false) })).exactOptional(),
  perturbation: errorType.nullable().exactOptional(),
  corrected: z.string(),
  /** What the scorer flagged, whether the person saw it or not. */
  flags: z.array(flagSchema),
  shown: shownSchema,
  scorer: z.string().exactOptional(),
  threshold: z.number().exactOptional(),
  skipReason: z.string().exactOptional(),
  comment: z.string().exactOptional(),
  /** Of active time, up to 30 s of silence at a time. */
  seconds: z.number().nonnegative().exactOptional(),
  /** When it was saved last, ISO 8601. */
  savedAt: z.string().exactOptional(),
  columns: z.record(z.string(), z.unknown()).exactOptional(),
});

export type AnnotationRecord = z.infer<typeof recordSchema>;
