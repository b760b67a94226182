import { DetectiveError } from '../base/errors.js';

/**
 * Marks the calls that this package makes itself, so that a wrapped client does not correct the corrections. No caller from
 * outside this process can know its name.
 */
export const rewriteCallHeader = `x-vlm-detective-pass-${crypto.randomUUID()}`;

export interface Address {
  model: string;
  apiKey?: string;
  baseURL?: string;
}

/**
 * The key for a call: the given one; else the environment's, which goes to any https server and to this machine but never
 * in the clear over a network; else `none` for a server of one's own, which may want no key.
 */
export function keyFor(variable: string, { apiKey, baseURL }: Omit<Address, 'model'>): string | undefined {
  if (apiKey !== undefined) return apiKey;
  if (baseURL === undefined) return process.env[variable] || undefined;
  const { protocol, hostname } = new URL(baseURL);
  const safe = protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (safe && process.env[variable]) || 'none';
}

/** @throws DetectiveError `bad-argument` unless it is an http(s) URL. */
export function checkBaseURL(baseURL: string): string {
  if (URL.canParse(baseURL) && /^https?:$/.test(new URL(baseURL).protocol)) return baseURL;
  throw new DetectiveError('bad-argument', 'the base URL of a model must look like http://localhost:8000/v1');
}

/** `openai:MODEL`, with the server's address (without user, password and query) where it is not the provider's own. */
export function rewriterName(provider: string, { model, baseURL }: Address): string {
  return baseURL === undefined ? `${provider}:${model}` : `${provider}:${model}@${printableUrl(baseURL)}`;
}

/** A server's address as it may stand in a report: without user, password, query and fragment. */
export function printableUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
