export { captionScene } from './scenes/captions/index.js';
export * from './scenes/index.js';
