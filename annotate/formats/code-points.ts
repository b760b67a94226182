import { DetectiveError } from '../../src/base/errors.js';
import type { Range } from '../../src/text/range.js';

/** Offsets in code points, as Python counts, for one text. */
export interface CodePoints {
  /** From UTF-16. An offset inside a character counts as the character's own. */
  from(range: Range): Range;
  /**
   * To UTF-16.
   *
   * @param text What must stand there, where the source says.
   * @throws DetectiveError `bad-input` where it does not, or the range lies outside.
   */
  to(range: Range, what: string, text?: string): Range;
}

export function codePointsOf(response: string): CodePoints {
  const starts: number[] = [];
  let units = 0;
  for (const character of response) {
    starts.push(units);
    units += character.length;
  }
  starts.push(units);
  const numberOf = (offset: number) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    from: ({ start, end }) => ({ start: numberOf(start), end: numberOf(end) }),
    to({ start, end }, what, text) {
      const [from, to] = [starts[start], starts[end]];
      const there = from === undefined || to === undefined ? undefined : response.slice(from, to);
      if (there === undefined || start >= end || (text !== undefined && there !== text))
        throw new DetectiveError(
          'bad-input',
          `${what}: ${start}..${end}${text === undefined ? ' lies outside the text' : ` is not ${JSON.stringify(text.slice(0, 60))}, but ${JSON.stringify(there?.slice(0, 60))}`}; offsets are of characters (code points), the end left out`,
        );
      return { start: from!, end: to! };
    },
  };
}
