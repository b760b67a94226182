import { addCalls, addUsage, type CallUsage, noUsage } from '../models/price.js';
import type { RejectedEdit, Usage } from '../rewriters/rewriter.js';
import type { Evidence, TokenReward } from '../scorer/scorer.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import { type SplicedText, spliceEdits } from '../text/splice.js';
import type { AppliedEdit, RoundReport } from './correction.js';

/** Rejected edits shown in a report for each span; the memory keeps them all. */
const reported = 8;

/** A text under correction: always the best that was verified so far, and how it came about. The loop owns it. */
export class Draft {
  text: string;
  /** Rewards of `text`; empty until it was scored. */
  tokens: TokenReward[] = [];
  /** Rewards of the original. */
  before: TokenReward[] = [];
  /** The changes of each step, against the text before it. */
  steps: AppliedEdit[][] = [];
  readonly rounds: RoundReport[] = [];
  readonly usage: Usage = { inputTokens: 0, outputTokens: 0 };
  /** What the models of the scorer and of the rewriter have cost together. */
  readonly asked: CallUsage = noUsage();
  /** How the scorer judged, in its words. */
  method: string | undefined;
  /** What was tried and reverted: no rewriter is to offer it again. */
  readonly memory: RejectedEdit[] = [];
  evidence?: Evidence[];
  /** Who judged, where another did than was asked first. */
  judge?: string;
  /** Limits that cut the work short, in words. */
  readonly limits = new Set<string>();
  /** What this round rejected of each span. */
  private rejections = new Map<FlaggedSpan, number>();

  /** @param mayVanish whether nothing at all may be left of the text: there is other text before it */
  constructor(
    readonly original: string,
    readonly mayVanish = false,
  ) {
    this.text = original;
  }

  /** The rewards of the original. */
  scored(tokens: TokenReward[], evidence?: Evidence[]): void {
    this.tokens = tokens;
    this.before = tokens;
    if (evidence) this.evidence = evidence;
  }

  openRound(flagged: FlaggedSpan[]): RoundReport {
    const round = this.rounds.length + 1;
    const report = { round, response: this.text, tokens: this.tokens, flagged, accepted: [], rejected: [] };
    this.rejections = new Map();
    this.rounds.push(report);
    return report;
  }

  /** What the text would be with the edits; null where nothing would be left that has to stay. */
  try(spans: readonly FlaggedSpan[], edits: readonly SpanEdit[]): SplicedText | null {
    const spliced = spliceEdits(this.text, spans, edits);
    return spliced.text.trim() === '' && !this.mayVanish ? null : spliced;
  }

  /** Takes a changed text over, with its rewards. */
  keep({ text, edits }: Pick<SplicedText, 'text' | 'edits'>, tokens: TokenReward[]): void {
    this.text = text;
    this.tokens = tokens;
    this.steps.push(edits);
  }

  /** Notes an edit that does not stay, and why. */
  revert(span: FlaggedSpan, { replacement }: SpanEdit, reason: string): void {
    const rejected = { text: span.text, replacement, reason };
    this.memory.push(rejected);
    const count = (this.rejections.get(span) ?? 0) + 1;
    this.rejections.set(span, count);
    if (count <= reported) this.rounds.at(-1)?.rejected.push(rejected);
  }

  /** Back to the original, unscored. What it has cost and what was tried stays. */
  giveUp(): void {
    this.text = this.original;
    this.tokens = [];
    this.steps = [];
  }

  spend(usage: (Usage & Partial<CallUsage>) | undefined): void {
    if (!usage) return;
    addUsage(this.usage, usage);
    addCalls(this.asked, { ...noUsage(), calls: 1, ...usage });
  }
}
