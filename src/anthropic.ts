export * from './adapters/wrap-anthropic.js';
