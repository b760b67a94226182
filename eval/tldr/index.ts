export { type EvaluateOptions, type Evaluation, evaluate, withWrongPictures } from './evaluate.js';
export { type JudgedAnswer, judgeAnswer, type LabelledAnswer, type LabelledClaim } from './judge.js';
export { readLabelledAnswers } from './labelled-file.js';
export * from './metrics.js';
export { evaluateNlvr, type NlvrEvaluation } from './nlvr.js';
export { type EvaluationReport, toMarkdown, toText } from './report.js';
export { type SceneSet, sceneAnswers } from './scene-answers.js';
export {
  byKind,
  byPerturbation,
  type KindSummary,
  measures,
  type Summary,
  summarise,
  type TypeSummary,
} from './summary.js';
