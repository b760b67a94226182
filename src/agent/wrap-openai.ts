import type { OpenAI } from 'openai';
import { DetectiveError } from '../errors.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { bodyText } from './http/body-text.js';
import { correctResponse } from './http/correct-response.js';
import type { WrapOptions } from './wrap-options.js';

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What is needed of a client: the `openai` package's, and every one made like it (Azure, Groq, Together, …). */
interface FetchClient {
  fetch?: Fetch;
  withOptions(options: { fetch: Fetch }): FetchClient;
}

const wrappedMark = Symbol.for('vlm-detective.wrapped');

/** Sent with each request; one may only stand for one. */
const onceOnlyHeaders = ['idempotency-key', 'content-length'];

/** The share of the SDK's own time-out that calls and corrections may use, so that the best so far still gets out. */
const usableShare = 0.9;

/**
 * A client of the same type whose answers about pictures come back corrected: chat completions and responses, one or
 * several choices, parsed or not. The answer carries its report: read it with `correctionReports(result)`. Streams are
 * passed through with one warning. The client handed in is not changed; a wrapped client is handed back as it is.
 *
 * The corrections run inside the SDK's `timeout` (10 minutes by default): shortly before it, the best answer so far
 * comes back with status `budget` or `aborted`. A failure of the correction never costs the answer, nor a retry; with
 * `failClosed` it is an `UnprocessableEntityError`.
 *
 * @throws DetectiveError `bad-argument` for a client without `withOptions()`.
 */
export function wrapOpenAI<T extends object>(client: T, options: WrapOptions): T {
  const inner = client as Partial<FetchClient>;
  if (typeof inner.withOptions !== 'function') {
    throw new DetectiveError('bad-argument', 'wrapOpenAI: pass a client of the openai package: it needs withOptions()');
  }
  if (inner.fetch !== undefined && wrappedMark in inner.fetch) return client;
  const fetch = correctingFetch(inner as FetchClient, options);
  return inner.withOptions({ fetch: Object.assign(fetch, { [wrappedMark]: true }) }) as T;
}

function correctingFetch(client: FetchClient, options: WrapOptions): Fetch {
  const upstream: Fetch = client.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return async (input, init) => {
    const started = performance.now();
    const response = await upstream(input, init);
    const body = bodyText(init?.body);
    if (init === undefined || body === undefined) return response;
    const url = input instanceof Request ? input.url : String(input);
    const { signal } = init;
    const headers = new Headers(init.headers);
    const timeout = timeoutOf(headers);
    const left = timeout === undefined ? undefined : Math.max(1, (timeout - elapsed(started)) * usableShare);
    const timeMs = Math.min(options.budget?.timeMs ?? Number.POSITIVE_INFINITY, left ?? Number.POSITIVE_INFINITY);
    const corrected = await correctResponse(
      { url, method: init.method ?? 'GET', headers, body, ...(signal ? { signal } : {}) },
      response,
      {
        ...options,
        ...(Number.isFinite(timeMs) ? { budget: { ...options.budget, timeMs } } : {}),
        rewriter: options.rewriter ?? (({ model }) => sameModel(client, upstream, url, init, model)),
      },
    );
    // Aborted by the caller: so say so, as fetch does. Timed out: the answer is there and paid for, and an error would
    // make the SDK buy another.
    if (signal?.aborted && corrected !== response && !couldBeTimeout(timeout, elapsed(started))) throw signal.reason;
    return corrected;
  };
}

/** The call's own model, asked by the call's own request with another body: same address, same key, same proxy. */
async function sameModel(
  client: FetchClient,
  upstream: Fetch,
  url: string,
  call: RequestInit,
  model: string | undefined,
): Promise<Rewriter> {
  if (model === undefined) {
    throw new DetectiveError('bad-argument', 'the call names no model to rewrite with: set the option rewriter');
  }
  const { openaiRewriter } = await import('../rewriters/openai-rewriter.js');
  const headers = new Headers(call.headers);
  for (const name of onceOnlyHeaders) headers.delete(name);
  const address = url.replace(/\/responses(?=\/?(?:[?#]|$))/, '/chat/completions');
  const { signal: _, ...rest } = call;
  const fetch: Fetch = (_input, init) =>
    upstream(address, {
      ...rest,
      headers,
      ...(init?.body == null ? {} : { body: init.body }),
      ...(init?.signal ? { signal: init.signal } : {}),
    });
  return openaiRewriter({ model, client: client.withOptions({ fetch }) as unknown as OpenAI });
}

const elapsed = (started: number) => performance.now() - started;

/** The SDK's time-out in milliseconds, rounded down to whole seconds as it sends it; undefined where it sends none. */
function timeoutOf(headers: Headers): number | undefined {
  const seconds = Number(headers.get('x-stainless-timeout') ?? 'none');
  return Number.isFinite(seconds) && seconds >= 1 ? seconds * 1000 : undefined;
}

/** The SDK's one signal stands for both. Under a second the header says 0, and nothing is known. */
function couldBeTimeout(timeout: number | undefined, after: number): boolean {
  return timeout === undefined || after >= timeout;
}
