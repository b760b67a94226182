import { parseModelSpec, providers } from '../models/address.js';
import { localRewriter } from './local/local-rewriter.js';
import { type ModelRewriterOptions, modelRewriter } from './model-rewriter.js';
import type { Rewriter } from './rewriter.js';

/**
 * A rewriter from its name: `local`, `openai:MODEL`, `anthropic:MODEL`, `gemini:MODEL`, or one of these with `@BASE_URL`.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these, or a provider whose key is not set.
 */
export function createRewriter(spec: string, asking: Pick<ModelRewriterOptions, 'imageSide'> = {}): Rewriter {
  return spec === 'local'
    ? localRewriter()
    : modelRewriter({ ...parseModelSpec(spec, 'rewriter', 'local, '), ...asking });
}

/** The rewriter of the provider whose key is set; else the local one, which needs no network. */
export function defaultRewriter(
  env: Readonly<Record<string, string | undefined>> = process.env,
  asking: Pick<ModelRewriterOptions, 'imageSide'> = {},
): Rewriter {
  for (const [provider, apiKey] of [
    ['openai', env.OPENAI_API_KEY],
    ['anthropic', env.ANTHROPIC_API_KEY],
  ] as const)
    if (apiKey) return modelRewriter({ provider, model: providers[provider].model, apiKey, ...asking });
  return localRewriter();
}
