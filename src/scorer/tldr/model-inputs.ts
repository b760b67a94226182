import type { DecodeItem } from './worker-messages.js';

/** Memory for so many numbers, of any content. */
export type Floats = (length: number) => Float32Array<ArrayBuffer>;

const anew: Floats = (length) => new Float32Array(length);

/** Larger memory than this is not kept for the next. */
const mostKept = 16 << 20;

/**
 * The same memory at each call, for whoever is done with it by the next: new memory for each run of a model is megabytes of
 * garbage a second, and what is left of it lies between what stays.
 */
export function reusedFloats(): Floats {
  let memory = new ArrayBuffer(0);
  return (length) => {
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    if (bytes > mostKept) return anew(length);
    if (bytes > memory.byteLength) memory = new ArrayBuffer(bytes);
    return new Float32Array(memory, 0, length);
  };
}

/** `pixel_values` f32 [3,H,W] of RGB bytes [H,W,3]: each channel less its mean, over its deviation, both in shares of 255. */
export function pixelValues(
  pixels: Uint8Array,
  plane: number,
  mean: readonly number[],
  std: readonly number[],
  floats = anew,
): Float32Array<ArrayBuffer> {
  const values = floats(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * std[channel]!);
    const shift = mean[channel]! / std[channel]!;
    for (let i = 0; i < plane; i++) values[channel * plane + i] = pixels[i * 3 + channel]! * scale - shift;
  }
  return values;
}

/**
 * What the decoder takes, DESIGN.md section 6: ids and mask [count, length], features [count, rows, width]. The mask is 0 for
 * padding, 1 for an id that is seen by those behind it, 2 for one of a prefix, which all see.
 */
export interface DecoderInputs {
  ids: BigInt64Array<ArrayBuffer>;
  mask: BigInt64Array<ArrayBuffer>;
  features: Float32Array<ArrayBuffer>;
  count: number;
  length: number;
  rows: number;
  width: number;
}

/** Sequences side by side, with zeros behind the shorter ones. `wanted` maps their longest length to the wanted one. */
export function decoderInputs(
  items: readonly DecodeItem[],
  wanted: (longest: number) => number = (longest) => longest,
  floats = anew,
): DecoderInputs {
  const count = items.length;
  const length = wanted(Math.max(...items.map(({ ids }) => ids.length)));
  const rows = Math.max(...items.map(({ features }) => features.rows));
  const { width } = items[0]!.features;
  const ids = new BigInt64Array(count * length);
  const mask = new BigInt64Array(count * length);
  const features = floats(count * rows * width);
  items.forEach((item, row) => {
    item.ids.forEach((id, column) => {
      ids[row * length + column] = BigInt(id);
      mask[row * length + column] = column < item.prefix ? 2n : 1n;
    });
    const begin = row * rows * width;
    features.set(item.features.data, begin);
    features.fill(0, begin + item.features.data.length, begin + rows * width);
  });
  return { ids, mask, features, count, length, rows, width };
}
