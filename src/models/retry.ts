import { setTimeout } from 'node:timers/promises';
import isNetworkError from 'is-network-error';
import pRetry, { AbortError } from 'p-retry';
import { abortError, withinTime } from '../base/abort.js';
import { DetectiveError, type ErrorCode, errorMessage, isDetectiveError } from '../base/errors.js';
import { redact } from '../base/redact.js';

/** What failed, by what the model was asked for. */
export type ModelFailure = Extract<ErrorCode, 'rewriter-failed' | 'scorer-failed' | 'model-failed'>;

export interface RetryOptions {
  /** Retries after the first try. Default 3. */
  retries?: number;
  /** The first wait, in milliseconds; it doubles. Default 500. */
  minTimeout?: number;
  /** A retry-after of more milliseconds than this is not waited for. Default 60 s. */
  maxRetryAfter?: number;
  /** Milliseconds that one try may take, to the last byte of its answer. Default 60 s. */
  timeoutMs?: number;
  /** Texts, such as keys, that no message may repeat. */
  secrets?: readonly (string | undefined)[];
  signal?: AbortSignal | undefined;
  /** The code of a failure for good. Default `rewriter-failed`. */
  failure?: ModelFailure;
}

/** What both SDKs put on their errors. */
interface ApiFailure {
  status?: number;
  headers?: Headers | Record<string, string>;
  name?: string;
}

const hopeless: Readonly<Record<number, string>> = {
  400: 'the request was refused as malformed',
  401: 'the API key is missing or wrong',
  403: 'the API key may not use this model',
  404: 'there is no such model or address',
  413: 'the request is too large: use a smaller picture',
  422: 'the request was refused as malformed',
};

/** One try took longer than it may. */
export class AttemptTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms: raise timeoutMs, or use a faster model`);
    this.name = 'AttemptTimeout';
  }
}

/**
 * Calls an API and tries again after 408, 409, 429, 5xx, time-outs and broken connections, as long as the server asks to
 * wait (retry-after, retry-after-ms) and else with exponential back-off. An abort ends the waiting at once. Each try gets
 * a signal that fires on its time-out and on the abort; one that does not heed it is given up all the same.
 *
 * @throws DetectiveError `rewriter-failed` (or what `failure` says) naming the provider, the status and the cure, or
 * `aborted`.
 */
export async function withRetries<T>(
  provider: string,
  call: (signal: AbortSignal) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { retries = 3, minTimeout = 500, maxRetryAfter = 60_000, timeoutMs = 60_000, signal } = options;
  try {
    return await pRetry(
      async () => {
        try {
          // the clocks of the SDKs stop at the headers, and a body that never ends would hang
          return await withinTime(call, timeoutMs, () => new AttemptTimeout(timeoutMs), signal);
        } catch (error) {
          if (signal?.aborted || isDetectiveError(error) || !isTransient(error))
            throw new AbortError(error instanceof Error ? error : new Error(String(error)));
          throw error instanceof Error ? error : new Error(String(error));
        }
      },
      {
        retries,
        minTimeout: 0,
        maxTimeout: 0,
        ...(signal ? { signal } : {}),
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (retriesLeft === 0) return;
          const asked = retryAfter(error as ApiFailure);
          if (asked !== null && asked > maxRetryAfter) throw new AbortError(error);
          const wait = asked ?? minTimeout * 2 ** (attemptNumber - 1) * (1 + Math.random() * 0.25);
          await setTimeout(wait, undefined, signal ? { signal } : {});
        },
      },
    );
  } catch (error) {
    throw describeFailure(provider, error instanceof AbortError ? error.originalError : error, options);
  }
}

const networkCode = /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENET|UND_ERR_)/;

function isTransient(error: unknown): boolean {
  const { status } = error as ApiFailure;
  if (status !== undefined) {
    const told = readHeader(error as ApiFailure, 'x-should-retry');
    if (told === 'true' || told === 'false') return told === 'true';
    return status === 408 || status === 409 || status === 429 || status >= 500;
  }
  return error instanceof AttemptTimeout || isNetworkFailure(error);
}

/** Refused, reset, cut off or timed out, wherever in the chain of causes. */
function isNetworkFailure(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth === 5) return false;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  return networkCode.test(code) || isNetworkFailure(error.cause, depth + 1) || isNetworkError(error);
}

function readHeader({ headers }: ApiFailure, name: string): string | null {
  return (headers instanceof Headers ? headers.get(name) : headers?.[name]) ?? null;
}

/** Milliseconds that the server asks to wait, or null. */
export function retryAfter(error: ApiFailure, now = Date.now()): number | null {
  const milliseconds = readHeader(error, 'retry-after-ms')?.trim();
  if (milliseconds && Number.isFinite(Number(milliseconds))) return Math.max(0, Number(milliseconds));
  const value = readHeader(error, 'retry-after')?.trim();
  if (!value) return null;
  const wait = Number.isFinite(Number(value)) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

/** What is being done where that fails, in words. */
export const failing = {
  'rewriter-failed': 'rewriting',
  'scorer-failed': 'scoring',
  'model-failed': 'asking the model',
};

function describeFailure(provider: string, error: unknown, options: RetryOptions): DetectiveError {
  const { signal, secrets, failure = 'rewriter-failed' } = options;
  if (signal?.aborted) return abortError(signal, failing[failure]);
  if (isDetectiveError(error)) return error;
  const { status } = error as ApiFailure;
  const asked = retryAfter(error as ApiFailure);
  const detail = redact(errorMessage(error), secrets).slice(0, 300);
  return new DetectiveError(
    failure,
    `${redact(provider, secrets)}: ${cureOf(error, status)}${status === undefined ? '' : ` (HTTP ${status})`}: ${detail}`,
    { provider, ...(status === undefined ? {} : { status }), ...(asked === null ? {} : { retryAfterMs: asked }) },
  );
}

function cureOf(error: unknown, status: number | undefined): string {
  if (status === 429) return 'too many requests, or no quota left: wait, or raise the rate limit';
  if (status !== undefined && status >= 300 && status < 400)
    return 'the server sends the call to another address: use that one as the base URL';
  if (status !== undefined) return hopeless[status] ?? 'the server failed: try again later';
  if (error instanceof SyntaxError) return 'the server did not answer in JSON: check the base URL';
  return 'the server could not be reached or did not answer in time: check that it is running';
}
