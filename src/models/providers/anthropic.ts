import type Anthropic from '@anthropic-ai/sdk';
import { ownBaseURL } from '../address.js';
import { tokenCount } from '../price.js';
import { postJson } from './post-json.js';
import type { Send, Target } from './provider.js';
import { replySchemaOf } from './reply-schema.js';

/** The messages API needs a limit. */
const mostTokens = 8192;
/** Of the API that the calls are written for. */
const version = '2026-10-21';

type Call = Anthropic.MessageCreateParamsNonStreaming;
type Create = (call: Call, signal: AbortSignal) => Promise<Anthropic.Message | null>;

/** Any messages API, with structured output. It knows no seeds. */
export function anthropicSend(target: Target): Send {
  const create = target.client ? byClient(target.client as Anthropic, target) : overFetch(target);
  return async ({ turns, images, schema, temperature, maxTokens = mostTokens }, signal) => {
    const [prompt, ...later] = turns;
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: mediaType, data: base64 },
    }));
    const content = pictures.length === 0 ? prompt : [...pictures, { type: 'text' as const, text: prompt }];
    const message = await create(
      {
        model: target.model,
        max_tokens: maxTokens,
        messages: [
          { role: 'user', content },
          ...later.map((text, at) => ({
            role: at % 2 === 0 ? ('assistant' as const) : ('user' as const),
            content: text,
          })),
        ],
        ...(schema ? { output_config: { format: { type: 'json_schema', schema: replySchemaOf(schema) } } } : {}),
        ...(temperature === undefined ? {} : { temperature }),
      },
      signal,
    );
    const { stop_reason: stop, usage } = message ?? {};
    const blocks: unknown[] = Array.isArray(message?.content) ? message.content : [];
    return {
      text: blocks.map(textOf).join(''),
      ending:
        stop === 'refusal'
          ? 'refused'
          : stop === 'max_tokens' || stop === 'model_context_window_exceeded'
            ? 'cut-off'
            : 'whole',
      usage: {
        inputTokens:
          tokenCount(usage?.input_tokens) +
          tokenCount(usage?.cache_creation_input_tokens) +
          tokenCount(usage?.cache_read_input_tokens),
        outputTokens: tokenCount(usage?.output_tokens),
      },
    };
  };
}

/** Our clock ends first, and covers the body too. */
const byClient =
  (client: Anthropic, { timeoutMs, headers }: Target): Create =>
  (call, signal) =>
    client.messages.create(call, { maxRetries: 0, timeout: timeoutMs + 1000, signal, headers });

/** Heeds ANTHROPIC_BASE_URL as the SDK does. */
function overFetch({ apiKey, baseURL, headers, fetch }: Target): Create {
  const base = baseURL ?? (process.env.ANTHROPIC_BASE_URL?.trim() || ownBaseURL('anthropic'));
  const own = { 'x-api-key': apiKey, 'anthropic-version': version, ...headers };
  return (call, signal) => postJson(`${base.replace(/\/+$/, '')}/v1/messages`, own, call, signal, fetch);
}

function textOf(block: unknown): string {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === 'text' && typeof text === 'string' ? text : '';
}
