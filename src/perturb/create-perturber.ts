import { parseModelSpec } from '../models/address.js';
import { llmPerturber } from './llm/llm-perturber.js';
import { rulesPerturber } from './perturb.js';
import type { Perturber } from './perturbation.js';

/**
 * A perturber from its name: `rules`, `openai:MODEL`, `anthropic:MODEL`, `gemini:MODEL`, or one of these with `@BASE_URL`.
 *
 * @throws DetectiveError `bad-argument` for a name that is none of these, or a provider whose key is not set.
 */
export function createPerturber(spec: string): Perturber {
  return spec === 'rules' ? rulesPerturber : llmPerturber(parseModelSpec(spec, 'perturber', 'rules, '));
}
