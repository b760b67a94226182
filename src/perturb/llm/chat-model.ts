import type Anthropic from '@anthropic-ai/sdk';
import type { OpenAI } from 'openai';
import type * as z from 'zod';
import { DetectiveError } from '../../errors.js';
import { checkBaseURL, keyFor, rewriteCallHeader, rewriterName } from '../../rewriters/api-rewriter.js';
import { type RetryOptions, withRetries } from '../../rewriters/retry.js';

export interface ChatModelOptions extends Pick<RetryOptions, 'retries' | 'minTimeout'> {
  provider: 'openai' | 'anthropic';
  model: string;
  apiKey?: string;
  /** A server of your own that speaks the provider's protocol. */
  baseURL?: string;
  /** For each try, in milliseconds. Default 60 s. */
  timeoutMs?: number;
}

/** A text model that answers one prompt in JSON of a schema. */
export interface ChatModel {
  readonly name: string;
  /**
   * @returns the parsed answer; null where the model refused, was cut off, or did not answer in that form.
   * @throws DetectiveError `rewriter-failed` naming the provider, the status and the cure, or `aborted`.
   */
  ask<Schema extends z.ZodType>(prompt: string, schema: Schema, signal?: AbortSignal): Promise<z.infer<Schema> | null>;
}

/** @throws DetectiveError `bad-argument` for a missing model or key, or an address that is none. */
export function chatModel(options: ChatModelOptions): ChatModel {
  const { provider, model, timeoutMs = 60_000 } = options;
  const variable = provider === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY';
  if (!model) throw new DetectiveError('bad-argument', `an ${provider} perturber needs a model: ${provider}:MODEL`);
  const baseURL = options.baseURL === undefined ? undefined : checkBaseURL(options.baseURL);
  const apiKey = keyFor(variable, options);
  if (!apiKey) throw new DetectiveError('bad-argument', `an ${provider} perturber needs a key: set ${variable}`);
  const name = rewriterName(provider, options);
  const address = { maxRetries: 0, apiKey, ...(baseURL ? { baseURL } : {}) };
  const perCall = (signal: AbortSignal) => ({
    maxRetries: 0,
    // ours ends first, and covers the body too
    timeout: timeoutMs + 1000,
    signal,
    headers: { [rewriteCallHeader]: 'perturb' },
  });
  let openai: OpenAI | undefined;
  let anthropic: Anthropic | undefined;

  async function askOpenAI(content: string, schema: z.ZodType, signal: AbortSignal): Promise<string | null> {
    const { zodResponseFormat } = await import('openai/helpers/zod');
    openai ??= new (await import('openai')).OpenAI(address);
    const completion = await openai.chat.completions.create(
      { model, messages: [{ role: 'user', content }], response_format: zodResponseFormat(schema, 'answer') },
      perCall(signal),
    );
    const choice = completion?.choices?.[0];
    return choice?.finish_reason === 'stop' && !choice.message?.refusal ? (choice.message?.content ?? null) : null;
  }

  async function askAnthropic(content: string, schema: z.ZodType, signal: AbortSignal): Promise<string | null> {
    const { zodOutputFormat } = await import('@anthropic-ai/sdk/helpers/zod');
    anthropic ??= new (await import('@anthropic-ai/sdk')).default(address);
    const message = await anthropic.messages.create(
      {
        model,
        max_tokens: 4096,
        messages: [{ role: 'user', content }],
        output_config: { format: zodOutputFormat(schema) },
      },
      perCall(signal),
    );
    if (message?.stop_reason !== 'end_turn' || !Array.isArray(message.content)) return null;
    return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  }

  return {
    name,
    async ask(prompt, schema, signal) {
      const call = provider === 'openai' ? askOpenAI : askAnthropic;
      const text = await withRetries(name, (attempt) => call(prompt, schema, attempt), {
        ...options,
        timeoutMs,
        signal,
        secrets: [apiKey],
      });
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : null;
    },
  };
}

/** JSON as it is, or inside a code fence or a few words around it. */
function parseJson(text: string | null): unknown {
  if (typeof text !== 'string') return undefined;
  for (const candidate of [text, text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]) {
    try {
      return JSON.parse(candidate);
    } catch {}
  }
  return undefined;
}
