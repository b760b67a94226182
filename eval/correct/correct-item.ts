import type { AppliedEdit } from '../../src/agent/correction.js';
import { errorMessage } from '../../src/errors.js';
import type { TokenReward } from '../../src/scorer/scorer.js';
import { diffWords } from '../../src/text/edits.js';
import type { BadItem, CorrectionItem } from './item.js';
import { type Outcome, outcomeKeys, replaced, unchanged } from './outcome.js';
import { type StrategyContext, type StrategyName, type StrategyResult, strategies } from './strategies.js';

/** What a strategy did to one answer, as it stands in the ledger. */
export interface StrategyRecord {
  /** The answer, where it is not the first one. */
  text?: string;
  /** In the order of `outcomeKeys`; absent where the ground truth cannot judge it. */
  outcome?: number[];
  status: string;
  /** Why it was skipped or failed. */
  reason?: string;
  rounds?: number;
  /** Input and output tokens of rewriters and generators. */
  tokens?: number;
  /** US dollars. */
  cost?: number;
}

/** One line of a correction run. */
export interface CorrectionRecord {
  id: string;
  picture?: string;
  prompt?: string;
  text?: string;
  type?: string;
  right?: number;
  wrong?: number;
  strategies?: Record<string, StrategyRecord>;
  /** The claims of the answer: kind, lowest reward (four decimals), good. Unjudged claims are left out. */
  claims?: [kind: string, reward: number, good: 0 | 1][];
  /** Why this is no result. */
  error?: string;
  /** Milliseconds by strategy: measured, so no part of any report that has to come out the same again. */
  ms?: Record<string, number>;
}

export interface CorrectItemOptions extends Omit<StrategyContext, 'rewriter'> {
  names: readonly StrategyName[];
  rewriterFor(item: CorrectionItem): StrategyContext['rewriter'];
}

/** Corrects one answer by every strategy and sets the results against the ground truth. Throws only where it is aborted. */
export async function correctItem(
  item: CorrectionItem | BadItem,
  options: CorrectItemOptions,
): Promise<CorrectionRecord> {
  if ('error' in item) return { id: item.id, error: item.error };
  const context: StrategyContext = { ...options, rewriter: options.rewriterFor(item) };
  const wrong = item.claims.filter((claim) => !claim.good).length;
  const right = item.claims.length - wrong;
  const done: Record<string, StrategyRecord> = {};
  const ms: Record<string, number> = {};
  let claims: CorrectionRecord['claims'];
  try {
    claims = await claimRewards(item, context);
    for (const name of options.names) {
      const started = performance.now();
      done[name] = await runStrategy(name, item, context, { right, wrong });
      ms[name] = Math.round((performance.now() - started) * 10) / 10;
    }
  } catch (error) {
    options.signal.throwIfAborted();
    return { id: item.id, picture: item.picture, error: errorMessage(error) };
  }
  const { id, picture, prompt, response, type } = item;
  return {
    id,
    picture,
    ...(prompt === undefined ? {} : { prompt }),
    text: response,
    ...(type === undefined ? {} : { type }),
    right,
    wrong,
    strategies: done,
    ...(claims ? { claims } : {}),
    ms,
  };
}

/** The rewards of the first answer's claims. Scoring it here also takes the picture's encoding out of the timings. */
async function claimRewards(
  { image, prompt, response, claims }: CorrectionItem,
  { scorer, signal }: StrategyContext,
): Promise<CorrectionRecord['claims']> {
  const request = { images: [image], response, signal, ...(prompt === undefined ? {} : { prompt }) };
  const { tokens, abstained } = await scorer.score(request);
  if (abstained !== undefined) return undefined;
  return claims.flatMap((claim): [string, number, 0 | 1][] => {
    const reward = lowestReward(tokens, claim);
    return reward === null ? [] : [[claim.kind, Math.round(reward * 1e4) / 1e4, claim.good ? 1 : 0]];
  });
}

function lowestReward(tokens: readonly TokenReward[], range: { start: number; end: number }): number | null {
  const inside = tokens.flatMap(({ start, end, reward }) =>
    reward !== null && start < range.end && range.start < end ? [reward] : [],
  );
  return inside.length === 0 ? null : Math.min(...inside);
}

async function runStrategy(
  name: StrategyName,
  item: CorrectionItem,
  context: StrategyContext,
  before: { right: number; wrong: number },
): Promise<StrategyRecord> {
  let result: StrategyResult;
  try {
    result = await strategies[name](item, context);
  } catch (error) {
    context.signal.throwIfAborted();
    return { status: 'failed', reason: errorMessage(error), outcome: asList(unchanged(before.right, before.wrong)) };
  }
  const outcome = judge(item, result, before);
  const { inputTokens, outputTokens, cost } = result.usage;
  return {
    ...(result.response === item.response ? {} : { text: result.response }),
    ...(outcome ? { outcome: asList(outcome) } : {}),
    status: result.status,
    ...(result.reason === undefined ? {} : { reason: result.reason }),
    rounds: result.rounds,
    tokens: inputTokens + outputTokens,
    ...(cost === undefined ? {} : { cost }),
  };
}

function judge(item: CorrectionItem, result: StrategyResult, before: { right: number; wrong: number }): Outcome | null {
  if (result.instead) {
    const wrong = result.instead.claims.filter((claim) => !claim.good).length;
    return replaced(before, { right: result.instead.claims.length - wrong, wrong });
  }
  if (result.response === item.response) return unchanged(before.right, before.wrong);
  const judged = item.judge(result.response, result.edits);
  if (judged) return judged;
  const smallest: AppliedEdit[] = diffWords(item.response, result.response);
  return item.judge(result.response, smallest);
}

const asList = (outcome: Outcome) => outcomeKeys.map((key) => outcome[key]);

/** The outcome of a strategy; null where the ground truth could not judge it. */
export function outcomeOf({ outcome }: StrategyRecord): Outcome | null {
  if (outcome?.length !== outcomeKeys.length) return null;
  return Object.fromEntries(outcomeKeys.map((key, index) => [key, outcome[index]])) as unknown as Outcome;
}
