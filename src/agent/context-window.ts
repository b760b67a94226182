import type { Range } from '../text/range.js';
import { splitSentences } from '../text/sentences.js';

/** Texts up to this length are scored whole. */
const wholeLength = 700;
/** Of longer ones, this much on either side of the sentence. */
const around = 300;

/** The part of a text in which a sentence is judged: all of it, or the sentences around it for a long text. */
export function contextOf(text: string, [start, end]: readonly [number, number]): Range {
  if (text.length <= wholeLength) return { start: 0, end: text.length };
  const near = splitSentences(text).filter(
    (sentence) => sentence.end > start - around && sentence.start < end + around,
  );
  const inside = near.filter((sentence) => sentence.start >= start - around * 2 && sentence.end <= end + around * 2);
  return {
    start: Math.min(start, ...inside.map((sentence) => sentence.start)),
    end: Math.max(end, ...inside.map((sentence) => sentence.end)),
  };
}
