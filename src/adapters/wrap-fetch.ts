import { askAndCorrect, bodyText } from '../http/correct-response.js';
import { isWithinCorrection, withoutMark } from '../http/reentrancy.js';
import { defaultRewriter } from '../rewriters/create-rewriter.js';
import { modelRewriter } from '../rewriters/model-rewriter.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import { protocolOf } from '../wire/protocols.js';
import { keepReports } from './reports.js';
import type { WrapOptions } from './wrap-options.js';

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` whose answers about pictures come back corrected, whichever of the wire protocols they speak: for SDKs that
 * take a `fetch`, such as Google's, and for calls that are made by hand. Everything else passes through, and so does a call
 * that is given as a `Request` or with a body that is no text or bytes.
 *
 * Default of `options.rewriter`: the call's own model, at its address and with its key, where the key is in a header.
 *
 * @example
 * new GoogleGenAI({ apiKey, httpOptions: { fetch: wrapFetch(fetch, { scorer: await createScorer('auto') }) } });
 */
export function wrapFetch(fetch: Fetch, options: WrapOptions): Fetch {
  return async (input, init) => {
    const body = bodyText(init?.body);
    if (init === undefined || body === undefined || input instanceof Request) return fetch(input, init);
    const headers = new Headers(init.headers);
    if (isWithinCorrection(headers)) return fetch(input, { ...init, headers: withoutMark(headers) });
    const url = String(input);
    const { method = 'GET', signal } = init;
    const call = { url, method, headers, body, ...(signal ? { signal } : {}) };
    const { original, corrected } = await askAndCorrect(
      call,
      { ...options, keep: keepReports },
      () => fetch(input, init),
      () => ({
        ...options,
        rewriter: options.rewriter ?? (({ model }) => sameModel({ url, headers, model, price: options.price })),
      }),
    );
    if (signal?.aborted && corrected !== original) throw signal.reason;
    return corrected;
  };
}

/** The call's own model, asked at the call's own address with the call's own key. */
function sameModel({
  url,
  headers,
  model,
  price,
}: {
  url: string;
  headers: Headers;
  model: string | undefined;
  price: WrapOptions['price'];
}): Rewriter {
  const protocol = protocolOf('POST', url);
  const key =
    headers.get('x-goog-api-key') ??
    headers.get('x-api-key') ??
    headers.get('authorization')?.replace(/^Bearer\s+/i, '');
  if (protocol === undefined || model === undefined || !key) return defaultRewriter();
  const base = url.replace(/[?#].*$/s, '').replace(protocol.route, '');
  return modelRewriter({
    provider: protocol.provider,
    model,
    apiKey: key,
    // Anthropic's SDK puts the version behind the base itself
    baseURL: protocol.provider === 'anthropic' ? base.replace(/\/v1$/, '') : base,
    ...(price ? { price } : {}),
  });
}
