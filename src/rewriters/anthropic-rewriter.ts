import type { AnthropicClient } from '../models/address.js';
import { type ModelRewriterOptions, modelRewriter } from './model-rewriter.js';
import type { Rewriter } from './rewriter.js';

export type AnthropicRewriterOptions = Omit<ModelRewriterOptions, 'provider' | 'client'> & { client?: AnthropicClient };

/** A rewriter on the Anthropic messages API: `modelRewriter({ provider: 'anthropic' })`. */
export const anthropicRewriter = (options: AnthropicRewriterOptions): Rewriter =>
  modelRewriter({ ...options, provider: 'anthropic' });
