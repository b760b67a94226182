import { splitSentences } from '../text/sentences.js';

/** A sentence without an end is cut after about this many characters. */
const longestSentence = 2000;

/**
 * How much of a text that is still being written is whole sentences, with the white space behind them; 0 for none. The
 * answer never changes with what is written next: a full stop counts once it is known what follows it.
 */
export function completeLength(text: string): number {
  const sentences = splitSentences(text);
  const last = sentences.at(-1);
  if (!last) return 0;
  if (/[\r\n]/.test(text.slice(last.end))) return text.length;
  if (sentences.length > 1) return last.start;
  if (text.length < longestSentence) return 0;
  const space = text.lastIndexOf(' ');
  return space > 0 ? space + 1 : 0;
}
