import { setImmediate as breathe } from 'node:timers/promises';
import type { Pixels } from './image-input.js';

const precision = 22;
/** Products between two looks at the event loop: a few milliseconds. */
const atATime = 4_000_000;

/** How a pixel counts by its distance, in pixels, which is `support` at most. */
interface Kernel {
  support: number;
  weight(distance: number): number;
}

const kernels = {
  /** Catmull-Rom, a = -1/2. */
  'pillow-bicubic': {
    support: 2,
    weight(x) {
      const a = -0.5;
      const d = Math.abs(x);
      if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
    },
  },
  'pillow-bilinear': { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
} satisfies Record<string, Kernel>;

export type PillowKernel = keyof typeof kernels;

interface Taps {
  /** For each place of the output, the first of the input that counts. */
  first: Int32Array;
  /** Where its weights begin in `weights`; one entry more than there are places. */
  begin: Int32Array;
  weights: Int32Array;
}

/** Weights in 22-bit fixed point. A smaller output has a kernel as much wider, so that nothing is skipped. */
function tapsOf(from: number, to: number, { support, weight }: Kernel): Taps {
  const scale = from / to;
  const wide = Math.max(1, scale);
  const first = new Int32Array(to);
  const begin = new Int32Array(to + 1);
  const weights: number[] = [];
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    first[place] = Math.max(0, Math.trunc(centre - support * wide + 0.5));
    const last = Math.min(from, Math.trunc(centre + support * wide + 0.5));
    const raw: number[] = [];
    for (let at = first[place]!; at < last; at++) raw.push(weight((at - centre + 0.5) / wide));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    for (const weight of raw) {
      const fixed = (weight / sum) * 2 ** precision;
      weights.push(Math.trunc(fixed + (fixed < 0 ? -0.5 : 0.5)));
    }
    begin[place + 1] = weights.length;
  }
  return { first, begin, weights: Int32Array.from(weights) };
}

const half = 2 ** (precision - 1);
const rounded = (sum: number): number => Math.min(255, Math.max(0, sum >> precision));

async function across({ data, width, height }: Pixels, to: number, kernel: Kernel): Promise<Pixels> {
  const { first, begin, weights } = tapsOf(width, to, kernel);
  const out = Buffer.allocUnsafe(3 * to * height);
  const rows = Math.max(1, Math.floor(atATime / (3 * weights.length)));
  for (let row = 0, o = 0; row < height; row++) {
    if (row % rows === rows - 1) await breathe();
    for (let place = 0; place < to; place++) {
      let at = 3 * (row * width + first[place]!);
      let red = half;
      let green = half;
      let blue = half;
      for (let n = begin[place]!; n < begin[place + 1]!; n++, at += 3) {
        const weight = weights[n]!;
        red += weight * data[at]!;
        green += weight * data[at + 1]!;
        blue += weight * data[at + 2]!;
      }
      out[o++] = rounded(red);
      out[o++] = rounded(green);
      out[o++] = rounded(blue);
    }
  }
  return { data: out, width: to, height };
}

async function down({ data, width, height }: Pixels, to: number, kernel: Kernel): Promise<Pixels> {
  const { first, begin, weights } = tapsOf(height, to, kernel);
  const row = 3 * width;
  const out = Buffer.allocUnsafe(row * to);
  const sums = new Int32Array(row);
  for (let place = 0, spent = 0; place < to; place++) {
    sums.fill(half);
    for (let n = begin[place]!, at = row * first[place]!; n < begin[place + 1]!; n++, at += row) {
      const weight = weights[n]!;
      for (let x = 0; x < row; x++) sums[x]! += weight * data[at + x]!;
      spent += row;
    }
    for (let x = 0; x < row; x++) out[row * place + x] = rounded(sums[x]!);
    if (spent > atATime) {
      spent = 0;
      await breathe();
    }
  }
  return { data: out, width, height: to };
}

/**
 * Resizes as Pillow's `resize(size, BICUBIC)` or `BILINEAR` does, to the bit: across, then down, each rounded to 8 bits.
 * Vision models are trained with it, and libvips has other pixels: where a side grows they stand half a step aside.
 */
export async function resizeAsPillow(
  pixels: Pixels,
  to: { width: number; height: number },
  name: PillowKernel,
): Promise<Pixels> {
  const kernel = kernels[name];
  const wide = to.width === pixels.width ? pixels : await across(pixels, to.width, kernel);
  return to.height === wide.height ? wide : down(wide, to.height, kernel);
}

/** The picture in the upper left corner of a larger one that is black. */
export function inCorner({ data, width, height }: Pixels, of: { width: number; height: number }): Pixels {
  const out = Buffer.alloc(3 * of.width * of.height);
  for (let row = 0; row < height; row++)
    out.set(data.subarray(3 * width * row, 3 * width * (row + 1)), 3 * of.width * row);
  return { data: out, width: of.width, height: of.height };
}
