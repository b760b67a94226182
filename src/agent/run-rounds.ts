import type { RejectedEdit, Usage } from '../rewriters/rewriter.js';
import type { Evidence, TokenReward } from '../scorer/scorer.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import { flagSpans } from '../text/spans.js';
import { spliceEdits } from '../text/splice.js';
import { askRewriter } from './ask-rewriter.js';
import type { BudgetMeter } from './budget-meter.js';
import { chooseEdits } from './choose-edits.js';
import type { AppliedEdit, CorrectionRequest, CorrectionStatus, CorrectOptions, RoundReport } from './correction.js';
import { qualityOf } from './quality.js';
import { type SafeScorer, safeScorer } from './safe-scorer.js';
import { settleEdits } from './settle-edits.js';
import { traceReward } from './trace-steps.js';
import { inSpan } from './tracing.js';

/** Where the loop stands: always the best text that was verified so far. */
export interface Progress {
  text: string;
  tokens: TokenReward[];
  before: TokenReward[];
  steps: AppliedEdit[][];
  rounds: RoundReport[];
  usage: Usage;
  evidence?: Evidence[];
  /** Whether nothing at all may be left of the text: there is other text before it. */
  mayVanish: boolean;
}

export type Ending = { status: CorrectionStatus; reason?: string };

/** Rejected edits shown in a report for each span; the memory keeps them all. */
const reported = 8;

/** How the reason begins where a scorer does not judge the pictures at all. */
export const scorerAbstained = 'the scorer abstained';

export function startProgress(text: string, mayVanish = false): Progress {
  return { text, tokens: [], before: [], steps: [], rounds: [], usage: { inputTokens: 0, outputTokens: 0 }, mayVanish };
}

/** Mask, rewrite, splice, re-score, accept or revert, until it is clean or nothing more helps. `progress` is kept up to date. */
export async function runRounds(
  request: CorrectionRequest,
  options: CorrectOptions & { threshold: number; maxRounds: number },
  meter: BudgetMeter,
  signal: AbortSignal | undefined,
  progress: Progress,
): Promise<Ending> {
  const { rewriter, threshold, maxRounds } = options;
  const emit = emitter(options);
  const { images, prompt } = request;
  const shared = { images, ...(prompt === undefined ? {} : { prompt }), ...(signal ? { signal } : {}) };
  const scorer = safeScorer(options.scorer, shared);
  const first = await scorer.score(progress.text);
  progress.tokens = first.tokens;
  progress.before = first.tokens;
  if (first.evidence) progress.evidence = first.evidence;
  emit({ type: 'scored', round: 0, tokens: first.tokens });
  if (first.abstained !== undefined) return { status: 'skipped', reason: `${scorerAbstained}: ${first.abstained}` };
  if (first.tokens.every((token) => token.reward === null))
    return { status: 'skipped', reason: 'the scorer judged none of the words' };

  const memory: RejectedEdit[] = [];
  for (let round = 1; ; round++) {
    const spans = flagSpans(progress.text, progress.tokens, threshold);
    if (spans.length === 0) return { status: 'clean' };
    if (round > maxRounds)
      return { status: 'max-rounds', reason: `${spans.length} spans are still flagged after ${maxRounds} rounds` };
    const exceeded = meter.exceeded();
    if (exceeded) return { status: 'budget', reason: exceeded };
    signal?.throwIfAborted();
    emit({ type: 'flagged', round, spans });
    const report: RoundReport = {
      round,
      response: progress.text,
      tokens: progress.tokens,
      flagged: spans,
      accepted: [],
      rejected: [],
    };
    progress.rounds.push(report);
    const progressed = await inSpan(
      'vlm_detective.round',
      { 'vlm_detective.round': round, 'vlm_detective.flagged': spans.length },
      async (span) => {
        const evidence = first.evidence ? { evidence: first.evidence } : {};
        const ask = async (text: string, flagged: FlaggedSpan[]) => {
          const rejected = [...memory];
          const reply = await askRewriter(rewriter, {
            ...shared,
            response: text,
            spans: flagged,
            rejected,
            ...evidence,
          });
          meter.spend(reply.usage);
          addUsage(progress.usage, reply.usage);
          return reply;
        };
        const { edits, usage } = await ask(progress.text, spans);
        emit({ type: 'rewritten', round, edits: edits.length, ...(usage ? { usage } : {}) });
        if (edits.length === 0) return false;
        signal?.throwIfAborted();
        const again = async (text: string, flagged: FlaggedSpan[]) =>
          meter.exceeded() ? [] : (await ask(text, flagged)).edits;
        await applyRound(progress, report, spans, edits, scorer, threshold, memory, again);
        span.set({
          'vlm_detective.accepted': report.accepted.length,
          'vlm_detective.rejected': report.rejected.length,
        });
        traceReward(span, progress.text, progress.tokens, threshold, 'round');
        for (const { span, replacement } of report.accepted) emit({ type: 'accepted', round, span, replacement });
        for (const { text, replacement, reason } of report.rejected) {
          const span = spans.find((candidate) => candidate.text === text);
          if (span) emit({ type: 'reverted', round, span, replacement, reason });
        }
        if (report.accepted.length > 0) emit({ type: 'scored', round, tokens: progress.tokens });
        return true;
      },
    );
    if (!progressed) return { status: 'no-progress', reason: 'the rewriter has nothing more to offer' };
  }
}

export function emitter({ onEvent }: CorrectOptions): NonNullable<CorrectOptions['onEvent']> {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // a listener's failure is its own
    }
  };
}

export function addUsage(total: Usage, usage: Usage | undefined): void {
  if (!usage) return;
  total.inputTokens += usage.inputTokens;
  total.outputTokens += usage.outputTokens;
  if (usage.cost !== undefined) total.cost = (total.cost ?? 0) + usage.cost;
}

async function applyRound(
  progress: Progress,
  report: RoundReport,
  spans: readonly FlaggedSpan[],
  edits: readonly SpanEdit[],
  scorer: SafeScorer,
  threshold: number,
  memory: RejectedEdit[],
  rewriteAgain: RewriteAgain,
): Promise<void> {
  const text = progress.text;
  const groups: SpanEdit[][] = [];
  for (const start of new Set(spans.map((span) => span.sentence[0]))) {
    const own = spans.filter((span) => span.sentence[0] === start);
    const offered = edits.filter((edit) => own.some((span) => span.id === edit.span));
    if (offered.length === 0) continue;
    const chosen = await chooseEdits(text, own, offered, scorer, threshold, progress.mayVanish);
    const both = chosen.blocked && (await editTwice(text, own, chosen.blocked, scorer, threshold, rewriteAgain));
    if (both) groups.push([both]);
    else if (chosen.edits.length > 0) groups.push(chosen.edits);
    const counts = new Map<number, number>();
    for (const { edit, reason } of chosen.rejected) {
      const span = own.find((candidate) => candidate.id === edit.span)!;
      const rejected = { text: span.text, replacement: edit.replacement, reason };
      memory.push(rejected);
      const count = (counts.get(span.id) ?? 0) + 1;
      counts.set(span.id, count);
      if (count <= reported) report.rejected.push(rejected);
    }
  }
  await settleEdits(progress, report, text, spans, groups, scorer, threshold, memory);
}

type RewriteAgain = (text: string, spans: FlaggedSpan[]) => Promise<SpanEdit[]>;

/**
 * Two wrong words can hide one another: with the first put right, the second is flagged. Has the second rewritten as
 * well, and gives both as one edit of the sentence, or null where that does not make the sentence better.
 */
async function editTwice(
  text: string,
  own: readonly FlaggedSpan[],
  first: SpanEdit,
  scorer: SafeScorer,
  threshold: number,
  rewriteAgain: RewriteAgain,
): Promise<SpanEdit | null> {
  const [start, end] = own[0]!.sentence;
  const halfway = spliceEdits(text, own, [first]).text;
  const stop = end + halfway.length - text.length;
  const { tokens } = await scorer.score(halfway);
  const spans = flagSpans(halfway, tokens, threshold).filter((span) => span.start >= start && span.end <= stop);
  if (spans.length === 0) return null;
  const offered = await rewriteAgain(halfway, spans);
  if (offered.length === 0) return null;
  const { edits } = await chooseEdits(halfway, spans, offered, scorer, threshold);
  if (edits.length === 0) return null;
  const done = spliceEdits(halfway, spans, edits).text;
  const sentence = { start, end: stop + done.length - halfway.length };
  const [before, after] = await scorer.scoreEach([text, done]);
  if (!before || !after || before instanceof Error || after instanceof Error) return null;
  const was = qualityOf(before.tokens, threshold, { start, end });
  const is = qualityOf(after.tokens, threshold, sentence);
  if (is.flagged >= was.flagged) return null;
  return { span: own[0]!.id, replacement: done.slice(sentence.start, sentence.end), sentence: true };
}
