import type Anthropic from '@anthropic-ai/sdk';
import type { OpenAI } from 'openai';
import type * as z from 'zod';
import { DetectiveError } from '../base/errors.js';
import { type ApiImage, encodeForApi } from '../image/decode.js';
import type { ImageInput } from '../image/image-input.js';
import { checkBaseURL, keyFor, rewriteCallHeader, rewriterName } from './address.js';
import { type RetryOptions, withRetries } from './retry.js';

export interface ChatModelOptions extends Pick<RetryOptions, 'retries' | 'minTimeout' | 'failure'> {
  provider: 'openai' | 'anthropic';
  model: string;
  /** Your own client of that provider; else one is made from `apiKey` and `baseURL`, or the environment. */
  client?: OpenAI | Anthropic;
  apiKey?: string;
  /** A server of your own that speaks the provider's protocol. */
  baseURL?: string;
  /** For each try, in milliseconds. Default 60 s. */
  timeoutMs?: number;
  /** What the calls are for, in words for messages and for the header that marks them. Default `perturb`. */
  purpose?: string;
}

/** A model that answers one prompt, about pictures or about none, in JSON of a schema. */
export interface ChatModel {
  readonly name: string;
  /**
   * @returns the parsed answer; null where the model refused, was cut off, or did not answer in that form.
   * @throws DetectiveError `rewriter-failed` (or what `failure` says) naming the provider, the status and the cure,
   * `aborted`, or `bad-image`.
   */
  ask<Schema extends z.ZodType>(
    prompt: string,
    schema: Schema,
    signal?: AbortSignal,
    images?: readonly ImageInput[],
  ): Promise<z.infer<Schema> | null>;
}

/** Longer replies are not read. */
const maxReplyLength = 200_000;

/** @throws DetectiveError `bad-argument` for a missing model or key, or an address that is none. */
export function chatModel(options: ChatModelOptions): ChatModel {
  const { provider, model, timeoutMs = 60_000, purpose = 'perturb' } = options;
  const variable = provider === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY';
  if (!model)
    throw new DetectiveError('bad-argument', `to ${purpose} by ${provider} a model is needed: ${provider}:MODEL`);
  const baseURL = options.baseURL === undefined ? undefined : checkBaseURL(options.baseURL);
  const apiKey = keyFor(variable, options);
  if (!apiKey && !options.client)
    throw new DetectiveError('bad-argument', `to ${purpose} by ${provider} a key is needed: set ${variable}`);
  const name = rewriterName(provider, options);
  const address = { maxRetries: 0, apiKey: apiKey ?? 'none', ...(baseURL ? { baseURL } : {}) };
  const perCall = (signal: AbortSignal) => ({
    maxRetries: 0,
    // ours ends first, and covers the body too
    timeout: timeoutMs + 1000,
    signal,
    headers: { [rewriteCallHeader]: purpose },
  });
  let { client } = options;
  let structured = true;

  async function clientOf(): Promise<OpenAI | Anthropic> {
    client ??=
      provider === 'openai'
        ? new (await import('openai')).OpenAI(address)
        : new (await import('@anthropic-ai/sdk')).default(address);
    return client;
  }

  async function askOpenAI(text: string, images: readonly ApiImage[], schema: z.ZodType, signal: AbortSignal) {
    const { zodResponseFormat } = await import('openai/helpers/zod');
    const api = (await clientOf()) as OpenAI;
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${base64}` },
    }));
    const content = pictures.length === 0 ? text : [...pictures, { type: 'text' as const, text }];
    const call = () =>
      api.chat.completions.create(
        {
          model,
          messages: [{ role: 'user', content }],
          ...(structured ? { response_format: zodResponseFormat(schema, 'answer') } : {}),
        },
        perCall(signal),
      );
    const completion = await call().catch((error: unknown) => {
      if (!structured || !knowsNoSchema(error)) throw error;
      structured = false;
      return call();
    });
    const choice = completion?.choices?.[0];
    return choice?.finish_reason === 'stop' && !choice.message?.refusal ? (choice.message?.content ?? null) : null;
  }

  async function askAnthropic(text: string, images: readonly ApiImage[], schema: z.ZodType, signal: AbortSignal) {
    const { zodOutputFormat } = await import('@anthropic-ai/sdk/helpers/zod');
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: mediaType, data: base64 },
    }));
    const content = pictures.length === 0 ? text : [...pictures, { type: 'text' as const, text }];
    const message = await ((await clientOf()) as Anthropic).messages.create(
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
    async ask(prompt, schema, signal, images = []) {
      const encoded = await Promise.all(images.map((image) => encodeForApi(image)));
      const call = provider === 'openai' ? askOpenAI : askAnthropic;
      // loading the SDK is no part of the time that a try may take
      await clientOf();
      const text = await withRetries(name, (attempt) => call(prompt, encoded, schema, attempt), {
        ...options,
        timeoutMs,
        signal,
        secrets: [apiKey, process.env[variable], ...keysOf(client)],
      });
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : null;
    },
  };
}

/** Some servers know no JSON schema: they are asked again without, and from then on. */
function knowsNoSchema(error: unknown): boolean {
  const { status, message, param } = error as { status?: number; message?: string; param?: unknown };
  const refused = status === 400 || status === 422 || status === 501;
  return refused && /response_format|schema|structured|guided|grammar/i.test(`${message} ${param}`);
}

function keysOf(client: OpenAI | Anthropic | undefined): (string | undefined)[] {
  const { apiKey, authToken } = (client ?? {}) as { apiKey?: unknown; authToken?: unknown };
  return [apiKey, authToken].map((key) => (typeof key === 'string' ? key : undefined));
}

/** JSON as it is, or inside a code fence or a few words around it. */
function parseJson(text: string | null): unknown {
  if (typeof text !== 'string' || text.length > maxReplyLength) return undefined;
  for (const candidate of [text, text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]) {
    try {
      return JSON.parse(candidate);
    } catch {}
  }
  return undefined;
}
