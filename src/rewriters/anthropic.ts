export * from './anthropic-rewriter.js';
