import type * as z from 'zod';
import { throwIfAborted } from '../base/abort.js';
import { DetectiveError } from '../base/errors.js';
import { type ApiImage, encodeAllForApi } from '../image/decode.js';
import type { ImageInput } from '../image/image-input.js';
import {
  type Address,
  type AnthropicClient,
  checkBaseURL,
  keyFor,
  modelName,
  type OpenAIClient,
  type Provider,
  providers,
  rewriteCallHeader,
} from './address.js';
import { parseJsonReply } from './json-reply.js';
import { type Price, type Usage, withCost } from './price.js';
import type { ModelCall, RawReply, Send, Target, TokenChoices } from './providers/provider.js';
import type { RetryOptions } from './retry.js';

export interface ModelReply {
  text: string | null;
  /** Why there is no text that could be used. */
  problem?: string;
  usage: Usage;
  /** The first places of the reply, where the server tells them. */
  choices?: readonly TokenChoices[];
}

/** A model that is asked in words, about pictures or about none. */
export interface ChatModel {
  readonly name: string;
  /**
   * @throws DetectiveError `model-failed` (or what `failure` says) with the provider, the status and the cure; `aborted`.
   */
  reply(call: ModelCall, signal?: AbortSignal): Promise<ModelReply>;
  /**
   * Pictures as this model gets them: no side longer than `imageSide`.
   *
   * @throws DetectiveError `bad-image`.
   */
  encode(images: readonly ImageInput[]): Promise<ApiImage[]>;
  /** What the server was found not to know: a schema, a temperature, log probabilities. */
  readonly unknown: ReadonlySet<keyof ModelCall>;
  /**
   * @returns the answer in JSON of the schema; null where the model refused, was cut off, or did not answer in that form.
   * @throws DetectiveError as `reply`, or `bad-image`.
   */
  ask<Schema extends z.ZodType>(
    prompt: string,
    schema: Schema,
    signal?: AbortSignal,
    images?: readonly ImageInput[],
  ): Promise<z.infer<Schema> | null>;
}

export interface AskOptions extends Pick<RetryOptions, 'retries' | 'minTimeout' | 'failure' | 'secrets'> {
  /** For each try, in milliseconds. Default 60 s. */
  timeoutMs?: number;
  /** US dollars for a million tokens: with it the usage has a cost. */
  price?: Price | undefined;
  /** Pixels that the longer side of a picture has at most. Default 1024; small print may need more. */
  imageSide?: number | undefined;
}

const problems = { refused: 'the model refused', 'cut-off': 'the reply was cut off' } as const;

/**
 * A model behind any way of sending: calls are tried again, and what a server does not know (a JSON schema, a temperature)
 * is left out from then on.
 *
 * @param open Asked once, before the first call: loading an SDK is no part of the time that a try may take.
 */
export function modelBehind(name: string, open: () => Promise<Send>, options: AskOptions): ChatModel {
  const { timeoutMs = 60_000, failure = 'model-failed', price, imageSide } = options;
  const unknown = new Set<Optional>();
  let opened: Promise<Send> | undefined;

  async function sendKnown(send: Send, call: ModelCall, signal: AbortSignal): Promise<RawReply> {
    const known = { ...call };
    for (const option of unknown) delete known[option];
    try {
      return await send(known, signal);
    } catch (error) {
      const option = refusedOption(error, known);
      if (!option) throw error;
      unknown.add(option);
      return sendKnown(send, call, signal);
    }
  }

  async function reply(call: ModelCall, signal?: AbortSignal): Promise<ModelReply> {
    const { failing, withRetries } = await import('./retry.js');
    throwIfAborted(signal, failing[failure]);
    opened ??= open();
    const send = await opened;
    const { text, ending, usage, choices } = await withRetries(name, (attempt) => sendKnown(send, call, attempt), {
      ...options,
      timeoutMs,
      failure,
      signal,
    });
    return {
      text,
      ...(ending === 'whole' ? {} : { problem: problems[ending] }),
      usage: withCost(usage, price),
      ...(choices ? { choices } : {}),
    };
  }

  const encode = (images: readonly ImageInput[]) => encodeAllForApi(images, imageSide);

  return {
    name,
    reply,
    encode,
    unknown,
    async ask(prompt, schema, signal, images = []) {
      const encoded = await encode(images);
      const { text, problem } = await reply({ turns: [prompt], images: encoded, schema }, signal);
      const parsed = problem === undefined ? schema.safeParse(parseJsonReply(text)) : undefined;
      return parsed?.success ? parsed.data : null;
    },
  };
}

type Optional = 'schema' | 'temperature' | 'seed' | 'maxTokens' | 'logprobs';
const complaints: readonly [Optional, RegExp][] = [
  ['schema', /response_?format|schema|structured|guided|grammar|json[ _](?:mode|object|output)/i],
  ['temperature', /temperature/i],
  ['seed', /\bseed\b/i],
  ['logprobs', /log_?probs?|log prob/i],
  ['maxTokens', /max(?:_completion|_output)?_?tokens/i],
];

/** What of a call the server says that it does not know. */
function refusedOption(error: unknown, call: ModelCall): Optional | undefined {
  const { status, name, message, param } = error as {
    status?: number;
    name?: string;
    message?: string;
    param?: unknown;
  };
  if (status === undefined)
    return call.schema && /UnsupportedFunctionality|not supported/i.test(`${name} ${message}`) ? 'schema' : undefined;
  if (status !== 400 && status !== 403 && status !== 422 && status !== 501) return undefined;
  return complaints.find(
    ([option, words]) => call[option] !== undefined && words.test(`${message} ${param ?? ''}`),
  )?.[0];
}

export interface ChatModelOptions extends Address, Omit<AskOptions, 'secrets'> {
  provider: Provider;
  /** Your own client of OpenAI or Anthropic; else the call is made with `apiKey` and `baseURL`, or the environment's key. */
  client?: OpenAIClient | AnthropicClient;
  /** Sends the calls in place of the global one. */
  fetch?: typeof globalThis.fetch;
  /** What the calls are for (`rewrite`): a header that marks them, so that nobody corrects their answers, and a word in messages. */
  purpose?: string;
  /** Shown in reports. Default `PROVIDER:MODEL`, with the address of a server of your own. */
  name?: string;
}

/** Each provider's adapter, loaded when it is first asked. */
const adapters: Readonly<Record<Provider, (target: Target) => Promise<Send>>> = {
  openai: async (target) => (await import('./providers/openai.js')).openaiSend(target),
  anthropic: async (target) => (await import('./providers/anthropic.js')).anthropicSend(target),
  gemini: async (target) => (await import('./providers/gemini.js')).geminiSend(target),
};

/** @throws DetectiveError `bad-argument` for a missing model or key, or an address that is none. */
export function chatModel(given: ChatModelOptions): ChatModel {
  const options = withEnvironment(given);
  const { provider, model, client, fetch, purpose, timeoutMs = 60_000 } = options;
  const { keys } = providers[provider];
  const toDo = `to ${purpose ?? 'ask'} by ${provider}`;
  if (!model) throw new DetectiveError('bad-argument', `${toDo} a model is needed: ${provider}:MODEL`);
  if (options.baseURL !== undefined) checkBaseURL(options.baseURL);
  const apiKey = keyFor(keys, options);
  if (!apiKey && !client) throw new DetectiveError('bad-argument', `${toDo} a key is needed: set ${keys.join(' or ')}`);
  const target: Target = {
    model,
    apiKey: apiKey ?? 'none',
    ...(options.baseURL === undefined ? {} : { baseURL: options.baseURL }),
    ...(client ? { client } : {}),
    ...(fetch ? { fetch } : {}),
    timeoutMs,
    headers: purpose === undefined ? {} : { [rewriteCallHeader]: purpose },
  };
  return modelBehind(options.name ?? modelName(provider, options), () => adapters[provider](target), {
    ...options,
    secrets: [apiKey, ...keys.map((variable) => process.env[variable]), ...keysOf(client)],
  });
}

/** OpenAI's own variable for another address: what its SDK reads, so that the key and the name go with it. */
function withEnvironment(options: ChatModelOptions): ChatModelOptions {
  const { provider, baseURL, client } = options;
  const elsewhere = process.env.OPENAI_BASE_URL;
  return provider === 'openai' && baseURL === undefined && !client && elsewhere
    ? { ...options, baseURL: elsewhere }
    : options;
}

function keysOf(client: OpenAIClient | AnthropicClient | undefined): (string | undefined)[] {
  const { apiKey, authToken } = (client ?? {}) as { apiKey?: unknown; authToken?: unknown };
  return [apiKey, authToken].map((key) => (typeof key === 'string' ? key : undefined));
}
