import type { Canvas } from './canvas.js';
import { clampByte, type Rgb, shadeOf } from './paint.js';
import { between, pick } from './random.js';
import type { Ground } from './scene.js';

/** Fills the canvas: one shade, a slope between two shades, or a pattern of two shades of the same colour. */
export function paintGround(canvas: Canvas, ground: Ground, random: () => number): void {
  const first = shadeOf(ground.colour, random);
  const second = lighten(first, between(random, 0.75, 1.25), ground.colour === 'black' || ground.colour === 'white');
  const share = shareOfSecond(ground.kind, random);
  const { width, height, data } = canvas;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const t = share(x / width, y / height);
      const o = (y * width + x) * 3;
      data[o] = first[0] + (second[0] - first[0]) * t + 0.5;
      data[o + 1] = first[1] + (second[1] - first[1]) * t + 0.5;
      data[o + 2] = first[2] + (second[2] - first[2]) * t + 0.5;
    }
  }
}

function lighten(shade: Rgb, factor: number, subtle: boolean): Rgb {
  const amount = subtle ? 1 + (factor - 1) * 0.3 : factor;
  const lifted = subtle && shade[0] < 60 ? 14 * (factor - 0.75) : 0;
  return [
    clampByte(shade[0] * amount + lifted),
    clampByte(shade[1] * amount + lifted),
    clampByte(shade[2] * amount + lifted),
  ];
}

function shareOfSecond(kind: Ground['kind'], random: () => number): (x: number, y: number) => number {
  if (kind === 'plain') return () => 0;
  const angle = between(random, 0, Math.PI * 2);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  if (kind === 'graded') {
    return (x, y) => Math.min(1, Math.max(0, 0.5 + 0.9 * ((x - 0.5) * cos + (y - 0.5) * sin)));
  }
  const period = between(random, 0.04, 0.2);
  const pattern = pick(random, ['stripes', 'dots', 'checks', 'waves'] as const);
  if (pattern === 'stripes') return (x, y) => (mod(x * cos + y * sin, period) < period / 2 ? 0 : 1);
  if (pattern === 'checks') return (x, y) => (Math.floor(x / period) + Math.floor(y / period)) & 1;
  if (pattern === 'waves') return (x, y) => 0.5 + 0.5 * Math.sin(((x * cos + y * sin) * 2 * Math.PI) / period);
  const radius = period * between(random, 0.15, 0.4);
  return (x, y) => (Math.hypot(mod(x, period) - period / 2, mod(y, period) - period / 2) < radius ? 1 : 0);
}

function mod(value: number, period: number): number {
  return ((value % period) + period) % period;
}
