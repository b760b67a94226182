import { type Axis, escapeText, legend, num, type Plot, plane, seriesColours, svg } from './svg.js';

export interface Line {
  name: string;
  /** Null where there is no value: the line has a gap. */
  points: readonly { x: number; y: number | null }[];
}

/** Lines over one axis, with an optional upright mark and names beside a sample of each line. */
export function linePlot(
  title: string,
  axes: { x: Axis; y: Axis },
  lines: readonly Line[],
  mark?: { x: number; label: string },
  note = '',
): Plot {
  const base = plane(460, 300, axes.x, axes.y);
  const paths = lines.map(({ points }, index) => {
    let path = '';
    let open = false;
    for (const { x, y } of points) {
      if (y === null) {
        open = false;
        continue;
      }
      path += `${open ? 'L' : 'M'}${num(base.x(x))} ${num(base.y(y))}`;
      open = true;
    }
    return `<path d="${path}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>`;
  });
  const { x: across, y: down } = axes;
  const marked = mark
    ? `<line x1="${num(base.x(mark.x))}" x2="${num(base.x(mark.x))}" y1="${num(base.y(down.low))}" y2="${num(base.y(down.high))}" class="mark"/><text x="${num(base.x(mark.x) + (mark.x > (across.low + across.high) / 2 ? -5 : 5))}" y="${num(base.y(down.high) + 12)}" text-anchor="${mark.x > (across.low + across.high) / 2 ? 'end' : 'start'}">${escapeText(mark.label)}</text>`
    : '';
  const keys = legend(
    lines.map(({ name }) => name),
    colourOf,
    base,
  );
  return {
    svg: svg({ ...base, height: keys.height }, title, base.frame + paths.join('') + marked + keys.body),
    title,
    note,
    wide: false,
  };
}

const colourOf = (index: number) => seriesColours[(index + 1) % seriesColours.length]!;
