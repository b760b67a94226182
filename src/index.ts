export { correctionReports } from './adapters/reports.js';
export { wrapFetch } from './adapters/wrap-fetch.js';
export type { WrapOptions } from './adapters/wrap-options.js';
export { correct, correctAll } from './agent/correct.js';
export * from './agent/correction.js';
export { type StreamMode, type TextStream, type TextStreamOptions, textStream } from './agent/text-stream.js';
export { DetectiveError, type ErrorCode, type ErrorData, isDetectiveError } from './base/errors.js';
export {
  correctResponse,
  type HttpCall,
  type ResponseOptions,
} from './http/correct-response.js';
export type { CompactReport, ResponseReport } from './http/report.js';
export type { ImageInput } from './image/image-input.js';
export { type AnthropicRewriterOptions, anthropicRewriter } from './rewriters/anthropic-rewriter.js';
export { createRewriter, defaultRewriter } from './rewriters/create-rewriter.js';
export { localRewriter } from './rewriters/local/local-rewriter.js';
export { type OpenAIRewriterOptions, openaiRewriter } from './rewriters/openai-rewriter.js';
export type { RejectedEdit, RewriteRequest, RewriteResult, Rewriter, Usage } from './rewriters/rewriter.js';
export { createScorer } from './scorer/create-scorer.js';
export type { Evidence, ScoredResponse, ScoreRequest, Scorer, TokenReward } from './scorer/scorer.js';
export { type TldrScorerOptions, tldrScorer } from './scorer/tldr/lazy-tldr.js';
export type { FlaggedSpan, SpanEdit } from './text/flagged-span.js';
