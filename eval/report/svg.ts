/** Text that is only text in SVG and HTML. */
export const escapeText = (text: string): string =>
  text.replace(/(?![\n\r\t])\p{Cc}/gu, '\ufffd').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** A number for an attribute: at most two decimals, so that a page stays small and comes out the same. */
export const num = (value: number): string => String(Math.round(value * 100) / 100);

/** The plane of a plot: a frame with ticks, and where a value stands in it. */
export interface Plane {
  width: number;
  height: number;
  x(value: number): number;
  y(value: number): number;
  /** The frame with its ticks and labels, to be drawn first. */
  frame: string;
}

export interface Axis {
  label: string;
  low: number;
  high: number;
  ticks: readonly number[];
  /** Default: the number as it is. */
  format?: (value: number) => string;
}

const margin = { left: 52, right: 14, top: 12, bottom: 44 };

export function plane(width: number, height: number, xAxis: Axis, yAxis: Axis): Plane {
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  const x = (value: number) => margin.left + ((value - xAxis.low) / (xAxis.high - xAxis.low)) * (right - margin.left);
  const y = (value: number) => bottom - ((value - yAxis.low) / (yAxis.high - yAxis.low)) * (bottom - margin.top);
  const across = yAxis.ticks.map(
    (tick) =>
      `<line class="grid" x1="${margin.left}" x2="${right}" y1="${num(y(tick))}" y2="${num(y(tick))}"/><text x="${margin.left - 6}" y="${num(y(tick) + 4)}" text-anchor="end">${escapeText((yAxis.format ?? String)(tick))}</text>`,
  );
  const down = xAxis.ticks.map(
    (tick) =>
      `<line class="grid" x1="${num(x(tick))}" x2="${num(x(tick))}" y1="${margin.top}" y2="${bottom}"/><text x="${num(x(tick))}" y="${bottom + 16}" text-anchor="middle">${escapeText((xAxis.format ?? String)(tick))}</text>`,
  );
  const middle = (margin.top + bottom) / 2;
  const labels = `<text x="${num((margin.left + right) / 2)}" y="${height - 6}" text-anchor="middle">${escapeText(xAxis.label)}</text><text transform="translate(13 ${num(middle)}) rotate(-90)" text-anchor="middle">${escapeText(yAxis.label)}</text>`;
  return { width, height, x, y, frame: `${across.join('')}${down.join('')}${labels}` };
}

/** As the page has them, and by themselves where a figure is copied out of it. */
const style =
  'text{fill:var(--ink,#222);font:11px system-ui,sans-serif}.grid{stroke:#8883}.mark{stroke:var(--ink,#222);stroke-dasharray:4 3}.whisker{stroke:var(--ink,#222);stroke-width:1.5;fill:none}.dot{fill:#0072b2;fill-opacity:.75}';

/** A whole picture that needs no page, with a title for those who cannot see it. */
export const svg = ({ width, height }: { width: number; height: number }, title: string, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}"><title>${escapeText(title)}</title><style>${style}</style>${body}</svg>`;

const legendRow = 18;

/** The names of series beside their colours, in rows below a plot, and the height that they need. */
export function legend(
  names: readonly string[],
  colour: (index: number) => string,
  { width, height }: { width: number; height: number },
): { body: string; height: number } {
  let [x, row] = [margin.left, 0];
  const keys = names.map((name, index) => {
    const wide = 24 + name.length * 6.2;
    if (x > margin.left && x + wide > width) [x, row] = [margin.left, row + 1];
    const y = height + 6 + row * legendRow;
    const key = `<rect x="${num(x)}" y="${num(y)}" width="10" height="10" rx="2" fill="${colour(index)}"/><text x="${num(x + 15)}" y="${num(y + 9)}">${escapeText(name)}</text>`;
    x += wide;
    return key;
  });
  return { body: keys.join(''), height: height + 8 + (row + 1) * legendRow };
}

/** The colours of series, told apart also by those who see few colours (Okabe and Ito). */
export const seriesColours = ['#7f7f7f', '#d55e00', '#cc79a7', '#0072b2', '#009e73', '#e69f00', '#56b4e9', '#000000'];

/** A plot in a page: its SVG, which may also be a file of its own, and what is said below it. */
export interface Plot {
  svg: string;
  title: string;
  note: string;
  wide: boolean;
}

export const figureHtml = ({ svg, title, note, wide }: Plot): string =>
  `<figure${wide ? ' class="wide"' : ''}>${svg}<figcaption><b>${escapeText(title)}</b> ${escapeText(note)}</figcaption></figure>`;
