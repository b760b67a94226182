export * from './benchmarks/index.js';
export { type ComparedFigure, type Comparison, compareRuns } from './compare.js';
export * from './correct/index.js';
export * from './hallucination/index.js';
export { runFiles, writeCorrectionReport } from './report/write-report.js';
export * from './runs/index.js';
export { captionScene } from './scenes/captions/index.js';
export * from './scenes/index.js';
export * from './tldr/index.js';
