import { general } from '../../../text/claims/about-picture.js';
import type { Range } from '../../../text/range.js';
import { splitSentences } from '../../../text/sentences.js';
import type { Judgement } from '../rewards.js';

/**
 * The values of plain statements that are named as the print names them (`The zip code is 85791.` under `ZIP 85719`):
 * without the picture such a sentence might be general knowledge, beside the print it is about what is printed.
 */
export function valuesOfPrint(text: string, judgements: readonly Judgement[]): Range[] {
  const named = judgements.filter((judgement) => judgement.named);
  if (named.length === 0) return [];
  return splitSentences(text)
    .filter(({ start, end }) => isPlain(text.slice(start, end)))
    .flatMap((sentence) => named.filter(({ start, end }) => start >= sentence.start && end <= sentence.end));
}

/** It states what is, of one thing: no question, advice, condition, estimate or rule. */
const isPlain = (sentence: string): boolean =>
  sentence.length <= longest && !/\?["”')\]]*$/.test(sentence) && !notPlain.test(sentence) && !general.test(sentence);

const longest = 200;
const notPlain =
  /^(?:an?|most|many|some|all|any|each|every)\b|\b(?:you|your|yours|i|we|our|if|can|could|may|might|would|should|will|must|about|around|approximately|roughly|nearly|almost|average|normal|recommended|standard|per person)\b/i;
