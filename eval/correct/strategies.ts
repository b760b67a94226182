import { askRewriter } from '../../src/agent/ask-rewriter.js';
import { correct } from '../../src/agent/correct.js';
import type { AppliedEdit } from '../../src/agent/correction.js';
import type { Rewriter, Usage } from '../../src/rewriters/rewriter.js';
import { responseScore } from '../../src/scorer/response-score.js';
import type { ScoredResponse, Scorer } from '../../src/scorer/scorer.js';
import { diffWords } from '../../src/text/edits.js';
import type { FlaggedSpan } from '../../src/text/flagged-span.js';
import { splitSentences } from '../../src/text/sentences.js';
import { flagSpans } from '../../src/text/spans.js';
import { spliceEdits } from '../../src/text/splice.js';
import type { Guide } from './guide.js';
import type { CorrectionItem, GeneratedAnswer } from './item.js';

/** What a strategy works with. */
export interface StrategyContext {
  scorer: Scorer;
  rewriter: Rewriter;
  /** Writes whole answers by the paper's guidance; absent where the rewriter is none that can. */
  guide?: Guide | undefined;
  /** A reward at or below it is flagged. */
  threshold: number;
  maxRounds: number;
  /** Answers that best-of-n chooses from, the first one among them. */
  answers: number;
  signal: AbortSignal;
}

/** What a strategy made of an answer. */
export interface StrategyResult {
  response: string;
  /** From the first answer to this one. */
  edits: AppliedEdit[];
  /** The generator's other answer that took the place of the first. */
  instead?: GeneratedAnswer;
  rounds: number;
  usage: Usage;
  status: string;
  reason?: string;
}

export type Strategy = (item: CorrectionItem, context: StrategyContext) => Promise<StrategyResult>;

/** The ways to correct that are set side by side, in the order in which they are shown. */
export const strategies = {
  none: noCorrection,
  'one-round': oneRound,
  'response-level': responseLevel,
  paper: (item, context) => paperProtocol(item, context, false),
  'paper-naive': (item, context) => paperProtocol(item, context, true),
  'best-of-n': bestOfN,
  loop,
} satisfies Record<string, Strategy>;

export type StrategyName = keyof typeof strategies;
export const strategyNames = Object.keys(strategies) as StrategyName[];
/** Those that run where none are named: the paper's protocol asks a model twice more for each flagged answer. */
export const defaultStrategies = strategyNames.filter((name) => !name.startsWith('paper'));

const noUsage = (): Usage => ({ inputTokens: 0, outputTokens: 0 });

function asItWas({ response }: CorrectionItem, status: string, reason?: string): StrategyResult {
  return {
    response,
    edits: [],
    rounds: 0,
    usage: noUsage(),
    status,
    ...(reason === undefined ? {} : { reason }),
  };
}

async function noCorrection(item: CorrectionItem): Promise<StrategyResult> {
  return asItWas(item, 'unchanged');
}

const requestFor = ({ image, prompt, response }: CorrectionItem, signal: AbortSignal) => ({
  images: [image],
  response,
  signal,
  ...(prompt === undefined ? {} : { prompt }),
});

/**
 * One round by this package's rewriter: an answer with a token at or below the threshold goes back once with its flagged
 * words, marked, and the edits that come back are taken as they are, without scoring the answer again. The paper's rounds,
 * with another prompt; its own is {@link paperProtocol}.
 */
async function oneRound(item: CorrectionItem, context: StrategyContext): Promise<StrategyResult> {
  const scored = await context.scorer.score(requestFor(item, context.signal));
  if (scored.abstained !== undefined) return asItWas(item, 'skipped', scored.abstained);
  const spans = flagSpans(item.response, scored.tokens, context.threshold);
  return spans.length === 0 ? asItWas(item, 'clean') : rewriteOnce(item, scored, spans, context);
}

/**
 * The paper's own protocol (arXiv 2410.04734, section 5.3 and appendix C): an answer with a token at or below the threshold
 * goes back once with the picture and guidance in words (the flagged phrases, and each flagged sentence with those in it),
 * and the whole answer that comes back is taken, without scoring it again.
 *
 * @param naive Its baseline: the same answers go back with no word or sentence listed.
 */
async function paperProtocol(item: CorrectionItem, context: StrategyContext, naive: boolean): Promise<StrategyResult> {
  const { scorer, guide, threshold, signal } = context;
  if (!guide) return asItWas(item, 'skipped', 'the rewriter writes no whole answers: name a model');
  const scored = await scorer.score(requestFor(item, signal));
  if (scored.abstained !== undefined) return asItWas(item, 'skipped', scored.abstained);
  const spans = flagSpans(item.response, scored.tokens, threshold);
  if (spans.length === 0) return asItWas(item, 'clean');
  const { text, usage = noUsage() } = await guide.answer({ ...requestFor(item, signal), spans }, naive);
  const isEmpty = text.trim() === '';
  const response = isEmpty ? item.response : text;
  return { response, edits: diffWords(item.response, response), rounds: 1, usage, status: 'rewritten' };
}

/**
 * Naive guidance by this package's rewriter: the same answers go back once, but only as wrong somewhere, with no word marked. Every
 * sentence is marked whole, which says just that to any rewriter.
 */
async function responseLevel(item: CorrectionItem, context: StrategyContext): Promise<StrategyResult> {
  const scored = await context.scorer.score(requestFor(item, context.signal));
  if (scored.abstained !== undefined) return asItWas(item, 'skipped', scored.abstained);
  const flagged = flagSpans(item.response, scored.tokens, context.threshold);
  if (flagged.length === 0) return asItWas(item, 'clean');
  const reward = Math.min(...flagged.map((span) => span.reward));
  const spans = splitSentences(item.response).map(({ start, end }, index): FlaggedSpan => {
    const text = item.response.slice(start, end).replace(/[.!?\s]+$/, '');
    return { id: index + 1, start, end: start + text.length, text, reward, sentence: [start, end] };
  });
  const { evidence: _, ...blind } = scored;
  return rewriteOnce(item, blind, spans, context);
}

async function rewriteOnce(
  item: CorrectionItem,
  { evidence }: ScoredResponse,
  spans: FlaggedSpan[],
  { rewriter, signal }: StrategyContext,
): Promise<StrategyResult> {
  const { edits, usage } = await askRewriter(rewriter, {
    ...requestFor(item, signal),
    spans,
    rejected: [],
    ...(evidence ? { evidence } : {}),
  });
  // of several alternatives for a span the first is the rewriter's best guess
  const spliced = spliceEdits(item.response, spans, edits);
  const isEmpty = spliced.text.trim() === '';
  return {
    response: isEmpty ? item.response : spliced.text,
    edits: isEmpty ? [] : spliced.edits,
    rounds: 1,
    usage: usage ?? noUsage(),
    status: 'rewritten',
  };
}

/** Lets the generator answer anew and keeps the answer with the best soft response score. The rewriter has no part. */
async function bestOfN(item: CorrectionItem, context: StrategyContext): Promise<StrategyResult> {
  const { scorer, signal, threshold } = context;
  const others: GeneratedAnswer[] = [];
  const usage = noUsage();
  for (let take = 1; take < context.answers; take++) {
    const answer = await item.regenerate(take, signal);
    if (!answer) break;
    others.push(answer);
    usage.inputTokens += answer.usage?.inputTokens ?? 0;
    usage.outputTokens += answer.usage?.outputTokens ?? 0;
    if (answer.usage?.cost !== undefined) usage.cost = (usage.cost ?? 0) + answer.usage.cost;
  }
  if (others.length === 0) return asItWas(item, 'skipped', 'the generator has no other answer');
  const requests = [item, ...others].map(({ response }) => ({ ...requestFor(item, signal), response }));
  const scored = scorer.scoreBatch
    ? await scorer.scoreBatch(requests)
    : await Promise.all(requests.map((request) => scorer.score(request)));
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [index, answer] of scored.entries()) {
    if (answer instanceof Error) throw answer;
    if (answer.abstained !== undefined) return asItWas(item, 'skipped', answer.abstained);
    const soft = responseScore(answer.response, answer.tokens, threshold)?.soft ?? 0;
    if (soft > highest) [best, highest] = [index, soft];
  }
  const chosen = others[best - 1];
  return {
    ...asItWas(item, 'chosen'),
    usage,
    rounds: others.length,
    ...(chosen && chosen.response !== item.response ? { response: chosen.response, instead: chosen } : {}),
  };
}

/** This package's loop: re-scored after each edit, kept only where it helps, round after round. */
async function loop(item: CorrectionItem, context: StrategyContext): Promise<StrategyResult> {
  const { scorer, rewriter, threshold, maxRounds, signal } = context;
  const { response, status, report } = await correct(requestFor(item, signal), {
    scorer,
    rewriter,
    threshold,
    maxRounds,
    failClosed: true,
  });
  return {
    response,
    edits: report.edits,
    rounds: report.rounds.length,
    usage: report.usage,
    status,
    ...(report.reason === undefined ? {} : { reason: report.reason }),
  };
}
