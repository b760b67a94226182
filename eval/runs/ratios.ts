import { type Estimate, estimateAll, type Weights } from '../bootstrap.js';

/** What an item adds to a figure that is a ratio of sums over items. */
export type Part = readonly [numerator: number, denominator: number];

/**
 * Items are put together in so many groups at most before resampling: with fewer items each is its own, with more a
 * group of items is drawn as one, which gives the same intervals in bounded memory.
 */
const mostGroups = 2000;

/** Sums of ratio figures over items, held in groups for the bootstrap. Memory does not grow with the items. */
export interface RatioSums {
  names: readonly string[];
  /** The parts of one item, in the order of the names. Null: the item has no part in that figure. */
  add(parts: readonly (Part | null)[]): void;
  items: number;
  /** The ratio of the sums with its percentile bootstrap 95 % interval over items. */
  estimates(resamples: number, seed: number): Estimate[];
  /** Estimates of `a - b` for pairs of figures (their places): each resample draws the same items for both. */
  differences(pairs: readonly (readonly [a: number, b: number])[], resamples: number, seed: number): Estimate[];
}

export function ratioSums(names: readonly string[]): RatioSums {
  const width = names.length * 2;
  const sums = new Float64Array(mostGroups * width);
  let items = 0;

  function totals(weights: Weights | undefined): Float64Array {
    const groups = Math.min(items, mostGroups);
    const total = new Float64Array(width);
    for (let group = 0; group < groups; group++) {
      const weight = weights ? weights[group]! : 1;
      if (weight === 0) continue;
      const from = group * width;
      for (let i = 0; i < width; i++) total[i]! += weight * sums[from + i]!;
    }
    return total;
  }

  function resampled(statistics: (total: Float64Array) => number[], resamples: number, seed: number): Estimate[] {
    const estimates = estimateAll(
      Math.min(items, mostGroups),
      (weights): Record<string, number> => Object.fromEntries(statistics(totals(weights)).entries()),
      { resamples, seed },
    );
    return Object.values(estimates);
  }

  const ratioAt = (total: Float64Array, index: number) => total[index * 2]! / total[index * 2 + 1]!;
  return {
    names,
    get items() {
      return items;
    },
    add(parts) {
      const from = (items % mostGroups) * width;
      parts.forEach((part, index) => {
        if (!part) return;
        sums[from + index * 2]! += part[0];
        sums[from + index * 2 + 1]! += part[1];
      });
      items++;
    },
    estimates: (resamples, seed) =>
      resampled((total) => names.map((_, index) => ratioAt(total, index)), resamples, seed),
    differences: (pairs, resamples, seed) =>
      resampled((total) => pairs.map(([a, b]) => ratioAt(total, a) - ratioAt(total, b)), resamples, seed),
  };
}
