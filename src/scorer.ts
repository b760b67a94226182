export { type Calibration, calibrated, readCalibration } from './scorer/calibration.js';
export { type ClaimsScorerOptions, claimsScorer } from './scorer/claims/claims-scorer.js';
export { createScorer } from './scorer/create-scorer.js';
export { ensembleScorer } from './scorer/ensemble/ensemble-scorer.js';
export type { Detector, SeenThing } from './scorer/evidence/objects/detector.js';
export { type ObjectsScorerOptions, objectsScorer } from './scorer/evidence/objects/objects-scorer.js';
export { type OcrScorerOptions, ocrScorer } from './scorer/evidence/ocr/ocr-scorer.js';
export { type JudgeScorerOptions, judgeScorer } from './scorer/judge/judge-scorer.js';
export type { HarmBound } from './scorer/operating-point.js';
export { type ResponseScore, responseScore } from './scorer/response-score.js';
export type { Evidence, ScoredResponse, ScoreRequest, Scorer, TokenReward } from './scorer/scorer.js';
export { type ContrastScorerOptions, contrastScorer } from './scorer/served/contrast/contrast-scorer.js';
export { type OipScorerOptions, oipScorer } from './scorer/served/oip/oip-scorer.js';
export { type VllmScorerOptions, vllmScorer } from './scorer/served/vllm/vllm-scorer.js';
export {
  type SpansScorerOptions,
  type SpansServiceOptions,
  spansScorer,
  spansService,
} from './scorer/spans/spans-scorer.js';
export { type TldrScorerOptions, tldrScorer } from './scorer/tldr/tldr-scorer.js';
export type { FlaggedSpan } from './text/flagged-span.js';
export { flagSpans } from './text/spans.js';
export { type WordReward, wordRewards } from './text/words.js';
