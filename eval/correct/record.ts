import { type Outcome, outcomeKeys } from './outcome.js';

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

/** The outcome of a strategy; null where the ground truth could not judge it. */
export function outcomeOf({ outcome }: StrategyRecord): Outcome | null {
  if (outcome?.length !== outcomeKeys.length) return null;
  return Object.fromEntries(outcomeKeys.map((key, index) => [key, outcome[index]])) as unknown as Outcome;
}
