import { DetectiveError } from '../base/errors.js';

/** Who can be asked: the model where none is named, where its key may stand, its address, and what a base URL has behind that. */
export const providers = {
  openai: { model: 'gpt-5.1', keys: ['OPENAI_API_KEY'], origin: 'https://api.openai.com', base: '/v1' },
  anthropic: {
    model: 'claude-sonnet-5-5',
    keys: ['ANTHROPIC_API_KEY'],
    origin: 'https://api.anthropic.com',
    base: '',
  },
  gemini: {
    model: 'gemini-2.5-flash',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    origin: 'https://generativelanguage.googleapis.com',
    base: '/v1beta',
  },
} as const;
export type Provider = keyof typeof providers;

/** The providers whose key is set, the cheapest way to ask first. */
export function keyedProviders(env: Readonly<Record<string, string | undefined>> = process.env): Provider[] {
  return (Object.keys(providers) as Provider[]).filter((provider) => providers[provider].keys.some((key) => env[key]));
}

/** The base URL of a provider itself. */
export const ownBaseURL = (provider: Provider): string => providers[provider].origin + providers[provider].base;

/**
 * Servers of one's own that speak OpenAI's protocol: the address where each listens by default, and where a key may stand
 * if it was set up to want one.
 */
export const localServers = {
  ollama: { baseURL: 'http://127.0.0.1:11434/v1', key: 'OLLAMA_API_KEY', title: 'Ollama' },
  lmstudio: { baseURL: 'http://127.0.0.1:1234/v1', key: 'LM_API_TOKEN', title: 'LM Studio' },
  llamacpp: { baseURL: 'http://127.0.0.1:8080/v1', key: 'LLAMA_API_KEY', title: 'llama.cpp' },
  vllm: { baseURL: 'http://127.0.0.1:8000/v1', key: 'VLLM_API_KEY', title: 'vLLM' },
} as const;
export type LocalServer = keyof typeof localServers;

export const isLocalServer = (name: string): name is LocalServer => Object.hasOwn(localServers, name);

/**
 * Marks the calls that this package makes itself, so that a wrapped client does not correct the corrections. No caller from
 * outside this process can know its name.
 */
export const rewriteCallHeader = `x-vlm-detective-pass-${crypto.randomUUID()}`;

export interface Address {
  model: string;
  apiKey?: string;
  baseURL?: string;
  /** Which of the servers of one's own it is, where that is known. */
  server?: LocalServer;
}

/**
 * Reads `PROVIDER`, `PROVIDER:MODEL` or `PROVIDER:MODEL@BASE_URL`, or `SERVER/MODEL` with or without `@BASE_URL` for a
 * server of one's own: `ollama/qwen2.5vl:7b`. Without a model, `llamacpp` and `vllm` have the one that they serve.
 *
 * @param what Is named so: `rewriter`, `judge`.
 * @param others What may be given as well, for the message: `local, `.
 * @throws DetectiveError `bad-argument` for anything else.
 */
export function parseModelSpec(spec: string, what: string, others = ''): Address & { provider: Provider } {
  const own = /^([a-z]+)(?:[/:]([^@]+))?(?:@(https?:\/\/\S+))?$/.exec(spec);
  if (own && isLocalServer(own[1]!)) return localAddress(own[1], own[2], own[3]);
  const match = /^([a-z]+)(?::([^@]*?)(?:@(https?:\/\/\S+))?)?$/.exec(spec);
  if (!match || !Object.hasOwn(providers, match[1]!))
    throw new DetectiveError(
      'bad-argument',
      `unknown ${what} ${JSON.stringify(spec.slice(0, 100))}: use ${others}openai:MODEL, anthropic:MODEL, gemini:MODEL, ollama/MODEL, lmstudio/MODEL, llamacpp, vllm/MODEL, or openai:MODEL@http://localhost:8000/v1`,
    );
  const provider = match[1] as Provider;
  return { provider, model: match[2] || providers[provider].model, ...(match[3] ? { baseURL: match[3] } : {}) };
}

/** A server of one's own wants no key unless it was set up to; then the environment has it. */
function localAddress(
  server: LocalServer,
  model: string | undefined,
  url: string | undefined,
): Address & { provider: Provider } {
  const { baseURL, key, title } = localServers[server];
  if (!model && (server === 'ollama' || server === 'lmstudio'))
    throw new DetectiveError(
      'bad-argument',
      `${title} needs a model: ${server}/MODEL (vlm-detective doctor lists what it has)`,
    );
  const address = { baseURL: url ?? baseURL };
  return { provider: 'openai', server, model: model || 'default', ...address, apiKey: keyFor(key, address) ?? 'none' };
}

/**
 * The key for a call: the given one; else the environment's, which goes to any https server and to this machine but never
 * in the clear over a network; else `none` for a server of one's own, which may want no key.
 *
 * @param variables The first of these that is set.
 */
export function keyFor(
  variables: string | readonly string[],
  { apiKey, baseURL }: Omit<Address, 'model'>,
): string | undefined {
  if (apiKey !== undefined) return apiKey;
  const key = [variables].flat().flatMap((variable) => process.env[variable] || [])[0];
  if (baseURL === undefined) return key;
  const { protocol, hostname } = new URL(baseURL);
  const safe = protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (safe && key) || 'none';
}

/** @throws DetectiveError `bad-argument` unless it is an http(s) URL. */
export function checkBaseURL(baseURL: string): string {
  if (URL.canParse(baseURL) && /^https?:$/.test(new URL(baseURL).protocol)) return baseURL;
  throw new DetectiveError('bad-argument', 'the base URL of a model must look like http://localhost:8000/v1');
}

/** `openai:MODEL`, with the server's address (without user, password and query) where it is not the provider's own. */
export function modelName(provider: string, { model, baseURL, server }: Address): string {
  if (server !== undefined)
    return baseURL === undefined || baseURL === localServers[server].baseURL
      ? `${server}/${model}`
      : `${server}/${model}@${printableUrl(baseURL)}`;
  return baseURL === undefined ? `${provider}:${model}` : `${provider}:${model}@${printableUrl(baseURL)}`;
}

/** A server's address as it may stand in a report: without user, password, query and fragment. */
export function printableUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** What is asked of a client of OpenAI's, as a shape: who uses another provider's need not have that package for its types. */
export interface OpenAIClient {
  chat: { completions: { create(call: never, options: never): unknown } };
}

/** What is asked of a client of Anthropic's. */
export interface AnthropicClient {
  messages: { create(call: never, options: never): unknown };
}
