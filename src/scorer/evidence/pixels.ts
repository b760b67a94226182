/** A picture in a worker thread: RGB, 8 bit, row by row. */
export interface RgbImage {
  data: Uint8Array;
  width: number;
  height: number;
}

/** A part of a picture, in pixels. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Writes a region of a picture, resized, into three planes of floats (`target` holds 3 planes of `stride` floats each, rows of
 * `rowLength`). What is made smaller by more than two is averaged first, so that fine lines do not vanish.
 *
 * @param channels Which colour goes into which plane: `[2, 1, 0]` for BGR.
 * @param value Turns a channel's 0..255 into the model's float.
 */
export function resizeInto(
  target: Float32Array,
  { stride, rowLength, width, height }: { stride: number; rowLength: number; width: number; height: number },
  { image, region }: { image: RgbImage; region: Region },
  channels: readonly [number, number, number],
  value: (channel: number, level: number) => number,
): void {
  const [scaleX, scaleY] = [region.width / width, region.height / height];
  const [tapsX, tapsY] = [
    axisTaps(region.left, scaleX, width, image.width),
    axisTaps(region.top, scaleY, height, image.height),
  ];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let first = 0;
      let second = 0;
      let third = 0;
      let total = 0;
      for (const [row, weightY] of tapsY[y]!) {
        const line = row * image.width;
        for (const [column, weightX] of tapsX[x]!) {
          const weight = weightX * weightY;
          const at = (line + column) * 3;
          first += weight * image.data[at + channels[0]]!;
          second += weight * image.data[at + channels[1]]!;
          third += weight * image.data[at + channels[2]]!;
          total += weight;
        }
      }
      const at = y * rowLength + x;
      target[at] = value(0, first / total);
      target[stride + at] = value(1, second / total);
      target[2 * stride + at] = value(2, third / total);
    }
  }
}

/** For each output pixel, the input pixels that it is made of and their weights: a triangle as wide as the scale. */
function axisTaps(from: number, scale: number, length: number, limit: number): [index: number, weight: number][][] {
  const reach = Math.max(1, scale);
  return Array.from({ length }, (_, index) => {
    const centre = from + (index + 0.5) * scale - 0.5;
    const taps: [number, number][] = [];
    for (let at = Math.ceil(centre - reach); at <= Math.floor(centre + reach); at++) {
      const weight = 1 - Math.abs(at - centre) / reach;
      if (weight > 1e-6) taps.push([Math.min(limit - 1, Math.max(0, at)), weight]);
    }
    return taps.length > 0 ? taps : [[Math.min(limit - 1, Math.max(0, Math.round(centre))), 1]];
  });
}
