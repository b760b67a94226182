export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** US dollars, where the price is known. */
  cost?: number;
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
