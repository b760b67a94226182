import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { tokenCount } from '../price.js';
import type { Send, Target } from './provider.js';

/** The messages API needs a limit. */
const mostTokens = 8192;

/** Any messages API, with structured output. It knows no seeds. */
export function anthropicSend({ model, client, apiKey, baseURL, fetch, timeoutMs, headers }: Target): Send {
  const settings = { maxRetries: 0, apiKey, ...(baseURL ? { baseURL } : {}), ...(fetch ? { fetch } : {}) };
  const api = (client as Anthropic | undefined) ?? new Anthropic(settings);
  return async ({ turns, images, schema, temperature, maxTokens = mostTokens }, signal) => {
    const [prompt, ...later] = turns;
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: mediaType, data: base64 },
    }));
    const content = pictures.length === 0 ? prompt : [...pictures, { type: 'text' as const, text: prompt }];
    const message = await api.messages.create(
      {
        model,
        max_tokens: maxTokens,
        messages: [
          { role: 'user', content },
          ...later.map((text, at) => ({
            role: at % 2 === 0 ? ('assistant' as const) : ('user' as const),
            content: text,
          })),
        ],
        ...(schema ? { output_config: { format: zodOutputFormat(schema) } } : {}),
        ...(temperature === undefined ? {} : { temperature }),
      },
      // our clock ends first, and covers the body too
      { maxRetries: 0, timeout: timeoutMs + 1000, signal, headers },
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

function textOf(block: unknown): string {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === 'text' && typeof text === 'string' ? text : '';
}
