import { typeByWords } from './claims/type-by-words.js';
import type { FlaggedSpan } from './flagged-span.js';
import { sentenceAt, statements } from './sentences.js';
import type { TokenReward } from './token-reward.js';
import { sentencesOf } from './view/view.js';
import { type WordReward, why, wordRewards } from './words.js';

/**
 * The words with a reward at or below the threshold, neighbours merged: whole words, inside one sentence, in reading
 * order. A null reward is never flagged. A `Yes.` or `No.` is one sentence with what follows it.
 */
export function flagSpans(text: string, tokens: readonly TokenReward[], threshold: number): FlaggedSpan[] {
  const sentences = statements(text, sentencesOf(text));
  const spans: FlaggedSpan[] = [];
  for (const whole of wordRewards(text, tokens)) {
    const word = withoutUnderscores(whole);
    if (word.reward === null || word.reward > threshold) continue;
    const found = sentenceAt(sentences, word.start);
    const sentence: [number, number] = found ? [found.start, found.end] : [word.start, word.end];
    const last = spans.at(-1);
    if (
      last &&
      last.sentence[0] === sentence[0] &&
      /^[\s\-‑\u00ad\u200b\u2060\ufeff]*$/u.test(text.slice(last.end, word.start))
    ) {
      last.end = word.end;
      last.text = text.slice(last.start, last.end);
      if (word.reward < last.reward) Object.assign(last, why(word), { reward: word.reward });
    } else {
      spans.push({
        id: spans.length + 1,
        start: word.start,
        end: word.end,
        text: word.text,
        reward: word.reward,
        sentence,
        ...why(word),
      });
    }
  }
  typeByWords(text, spans);
  return spans;
}

/** `brown` of `_brown_`: there the underscores are marks. */
function withoutUnderscores(word: WordReward): WordReward {
  const inner = /^_*(.*?)_*$/su.exec(word.text)![1]!;
  if (inner === '' || inner.length === word.text.length) return word;
  const start = word.start + word.text.indexOf(inner);
  return { ...word, text: inner, start, end: start + inner.length };
}
