import { DetectiveError } from '../errors.js';

export interface RetryOptions {
  /** Tries after the first one. Default 3. */
  maxRetries?: number;
  /** Milliseconds that one try may take, to the last byte of its answer. Default 60,000. */
  timeoutMs?: number;
  /** Milliseconds before the second try; doubled for each later one, with jitter. Default 500. */
  minTimeoutMs?: number;
  /** A server that asks for a longer wait than this is given up at once. Milliseconds, default 60,000. */
  maxRetryAfterMs?: number;
  signal?: AbortSignal | undefined;
}

/** One try took longer than it may. */
export class AttemptTimeout extends Error {
  constructor(readonly timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'AttemptTimeout';
  }
}

export const defaultTimeoutMs = 60_000;
const maxBackoffMs = 8_000;

/**
 * Calls an API until it answers: 408, 409, 429, 5xx, broken connections and time-outs are tried again with exponential
 * backoff, never earlier than `retry-after` allows. Anything else is thrown as it came. Each try gets a signal of its
 * own that fires on the time-out and on the caller's abort.
 *
 * @throws DetectiveError `aborted` at once when `signal` fires, even while waiting.
 */
export async function withRetries<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { maxRetries = 3, timeoutMs = defaultTimeoutMs, minTimeoutMs = 500, maxRetryAfterMs = 60_000 } = options;
  const { signal } = options;
  const { default: pRetry, AbortError } = await import('p-retry');
  try {
    return await pRetry(
      async () => {
        try {
          return await withinTime(attempt, timeoutMs, signal);
        } catch (error) {
          const wait = retryAfterMs(headersOf(error));
          if (!isRetryable(error) || (wait ?? 0) > maxRetryAfterMs) throw new AbortError(asError(error));
          throw new TryAgain(asError(error), wait ?? 0);
        }
      },
      {
        retries: maxRetries,
        minTimeout: minTimeoutMs,
        maxTimeout: Math.max(maxBackoffMs, minTimeoutMs),
        randomize: true,
        ...(signal ? { signal } : {}),
        // p-retry's own backoff comes on top, so that clients told the same date do not all return at once
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft > 0 && error instanceof TryAgain) await sleep(error.waitMs, signal);
        },
      },
    );
  } catch (error) {
    if (signal?.aborted) throw new DetectiveError('aborted', 'aborted by the caller', { cause: signal.reason });
    throw error instanceof TryAgain ? error.original : error;
  }
}

class TryAgain extends Error {
  constructor(
    readonly original: Error,
    readonly waitMs: number,
  ) {
    super(original.message);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

async function withinTime<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  outer: AbortSignal | undefined,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      reject(reason);
      controller.abort(reason);
    };
  });
  const timer = setTimeout(() => stop(new AttemptTimeout(timeoutMs)), timeoutMs);
  const onAbort = () => stop(outer!.reason);
  outer?.addEventListener('abort', onAbort, { once: true });
  try {
    // SDKs stop their own clocks once the headers are in: a body that never ends is cut here
    return await Promise.race([attempt(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onAbort);
  }
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Whether the same call may succeed a little later. Understands `openai`, `@anthropic-ai/sdk` and `fetch` errors. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof AttemptTimeout) return true;
  const status = statusOf(error);
  if (status === undefined) return isConnectionError(error);
  const told = headersOf(error)?.get('x-should-retry');
  if (told === 'true') return true;
  if (told === 'false') return false;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** The HTTP status that an SDK error carries. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}

const connectionCodes = /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENET|UND_ERR_)/;

/** Whether no answer came, or only a part of one: refused, reset, cut off, timed out. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof AttemptTimeout) return true;
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string' && connectionCodes.test(code)) return true;
    if (cause instanceof TypeError && /^(fetch failed|terminated|network error)$/i.test(cause.message)) return true;
    if (classNames(cause).some((name) => /^APIConnection(Timeout)?Error$/.test(name))) return true;
  }
  return false;
}

function classNames(error: Error): string[] {
  const names: string[] = [];
  for (let proto: unknown = Object.getPrototypeOf(error); proto; proto = Object.getPrototypeOf(proto)) {
    names.push((proto as { constructor: { name: string } }).constructor.name);
  }
  return names;
}

function headersOf(error: unknown): Headers | undefined {
  const headers = (error as { headers?: unknown } | null)?.headers;
  return headers instanceof Headers ? headers : undefined;
}

/** How long a server asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as a date. */
export function retryAfterMs(headers: Headers | undefined, now: number = Date.now()): number | null {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (exact >= 0) return exact;
  const header = headers?.get('retry-after')?.trim();
  if (!header) return null;
  const wait = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
