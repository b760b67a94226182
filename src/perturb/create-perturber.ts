import { DetectiveError } from '../base/errors.js';
import { defaultModels } from '../models/default-models.js';
import { llmPerturber } from './llm/llm-perturber.js';
import { rulesPerturber } from './perturb.js';
import type { Perturber } from './perturbation.js';

/**
 * A perturber from its name: `rules`, `openai:MODEL`, `anthropic:MODEL`, or either with `@BASE_URL`.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these, or a provider whose key is not set.
 */
export function createPerturber(spec: string): Perturber {
  if (spec === 'rules') return rulesPerturber;
  const match = /^(openai|anthropic)(?::([^@]*?)(?:@(https?:\/\/\S+))?)?$/.exec(spec);
  if (!match)
    throw new DetectiveError(
      'bad-argument',
      `unknown perturber ${JSON.stringify(spec.slice(0, 100))}: use rules, openai:MODEL, anthropic:MODEL, or openai:MODEL@http://localhost:8000/v1`,
    );
  const provider = match[1] as keyof typeof defaultModels;
  return llmPerturber({
    provider,
    model: match[2] || defaultModels[provider],
    ...(match[3] ? { baseURL: match[3] } : {}),
  });
}
