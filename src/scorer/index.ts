export { createScorer } from './create-scorer.js';
export { type ResponseScore, responseScore } from './response-score.js';
export type { Evidence, ScoredResponse, ScoreRequest, Scorer, TokenReward } from './scorer.js';
export { type TldrScorerOptions, tldrScorer } from './tldr/tldr-scorer.js';
