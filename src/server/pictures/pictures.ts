import pLimit from 'p-limit';
import { DetectiveError } from '../../base/errors.js';
import { loadImage } from '../../image/load.js';
import { fetchRemoteImage } from '../../image/remote-image.js';
import type { Call, ServerContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { errorCode } from '../log.js';
import { pixelsInHeader } from './picture-header.js';
import { remotePictures, replaceRemote } from './picture-references.js';

export interface PictureLimits {
  /** Pictures in one call. */
  maxImages: number;
  /** Pixels of one picture. */
  maxPixels: number;
}

/**
 * Holds the pictures of a call to the limits. A picture whose header cannot be read is nobody's harm: whoever needs its
 * pixels says so.
 *
 * @throws HttpError 413
 */
export async function checkPictures(
  images: readonly string[],
  others: number,
  { maxImages, maxPixels }: PictureLimits,
): Promise<void> {
  if (images.length + others > maxImages) {
    throw new HttpError(413, `the call holds ${images.length + others} pictures, more than the ${maxImages} allowed`);
  }
  await Promise.all(
    images.map(async (image) => {
      const pixels = await pixelsOf(image).catch(() => 0);
      if (pixels > maxPixels) {
        throw tooManyPixels(pixels, maxPixels);
      }
    }),
  );
}

const tooManyPixels = (pixels: number, maxPixels: number) =>
  new HttpError(413, `a picture has ${pixels} pixels, more than the ${maxPixels} allowed`);

/** Of a picture as base64, the sides are mostly told at its beginning: so many characters of it. */
const headLength = 4 * 24 * 1024;

async function pixelsOf(dataUrl: string): Promise<number> {
  const comma = dataUrl.indexOf(',') + 1;
  if (/;base64,$/i.test(dataUrl.slice(0, comma))) {
    const head = Buffer.from(dataUrl.slice(comma, comma + headLength), 'base64');
    const isGif = head.toString('latin1', 0, 4) === 'GIF8';
    const pixels = isGif ? undefined : (pixelsInHeader(head) ?? (await pixelsIn(head).catch(() => undefined)));
    if (pixels !== undefined) return pixels;
  }
  return pixelsIn((await loadImage(dataUrl)).bytes);
}

async function pixelsIn(bytes: Uint8Array): Promise<number> {
  const { default: sharp } = await import('sharp');
  const { width, height } = await sharp(bytes, { limitInputPixels: false, failOn: 'none', pages: 1 }).metadata();
  return width * height;
}

/**
 * Fetches pictures behind URLs of one call: in sum no more bytes than a body may have, and none with too many pixels.
 *
 * @throws DetectiveError `bad-image` as `fetchRemoteImage`, HttpError 413 for pixels, 503 where all calls hold too much.
 */
export function pictureFetcher(
  { options }: ServerContext,
  { signal, holding }: Call,
): (url: string) => Promise<Uint8Array> {
  const { imageUrls, maxBodyBytes, maxPixels } = options;
  let left = maxBodyBytes;
  const onBytes = (count: number) => {
    left -= count;
    if (left < 0) {
      throw new DetectiveError('bad-image', `the pictures of the call have more than ${maxBodyBytes} bytes in sum`);
    }
    holding.take(count);
  };
  return async (url) => {
    const bytes = await fetchRemoteImage(url, { ...imageUrls, signal, onBytes });
    const pixels = await pixelsIn(bytes).catch(() => 0);
    if (pixels > maxPixels) throw tooManyPixels(pixels, maxPixels);
    return bytes;
  };
}

/**
 * A call's body with the pictures behind `http(s):` URLs fetched, where the server does that, and put in as `data:` URLs.
 * One that cannot be fetched stays a URL, and the answer is not judged.
 */
export async function inlinePictures<T>(context: ServerContext, call: Call, body: T): Promise<T> {
  const { imageUrls, maxImages } = context.options;
  const urls = imageUrls === undefined ? [] : remotePictures(body).slice(0, maxImages);
  if (urls.length === 0) return body;
  const fetchPicture = pictureFetcher(context, call);
  const fetchDataUrl = async (url: string) => {
    try {
      const { bytes, type } = await loadImage(await fetchPicture(url));
      return `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
    } catch (error) {
      context.log('warn', 'picture not fetched', { code: errorCode(error) });
      return undefined;
    }
  };
  const limit = pLimit(4);
  const fetched = await Promise.all(urls.map((url) => limit(() => fetchDataUrl(url))));
  const known = new Map(urls.map((url, index) => [url, fetched[index]]));
  return replaceRemote(body, (url) => known.get(url));
}
