import type Anthropic from '@anthropic-ai/sdk';
import { DetectiveError } from '../base/errors.js';
import { encodeForApi } from '../image/decode.js';
import {
  checkBaseURL,
  keyFor,
  type Price,
  rewriteCallHeader,
  rewriterName,
  throwIfAborted,
  tokenCount,
  withCost,
} from '../models/price.js';
import { type RetryOptions, withRetries } from '../models/retry.js';
import { askForEdits, type ModelReply, type Turn } from './ask-for-edits.js';
import type { Rewriter } from './rewriter.js';
import { replySchema } from './validate-edits.js';

export interface AnthropicRewriterOptions extends Pick<RetryOptions, 'retries' | 'minTimeout'> {
  model: string;
  /** Your own client; else one is made from `apiKey` and `baseURL`, or the environment. */
  client?: Anthropic;
  apiKey?: string;
  baseURL?: string;
  /** For each try, in milliseconds. Default 60 s. */
  timeoutMs?: number;
  /** US dollars for a million tokens: with it, `usage.cost` is in the report and `budget.cost` holds. */
  price?: Price;
  /** Shown in reports. Default `anthropic:MODEL`, with the address of a server of your own. */
  name?: string;
}

/** A rewriter on the Anthropic messages API, with structured output. */
export function anthropicRewriter(options: AnthropicRewriterOptions): Rewriter {
  if (!options.model) throw new DetectiveError('bad-argument', 'an Anthropic rewriter needs a model');
  const baseURL = options.baseURL === undefined ? undefined : checkBaseURL(options.baseURL);
  const apiKey = keyFor('ANTHROPIC_API_KEY', options);
  if (!options.client && !apiKey)
    throw new DetectiveError(
      'bad-argument',
      'an Anthropic rewriter needs a key: set ANTHROPIC_API_KEY, or pass apiKey',
    );
  const name = options.name ?? rewriterName('anthropic', options);
  let client = options.client;

  async function makeClient(): Promise<Anthropic> {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    return new Anthropic({ maxRetries: 0, apiKey: apiKey!, ...(baseURL ? { baseURL } : {}) });
  }

  return {
    name,
    async rewrite(request) {
      if (request.spans.length === 0) return { edits: [] };
      throwIfAborted(request.signal);
      client ??= await makeClient();
      const api = client;
      const { zodOutputFormat } = await import('@anthropic-ai/sdk/helpers/zod');
      const images = await Promise.all(request.images.map((image) => encodeForApi(image)));
      const { signal } = request;
      const timeoutMs = options.timeoutMs ?? 60_000;

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
          (attempt) =>
            api.messages.create(
              {
                model: options.model,
                max_tokens: 8192,
                messages,
                output_config: { format: zodOutputFormat(replySchema) },
              },
              {
                maxRetries: 0,
                // ours ends first, and covers the body too
                timeout: timeoutMs + 1000,
                signal: attempt,
                headers: { [rewriteCallHeader]: 'rewrite' },
              },
            ),
          {
            ...options,
            timeoutMs,
            signal,
            secrets: [apiKey, process.env.ANTHROPIC_API_KEY, api.apiKey ?? undefined, api.authToken ?? undefined],
          },
        );
        const blocks: unknown[] = Array.isArray(message?.content) ? message.content : [];
        const text = blocks.map(textOf).join('');
        return {
          text,
          ...(message?.stop_reason === 'refusal'
            ? { problem: 'the model refused' }
            : message?.stop_reason === 'max_tokens' || message?.stop_reason === 'model_context_window_exceeded'
              ? { problem: 'the reply was cut off' }
              : {}),
          usage: withCost(
            {
              inputTokens:
                tokenCount(message?.usage?.input_tokens) +
                tokenCount(message?.usage?.cache_creation_input_tokens) +
                tokenCount(message?.usage?.cache_read_input_tokens),
              outputTokens: tokenCount(message?.usage?.output_tokens),
            },
            options.price,
          ),
        };
      };

      return askForEdits(name, request, ask);
    },
  };
}

function textOf(block: unknown): string {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === 'text' && typeof text === 'string' ? text : '';
}
