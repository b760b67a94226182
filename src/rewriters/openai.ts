export * from './openai-rewriter.js';
