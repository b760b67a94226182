import type { ImageInput } from '../image/image-input.js';
import type { Usage } from '../models/price.js';
import type { Evidence } from '../scorer/scorer.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';

export type { Usage };

/** An edit that was tried and reverted, and why, so that the rewriter does not offer it again. */
export interface RejectedEdit {
  /** The text that the edit was to replace. */
  text: string;
  replacement: string;
  reason: string;
}

export interface RewriteRequest {
  images: ImageInput[];
  prompt?: string;
  response: string;
  spans: FlaggedSpan[];
  rejected: RejectedEdit[];
  evidence?: Evidence[];
  signal?: AbortSignal;
}

export interface RewriteResult {
  /**
   * At most one edit for each span from a model. A rewriter that cannot tell which is right may give several edits for
   * one span, best guess first: they are alternatives, and the agent lets the scorer choose.
   */
  edits: SpanEdit[];
  usage?: Usage;
}

export interface Rewriter {
  readonly name: string;
  rewrite(request: RewriteRequest): Promise<RewriteResult>;
}
