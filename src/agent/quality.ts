import type { TokenReward } from '../scorer/scorer.js';
import type { Range } from '../text/range.js';

/** How good a text is: fewer flagged tokens first, then a higher lowest reward. */
export interface Quality {
  flagged: number;
  /** 1 where nothing was judged. */
  lowest: number;
}

/** The quality of the tokens inside a range, or of all. */
export function qualityOf(tokens: readonly TokenReward[], threshold: number, range?: Range): Quality {
  let flagged = 0;
  let lowest = 1;
  for (const { start, end, reward } of tokens) {
    if (reward === null || (range && (end <= range.start || start >= range.end))) continue;
    if (reward <= threshold) flagged++;
    lowest = Math.min(lowest, reward);
  }
  return { flagged, lowest };
}

export function isBetter(a: Quality, b: Quality): boolean {
  return a.flagged < b.flagged || (a.flagged === b.flagged && a.lowest > b.lowest + 1e-9);
}

/** Sum of the log rewards inside a range: how likely all of it is. */
export function logLikelihood(tokens: readonly TokenReward[], range: Range): number {
  let sum = 0;
  for (const { start, end, reward } of tokens) {
    if (reward !== null && end > range.start && start < range.end) sum += Math.log(Math.max(reward, 1e-4));
  }
  return sum;
}
