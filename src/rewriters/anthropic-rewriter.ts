import type Anthropic from '@anthropic-ai/sdk';
import { encodeForApi } from '../image/decode.js';
import { askForEdits, type ModelReply, type Turn } from './ask-for-edits.js';
import { type RetryOptions, withRetries } from './retry.js';
import type { Rewriter } from './rewriter.js';
import { replySchema } from './validate-edits.js';

export interface AnthropicRewriterOptions extends Pick<RetryOptions, 'retries' | 'minTimeout'> {
  model: string;
  /** Your own client; else one is made from `apiKey` and `baseURL`, or the environment. */
  client?: Anthropic;
  apiKey?: string;
  baseURL?: string;
  /** For each call, in milliseconds. Default 60 s. */
  timeoutMs?: number;
}

/** A rewriter on the Anthropic messages API, with structured output. */
export function anthropicRewriter(options: AnthropicRewriterOptions): Rewriter {
  const name = `anthropic:${options.model}`;
  let client = options.client;

  async function makeClient(): Promise<Anthropic> {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    return new Anthropic({
      maxRetries: 0,
      ...(options.apiKey ? { apiKey: options.apiKey } : {}),
      ...(options.baseURL ? { baseURL: options.baseURL } : {}),
    });
  }

  return {
    name,
    async rewrite(request) {
      client ??= await makeClient();
      const api = client;
      const { zodOutputFormat } = await import('@anthropic-ai/sdk/helpers/zod');
      const images = await Promise.all(request.images.map(encodeForApi));
      const { signal } = request;

      const ask = async (prompt: string, before: Turn | null): Promise<ModelReply> => {
        const messages: Anthropic.MessageParam[] = [
          {
            role: 'user',
            content: [
              ...images.map(({ mediaType, base64 }) => ({
                type: 'image' as const,
                source: { type: 'base64' as const, media_type: mediaType, data: base64 },
              })),
              { type: 'text', text: prompt },
            ],
          },
        ];
        if (before)
          messages.push(
            { role: 'assistant', content: before.reply || '(nothing)' },
            { role: 'user', content: before.complaint },
          );
        const message = await withRetries(
          name,
          () =>
            api.messages.create(
              {
                model: options.model,
                max_tokens: 4096,
                messages,
                output_config: { format: zodOutputFormat(replySchema) },
              },
              { maxRetries: 0, timeout: options.timeoutMs ?? 60_000, ...(signal ? { signal } : {}) },
            ),
          { ...options, signal },
        );
        const text = (message.content ?? []).flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
        return {
          text,
          ...(message.stop_reason === 'refusal'
            ? { problem: 'the model refused' }
            : message.stop_reason === 'max_tokens'
              ? { problem: 'the reply was cut off' }
              : {}),
          usage: { inputTokens: message.usage?.input_tokens ?? 0, outputTokens: message.usage?.output_tokens ?? 0 },
        };
      };

      return askForEdits(name, request, ask);
    },
  };
}
