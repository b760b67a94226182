import { z } from 'zod';
import { perturbationTypes } from '../../text/flag-type.js';
import { callSettings } from '../call-options.js';

/** What the server's own API takes and gives. The OpenAPI page is made from these. */

const picture = z
  .string()
  .min(1)
  .describe('A picture as a `data:` URL; an `http(s):` URL where the server allows those.');

const about = z.object({
  image: picture.optional(),
  images: z.array(picture).optional().describe('Several pictures, in place of `image`.'),
  prompt: z.string().optional().describe('The question that the response answers.'),
  response: z.string().describe('The answer about the pictures.'),
});

export const scoreRequest = about.extend({ threshold: callSettings.shape.threshold });
export const correctRequest = about.extend(callSettings.shape);

const span = z.object({
  start: z.int(),
  end: z.int(),
  text: z.string(),
  reward: z.number(),
  type: z
    .enum([...perturbationTypes, 'other'])
    .optional()
    .describe('What is wrong with it.'),
  reason: z.string().optional().describe('Why, where the scorer knows it.'),
});

export const scoreReply = z.object({
  id: z.string(),
  response: z.string(),
  tokens: z
    .array(z.object({ text: z.string(), start: z.int(), end: z.int(), reward: z.number().nullable() }))
    .describe('UTF-16 offsets into `response`; reward 0..1, or null where the scorer does not judge.'),
  spans: z.array(span).describe('What is flagged.'),
  threshold: z.number(),
  scorer: z.string(),
  abstained: z.string().nullable().describe('Why the scorer did not judge the picture at all.'),
});

export const correctReply = z.object({
  id: z.string(),
  original: z.string(),
  response: z.string(),
  status: z.enum(['clean', 'no-progress', 'max-rounds', 'budget', 'aborted', 'skipped', 'failed']),
  reason: z.string().optional(),
  rounds: z.int(),
  edits: z
    .array(z.object({ start: z.int(), end: z.int(), from: z.string(), to: z.string() }))
    .describe('From the original to the response; offsets in the original.'),
  spans: z.array(span).describe('What is still flagged; offsets in the response.'),
  scorer: z.string(),
  rewriter: z.string(),
});

export const litellmRequest = z.object({
  input_type: z.enum(['request', 'response']),
  texts: z.array(z.string()).nullish(),
  images: z.array(z.string()).nullish(),
  structured_messages: z.array(z.unknown()).nullish(),
  litellm_call_id: z.string().nullish(),
  litellm_trace_id: z.string().nullish(),
  additional_provider_specific_params: callSettings
    .extend({
      judge_unfinished: z
        .boolean()
        .nullish()
        .describe('Judge a last sentence without an end, too: for answers that are never streamed.'),
    })
    .nullish(),
});

export const litellmReply = z.object({
  action: z.enum(['NONE', 'BLOCKED', 'GUARDRAIL_INTERVENED']),
  blocked_reason: z.string().optional(),
  texts: z.array(z.string()).optional().describe('As many as there were, corrected.'),
  stream_holdback_chars: z
    .array(z.int())
    .optional()
    .describe('Of each text, how many characters at its end are not judged yet.'),
});

const jsonPart = z.object({ json: z.unknown().optional(), text: z.unknown().optional() });

export const portkeyRequest = z.object({
  eventType: z.enum(['beforeRequestHook', 'afterRequestHook']),
  requestType: z.string().nullish(),
  request: jsonPart,
  response: jsonPart.extend({ statusCode: z.number().nullish() }).nullish(),
});

export const reportReply = z.looseObject({
  id: z.string(),
  time: z.string(),
  protocol: z.string(),
  model: z.string().optional(),
  answers: z.array(z.looseObject({})).describe('As under `vlm_detective` in a body, one for each text.'),
});

export const portkeyReply = z.object({
  verdict: z.boolean(),
  data: z.unknown().optional(),
  transformedData: z.object({ response: z.object({ json: z.unknown() }) }).optional(),
});

export const errorReply = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.null(), code: z.string() }),
});
