import type { TokenReward } from '../../src/scorer/scorer.js';
import { splitWords } from '../../src/text/words.js';

export function judged(text: string, every: number): TokenReward[] {
  return splitWords(text).map(({ start, end }, index) => ({
    text: text.slice(start, end),
    start,
    end,
    reward: index % every === 0 ? 0.1 : 0.9,
  }));
}
