import type { PrintedLine } from '../../../text/print/table.js';
import type { TextLine } from './text-line.js';

/** Lines with the number of their row, from 1 on, and the box around them. */
export function printedLines(lines: readonly TextLine[]): PrintedLine[] {
  return inRows(lines).flatMap((row, index) =>
    row.map(({ text, corners }): PrintedLine => {
      const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
      return {
        text,
        row: String(index + 1),
        box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
      };
    }),
  );
}

/** Lines of print that stand beside one another, from left to right; the rows from the top down. The print may be turned. */
export function inRows(lines: readonly TextLine[]): TextLine[][] {
  const slope = slopeOf(lines);
  const placed = lines
    .map((line) => {
      const x = mean(line.corners.map((corner) => corner[0]));
      const y = mean(line.corners.map((corner) => corner[1])) - slope * x;
      const ys = line.corners.map((corner) => corner[1]);
      const height = isFlat(line) ? Math.abs(ys[3]! - ys[0]!) : Math.max(...ys) - Math.min(...ys);
      return { line, x, y, height };
    })
    .sort((a, b) => a.y - b.y);
  const rows: (typeof placed)[] = [];
  for (const item of placed) {
    const last = rows.at(-1);
    const middle = last && mean(last.map(({ y }) => y));
    if (last && middle !== undefined && Math.abs(item.y - middle) < 0.5 * Math.min(item.height, last[0]!.height))
      last.push(item);
    else rows.push([item]);
  }
  return rows.map((row) => row.sort((a, b) => a.x - b.x).map(({ line }) => line));
}

const isFlat = ({ corners }: TextLine) => corners[1]![0] - corners[0]![0] > 0.04;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** How far the slope may be from what the long lines say, and the steps in which it is sought, in heights a width. */
const mostOff = 0.03;
const step = 0.0025;
const maxCompared = 120;

/**
 * How much the rows fall from left to right, as a share of the picture's sides. Lines say it the better the longer they
 * are; near to that, the slope by which most lines that do not overlap stand beside one another.
 */
function slopeOf(lines: readonly TextLine[]): number {
  const flat = lines.filter(isFlat).map(({ corners }) => {
    const [[left, top], [right, bottom], , [, lower]] = corners as [
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
    ];
    return {
      left,
      right,
      y: (top + bottom) / 2,
      x: (left + right) / 2,
      fall: bottom - top,
      height: Math.abs(lower - top),
    };
  });
  const weight = flat.reduce((sum, { left, right }) => sum + (right - left) ** 2, 0);
  if (weight === 0) return 0;
  const said = flat.reduce((sum, { left, right, fall }) => sum + fall * (right - left), 0) / weight;
  const compared = flat.slice(0, maxCompared);
  let best = { slope: said, fit: 0 };
  for (let off = -mostOff; off <= mostOff + 1e-9; off += step) {
    const slope = said + off;
    let fit = 0;
    for (const [index, a] of compared.entries()) {
      for (const b of compared.slice(index + 1)) {
        if (Math.min(a.right, b.right) > Math.max(a.left, b.left)) continue;
        const apart = Math.abs(a.y - b.y - slope * (a.x - b.x)) / (0.4 * Math.min(a.height, b.height) + 1e-6);
        if (apart < 1) fit += (1 - apart ** 2) * (1 - Math.abs(off) / (3 * mostOff));
      }
    }
    if (fit > best.fit) best = { slope, fit };
  }
  return best.slope;
}
