import { DetectiveError } from '../../base/errors.js';
import type { HttpCall } from '../../http/correct-response.js';
import { providers } from '../../models/address.js';
import { modelRewriter } from '../../rewriters/model-rewriter.js';
import type { Rewriter } from '../../rewriters/rewriter.js';
import type { WireProtocol } from '../../wire/protocols.js';

const notOfTheRewrite = ['content-length', 'content-encoding', 'content-type', 'host', 'accept', 'idempotency-key'];
const keyHeaders = ['authorization', 'x-api-key', 'x-goog-api-key'];

const keyOf = (headers: Headers): string | undefined =>
  keyHeaders.map((name) => headers.get(name)?.replace(/^Bearer\s+/i, '')).find(Boolean);

/**
 * The call's own model at the call's own upstream, asked with the call's own headers (so with the caller's key).
 *
 * @param origin The upstream without `/v1`.
 * @throws DetectiveError `bad-argument` where the call names no model.
 */
export function sameModelRewriter(
  { provider }: Pick<WireProtocol, 'provider'>,
  { origin, headers, model }: { origin: string; headers: HttpCall['headers']; model: string | undefined },
): Rewriter {
  if (model === undefined) {
    throw new DetectiveError('bad-argument', 'the call names no model to rewrite with: start with --rewriter');
  }
  const own = new Headers(headers);
  for (const name of notOfTheRewrite) own.delete(name);
  return modelRewriter({
    provider,
    model,
    name: `${provider}:${model}`,
    // the call's headers carry the key; here it is named so that no message repeats it
    apiKey: keyOf(own) ?? 'none',
    baseURL: origin + providers[provider].base,
    fetch: (url, init) => {
      const sent = new Headers(init?.headers);
      for (const name of keyHeaders) sent.delete(name);
      for (const [name, value] of own) sent.set(name, value);
      return globalThis.fetch(url, { ...init, headers: sent });
    },
  });
}
