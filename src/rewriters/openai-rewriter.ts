import type { OpenAI } from 'openai';
import { encodeForApi } from '../image/decode.js';
import { askForEdits, type ModelReply, type Turn } from './ask-for-edits.js';
import { type RetryOptions, withRetries } from './retry.js';
import type { Rewriter } from './rewriter.js';
import { replySchema } from './validate-edits.js';

export interface OpenAIRewriterOptions extends Pick<RetryOptions, 'retries' | 'minTimeout'> {
  model: string;
  /** Your own client; else one is made from `apiKey` and `baseURL`, or the environment. */
  client?: OpenAI;
  apiKey?: string;
  /** Any server that speaks chat completions: vLLM, Ollama, … */
  baseURL?: string;
  /** For each call, in milliseconds. Default 60 s. */
  timeoutMs?: number;
}

/** A rewriter on any chat completions API: pictures as data URLs, structured output, and plain JSON where a server has none. */
export function openaiRewriter(options: OpenAIRewriterOptions): Rewriter {
  const name = `openai:${options.model}`;
  let client = options.client;
  let structured = true;

  async function makeClient(): Promise<OpenAI> {
    const { OpenAI } = await import('openai');
    const apiKey = options.apiKey ?? process.env.OPENAI_API_KEY ?? (options.baseURL ? 'none' : undefined);
    return new OpenAI({
      maxRetries: 0,
      ...(apiKey ? { apiKey } : {}),
      ...(options.baseURL ? { baseURL: options.baseURL } : {}),
    });
  }

  return {
    name,
    async rewrite(request) {
      client ??= await makeClient();
      const api = client;
      const { zodResponseFormat } = await import('openai/helpers/zod');
      const images = await Promise.all(request.images.map(encodeForApi));
      const { signal } = request;

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
        const call = () =>
          api.chat.completions.create(
            {
              model: options.model,
              messages,
              ...(structured ? { response_format: zodResponseFormat(replySchema, 'edits') } : {}),
            },
            { maxRetries: 0, timeout: options.timeoutMs ?? 60_000, ...(signal ? { signal } : {}) },
          );
        const completion = await withRetries(name, () => call().catch(withoutSchema(call)), { ...options, signal });
        const choice = completion.choices?.[0];
        return {
          text: choice?.message?.content ?? null,
          ...(choice?.message?.refusal
            ? { problem: 'the model refused' }
            : choice?.finish_reason === 'length'
              ? { problem: 'the reply was cut off' }
              : {}),
          usage: {
            inputTokens: completion.usage?.prompt_tokens ?? 0,
            outputTokens: completion.usage?.completion_tokens ?? 0,
          },
        };
      };

      /** Some servers know no JSON schema: ask again without, and remember. */
      const withoutSchema =
        <T>(again: () => Promise<T>) =>
        (error: { status?: number; message?: string }): Promise<T> => {
          if (
            !structured ||
            error.status !== 400 ||
            !/response_format|json_schema|schema|structured/i.test(error.message ?? '')
          )
            throw error;
          structured = false;
          return again();
        };

      return askForEdits(name, request, ask);
    },
  };
}
