import { seededRandom } from '../../scenes/random.js';

/**
 * Two-sided permutation test of two paired runs: the p-value of a difference at least as far from nought if, for each
 * pair, which result is whose were a matter of chance. All assignments where they are few, else so many drawn ones, the
 * one at hand among them (Phipson and Smyth 2010), so that p is never nought.
 *
 * @param pairs How many pairs there are.
 * @param difference The difference with the results of the pairs with a 1 swapped; `swapped` is written anew each time.
 * @returns Null where the difference is not defined.
 */
export function permutationTest(
  pairs: number,
  difference: (swapped: Uint8Array) => number,
  { draws, seed }: { draws: number; seed: number },
): number | null {
  const swapped = new Uint8Array(pairs);
  const observed = Math.abs(difference(swapped));
  if (!Number.isFinite(observed)) return null;
  const asFar = () => (Math.abs(difference(swapped)) >= observed - 1e-12 ? 1 : 0);
  let hits = 0;
  if (2 ** pairs <= draws) {
    for (let mask = 0; mask < 2 ** pairs; mask++) {
      for (let pair = 0; pair < pairs; pair++) swapped[pair] = (mask >> pair) & 1;
      hits += asFar();
    }
    return hits / 2 ** pairs;
  }
  const random = seededRandom(seed);
  for (let draw = 0; draw < draws; draw++) {
    for (let pair = 0; pair < pairs; pair++) swapped[pair] = random() < 0.5 ? 1 : 0;
    hits += asFar();
  }
  return (hits + 1) / (draws + 1);
}
