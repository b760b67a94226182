import { statements } from '../sentences.js';
import { leftOut } from './left-out.js';
import { viewOf, withPlainSpaces } from './view.js';

/** A sentence without an end is cut after about this many characters. */
const longestSentence = 2000;

/**
 * How much of a text that is still being written is whole sentences, with the white space behind them; 0 for none. The
 * answer never changes with what is written next: a full stop counts once it is known what follows it, and a block of
 * code or reasoning is whole once something follows its end.
 */
export function completeLength(text: string): number {
  const plain = withPlainSpaces(text);
  const block = leftOut(plain).at(-1);
  const open = block?.block && block.end === text.length ? block.start : text.length;
  const sentences = statements(text, viewOf(text.slice(0, open)).sentences);
  const last = sentences.at(-1);
  if (!last) return 0;
  if (open < text.length) return open;
  const after = plain.slice(last.end);
  if (/\n *\n/.test(after) || (/[.!?…。！？]$/.test(text.slice(0, last.end)) && after.includes('\n')))
    return last.end + after.lastIndexOf('\n') + 1;
  const before = sentences.at(-2);
  if (before) return before.end + lastSpace(plain.slice(before.end, last.start));
  if (text.length < longestSentence) return 0;
  const space = text.lastIndexOf(' ');
  return space > 0 ? space + 1 : 0;
}

/** Behind the last line break between two sentences, else behind the first white space: marks stay with their words. */
function lastSpace(gap: string): number {
  const line = gap.lastIndexOf('\n');
  return line >= 0 ? line + 1 : (/^\S* */.exec(gap)?.[0].length ?? gap.length);
}
