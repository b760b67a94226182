import * as z from 'zod';
import { perturbationTypes } from '../../src/perturb/perturbation.js';

/** All that a store holds is made of these, one JSON line each, in the order in which they happened; none is ever changed. */

const offset = z.int().nonnegative();
const name = z.string().min(1).max(200);
export const errorType = z.enum([...perturbationTypes, 'other']);

export const rangeSchema = z.object({ start: offset, end: offset });

export const flagSchema = rangeSchema.extend({
  text: z.string(),
  reward: z.number().min(0).max(1).exactOptional(),
  proposals: z.array(z.string()).exactOptional(),
  type: errorType.exactOptional(),
  reason: z.string().exactOptional(),
});

export const markSchema = rangeSchema.extend({
  text: z.string(),
  decision: z.enum(['wrong', 'right']),
  source: z.enum(['flag', 'person']),
  replacement: z.string().max(10_000).exactOptional(),
  type: errorType.exactOptional(),
  severity: z.enum(['minor', 'major']).exactOptional(),
});

export const workSchema = z.object({
  marks: z.array(markSchema).max(10_000),
  verdict: z.enum(['good', 'bad']).nullable(),
  status: z.enum(['open', 'done', 'skipped']),
  skipReason: z.string().max(1000).exactOptional(),
  comment: z.string().max(20_000).exactOptional(),
});

const evidenceSchema = z.object({
  kind: z.enum(['object', 'text', 'ground', 'claim']),
  label: z.string(),
  confidence: z.number(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).exactOptional(),
  attributes: z.record(z.string(), z.string()).exactOptional(),
});

export const findingSchema = z.object({
  flags: z.array(flagSchema),
  scorer: z.string().exactOptional(),
  threshold: z.number().exactOptional(),
  lowest: z.number().nullable(),
  evidence: z.array(evidenceSchema).exactOptional(),
  abstained: z.string().exactOptional(),
});

export const itemSchema = z.object({
  id: z.string().min(1),
  image: z.string(),
  prompt: z.string().exactOptional(),
  response: z.string(),
  finding: findingSchema.exactOptional(),
  gold: z.array(rangeSchema).exactOptional(),
  columns: z.record(z.string(), z.unknown()).exactOptional(),
});

/** What a person saw of the scorer's finding. */
export const shownSchema = z.enum(['flags', 'verdict', 'none']);
export type Shown = z.infer<typeof shownSchema>;

/** `[milliseconds since 1970 on the person's clock, what happened]`. */
export const activitySchema = z.tuple([
  z.number(),
  z.enum(['show', 'key', 'pointer', 'wheel', 'focus', 'blur', 'hidden', 'visible', 'leave']),
]);
export type Activity = z.infer<typeof activitySchema>;

export const saveSchema = z.object({
  kind: z.literal('save'),
  item: name,
  annotator: name,
  /** 1 for the first save of this person about this item. */
  version: z.int().positive(),
  /** Of the request, so that one that is sent again is not done again. */
  key: z.string().max(100),
  work: workSchema,
  shown: shownSchema,
  /** `adjudicate`: a judgement over the others' work, beside it and not instead of it. */
  role: z.enum(['annotate', 'adjudicate']),
});

const bodySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('item'), item: itemSchema }),
  z.object({ kind: z.literal('finding'), item: name, finding: findingSchema }),
  /** Nobody else gets the item in this person's place until then (milliseconds since 1970). */
  z.object({
    kind: z.literal('lease'),
    item: name,
    annotator: name,
    until: z.number(),
    role: z.enum(['annotate', 'adjudicate']),
  }),
  saveSchema,
  z.object({
    kind: z.literal('activity'),
    item: name,
    annotator: name,
    tab: z.string(),
    events: z.array(activitySchema),
  }),
  z.object({ kind: z.literal('joined'), annotator: name, place: z.int().nonnegative() }),
  /** How the store was opened first: what decides who sees what must not change in the middle of a study. */
  z.object({ kind: z.literal('settings'), settings: z.record(z.string(), z.unknown()) }),
]);

export type EventBody = z.infer<typeof bodySchema>;
export type SaveEvent = z.infer<typeof saveSchema>;

export const eventSchema = z.intersection(
  z.object({
    /** When it was written, in milliseconds since 1970. */
    at: z.number(),
  }),
  bodySchema,
);

/** An event as it stands in the log. */
export type StoreEvent = { at: number } & EventBody;
