import { type Estimate, estimateAll, type Weights } from '../stats/bootstrap.js';
import { differenceEstimate, shareEstimate } from '../stats/exact.js';
import { permutationTest } from '../stats/permutation.js';

/** What an item adds to a figure that is a ratio of sums over items. */
export type Part = readonly [numerator: number, denominator: number];

/**
 * Items are put together in so many groups at most before resampling: with fewer items each is its own, with more a
 * group of items is drawn as one, which gives the same intervals in bounded memory.
 */
const mostGroups = 2000;

/** A figure that is a ratio of sums. A share's numerator counts some of the things of its denominator. */
export interface Ratio {
  name: string;
  share: boolean;
}

/** Sums of ratio figures over items, held in groups for the bootstrap. Memory does not grow with the items. */
export interface RatioSums {
  /** The parts of one item, in the order of the figures. Null: the item has no part in that figure. */
  add(parts: readonly (Part | null)[]): void;
  items: number;
  /** The ratio of the sums with its 95 % interval over items: percentile bootstrap; exact for a share with few events. */
  estimates(resamples: number, seed: number): Estimate[];
  /** Estimates of `a - b` for pairs of figures (their places): each resample draws the same items for both; with the
   * p-value of a permutation test that swaps the two within items. */
  differences(pairs: readonly (readonly [a: number, b: number])[], resamples: number, seed: number): Estimate[];
}

export function ratioSums(figures: readonly Ratio[]): RatioSums {
  const width = figures.length * 2;
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
  const clusters = (index: number) =>
    Array.from(
      { length: Math.min(items, mostGroups) },
      (_, group) => [sums[group * width + index * 2]!, sums[group * width + index * 2 + 1]!] as const,
    );
  const swappedDifference = (a: number, b: number) => {
    const [first, second] = [clusters(a), clusters(b)];
    return (swapped: Uint8Array) => {
      const total = [0, 0, 0, 0] as [number, number, number, number];
      for (const [group, swap] of swapped.entries()) {
        const [one, other] = swap ? [second[group]!, first[group]!] : [first[group]!, second[group]!];
        total[0] += one[0];
        total[1] += one[1];
        total[2] += other[0];
        total[3] += other[1];
      }
      return total[0] / total[1] - total[2] / total[3];
    };
  };
  const estimates = (resamples: number, seed: number) =>
    resampled((total) => figures.map((_, index) => ratioAt(total, index)), resamples, seed).map((estimate, index) =>
      figures[index]!.share ? shareEstimate(estimate, clusters(index)) : estimate,
    );
  return {
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
    estimates,
    differences(pairs, resamples, seed) {
      const own = estimates(resamples, seed);
      const drawn = resampled((total) => pairs.map(([a, b]) => ratioAt(total, a) - ratioAt(total, b)), resamples, seed);
      return drawn.map((difference, at) => {
        const [a, b] = pairs[at]!;
        const groups = Math.min(items, mostGroups);
        return {
          ...(figures[a]!.share ? differenceEstimate(difference, own[a]!, own[b]!) : difference),
          p: permutationTest(groups, swappedDifference(a, b), { draws: resamples, seed }),
        };
      });
    },
  };
}
