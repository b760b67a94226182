export * from './benchmarks/index.js';
export { type ComparedFigure, type Comparison, compareRuns } from './compare.js';
export * from './correct/index.js';
export * from './hallucination/index.js';
export * from './harm/index.js';
export { runFiles, writeCorrectionReport } from './report/write-report.js';
export * from './runs/index.js';
export * from './tldr/index.js';
