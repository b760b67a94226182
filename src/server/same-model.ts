import { DetectiveError } from '../base/errors.js';
import type { HttpCall } from '../http/correct-response.js';
import type { Rewriter } from '../rewriters/rewriter.js';
import type { WireProtocol } from '../wire/protocols.js';

const notOfTheRewrite = ['content-length', 'content-encoding', 'content-type', 'host', 'accept', 'idempotency-key'];

/**
 * The call's own model at the call's own upstream, asked with the call's own headers (so with the caller's key).
 *
 * @param origin The upstream without `/v1`.
 * @throws DetectiveError `bad-argument` where the call names no model.
 */
export async function sameModelRewriter(
  { provider }: Pick<WireProtocol, 'provider'>,
  { origin, headers, model }: { origin: string; headers: HttpCall['headers']; model: string | undefined },
): Promise<Rewriter> {
  if (model === undefined) {
    throw new DetectiveError('bad-argument', 'the call names no model to rewrite with: start with --rewriter');
  }
  const own = new Headers(headers);
  for (const name of notOfTheRewrite) own.delete(name);
  const fetch = (url: string | URL | Request, init?: RequestInit) => {
    const sent = new Headers(init?.headers);
    sent.delete('authorization');
    sent.delete('x-api-key');
    for (const [name, value] of own) sent.set(name, value);
    return globalThis.fetch(url, { ...init, headers: sent });
  };
  if (provider === 'gemini') {
    const { modelRewriter } = await import('../rewriters/model-rewriter.js');
    const apiKey = own.get('x-goog-api-key');
    if (apiKey === null) {
      throw new DetectiveError('bad-argument', 'the call has no x-goog-api-key to rewrite with: start with --rewriter');
    }
    return modelRewriter({ provider, model, apiKey, baseURL: `${origin}/v1beta` });
  }
  // the key is in the call's headers
  const settings = { apiKey: 'none', maxRetries: 0, fetch };
  if (provider === 'anthropic') {
    const [{ Anthropic }, { anthropicRewriter }] = await Promise.all([
      import('@anthropic-ai/sdk'),
      import('../rewriters/anthropic-rewriter.js'),
    ]);
    return anthropicRewriter({ model, client: new Anthropic({ ...settings, baseURL: origin }) });
  }
  const [{ OpenAI }, { openaiRewriter }] = await Promise.all([
    import('openai'),
    import('../rewriters/openai-rewriter.js'),
  ]);
  return openaiRewriter({ model, client: new OpenAI({ ...settings, baseURL: `${origin}/v1` }) });
}
