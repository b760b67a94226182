export { wrapAnthropic } from './adapters/wrap-anthropic.js';
export { wrapFetch } from './adapters/wrap-fetch.js';
export { correctionReports, wrapOpenAI } from './adapters/wrap-openai.js';
export { correct, correctAll } from './agent/correct.js';
export * from './agent/correction.js';
export { type StreamMode, type TextStream, type TextStreamOptions, textStream } from './agent/text-stream.js';
export { DetectiveError, type ErrorCode, isDetectiveError } from './base/errors.js';
export {
  correctResponse,
  type HttpCall,
  type ResponseOptions,
} from './http/correct-response.js';
export type { ResponseReport } from './http/report.js';
export type { ImageInput } from './image/image-input.js';
export { fetchRemoteImage, type RemoteImageOptions } from './image/remote-image.js';
export { createPerturber } from './perturb/create-perturber.js';
export { rulesPerturber } from './perturb/perturb.js';
export { type PerturbationType, type Perturbed, type Perturber, perturbationTypes } from './perturb/perturbation.js';
export { type AnthropicRewriterOptions, anthropicRewriter } from './rewriters/anthropic-rewriter.js';
export { createRewriter, defaultRewriter } from './rewriters/create-rewriter.js';
export { localRewriter } from './rewriters/local/local-rewriter.js';
export { type OpenAIRewriterOptions, openaiRewriter } from './rewriters/openai-rewriter.js';
export type { RejectedEdit, RewriteRequest, RewriteResult, Rewriter, Usage } from './rewriters/rewriter.js';
export { createScorer } from './scorer/create-scorer.js';
export { type ResponseScore, responseScore } from './scorer/response-score.js';
export type { Evidence, ScoredResponse, ScoreRequest, Scorer, TokenReward } from './scorer/scorer.js';
export { type TldrScorerOptions, tldrScorer } from './scorer/tldr/tldr-scorer.js';
export type { FlaggedSpan, SpanEdit } from './text/flagged-span.js';
export { flagSpans } from './text/spans.js';
export { type WordReward, wordRewards } from './text/words.js';
