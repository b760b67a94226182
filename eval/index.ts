export * from './benchmarks/index.js';
export { captionScene } from './scenes/captions/index.js';
export * from './scenes/index.js';
export * from './tldr/index.js';
