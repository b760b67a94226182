import pLimit from 'p-limit';
import type { Sharp } from 'sharp';
import { DetectiveError, errorMessage, isDetectiveError } from '../base/errors.js';
import type { ImageInput, ImageType, LoadedImage, Picture, Pixels } from './image-input.js';
import { loadImage, loadInline } from './load.js';
import { inCorner, type PillowKernel, resizeAsPillow } from './pillow.js';

/** Pictures with more pixels than this are refused before they are decoded. */
export const maxPixels = 64_000_000;

export interface Size {
  width: number;
  height: number;
  /** `fill` stretches; `contain` keeps the aspect and pads with black; `inside` keeps it, pads nothing, enlarges nothing. */
  fit: 'fill' | 'contain' | 'inside';
  /** How pixels are mixed. Default `lanczos3`; Pillow's always stretch, see {@link resizeAsPillow}. */
  kernel?: PillowKernel | 'lanczos3';
  /** With a kernel of Pillow's: the picture gets these sides and lies in the upper left corner, black around it. */
  corner?: { width: number; height: number };
}

/**
 * The sides of a picture, upright, from its header.
 *
 * @throws DetectiveError `bad-image` where it cannot be read or has more than 64 million pixels.
 */
export async function readSize(input: Picture): Promise<{ width: number; height: number }> {
  const loaded = await loadImage(input);
  const { default: sharp } = await import('sharp');
  const { width, height, orientation = 1 } = await readHeader(sharp, loaded);
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/**
 * Decodes a picture (of several frames, the first) upright, on white where it was transparent, optionally to a size.
 *
 * @throws DetectiveError `bad-image` where it cannot be read, is broken, or has more than 64 million pixels.
 */
export async function decodeImage(input: Picture, size?: Size): Promise<Pixels> {
  const loaded = await loadImage(input);
  const { name } = loaded;
  const upright = await openImage(loaded);
  if (size?.kernel && size.kernel !== 'lanczos3') {
    const resized = await resizeAsPillow(await rawPixels(upright, name), size.corner ?? size, size.kernel);
    return size.corner ? inCorner(resized, size) : resized;
  }
  const sized = size
    ? upright.resize(size.width, size.height, {
        fit: size.fit,
        background: '#000',
        withoutEnlargement: size.fit === 'inside',
        kernel: 'lanczos3',
      })
    : upright;
  return rawPixels(sized, name);
}

/**
 * Pictures are decoded in the threads that Node has for files, names and hashes as well (four, unless `UV_THREADPOOL_SIZE` says
 * otherwise). A huge one takes a second: so half of the threads are left to the others.
 */
export const inTurn = pLimit(Math.max(1, Math.floor((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2)));

async function rawPixels(picture: Sharp, name: string): Promise<Pixels> {
  try {
    const raw = picture.removeAlpha().raw();
    const { data, info } = await inTurn(() => raw.toBuffer({ resolveWithObject: true }));
    return { data, width: info.width, height: info.height };
  } catch (cause) {
    throw broken(name, cause);
  }
}

/** The long side, in pixels, that API models get at most unless they are to get more: what is larger costs more tokens. */
const apiSide = 1024;
/** Bytes that an API picture has at most: 5 MB in base64, the tightest limit of the providers. */
const apiBytes = 3_700_000;

export interface ApiImage {
  mediaType: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';
  base64: string;
}

/**
 * What API models take: a still, upright JPEG, PNG or WebP as base64, at most `side` pixels (1024) on the long side and 5 MB.
 * Bytes that are so already pass through untouched.
 *
 * @throws DetectiveError `bad-image` where it cannot be read, is broken, or is too large.
 */
export async function encodeForApi(input: Picture, side = apiSide): Promise<ApiImage> {
  const loaded = await loadImage(input);
  const { default: sharp } = await import('sharp');
  const header = await readHeader(sharp, loaded);
  const fits = Math.max(header.width, header.height) <= side && loaded.bytes.byteLength <= apiBytes;
  const upright = (header.orientation ?? 1) === 1;
  if (fits && upright && loaded.type !== 'image/avif' && loaded.type !== 'image/gif') {
    return { mediaType: loaded.type, base64: Buffer.from(loaded.bytes).toString('base64') };
  }
  try {
    const opened = await openImage(loaded);
    const sized = opened.resize(side, side, { fit: 'inside', withoutEnlargement: true });
    if (loaded.type !== 'image/jpeg') {
      const png = await inTurn(() => sized.clone().png().toBuffer());
      if (png.byteLength <= apiBytes) return { mediaType: 'image/png', base64: png.toString('base64') };
    }
    let jpeg = await inTurn(() => sized.clone().jpeg({ quality: 90 }).toBuffer());
    if (jpeg.byteLength > apiBytes) jpeg = await inTurn(() => sized.jpeg({ quality: 70 }).toBuffer());
    return { mediaType: 'image/jpeg', base64: jpeg.toString('base64') };
  } catch (cause) {
    throw broken(loaded.name, cause);
  }
}

/** The pictures of a request as {@link encodeForApi} makes them. */
export const encodeAllForApi = async (images: readonly ImageInput[], side?: number): Promise<ApiImage[]> =>
  Promise.all((await loadInline(images)).map((image) => encodeForApi(image, side)));

function broken(name: string, cause: unknown): DetectiveError {
  if (isDetectiveError(cause)) return cause;
  return new DetectiveError('bad-image', `${name} is broken or cut off: ${errorMessage(cause)}`, { cause });
}

async function openImage(loaded: LoadedImage): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  await readHeader(sharp, loaded);
  return open(sharp, loaded).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb');
}

/** What sharp calls the formats: the first bytes and the decoder must agree. */
const formats: Readonly<Record<ImageType, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'heif',
};

type SharpModule = typeof import('sharp')['default'];

function open(sharp: SharpModule, loaded: LoadedImage): Sharp {
  const settings = { limitInputPixels: maxPixels, failOn: 'error', pages: 1, animated: false } as const;
  const ended = withEnd(loaded);
  // with an end of ours only a warning tells that more is missing than that
  return ended ? sharp(ended, { ...settings, failOn: 'warning' }) : sharp(loaded.bytes, settings);
}

const startOfScan = Buffer.from([0xff, 0xda]);
const endOfImage = Buffer.from([0xff, 0xd9]);

/** A JPEG whose end marker is missing (phones, cut uploads), with one; every viewer shows it. undefined for all others. */
function withEnd({ bytes, type }: LoadedImage): Buffer | undefined {
  if (type !== 'image/jpeg') return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // neither can stand in the data of a scan
  const isEnded = buffer.lastIndexOf(endOfImage) > buffer.lastIndexOf(startOfScan);
  return isEnded ? undefined : Buffer.concat([buffer, endOfImage]);
}

async function readHeader(sharp: SharpModule, loaded: LoadedImage) {
  const { name } = loaded;
  try {
    // the header alone, without the pixel limit, so that the message can name the size
    const header = await sharp(loaded.bytes, { limitInputPixels: false, pages: 1 }).metadata();
    if (header.width * header.height > maxPixels) {
      throw new DetectiveError(
        'bad-image',
        `${name} is ${header.width} x ${header.height} pixels, more than the ${maxPixels / 1e6} million allowed: scale it down first`,
      );
    }
    if (formats[loaded.type] !== header.format) {
      throw new DetectiveError('bad-image', `${name} looks like ${loaded.type} but is ${header.format}`);
    }
    return header;
  } catch (cause) {
    throw broken(name, cause);
  }
}
