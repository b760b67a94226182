import { breather } from '../base/breathe.js';
import { addCalls } from '../models/price.js';
import type { RewriteRequest } from '../rewriters/rewriter.js';
import type { FlaggedSpan, SpanEdit } from '../text/flagged-span.js';
import { flagSpans } from '../text/spans.js';
import { type SplicedText, spliceEdits } from '../text/splice.js';
import type { TokenReward } from '../text/token-reward.js';
import { clears, isBetter, qualityOf } from './acceptance.js';
import { askRewriter } from './ask-rewriter.js';
import type { BudgetMeter } from './budget-meter.js';
import { chooseEdits, type Judge } from './choose-edits.js';
import { contextOf } from './context.js';
import type { CorrectionRequest, CorrectionStatus, CorrectOptions } from './correction.js';
import type { Draft } from './draft.js';
import { type Spending, safeScorer } from './safe-scorer.js';
import { scorerAbstained, shiftSpan } from './stream-report.js';
import { inSpan, type TraceSpan, traceFlagged, traceReward } from './tracing.js';

export type Ending = { status: CorrectionStatus; reason?: string };

/** Options with the defaults filled in. */
export type Settled = CorrectOptions & { threshold: number; maxRounds: number };

/** Mask, rewrite, splice, re-score, accept or revert, until it is clean or nothing more helps. `draft` is kept up to date. */
export async function runRounds(
  request: CorrectionRequest,
  options: Settled,
  meter: BudgetMeter,
  signal: AbortSignal | undefined,
  draft: Draft,
): Promise<Ending> {
  const { threshold, maxRounds } = options;
  const emit = emitter(options);
  const { images, prompt } = request;
  const shared = { images, ...(prompt === undefined ? {} : { prompt }), ...(signal ? { signal } : {}) };
  const judge: Judge = { scorer: safeScorer(options.scorer, shared, spendingOf(meter, draft)), threshold };
  const first = await judge.scorer.score(draft.text);
  draft.scored(first.tokens, first.evidence);
  if (first.abstained === undefined) draft.judge = first.scorer;
  emit({ type: 'scored', round: 0, tokens: first.tokens });
  if (first.abstained !== undefined) return { status: 'skipped', reason: `${scorerAbstained}: ${first.abstained}` };
  if (first.tokens.every((token) => token.reward === null))
    return { status: 'skipped', reason: 'the scorer judged none of the words' };

  const about = { ...shared, ...(first.evidence ? { evidence: first.evidence } : {}) };
  const ask = async (response: string, spans: FlaggedSpan[]) => {
    const asked: RewriteRequest = { ...about, response, spans, rejected: [...draft.memory] };
    const reply = await askRewriter(options.rewriter, asked);
    meter.spend(reply.usage);
    draft.spend(reply.usage);
    return reply;
  };
  const breathe = breather(signal);
  const askAgain: AskAgain = async (text, spans) => (meter.exceeded() ? [] : (await ask(text, spans)).edits);

  const runRound = async (round: number, spans: FlaggedSpan[], trace: TraceSpan): Promise<boolean> => {
    const report = draft.openRound(spans);
    traceFlagged(trace, spans);
    const { edits, usage } = await ask(draft.text, withinLimits(spans, draft.limits));
    emit({ type: 'rewritten', round, edits: edits.length, ...(usage ? { usage } : {}) });
    if (edits.length === 0) return false;
    signal?.throwIfAborted();
    await settle(draft, await chosenEdits(draft, edits, judge, { again: askAgain, breathe }), judge);
    trace.set({
      'vlm_detective.accepted': report.accepted.length,
      'vlm_detective.rejected': report.rejected.length,
    });
    traceReward(trace, draft.text, draft.tokens, threshold, 'round');
    for (const { span, replacement } of report.accepted) emit({ type: 'accepted', round, span, replacement });
    for (const { text, replacement, reason } of report.rejected) {
      const span = spans.find((candidate) => candidate.text === text);
      if (span) emit({ type: 'reverted', round, span, replacement, reason });
    }
    if (report.accepted.length > 0) emit({ type: 'scored', round, tokens: draft.tokens });
    return true;
  };

  for (let round = 1; ; round++) {
    const spans = flagSpans(draft.text, draft.tokens, threshold);
    if (spans.length === 0) return { status: 'clean' };
    if (round > maxRounds)
      return { status: 'max-rounds', reason: `${spans.length} spans are still flagged after ${maxRounds} rounds` };
    const exceeded = meter.exceeded();
    if (exceeded) return { status: 'budget', reason: exceeded };
    signal?.throwIfAborted();
    emit({ type: 'flagged', round, spans });
    const traced = { 'vlm_detective.round': round, 'vlm_detective.flagged': spans.length };
    const progressed = await inSpan('vlm_detective.round', traced, (trace) => runRound(round, spans, trace));
    if (!progressed) return { status: 'no-progress', reason: 'the rewriter has nothing more to offer' };
  }
}

/** What a scorer's models cost counts, and ends the work where it is too much. */
const spendingOf = (meter: BudgetMeter, draft: Draft): Spending => ({
  spend(usage, method) {
    meter.spend(usage);
    addCalls(draft.asked, usage);
    draft.method ??= method;
  },
  exceeded: () => meter.exceeded(),
});

export function emitter({ onEvent }: CorrectOptions): NonNullable<CorrectOptions['onEvent']> {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // a listener's failure is its own
    }
  };
}

/** Of one sentence, and of one answer, at most so many spans are rewritten in a round. */
const mostInSentence = 12;
const mostInRound = 200;

function withinLimits(spans: readonly FlaggedSpan[], limits: Set<string>): FlaggedSpan[] {
  const counts = new Map<number, number>();
  const near = spans.filter(({ sentence: [start] }) => {
    const count = (counts.get(start) ?? 0) + 1;
    counts.set(start, count);
    return count <= mostInSentence;
  });
  if (near.length < spans.length)
    limits.add(`in a sentence, at most ${mostInSentence} flagged spans are rewritten in a round`);
  if (near.length > mostInRound) limits.add(`at most ${mostInRound} flagged spans are rewritten in a round`);
  return near.slice(0, mostInRound);
}

type AskAgain = (text: string, spans: FlaggedSpan[]) => Promise<SpanEdit[]>;

/** For each flagged sentence, the edits that help it most. What does not help is noted in the draft. */
async function chosenEdits(
  draft: Draft,
  edits: readonly SpanEdit[],
  judge: Judge,
  { again, breathe }: { again: AskAgain; breathe: () => Promise<void> },
): Promise<SpanEdit[][]> {
  const groups: SpanEdit[][] = [];
  const bySpan = groupBy(edits, (edit) => edit.span);
  const bySentence = groupBy(draft.rounds.at(-1)!.flagged, (span) => span.sentence[0]);
  for (const own of bySentence.values()) {
    const offered = own.flatMap((span) => bySpan.get(span.id) ?? []);
    if (offered.length === 0) continue;
    await breathe();
    const chosen = await chooseEdits(draft.text, own, offered, judge, draft.mayVanish);
    const both = chosen.blocked && (await editTwice(draft.text, own, chosen.blocked, judge, again));
    if (both) groups.push([both]);
    else if (chosen.edits.length > 0) groups.push(chosen.edits);
    for (const { edit, reason } of chosen.rejected)
      draft.revert(own.find((candidate) => candidate.id === edit.span)!, edit, reason);
  }
  return groups;
}

/** `Map.groupBy`, which Node 20 has not. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/**
 * Two wrong words can hide one another: with the first put right, the second is flagged. Has the second rewritten as
 * well, and gives both as one edit of the sentence, or null where that does not make the sentence better.
 */
async function editTwice(
  whole: string,
  own: readonly FlaggedSpan[],
  first: SpanEdit,
  judge: Judge,
  askAgain: AskAgain,
): Promise<SpanEdit | null> {
  const { scorer, threshold } = judge;
  const window = contextOf(whole, own[0]!.sentence);
  const text = whole.slice(window.start, window.end);
  const inWindow = own.map((span) => shiftSpan(span, -window.start));
  const [start, end] = inWindow[0]!.sentence;
  const halfway = spliceEdits(text, inWindow, [first]).text;
  const stop = end + halfway.length - text.length;
  const { tokens } = await scorer.score(halfway);
  const spans = flagSpans(halfway, tokens, threshold).filter((span) => span.start >= start && span.end <= stop);
  if (spans.length === 0) return null;
  const offered = await askAgain(halfway, spans);
  if (offered.length === 0) return null;
  const { edits } = await chooseEdits(halfway, spans, offered, judge);
  if (edits.length === 0) return null;
  const done = spliceEdits(halfway, spans, edits).text;
  const sentence = { start, end: stop + done.length - halfway.length };
  const [before, after] = await scorer.scoreEach([text, done]);
  if (!before || !after || before instanceof Error || after instanceof Error) return null;
  const was = qualityOf(before.tokens, threshold, { start, end });
  const is = qualityOf(after.tokens, threshold, sentence);
  if (!clears(is, was)) return null;
  return { span: own[0]!.id, replacement: done.slice(sentence.start, sentence.end), sentence: true };
}

/** The whole answer is read at most so often to find which sentences' edits do not go together. */
const mostReadings = 24;

/**
 * Splices the chosen edits of all sentences and scores the whole text. Where together they are not better than the text
 * before, they are taken in halves, down to a sentence at a time, and only while the whole gets better.
 */
async function settle(draft: Draft, groups: readonly SpanEdit[][], { scorer, threshold }: Judge): Promise<void> {
  if (groups.length === 0) return;
  const report = draft.rounds.at(-1)!;
  const byId = new Map(report.flagged.map((span) => [span.id, span]));
  let best: { spliced: SplicedText; tokens: TokenReward[] } | undefined;
  let quality = qualityOf(draft.tokens, threshold);
  let kept: readonly SpanEdit[] = [];
  const take = async (edits: readonly SpanEdit[]): Promise<boolean> => {
    const spliced = draft.try(report.flagged, edits);
    if (!spliced) return false;
    const { tokens } = await scorer.score(spliced.text);
    const is = qualityOf(tokens, threshold);
    if (!isBetter(is, quality)) return false;
    [best, quality, kept] = [{ spliced, tokens }, is, edits];
    return true;
  };
  // halves of halves, so that one bad sentence among many costs few readings of the whole
  const queue: (readonly SpanEdit[][])[] = [groups];
  for (let tries = 0; queue.length > 0; tries++) {
    const part = queue.shift()!;
    const tooMany = tries >= mostReadings;
    if (tooMany) draft.limits.add(`edits of a round are tried together in at most ${mostReadings} ways`);
    else if (await take([...kept, ...part.flat()])) continue;
    if (part.length > 1 && !tooMany) {
      const middle = Math.ceil(part.length / 2);
      queue.unshift(part.slice(0, middle), part.slice(middle));
    } else {
      for (const edit of part.flat())
        draft.revert(byId.get(edit.span)!, edit, 'the whole answer scores no better with it');
    }
  }
  if (!best) return;
  draft.keep(best.spliced, best.tokens);
  report.accepted = kept.map((edit) => ({
    span: byId.get(edit.span)!,
    replacement: edit.replacement,
    ...(edit.sentence ? { sentence: true } : {}),
  }));
}
