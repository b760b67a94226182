import type { OpenAI } from 'openai';
import { DetectiveError } from '../base/errors.js';
import { askAndCorrect, bodyText, isEventStream } from '../http/correct-response.js';
import { isWithinCorrection, withoutMark } from '../http/reentrancy.js';
import type { Price } from '../models/price.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { keepReports } from './reports.js';
import type { WrapOptions } from './wrap-options.js';

export type { CompactReport, ResponseReport } from '../http/report.js';
export { correctionReports } from './reports.js';
export type { WrapOptions } from './wrap-options.js';

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What is needed of a client: the `openai` package's, and every one made like it (Azure, Groq, Together, …). */
interface FetchClient {
  fetch?: Fetch;
  timeout?: number;
  withOptions(options: object): FetchClient;
  /** The SDK's hook for subclasses: called with each request before it is sent. */
  prepareRequest?(request: RequestInit, context: { options: CallOptions }): Promise<void>;
}

interface CallOptions {
  signal?: AbortSignal | null;
  timeout?: number;
}

/** The caller's own signal and the time-out of each call, by the headers object that travels with it. */
type CallLimits = WeakMap<Headers, { signal?: AbortSignal | null; timeoutMs?: number }>;

const wrappedMark = Symbol.for('vlm-detective.wrapped');

/** Sent with each request; one may only stand for one. */
const onceOnlyHeaders = ['idempotency-key', 'content-length'];

/** The share of what is left of the SDK's time-out that a correction may use, so that the best so far gets out. */
const usableShare = 0.9;

/**
 * A client of the same type whose answers about pictures come back corrected: chat completions and responses, one or
 * several choices, parsed or not, streamed or not (`options.stream`). Read the report with `correctionReports(answer)`.
 * The client handed in is not changed; a wrapped client is handed back as it is.
 *
 * The corrections run inside the SDK's `timeout` (10 minutes by default): shortly before it, the best answer so far
 * comes back with status `budget` or `aborted`. A stream's time-out ends, as in the SDK, when its first byte is there. A failure of the correction never costs the answer, nor a retry; with
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
  const limits: CallLimits = new WeakMap();
  const fetch = Object.assign(correctingFetch(inner as FetchClient, options, limits), { [wrappedMark]: true });
  return rememberLimits(inner.withOptions({ fetch }), limits) as T;
}

function correctingFetch(client: FetchClient, options: WrapOptions, limits: CallLimits): Fetch {
  const upstream: Fetch = client.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return async (input, init) => {
    const started = performance.now();
    const body = bodyText(init?.body);
    if (init === undefined || body === undefined) return upstream(input, init);
    const headers = new Headers(init.headers);
    if (isWithinCorrection(headers)) return upstream(input, { ...init, headers: withoutMark(headers) });
    const url = input instanceof Request ? input.url : String(input);
    const { method = 'GET', signal } = init;
    const limit = init.headers instanceof Headers ? limits.get(init.headers) : undefined;
    const call = { url, method, headers, body, ...(signal ? { signal } : {}) };
    const ask = () => upstream(input, init);
    const { original, corrected } = await askAndCorrect(call, { ...options, keep: keepReports }, ask, (response) => {
      // The SDK's time-out of a stream is over once the headers are there.
      const timeoutMs = (isEventStream(response) ? undefined : limit?.timeoutMs) ?? Number.POSITIVE_INFINITY;
      const left = timeoutMs - (performance.now() - started);
      const timeMs = Math.min(options.budget?.timeMs ?? Number.POSITIVE_INFINITY, Math.max(1, left * usableShare));
      return {
        ...options,
        ...(Number.isFinite(timeMs) ? { budget: { ...options.budget, timeMs } } : {}),
        rewriter: options.rewriter ?? (({ model }) => sameModel(client, upstream, url, init, { ...options, model })),
      };
    });
    // Aborted by the caller: so say so, as fetch does. Timed out: the answer is there and paid for, and an error would
    // make the SDK buy another.
    if (limit?.signal?.aborted && corrected !== original) throw limit.signal.reason;
    return corrected;
  };
}

/**
 * Notes the limits of each call of this client and of its clones. The SDK hands `fetch` one signal for the caller's abort
 * and for its time-out, and they must not end alike.
 */
function rememberLimits(client: FetchClient, limits: CallLimits): FetchClient {
  const prepare = client.prepareRequest?.bind(client);
  const clone = client.withOptions.bind(client);
  const prepareRequest: FetchClient['prepareRequest'] = async (request, context) => {
    await prepare?.(request, context);
    const { signal, timeout: timeoutMs = client.timeout } = context.options;
    if (!(request.headers instanceof Headers)) return;
    limits.set(request.headers, {
      ...(signal ? { signal } : {}),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  };
  const withOptions: FetchClient['withOptions'] = (options) => rememberLimits(clone(options), limits);
  return Object.defineProperties(client, {
    prepareRequest: { value: prepareRequest, configurable: true, writable: true },
    withOptions: { value: withOptions, configurable: true, writable: true },
  });
}

/** The call's own model, asked by the call's own request with another body: same address, same key, same proxy. */
async function sameModel(
  client: FetchClient,
  upstream: Fetch,
  url: string,
  call: RequestInit,
  { model, price }: { model: string | undefined; price?: Price },
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
  return openaiRewriter({
    model,
    client: client.withOptions({ fetch }) as unknown as OpenAI,
    ...(price ? { price } : {}),
  });
}
