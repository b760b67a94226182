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

export function startMeter(budget: Budget = {}): BudgetMeter {
  const { tokens, cost, timeMs } = budget;
  let spentTokens = 0;
  let spentCost = 0;
  let late = false;
  const controller = timeMs === undefined ? undefined : new AbortController();
  const timer =
    controller &&
    setTimeout(() => {
      late = true;
      controller.abort(new Error('the time budget is used up'));
    }, timeMs);
  timer?.unref();
  return {
    signal: controller?.signal,
    spend(usage) {
      spentTokens += (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
      spentCost += usage?.cost ?? 0;
    },
    exceeded() {
      if (late) return `the time budget of ${timeMs} ms is used up`;
      if (tokens !== undefined && spentTokens >= tokens) return `the token budget of ${tokens} is used up`;
      if (cost !== undefined && spentCost >= cost) return `the cost budget of $${cost} is used up`;
      return null;
    },
    stop: () => clearTimeout(timer),
  };
}
