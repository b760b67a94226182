import type { AppliedEdit } from '../../src/agent/correction.js';
import { errorMessage, isDetectiveError } from '../../src/base/errors.js';
import type { TokenReward } from '../../src/scorer/scorer.js';
import { diffWords } from '../../src/text/edits.js';
import type { CorrectionItem, LazyItem } from './item.js';
import { type Outcome, outcomeKeys, replaced, unchanged } from './outcome.js';
import type { CorrectionRecord, StrategyRecord } from './record.js';
import { type StrategyContext, type StrategyName, type StrategyResult, strategies } from './strategies.js';

export interface CorrectItemOptions extends Omit<StrategyContext, 'rewriter' | 'guide'> {
  names: readonly StrategyName[];
  rewriterFor(item: CorrectionItem): StrategyContext['rewriter'];
  guideFor?: ((item: CorrectionItem) => StrategyContext['guide']) | undefined;
}

/**
 * Corrects one answer by every strategy and sets the results against the ground truth. Throws only where it is aborted, or
 * where a package that items are made with is not installed: no other item would fare better.
 */
export async function correctItem(lazy: LazyItem, options: CorrectItemOptions): Promise<CorrectionRecord> {
  let item: CorrectionItem;
  try {
    item = await lazy.open(options.signal);
  } catch (error) {
    options.signal.throwIfAborted();
    if (isDetectiveError(error) && error.code === 'missing-dependency') throw error;
    return { id: lazy.id, error: errorMessage(error) };
  }
  const context: StrategyContext = { ...options, rewriter: options.rewriterFor(item), guide: options.guideFor?.(item) };
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
    if (claim.end === 0) return [];
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
