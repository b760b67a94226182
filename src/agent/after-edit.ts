import type { TokenReward } from '../scorer/scorer.js';
import type { Range } from '../text/range.js';
import type { SplicedText } from '../text/splice.js';
import type { AppliedEdit } from './correction.js';

/** Where the edits stand in the new text. */
function changedRanges(edits: readonly AppliedEdit[]): Range[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.to.length - (edit.end - edit.start);
    return { start, end: start + edit.to.length };
  });
}

const meets = (token: Range, ranges: readonly Range[]) =>
  ranges.some((range) => token.start < range.end && token.end > range.start);
const isFlagged = ({ reward }: TokenReward, threshold: number) => reward !== null && reward <= threshold;

/** Whether a token of the new words is flagged. */
export function flaggedInside(tokens: readonly TokenReward[], edits: readonly AppliedEdit[], threshold: number) {
  const changed = changedRanges(edits);
  return tokens.some((token) => isFlagged(token, threshold) && meets(token, changed));
}

/** Whether there are new words and the scorer judged none of them: that counts for nothing. */
export function unjudgedInside(tokens: readonly TokenReward[], edits: readonly AppliedEdit[]): boolean {
  const changed = changedRanges(edits).filter((range) => range.end > range.start);
  return changed.length > 0 && !tokens.some((token) => token.reward !== null && meets(token, changed));
}

/** Whether a token outside the edits is flagged that was not flagged before. */
export function newlyFlagged(
  tokens: readonly TokenReward[],
  before: readonly TokenReward[],
  { edits, toOriginal }: SplicedText,
  threshold: number,
): boolean {
  const changed = changedRanges(edits);
  const old = before.filter((token) => isFlagged(token, threshold));
  return tokens.some((token) => {
    if (!isFlagged(token, threshold) || meets(token, changed)) return false;
    const at = toOriginal(token.start);
    return !old.some(({ start, end }) => at < end && at + (token.end - token.start) > start);
  });
}

/** Where a range of the old text is in the new one, with the edits that touch it. */
export function rangeAfter({ start, end }: Range, edits: readonly AppliedEdit[]): Range {
  let before = 0;
  let inside = 0;
  for (const edit of edits) {
    const change = edit.to.length - (edit.end - edit.start);
    if (edit.end <= start && edit.start < start) before += change;
    else if (edit.start < end || (edit.start === end && edit.end === end)) inside += change;
  }
  return { start: start + before, end: Math.max(start + before, end + before + inside) };
}

/** The rewards of the tokens that the edits leave alone, where they are now. */
export function untouchedTokens(tokens: readonly TokenReward[], edits: readonly AppliedEdit[]): TokenReward[] {
  let next = 0;
  let shift = 0;
  return tokens.flatMap((token) => {
    while (next < edits.length && edits[next]!.end <= token.start) {
      const edit = edits[next++]!;
      shift += edit.to.length - (edit.end - edit.start);
    }
    const cut = next < edits.length && edits[next]!.start < token.end;
    return cut ? [] : [{ ...token, start: token.start + shift, end: token.end + shift }];
  });
}
