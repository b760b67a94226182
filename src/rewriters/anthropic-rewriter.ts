import type Anthropic from '@anthropic-ai/sdk';
import { type ModelRewriterOptions, modelRewriter } from './model-rewriter.js';
import type { Rewriter } from './rewriter.js';

export type AnthropicRewriterOptions = Omit<ModelRewriterOptions, 'provider' | 'client'> & { client?: Anthropic };

/** A rewriter on the Anthropic messages API: `modelRewriter({ provider: 'anthropic' })`. */
export const anthropicRewriter = (options: AnthropicRewriterOptions): Rewriter =>
  modelRewriter({ ...options, provider: 'anthropic' });
