import { type Axis, escapeText, num, plane, seriesColours, svg } from './svg.js';

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
): string {
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
  return `<figure>${svg(base, title, base.frame + paths.join('') + marked)}<figcaption><b>${escapeText(title)}</b>${legend(lines.map(({ name }) => name))}</figcaption></figure>`;
}

const colourOf = (index: number) => seriesColours[(index + 1) % seriesColours.length]!;

/** The names of series beside their colours. */
export function legend(names: readonly string[], colour = colourOf): string {
  const keys = names.map(
    (name, index) => `<span><i style="background:${colour(index)}"></i>${escapeText(name)}</span>`,
  );
  return `<span class="legend">${keys.join('')}</span>`;
}
