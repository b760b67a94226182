export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** US dollars, where the price is known. */
  cost?: number;
}

/** What asking has cost: of one scoring, one correction, or many. */
export interface CallUsage extends Usage {
  /** Requests that were answered. */
  calls: number;
  /** Pictures that were sent, each as often as it was. */
  pictures: number;
  /** Milliseconds that the calls took, one after the other; side by side they took less. */
  ms: number;
}

export const noUsage = (): CallUsage => ({ calls: 0, pictures: 0, ms: 0, inputTokens: 0, outputTokens: 0 });

/** Adds what was used to what was used before. */
export function addUsage(total: Usage, { inputTokens, outputTokens, cost }: Usage): void {
  total.inputTokens += inputTokens;
  total.outputTokens += outputTokens;
  if (cost !== undefined) total.cost = (total.cost ?? 0) + cost;
}

/** Adds what calls have cost to what was spent before. */
export function addCalls(total: CallUsage, more: CallUsage): void {
  total.calls += more.calls;
  total.pictures += more.pictures;
  total.ms += more.ms;
  addUsage(total, more);
}

/** A token count as a server reports it; 0 where it reports none. */
export function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** The usage with its cost, where the price is known. */
export function withCost(usage: Usage, price: Price | undefined): Usage {
  if (price === undefined) return usage;
  return { ...usage, cost: (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6 };
}
