import { type Colour, colours } from '../src/text/lexicon/colours.js';
import { between, pick } from './random.js';

export type Rgb = readonly [number, number, number];

/** Several shades that people call by each colour name; the first ones are the plainest. */
const shades: Record<Colour, readonly Rgb[]> = {
  red: [
    [224, 36, 36],
    [255, 0, 0],
    [200, 30, 45],
    [235, 60, 50],
    [178, 22, 28],
  ],
  green: [
    [46, 160, 67],
    [0, 128, 0],
    [60, 180, 75],
    [30, 130, 60],
    [90, 190, 80],
  ],
  blue: [
    [40, 90, 220],
    [0, 0, 255],
    [33, 120, 230],
    [60, 110, 200],
    [30, 64, 175],
  ],
  yellow: [
    [250, 214, 40],
    [255, 255, 0],
    [255, 221, 51],
    [240, 200, 30],
    [255, 235, 80],
  ],
  purple: [
    [130, 60, 180],
    [128, 0, 128],
    [150, 80, 200],
    [110, 50, 150],
    [156, 39, 176],
  ],
  orange: [
    [245, 140, 30],
    [255, 165, 0],
    [255, 128, 0],
    [240, 120, 40],
    [251, 146, 60],
  ],
  pink: [
    [250, 140, 190],
    [255, 192, 203],
    [255, 105, 180],
    [244, 143, 177],
    [236, 100, 160],
  ],
  brown: [
    [130, 80, 40],
    [139, 69, 19],
    [120, 72, 48],
    [150, 95, 55],
    [101, 67, 33],
  ],
  black: [
    [28, 28, 30],
    [0, 0, 0],
    [40, 40, 44],
    [20, 20, 20],
  ],
  white: [
    [245, 245, 245],
    [255, 255, 255],
    [235, 238, 240],
  ],
  gray: [
    [140, 140, 140],
    [128, 128, 128],
    [160, 164, 168],
    [110, 112, 116],
  ],
};

/** A shade of a named colour, a little off its anchor. */
export function shadeOf(colour: Colour, random: () => number): Rgb {
  const [r, g, b] = pick(random, shades[colour]);
  const jitter = () => between(random, -12, 12);
  return [clampByte(r + jitter()), clampByte(g + jitter()), clampByte(b + jitter())];
}

export function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}

/** The named colour that a pixel would be called. */
export function nameOfRgb(r: number, g: number, b: number): Colour {
  const max = Math.max(r, g, b);
  const min = Math.min(r, g, b);
  const chroma = max - min;
  const light = (max + min) / 2;
  if (chroma < 28 || (light > 225 && chroma < 50)) return light < 62 ? 'black' : light > 205 ? 'white' : 'gray';
  if (max < 50) return 'black';
  const hue =
    max === r
      ? 60 * (((g - b) / chroma + 6) % 6)
      : max === g
        ? 60 * ((b - r) / chroma + 2)
        : 60 * ((r - g) / chroma + 4);
  if (hue < 14 || hue >= 345) return light > 165 ? 'pink' : max < 150 && hue < 14 ? 'brown' : 'red';
  if (hue < 42) return max < 190 ? 'brown' : 'orange';
  if (hue < 68) return max < 150 ? 'brown' : 'yellow';
  if (hue < 170) return 'green';
  if (hue < 255) return 'blue';
  if (hue < 300) return 'purple';
  return light > 120 ? 'pink' : 'purple';
}

/**
 * The colour that covers at least 62 % of the opaque pixels, black outlines aside, or null where there is no such one.
 * Reds, oranges and browns that lie side by side in an icon make it nameless: people would not agree.
 */
export function dominantColour(rgba: Uint8Array): Colour | null {
  const counts = new Map<Colour, number>(colours.map((colour) => [colour, 0]));
  let opaque = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3]! < 128) continue;
    const colour = nameOfRgb(rgba[i]!, rgba[i + 1]!, rgba[i + 2]!);
    opaque++;
    counts.set(colour, counts.get(colour)! + 1);
  }
  const [colour, count] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  const outline = colour === 'black' ? 0 : counts.get('black')!;
  return count / (opaque - outline) >= 0.62 ? colour : null;
}

export const tintMethods = ['ramp', 'multiply', 'chroma', 'blend'] as const;
export type TintMethod = (typeof tintMethods)[number];

/** Recolours opaque pixels in place. People tint in many ways, so scenes do too. */
export function tintPixels(rgba: Uint8Array, [tr, tg, tb]: Rgb, method: TintMethod, strength: number): void {
  const tintLight = 0.299 * tr + 0.587 * tg + 0.114 * tb;
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3] === 0) continue;
    const r = rgba[i]!;
    const g = rgba[i + 1]!;
    const b = rgba[i + 2]!;
    const light = 0.299 * r + 0.587 * g + 0.114 * b;
    let out: Rgb;
    if (method === 'ramp') {
      const t = light / 255;
      const toWhite = Math.max(0, t - 0.6) * 1.2;
      const shade = Math.min(1, 0.35 + t * 0.95);
      out = [mix(tr * shade, 255, toWhite), mix(tg * shade, 255, toWhite), mix(tb * shade, 255, toWhite)];
    } else if (method === 'multiply') {
      const shade = 0.3 + 0.75 * (light / 255);
      out = [tr * shade, tg * shade, tb * shade];
    } else if (method === 'chroma') {
      const lifted = mix(light, tintLight, 0.55);
      out = [tr + lifted - tintLight, tg + lifted - tintLight, tb + lifted - tintLight];
    } else {
      out = [mix(r, tr, strength), mix(g, tg, strength), mix(b, tb, strength)];
    }
    rgba[i] = clampByte(out[0]);
    rgba[i + 1] = clampByte(out[1]);
    rgba[i + 2] = clampByte(out[2]);
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
