import * as z from 'zod';
import type { ApiImage } from '../image/decode.js';
import { replySchemaOf } from '../models/providers/reply-schema.js';
import { replySchema } from '../rewriters/validate-edits.js';

export type BatchProvider = 'openai' | 'anthropic';

/** One line of a batch file: a request for a rewrite, in the provider's own form. */
export function batchLine(
  provider: BatchProvider,
  model: string,
  id: string,
  prompt: string,
  images: readonly ApiImage[],
): string {
  if (provider === 'openai') {
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image_url',
      image_url: { url: `data:${mediaType};base64,${base64}` },
    }));
    return JSON.stringify({
      custom_id: id,
      method: 'POST',
      url: '/v1/chat/completions',
      body: {
        model,
        messages: [{ role: 'user', content: [...pictures, { type: 'text', text: prompt }] }],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'edits', strict: true, schema: replySchemaOf(replySchema) },
        },
      },
    });
  }
  const pictures = images.map(({ mediaType, base64 }) => ({
    type: 'image',
    source: { type: 'base64', media_type: mediaType, data: base64 },
  }));
  return JSON.stringify({
    custom_id: id,
    params: {
      model,
      max_tokens: 8192,
      messages: [{ role: 'user', content: [...pictures, { type: 'text', text: prompt }] }],
      output_config: { format: { type: 'json_schema', schema: replySchemaOf(replySchema) } },
    },
  });
}

const openaiSchema = z.object({
  custom_id: z.string(),
  response: z.object({
    status_code: z.literal(200),
    body: z.object({
      choices: z
        .array(z.object({ finish_reason: z.literal('stop'), message: z.object({ content: z.string() }) }))
        .min(1),
    }),
  }),
});
const anthropicSchema = z.object({
  custom_id: z.string(),
  result: z.object({
    type: z.literal('succeeded'),
    message: z.object({
      stop_reason: z.literal('end_turn'),
      content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
    }),
  }),
});
const anySchema = z.object({ custom_id: z.string() });

/** What a line of a provider's results says: the reply, null where that request failed; or null for no such line. */
export function readResultLine(line: string): { id: string; reply: string | null } | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  const openai = openaiSchema.safeParse(json);
  if (openai.success)
    return { id: openai.data.custom_id, reply: openai.data.response.body.choices[0]!.message.content };
  const anthropic = anthropicSchema.safeParse(json);
  if (anthropic.success) {
    const { content } = anthropic.data.result.message;
    return {
      id: anthropic.data.custom_id,
      reply: content.map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join(''),
    };
  }
  const any = anySchema.safeParse(json);
  return any.success ? { id: any.data.custom_id, reply: null } : null;
}
