import type { Estimate } from '../stats/bootstrap.js';
import { escapeText, legend, num, type Plot, plane, seriesColours, svg } from './svg.js';

export interface BarGroup {
  name: string;
  bars: readonly Estimate[];
  /** How many cases it is over, where that is known: a bar over one case is drawn pale and says so. */
  n?: number;
}

/**
 * Shares in percent as bars with their intervals, in groups, one colour a series.
 *
 * @param firstColour The place of the first series among the colours, so that a series keeps its colour from plot to plot.
 */
export function barPlot(
  title: string,
  note: string,
  series: readonly string[],
  groups: readonly BarGroup[],
  firstColour = 0,
): Plot {
  const colourOf = (index: number) => seriesColours[(firstColour + index) % seriesColours.length]!;
  const highest = Math.max(
    0.01,
    ...groups.flatMap(({ bars }) => bars.map(({ value, high }) => Math.max(value ?? 0, high ?? 0))),
  );
  const step = stepFor(highest * 100);
  const top = Math.min(Math.ceil((highest * 100) / step) * step, Math.max(100, step));
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const width = Math.max(460, 90 + groups.length * Math.max(122, series.length * 15 + 26));
  const base = plane(
    width,
    300,
    { label: '', low: 0, high: groups.length, ticks: [] },
    { label: '%', low: 0, high: top, ticks, format: (value) => String(Math.round(value * 100) / 100) },
  );
  const marks = groups.map(({ name, bars, n }, group) => {
    const left = base.x(group) + 10;
    const wide = (base.x(group + 1) - base.x(group) - 20) / Math.max(1, series.length);
    const drawn = bars.map(({ value, low, high }, index) => {
      if (value === null) return '';
      const x = left + index * wide;
      const at = (share: number) => base.y(Math.min(top, share * 100));
      const whisker =
        low === null || high === null || low === high
          ? ''
          : `<path d="M${num(x + wide / 2)} ${num(at(low))}V${num(at(high))}" class="whisker"/>`;
      return `<rect x="${num(x + 1)}" width="${num(Math.max(1, wide - 2))}" y="${num(at(value))}" height="${num(base.y(0) - at(value))}" fill="${colourOf(index)}"${n === 1 ? ' fill-opacity=".3"' : ''}><title>${escapeText(`${name}, ${series[index]}: ${(value * 100).toFixed(1)} %`)}</title></rect>${whisker}`;
    });
    const single =
      n === 1
        ? `<text x="${num((base.x(group) + base.x(group + 1)) / 2)}" y="${num(base.y(top) + 10)}" text-anchor="middle" class="single">n = 1</text>`
        : '';
    return `${drawn.join('')}${single}<text x="${num((base.x(group) + base.x(group + 1)) / 2)}" y="${num(base.y(0) + 16)}" text-anchor="middle">${escapeText(name)}</text>`;
  });
  const keys = legend(series, colourOf, base);
  return {
    svg: svg({ width, height: keys.height }, title, base.frame + marks.join('') + keys.body),
    title,
    note,
    wide: width > 480,
  };
}

function stepFor(highest: number): number {
  const steps = [0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100];
  return steps.find((step) => highest / step <= 6) ?? 100;
}
