export * from './adapters/ai-sdk/self-correction.js';
