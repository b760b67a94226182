import { DetectiveError } from '../base/errors.js';
import { defaultModels } from '../models/default-models.js';
import { anthropicRewriter } from './anthropic-rewriter.js';
import { localRewriter } from './local/local-rewriter.js';
import { openaiRewriter } from './openai-rewriter.js';
import type { Rewriter } from './rewriter.js';

/**
 * A rewriter from its name: `local`, `openai:MODEL`, `anthropic:MODEL`, or either with `@BASE_URL`.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these.
 */
export function createRewriter(spec: string): Rewriter {
  if (spec === 'local') return localRewriter();
  const match = /^(openai|anthropic)(?::([^@]*?)(?:@(https?:\/\/\S+))?)?$/.exec(spec);
  if (!match) {
    throw new DetectiveError(
      'bad-argument',
      `unknown rewriter ${JSON.stringify(spec.slice(0, 100))}: use local, openai:MODEL, anthropic:MODEL, or openai:MODEL@http://localhost:8000/v1`,
    );
  }
  const provider = match[1] as keyof typeof defaultModels;
  const options = { model: match[2] || defaultModels[provider], ...(match[3] ? { baseURL: match[3] } : {}) };
  return provider === 'openai' ? openaiRewriter(options) : anthropicRewriter(options);
}

/** The rewriter of the provider whose key is set; else the local one, which needs no network. */
export function defaultRewriter(env: Readonly<Record<string, string | undefined>> = process.env): Rewriter {
  if (env.OPENAI_API_KEY) return openaiRewriter({ model: defaultModels.openai, apiKey: env.OPENAI_API_KEY });
  if (env.ANTHROPIC_API_KEY)
    return anthropicRewriter({ model: defaultModels.anthropic, apiKey: env.ANTHROPIC_API_KEY });
  return localRewriter();
}
