import type { TextLine } from './text-line.js';

/** Lines of print that stand beside one another, from left to right; the rows from the top down. The print may be turned. */
export function inRows(lines: readonly TextLine[]): TextLine[][] {
  const slope = median(
    lines.filter(isFlat).map(({ corners }) => {
      const [[left, top], [right, bottom]] = [corners[0]!, corners[1]!];
      return (bottom - top) / Math.max(1e-6, right - left);
    }),
  );
  const placed = lines
    .map((line) => {
      const x = mean(line.corners.map((corner) => corner[0]));
      const y = mean(line.corners.map((corner) => corner[1])) - slope * x;
      const height = Math.abs(line.corners[3]![1] - line.corners[0]![1]);
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
