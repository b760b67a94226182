import type { Sharp } from 'sharp';
import { DetectiveError, errorMessage } from '../errors.js';
import type { ImageInput } from './image-input.js';
import { imageName, type LoadedImage, loadImage } from './load.js';

/** Pictures with more pixels than this are refused before they are decoded. */
export const maxPixels = 64_000_000;

export interface Pixels {
  /** sRGB, 8 bit, 3 channels, row by row. */
  data: Buffer;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
  /** `fill` stretches; `contain` keeps the aspect and pads with black. */
  fit: 'fill' | 'contain';
}

/**
 * Decodes a picture (of several frames, the first) upright, on white where it was transparent, optionally to a size.
 *
 * @throws DetectiveError `bad-image` where it cannot be read, is broken, or has more than 64 million pixels.
 */
export async function decodeImage(input: ImageInput | LoadedImage, size?: Size): Promise<Pixels> {
  const name = isLoaded(input) ? 'the image' : imageName(input);
  const loaded = isLoaded(input) ? input : await loadImage(input);
  const upright = await openImage(loaded, name);
  const sized = size ? upright.resize(size.width, size.height, { fit: size.fit, background: '#000' }) : upright;
  try {
    const { data, info } = await sized.removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (cause) {
    throw new DetectiveError('bad-image', `${name} is broken or cut off: ${errorMessage(cause)}`, { cause });
  }
}

/** What API models take: JPEG, PNG, WebP or GIF as base64, at most 2048 pixels on the long side. */
export async function encodeForApi(
  input: ImageInput,
): Promise<{ mediaType: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif'; base64: string }> {
  const loaded = await loadImage(input);
  const name = imageName(input);
  const { default: sharp } = await import('sharp');
  const { width = 0, height = 0 } = await readHeader(sharp, loaded, name);
  const fits = Math.max(width, height) <= 2048;
  if (fits && loaded.type !== 'image/avif' && loaded.type !== 'image/gif') {
    return { mediaType: loaded.type, base64: Buffer.from(loaded.bytes).toString('base64') };
  }
  const upright = await openImage(loaded, name);
  try {
    const png = await upright.resize(2048, 2048, { fit: 'inside', withoutEnlargement: true }).png().toBuffer();
    return { mediaType: 'image/png', base64: png.toString('base64') };
  } catch (cause) {
    throw new DetectiveError('bad-image', `${name} is broken or cut off: ${errorMessage(cause)}`, { cause });
  }
}

async function openImage(loaded: LoadedImage, name: string): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  await readHeader(sharp, loaded, name);
  return open(sharp, loaded).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb');
}

type SharpModule = typeof import('sharp')['default'];

function open(sharp: SharpModule, { bytes }: LoadedImage): Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1, animated: false });
}

async function readHeader(sharp: SharpModule, loaded: LoadedImage, name: string) {
  try {
    // the header alone, without the pixel limit, so that the message can name the size
    const header = await sharp(loaded.bytes, { limitInputPixels: false, pages: 1 }).metadata();
    if (header.width * header.height > maxPixels) {
      throw new DetectiveError(
        'bad-image',
        `${name} is ${header.width} x ${header.height} pixels, more than the ${maxPixels / 1e6} million allowed: scale it down first`,
      );
    }
    return header;
  } catch (cause) {
    if (cause instanceof DetectiveError) throw cause;
    throw new DetectiveError('bad-image', `${name} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

function isLoaded(input: ImageInput | LoadedImage): input is LoadedImage {
  return typeof input === 'object' && 'key' in input && 'bytes' in input;
}
