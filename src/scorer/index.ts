export { createScorer } from './create-scorer.js';
export { ensembleScorer } from './ensemble/ensemble-scorer.js';
export { type ObjectsScorerOptions, objectsScorer } from './objects/objects-scorer.js';
export { type OcrScorerOptions, ocrScorer } from './ocr/ocr-scorer.js';
export { type ResponseScore, responseScore } from './response-score.js';
export type { Evidence, ScoredResponse, ScoreRequest, Scorer, TokenReward } from './scorer.js';
export { type TldrScorerOptions, tldrScorer } from './tldr/tldr-scorer.js';
