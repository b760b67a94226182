import type { OpenAI } from 'openai';
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

export interface OpenAIRewriterOptions extends Pick<RetryOptions, 'retries' | 'minTimeout'> {
  model: string;
  /** Your own client; else one is made from `apiKey` and `baseURL`, or the environment. */
  client?: OpenAI;
  apiKey?: string;
  /** Any server that speaks chat completions: vLLM, Ollama, … */
  baseURL?: string;
  /** For each try, in milliseconds. Default 60 s. */
  timeoutMs?: number;
  /** US dollars for a million tokens: with it, `usage.cost` is in the report and `budget.cost` holds. */
  price?: Price;
  /** Shown in reports. Default `openai:MODEL`, with the address of a server of your own. */
  name?: string;
}

/** A rewriter on any chat completions API: pictures as data URLs, structured output, and plain JSON where a server has none. */
export function openaiRewriter(options: OpenAIRewriterOptions): Rewriter {
  if (!options.model) throw new DetectiveError('bad-argument', 'an OpenAI rewriter needs a model');
  const baseURL = options.baseURL === undefined ? undefined : checkBaseURL(options.baseURL);
  const apiKey = keyFor('OPENAI_API_KEY', options);
  if (!options.client && !apiKey)
    throw new DetectiveError('bad-argument', 'an OpenAI rewriter needs a key: set OPENAI_API_KEY, or pass apiKey');
  const name = options.name ?? rewriterName('openai', options);
  let client = options.client;
  let structured = true;

  async function makeClient(): Promise<OpenAI> {
    const { OpenAI } = await import('openai');
    return new OpenAI({ maxRetries: 0, apiKey: apiKey!, ...(baseURL ? { baseURL } : {}) });
  }

  return {
    name,
    async rewrite(request) {
      if (request.spans.length === 0) return { edits: [] };
      throwIfAborted(request.signal);
      client ??= await makeClient();
      const api = client;
      const { zodResponseFormat } = await import('openai/helpers/zod');
      const images = await Promise.all(request.images.map((image) => encodeForApi(image)));
      const { signal } = request;
      const timeoutMs = options.timeoutMs ?? 60_000;

      const ask = async (prompt: string, before: Turn | null): Promise<ModelReply> => {
        const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
          {
            role: 'user',
            content: [
              ...images.map(({ mediaType, base64 }) => ({
                type: 'image_url' as const,
                image_url: { url: `data:${mediaType};base64,${base64}` },
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
        const call = (attempt: AbortSignal) =>
          api.chat.completions.create(
            {
              model: options.model,
              messages,
              ...(structured ? { response_format: zodResponseFormat(replySchema, 'edits') } : {}),
            },
            {
              maxRetries: 0,
              // ours ends first, and covers the body too
              timeout: timeoutMs + 1000,
              signal: attempt,
              headers: { [rewriteCallHeader]: 'rewrite' },
            },
          );
        const completion = await withRetries(
          name,
          (attempt) => call(attempt).catch(withoutSchema(() => call(attempt))),
          { ...options, timeoutMs, signal, secrets: [apiKey, process.env.OPENAI_API_KEY, clientKey(api)] },
        );
        const choice = completion?.choices?.[0];
        return {
          text: typeof choice?.message?.content === 'string' ? choice.message.content : null,
          ...(choice?.message?.refusal || choice?.finish_reason === 'content_filter'
            ? { problem: 'the model refused' }
            : choice?.finish_reason === 'length'
              ? { problem: 'the reply was cut off' }
              : {}),
          usage: withCost(
            {
              inputTokens: tokenCount(completion?.usage?.prompt_tokens),
              outputTokens: tokenCount(completion?.usage?.completion_tokens),
            },
            options.price,
          ),
        };
      };

      /** Some servers know no JSON schema: ask again without, and remember. */
      const withoutSchema =
        <T>(again: () => Promise<T>) =>
        (error: { status?: number; message?: string; param?: unknown }): Promise<T> => {
          const { status, message, param } = error;
          const refused = status === 400 || status === 422 || status === 501;
          if (
            !structured ||
            !refused ||
            !/response_format|schema|structured|guided|grammar/i.test(`${message} ${param}`)
          )
            throw error;
          structured = false;
          return again();
        };

      return askForEdits(name, request, ask);
    },
  };
}

function clientKey(client: OpenAI): string | undefined {
  return typeof client.apiKey === 'string' ? client.apiKey : undefined;
}
