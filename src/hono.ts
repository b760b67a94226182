export * from './adapters/hono.js';
