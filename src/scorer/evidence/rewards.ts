import type { FlagType } from '../../text/flag-type.js';
import type { Range } from '../../text/range.js';
import { splitWords, why } from '../../text/words.js';
import type { TokenReward } from '../scorer.js';

/** What an evidence scorer thinks of a run of the response. */
export interface Judgement extends Range {
  /** 0..1 */
  reward: number;
  type?: FlagType;
  /** One line. */
  reason?: string;
  /** It is a value that is printed, or in whose place another one is. */
  named?: boolean;
}

/** The words of a response as tokens: each with the lowest reward of the judgements that touch it, else null. */
export function judgedWords(response: string, judgements: readonly Judgement[]): TokenReward[] {
  const sorted = [...judgements].sort((a, b) => a.start - b.start);
  return splitWords(response).map(({ start, end }) => {
    let lowest: Judgement | undefined;
    for (const judgement of sorted) {
      if (judgement.start >= end) break;
      if (judgement.end > start && !(lowest && lowest.reward <= judgement.reward)) lowest = judgement;
    }
    return { text: response.slice(start, end), start, end, reward: lowest?.reward ?? null, ...why(lowest) };
  });
}

/** Of several pictures, one that shows it is enough: the highest reward of judgements of the same run. */
export function bestOfPictures(perPicture: readonly (readonly Judgement[])[]): Judgement[] {
  const best = new Map<string, Judgement>();
  for (const judgement of perPicture.flat()) {
    const key = `${judgement.start}:${judgement.end}`;
    const other = best.get(key);
    if (!other || other.reward < judgement.reward) best.set(key, judgement);
  }
  return [...best.values()];
}
