import type { AppliedEdit } from './applied-edit.js';
import { graphemes, isPlain } from './graphemes.js';

/** The same edits, widened where they would begin or end inside a user-perceived character. In order and disjoint. */
export function wholeGraphemes(text: string, edits: readonly AppliedEdit[]): AppliedEdit[] {
  if (edits.length === 0 || isPlain(text)) return [...edits];
  const bounds = [...graphemes(text)].map(({ start }) => start);
  bounds.push(text.length);
  const known = new Set(bounds);
  const widened: AppliedEdit[] = [];
  for (const edit of edits) {
    const start = known.has(edit.start) ? edit.start : bounds.findLast((bound) => bound < edit.start)!;
    const end = known.has(edit.end) ? edit.end : bounds.find((bound) => bound > edit.end)!;
    const last = widened.at(-1);
    if (last && start < last.end) {
      // the two share a character: what last took in of it after its own end is taken back, then what lies between follows
      const kept = last.to.slice(0, last.to.length - (last.end - Math.min(last.end, edit.start)));
      widened[widened.length - 1] = {
        start: last.start,
        end,
        from: text.slice(last.start, end),
        to: kept + edit.to + text.slice(edit.end, end),
      };
    } else {
      const to = text.slice(start, edit.start) + edit.to + text.slice(edit.end, end);
      widened.push({ start, end, from: text.slice(start, end), to });
    }
  }
  return widened;
}
