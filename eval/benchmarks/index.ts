export {
  type AskOptions,
  askJudge,
  createJudge,
  type Judge,
  type JudgeOptions,
  modelJudge,
  readJudgements,
} from './ask-judge.js';
export type * from './benchmark.js';
export { type BenchmarkInputs, type BenchmarkReport, evaluateBenchmark } from './evaluate.js';
export { formatFigure } from './figures.js';
export { judgePrompts } from './judge.js';
export { benchmarkNames, openBenchmark } from './registry.js';
export { benchmarkMarkdown, benchmarkText } from './report.js';
