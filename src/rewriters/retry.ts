import pRetry, { AbortError } from 'p-retry';
import { DetectiveError, errorMessage, isDetectiveError } from '../errors.js';

export interface RetryOptions {
  /** Retries after the first try. Default 3. */
  retries?: number;
  /** The first wait, in milliseconds; it doubles. Default 500. */
  minTimeout?: number;
  /** A retry-after of more milliseconds than this is not waited for. Default 60 s. */
  maxRetryAfter?: number;
  signal?: AbortSignal | undefined;
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
};

/**
 * Calls an API and tries again after 408, 409, 429, 5xx, time-outs and broken connections, as long as the server asks to
 * wait (retry-after, retry-after-ms) and else with exponential back-off. An abort ends the waiting at once.
 *
 * @throws DetectiveError `rewriter-failed` naming the provider, the status and the cure, or `aborted`.
 */
export async function withRetries<T>(provider: string, call: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { retries = 3, minTimeout = 500, maxRetryAfter = 60_000, signal } = options;
  try {
    return await pRetry(
      async () => {
        try {
          return await call();
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
          await sleep(asked ?? minTimeout * 2 ** (attemptNumber - 1) * (1 + Math.random() * 0.25), signal);
        },
      },
    );
  } catch (error) {
    throw describeFailure(provider, error, signal);
  }
}

function isTransient(error: unknown): boolean {
  const { status, name } = error as ApiFailure;
  if (status !== undefined) return status === 408 || status === 409 || status === 429 || status >= 500;
  return (
    name === 'APIConnectionError' ||
    name === 'APIConnectionTimeoutError' ||
    /connection|timed? ?out|terminated|socket|fetch failed/i.test(errorMessage(error))
  );
}

/** Milliseconds that the server asks to wait, or null. */
export function retryAfter(error: ApiFailure, now = Date.now()): number | null {
  const { headers } = error;
  const read = (name: string) => (headers instanceof Headers ? headers.get(name) : headers?.[name]) ?? null;
  const milliseconds = read('retry-after-ms');
  if (milliseconds !== null && Number.isFinite(Number(milliseconds))) return Math.max(0, Number(milliseconds));
  const value = read('retry-after');
  if (value === null) return null;
  const wait = Number.isFinite(Number(value)) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new AbortError('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function describeFailure(provider: string, error: unknown, signal: AbortSignal | undefined): DetectiveError {
  if (signal?.aborted) return new DetectiveError('aborted', 'rewriting was aborted', { cause: signal.reason });
  if (isDetectiveError(error)) return error;
  const { status } = error as ApiFailure;
  const cure =
    status === undefined
      ? 'the server could not be reached or did not answer in time'
      : (hopeless[status] ??
        (status === 429 ? 'too many requests: wait, or raise the rate limit' : 'the server failed'));
  const detail = redact(errorMessage(error)).slice(0, 300);
  return new DetectiveError(
    'rewriter-failed',
    `${provider}: ${cure}${status === undefined ? '' : ` (HTTP ${status})`}: ${detail}`,
  );
}

/** Takes out what looks like a key. */
export function redact(text: string): string {
  return text.replace(/\b(sk|pk|key|api|bearer|token)[-_ ]?[A-Za-z0-9][A-Za-z0-9*_-]{7,}/gi, '[redacted]');
}
