import { drawableNouns, iconSvg, iconsOf } from './icons.js';
import { between, pick } from './random.js';
import { type Style, trainingStyles } from './scene.js';

/** What flat pictures are put together from: SVG elements, made-up words, colours. */
export type Random = () => number;
export type Painter = (random: Random, width: number, height: number) => string;

export const syllables = 'ta re mi lo ko san der ver in al to pri me ca le ro ni be st ar en um da fi qu'.split(' ');
export const tints = ['#cfe8ff', '#ffe3c2', '#d6f5d6', '#f5d6ee', '#fff6bf', '#e2e2e2', '#bfe3df'];

export const word = (random: Random) =>
  Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, syllables)).join('');
export const words = (random: Random, count: number) =>
  Array.from({ length: Math.max(1, count) }, () => word(random)).join(' ');
export const price = (random: Random) =>
  `${pick(random, ['$', '', '', '€'])}${(random() * 10 ** pick(random, [1, 2, 3])).toFixed(2)}`;
export const paper = (random: Random) =>
  pick(random, ['#ffffff', '#ffffff', '#fbf8ef', '#f2f2f2', '#e9eef5', '#222831']);
export const colour = (random: Random) =>
  `hsl(${Math.floor(random() * 360)} ${Math.floor(between(random, 20, 95))}% ${Math.floor(between(random, 25, 75))}%)`;
export const grey = (random: Random) => `hsl(0 0% ${Math.floor(between(random, 5, 97))}%)`;
export const darkInk = (random: Random) => pick(random, ['#111', '#222', '#333', '#1a2b4c']);

export const box = (x: number, y: number, w: number, h: number, fill: string, round = 0) =>
  `<rect x="${x}" y="${y}" width="${Math.max(0, w)}" height="${Math.max(0, h)}" rx="${round}" fill="${fill}"/>`;
export const circle = (x: number, y: number, r: number, fill: string) =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
export const line = (x1: number, y1: number, x2: number, y2: number, stroke: string) =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" stroke-width="2"/>`;

export function text(
  random: Random,
  x: number,
  y: number,
  size: number,
  value: string,
  fill: string,
  family?: string,
): string {
  const font = family ?? pick(random, ['DejaVu Sans', 'DejaVu Serif', 'DejaVu Sans Condensed']);
  return `<text x="${x}" y="${y}" font-size="${size}" font-family="${font}" fill="${fill}">${value}</text>`;
}

export function blob(random: Random, x: number, y: number, r: number, fill: string): string {
  const points = Array.from({ length: 9 }, (_, i) => {
    const [angle, far] = [(i / 9) * Math.PI * 2, r * between(random, 0.5, 1.2)];
    return `${x + far * Math.cos(angle)},${y + far * Math.sin(angle)}`;
  });
  return `<polygon points="${points.join(' ')}" fill="${fill}"/>`;
}

export function bars(random: Random, x: number, y: number, w: number, h: number): string {
  let out = '';
  for (let at = 0; at < w; at += w * between(random, 0.012, 0.04))
    out += box(x + at, y, w * between(random, 0.004, 0.015), h, '#111');
  return out;
}

type Cell = (x: number, y: number, width: number, height: number) => string;

export function grid(random: Random, w: number, h: number, rows: number, columns: number, cell: Cell): string {
  const [x0, y0, cw, ch] = [w * 0.06, h * 0.12, (w * 0.88) / columns, (h * 0.82) / rows];
  const head = random() < 0.5 ? colour(random) : 'none';
  let out = '';
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [x, y] = [x0 + column * cw, y0 + row * ch];
      out += `<rect x="${x}" y="${y}" width="${cw}" height="${ch}" fill="${row === 0 ? head : 'none'}" stroke="#555"/>${cell(x, y, cw, ch)}`;
    }
  return out;
}

export function icon(random: Random, x: number, y: number, side: number): string {
  const style = pick<Style>(random, trainingStyles);
  const names = iconsOf(pick(random, drawableNouns([style])), style);
  const inside = iconSvg(pick(random, names), style).replace(/<\?xml[^>]*>/, '');
  return inside
    .replace('<svg', `<svg x="${x}" y="${y}"`)
    .replace(/(<svg[^>]*?) width="[^"]*"/, `$1 width="${side}"`)
    .replace(/(<svg[^>]*?) height="[^"]*"/, `$1 height="${side}"`);
}
