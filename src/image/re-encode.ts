import { createHash } from 'node:crypto';
import { decodeImage, inTurn } from './decode.js';
import type { Picture } from './image-input.js';

/** A picture as a server gets it, whatever it was before: the same pixels for every back end. */
export interface PlainPng {
  base64: string;
  /** SHA-256 of the PNG's bytes, hex. */
  key: string;
}

/**
 * Decodes a picture here and writes it anew: a still, upright PNG without transparency or metadata.
 *
 * @param longSide Larger pictures are made smaller, to this many pixels on the long side.
 * @throws DetectiveError `bad-image` where it cannot be read, is broken, or is too large.
 */
export async function reEncode(input: Picture, longSide = 2048): Promise<PlainPng> {
  const { data, width, height } = await decodeImage(input, {
    width: longSide,
    height: longSide,
    fit: 'inside',
  });
  const { default: sharp } = await import('sharp');
  const raw = sharp(data, { raw: { width, height, channels: 3 } });
  const png = await inTurn(() => raw.png({ compressionLevel: 3 }).toBuffer());
  return { base64: png.toString('base64'), key: createHash('sha256').update(png).digest('hex') };
}
