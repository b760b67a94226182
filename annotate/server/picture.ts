import { LRUCache } from 'lru-cache';
import { decodeImage, readSize } from '../../src/image/decode.js';
import { loadImage } from '../../src/image/load.js';

/** No side has more pixels than this: enough to zoom into, and what a phone can still hold. */
const longestSide = 4096;
const asIsBytes = 4 << 20;

export interface PagePicture {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/**
 * The picture as the scorer saw it: upright, on white, the first frame. One that browsers show so anyway goes out as it is.
 *
 * @throws DetectiveError `bad-image`
 */
async function readPicture(image: string): Promise<PagePicture> {
  const loaded = await loadImage(image);
  const { width, height } = await readSize(loaded);
  const plain = /^image\/(?:jpeg|png|webp)$/.test(loaded.type) && loaded.bytes.byteLength <= asIsBytes;
  if (plain && Math.max(width, height) <= longestSide)
    return { bytes: Uint8Array.from(loaded.bytes), type: loaded.type };
  const pixels = await decodeImage(loaded, { width: longestSide, height: longestSide, fit: 'inside' });
  const { default: sharp } = await import('sharp');
  const raw = { width: pixels.width, height: pixels.height, channels: 3 } as const;
  const webp = await sharp(pixels.data, { raw }).webp({ quality: 90 }).toBuffer();
  return { bytes: Uint8Array.from(webp), type: 'image/webp' };
}

/** Pictures for the page, the last ones kept: the next item's is asked for before it is shown. */
export function pictureReader(): (image: string) => Promise<PagePicture> {
  const kept = new LRUCache<string, PagePicture>({
    maxSize: 64 << 20,
    sizeCalculation: ({ bytes }) => bytes.byteLength + 1,
  });
  return async (image) => {
    const known = kept.get(image);
    if (known) return known;
    const picture = await readPicture(image);
    kept.set(image, picture);
    return picture;
  };
}
