import { DetectiveError } from '../errors.js';
import type { Usage } from './rewriter.js';

/** Marks the calls of a rewriter, so that a wrapped client does not correct the corrections. */
export const rewriteCallHeader = 'x-vlm-detective-pass';

interface Address {
  model: string;
  apiKey?: string;
  baseURL?: string;
}

/**
 * The key for a call: the given one; else the environment's, which goes to any https server and to this machine but never
 * in the clear over a network; else `none` for a server of one's own, which may want no key.
 */
export function keyFor(variable: string, { apiKey, baseURL }: Address): string | undefined {
  if (apiKey !== undefined) return apiKey;
  if (baseURL === undefined) return process.env[variable] || undefined;
  const { protocol, hostname } = new URL(baseURL);
  const safe = protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (safe && process.env[variable]) || 'none';
}

/** @throws DetectiveError `bad-argument` unless it is an http(s) URL. */
export function checkBaseURL(baseURL: string): string {
  if (URL.canParse(baseURL) && /^https?:$/.test(new URL(baseURL).protocol)) return baseURL;
  throw new DetectiveError('bad-argument', 'the base URL of a rewriter must look like http://localhost:8000/v1');
}

/** `openai:MODEL`, with the server's address (without user, password and query) where it is not the provider's own. */
export function rewriterName(provider: string, { model, baseURL }: Address): string {
  if (baseURL === undefined) return `${provider}:${model}`;
  const { protocol, host, pathname } = new URL(baseURL);
  return `${provider}:${model}@${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DetectiveError('aborted', 'rewriting was aborted', { cause: signal.reason });
}

/** A token count as a server reports it; 0 where it reports none. */
export function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** The usage with its cost, where the price is known. */
export function withCost(usage: Usage, price: Price | undefined): Usage {
  if (price === undefined) return usage;
  return { ...usage, cost: (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6 };
}
