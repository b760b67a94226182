export { captionScene } from './captions/index.js';
export { drawScene } from './draw.js';
export { between, pick, seededRandom } from './random.js';
export { type SampleOptions, sampleScene } from './sample.js';
export * from './scene.js';
