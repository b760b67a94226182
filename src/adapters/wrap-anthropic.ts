import type Anthropic from '@anthropic-ai/sdk';
import { DetectiveError } from '../base/errors.js';
import { askAndCorrect, bodyText } from '../http/correct-response.js';
import { isWithinCorrection, withoutMark } from '../http/reentrancy.js';
import type { Price } from '../models/price.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { keepReports } from './reports.js';
import type { WrapOptions } from './wrap-options.js';

export type { CompactReport, ResponseReport } from '../http/report.js';
export { correctionReports } from './reports.js';
export type { WrapOptions } from './wrap-options.js';

interface MiddlewareRequest extends RequestInit {
  url: string;
  headers: Headers;
}
type Next = (request: MiddlewareRequest) => Promise<Response>;
interface MiddlewareContext {
  options?: { signal?: AbortSignal | null | undefined } | undefined;
}
type Middleware = (request: MiddlewareRequest, next: Next, context: MiddlewareContext) => Promise<Response>;

interface MiddlewareClient {
  middleware: Middleware[];
  withOptions(options: { middleware: Middleware[] }): MiddlewareClient;
}

const wrappedMark = Symbol.for('vlm-detective.wrapped');

/** Sent with each request; one may only stand for one. */
const onceOnlyHeaders = ['idempotency-key', 'content-length'];

/**
 * A client of the same type whose answers about pictures come back corrected: messages, parsed or not, streamed or not
 * (`options.stream`), on Anthropic, Bedrock, Vertex or Foundry. Read the report with `correctionReports(answer)`. The
 * client handed in is not changed; a wrapped client is handed back as it is.
 *
 * The SDK's `timeout` holds for each of its calls, not for the correction: bound that with `budget.timeMs` or a signal.
 * A failure of the correction never costs the answer, nor a retry; with `failClosed` it is an
 * `UnprocessableEntityError`.
 *
 * @throws DetectiveError `bad-argument` for a client without middleware (before 1.0 of the SDK).
 */
export function wrapAnthropic<T extends object>(client: T, options: WrapOptions): T {
  const inner = client as Partial<MiddlewareClient>;
  if (typeof inner.withOptions !== 'function' || !Array.isArray(inner.middleware)) {
    throw new DetectiveError(
      'bad-argument',
      'wrapAnthropic: pass a client of @anthropic-ai/sdk 1.x: it needs middleware',
    );
  }
  if (inner.middleware.some((middleware) => wrappedMark in middleware)) return client;
  const correcting = Object.assign(correctingMiddleware(inner as MiddlewareClient, options), { [wrappedMark]: true });
  // Outermost, so that the other middlewares see the model's own answer, and this one what they make of it.
  return inner.withOptions({ middleware: [correcting, ...inner.middleware] }) as T;
}

function correctingMiddleware(client: MiddlewareClient, options: WrapOptions): Middleware {
  return async (request, next, context) => {
    const body = bodyText(request.body);
    const { url, method = 'GET', headers, signal } = request;
    if (body === undefined) return next(request);
    if (isWithinCorrection(headers)) return next({ ...request, headers: withoutMark(headers) });
    // Of the headers as they are now: what comes after may change them in place.
    const sent = { ...request, headers: new Headers(headers) };
    const call = { url, method, headers, body, ...(signal ? { signal } : {}) };
    const { original, corrected } = await askAndCorrect(
      call,
      { ...options, keep: keepReports },
      () => next(request),
      () => ({
        ...options,
        rewriter: options.rewriter ?? (({ model }) => sameModel(client, sent, next, { ...options, model })),
      }),
    );
    if (context.options?.signal?.aborted && corrected !== original) {
      throw new DOMException('This operation was aborted', 'AbortError');
    }
    return corrected;
  };
}

/** The call's own model, asked by the call's own request with another body: same back end, same key, same betas. */
async function sameModel(
  client: MiddlewareClient,
  call: MiddlewareRequest,
  next: Next,
  { model, price }: { model: string | undefined; price?: Price },
): Promise<Rewriter> {
  if (model === undefined) {
    throw new DetectiveError('bad-argument', 'the call names no model to rewrite with: set the option rewriter');
  }
  const { anthropicRewriter } = await import('../rewriters/anthropic-rewriter.js');
  const send: Middleware = (request) => {
    const headers = new Headers(call.headers);
    for (const name of onceOnlyHeaders) headers.delete(name);
    const { body, signal } = request;
    return next({ ...call, headers, ...(body == null ? {} : { body }), ...(signal ? { signal } : {}) });
  };
  return anthropicRewriter({
    model,
    client: client.withOptions({ middleware: [send] }) as unknown as Anthropic,
    ...(price ? { price } : {}),
  });
}
