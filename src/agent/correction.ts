import type { ImageInput } from '../image/image-input.js';
import type { CallUsage } from '../models/price.js';
import type { RejectedEdit, Rewriter, Usage } from '../rewriters/rewriter.js';
import type { HarmBound } from '../scorer/operating-point.js';
import type { Evidence, Scorer, TokenReward } from '../scorer/scorer.js';
import type { AppliedEdit } from '../text/applied-edit.js';
import type { Judged } from '../text/content-words.js';
import type { FlaggedSpan } from '../text/flagged-span.js';

export type { AppliedEdit };

/**
 * Why the loop ended. `clean`: words were judged, enough of them (`minJudged`), and every judged token passes. `no-progress`: nothing more helps. `max-rounds`, `budget`,
 * `aborted`: stopped from outside, with the best answer so far. `skipped`: nothing to judge. `failed`: a part failed
 * for good and the original comes back.
 */
export type CorrectionStatus = 'clean' | 'no-progress' | 'max-rounds' | 'budget' | 'aborted' | 'skipped' | 'failed';

export interface CorrectionRequest {
  images: ImageInput[];
  prompt?: string;
  response: string;
  /** Text that stands before `response` and cannot be changed any more, such as what of a stream was sent already. */
  preceding?: string;
  signal?: AbortSignal;
}

export interface RoundReport {
  /** 1-based. */
  round: number;
  /** The text that this round began with. */
  response: string;
  tokens: TokenReward[];
  flagged: FlaggedSpan[];
  accepted: { span: FlaggedSpan; replacement: string; sentence?: boolean }[];
  rejected: RejectedEdit[];
}

export interface Budget {
  /** Tokens of the rewriter and of a scorer's models, input and output together. */
  tokens?: number;
  /** US dollars. */
  cost?: number;
  /** Milliseconds of wall-clock time for the whole correction. */
  timeMs?: number;
}

export interface CorrectionReport {
  id: string;
  status: CorrectionStatus;
  /** In words: why it was skipped, why it failed, which budget ran out, why the scorer abstained. */
  reason?: string;
  threshold: number;
  scorer: string;
  rewriter: string;
  rounds: RoundReport[];
  /** What was changed, from the original to the result. */
  edits: AppliedEdit[];
  /** Spans of the result that are still flagged. */
  unresolved: FlaggedSpan[];
  /** Token rewards of the original and of the result. Empty where it was never scored. */
  before: TokenReward[];
  after: TokenReward[];
  /** Share of the original's words that are still there or were replaced, not deleted: 0..1. */
  coverage: number;
  /** Content words of the result that got a reward, of all that it has. What was not judged is not known to be right. */
  judged: Judged;
  /** Limits that cut the work short, in words. Absent where none did. */
  limits?: string[];
  evidence?: Evidence[];
  /** Of the rewriter. */
  usage: Usage;
  /** What the models of the scorer and the rewriter have cost together. Absent: none was asked. */
  asked?: CallUsage;
  /** How the scorer judged, in its words. */
  method?: string;
  /** The bound on harm that the threshold was chosen for, and what it rests on. */
  bound?: HarmBound;
  durationMs: number;
  error?: Error;
}

export interface CorrectionResult {
  original: string;
  response: string;
  status: CorrectionStatus;
  report: CorrectionReport;
}

export type CorrectionEvent =
  | { type: 'scored'; round: number; tokens: TokenReward[] }
  | { type: 'flagged'; round: number; spans: FlaggedSpan[] }
  | { type: 'rewritten'; round: number; edits: number; usage?: Usage }
  | { type: 'accepted'; round: number; span: FlaggedSpan; replacement: string }
  | { type: 'reverted'; round: number; span: FlaggedSpan; replacement: string; reason: string }
  | { type: 'done'; status: CorrectionStatus; response: string };

export interface CorrectOptions {
  scorer: Scorer;
  rewriter: Rewriter;
  /** A token reward at or below this is flagged. Default: the scorer's own, else 0.5. */
  threshold?: number;
  /**
   * The share of right answers that may be changed, for example 0.02: the threshold is the highest at which, with 95 %
   * confidence, no more of them are flagged, on answers like those that the scorer's `harm` was measured on. Instead of
   * `threshold`; for scorers that have `harm`, as the embedded model has.
   */
  maxHarm?: number;
  /** Default 3. */
  maxRounds?: number;
  /** The share of content words, 0..1, that must have been judged for an answer to be called clean. Default: one word. */
  minJudged?: number;
  budget?: Budget;
  /** What to do with spans that are still flagged at the end. Default `keep`. */
  onUnresolved?: 'keep' | 'delete' | 'hedge' | 'throw';
  /** Throw instead of handing back the original when a part fails for good. Default false. */
  failClosed?: boolean;
  /** For a JSON answer: whether a changed value still satisfies its schema. A change that does not is taken back. */
  validate?: (value: unknown) => boolean;
  onEvent?: (event: CorrectionEvent) => void;
}
