import type { OpenAIClient } from '../models/address.js';
import { type ModelRewriterOptions, modelRewriter } from './model-rewriter.js';
import type { Rewriter } from './rewriter.js';

export type OpenAIRewriterOptions = Omit<ModelRewriterOptions, 'provider' | 'client'> & { client?: OpenAIClient };

/** A rewriter on any chat completions API: `modelRewriter({ provider: 'openai' })`. */
export const openaiRewriter = (options: OpenAIRewriterOptions): Rewriter =>
  modelRewriter({ ...options, provider: 'openai' });
