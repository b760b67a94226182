export * from './adapters/wrap-openai.js';
