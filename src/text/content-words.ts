import type { TokenReward } from './token-reward.js';
import { wordRewards } from './words.js';

const functionWords = new Set(
  (
    'a an the this that these those some any it its he she they his her hers him them their theirs there here is are was were ' +
    'be been being am has have had do does did can could will would may might must shall should and or but nor so if then ' +
    'than as of in on at to from by with for into onto about also too very just only both each i you we me us my your our ' +
    'what which who whom whose where when while how'
  ).split(' '),
);

/** Whether a word says something by itself: all but articles, pronouns, prepositions and the like. `Yes` and `no` do. */
export const isContentWord = (word: string): boolean =>
  /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word) && !functionWords.has(word.toLowerCase());

/** Content words of an answer that got a reward, of all that it has. */
export interface Judged {
  words: number;
  of: number;
}

export function judgedWords(text: string, tokens: readonly TokenReward[]): Judged {
  const content = wordRewards(text, tokens).filter((word) => isContentWord(word.text));
  return { words: content.filter(({ reward }) => reward !== null).length, of: content.length };
}
