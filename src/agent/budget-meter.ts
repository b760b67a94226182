import type { Usage } from '../rewriters/rewriter.js';
import type { Budget } from './correction.js';

/** Counts what corrections spend. One meter may be shared by several corrections. */
export interface BudgetMeter {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal | undefined;
  spend(usage: Usage | undefined): void;
  /** Which budget is used up, in words, or null. */
  exceeded(): string | null;
  /** Lets the timer go. */
  stop(): void;
}

/** Longer than this and Node's timers fire at once. */
const longestTimer = 2 ** 31 - 1;

export function startMeter(budget: Budget = {}): BudgetMeter {
  const { tokens, cost, timeMs } = budget;
  const deadline = timeMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeMs;
  let spentTokens = 0;
  let spentCost = 0;
  const controller = timeMs === undefined ? undefined : new AbortController();
  const stopAll = () => controller?.abort(new Error('the time budget is used up'));
  if (timeMs !== undefined && timeMs <= 0) stopAll();
  const timer = timeMs !== undefined && timeMs > 0 && timeMs <= longestTimer ? setTimeout(stopAll, timeMs) : undefined;
  return {
    signal: controller?.signal,
    spend(usage) {
      spentTokens += (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
      spentCost += usage?.cost ?? 0;
    },
    exceeded() {
      if (controller?.signal.aborted || performance.now() >= deadline)
        return `the time budget of ${timeMs} ms is used up`;
      if (tokens !== undefined && spentTokens >= tokens) return `the token budget of ${tokens} is used up`;
      if (cost !== undefined && spentCost >= cost) return `the cost budget of $${cost} is used up`;
      return null;
    },
    stop: () => clearTimeout(timer),
  };
}
