import { stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import type { LoadedImage, Picture } from './image-input.js';
import { imagePath, loadImage } from './load.js';

/** Which picture an input is, and its bytes where they had to be read to tell. */
export interface PictureKey {
  /** SHA-256 of the encoded bytes, hex. */
  key: string;
  loaded?: LoadedImage;
}

const maxFiles = 10_000;
/** A file that changed less than this before it was read might change again within the same tick of its clock. */
const settledMilliseconds = 2000;

/**
 * Tells the keys of pictures. A file that has not changed since it was last read (same inode, size and times) is not read
 * again by the one who asks here.
 *
 * @throws (from what is returned) DetectiveError `bad-image` as `loadImage` does.
 */
export function pictureKeys(): (input: Picture) => Promise<PictureKey> {
  /** By path: what the file looked like from outside, and its key. */
  const files = new LRUCache<string, { stamp: string; key: string }>({ max: maxFiles });
  return async (input) => {
    const path = imagePath(input);
    if (path === null) return keyOf(await loadImage(input));
    const before = await stampOf(path);
    const known = files.get(path);
    if (known && known.stamp === before?.stamp) return { key: known.key };
    const loaded = await loadImage(input);
    const after = await stampOf(path);
    if (after?.settled && after.stamp === before?.stamp) files.set(path, { stamp: after.stamp, key: loaded.key });
    return keyOf(loaded);
  };
}

const keyOf = (loaded: LoadedImage): PictureKey => ({ key: loaded.key, loaded });

async function stampOf(path: string): Promise<{ stamp: string; settled: boolean } | null> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const changed = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
    return { stamp: [dev, ino, size, mtimeNs, ctimeNs].join(' '), settled: Date.now() - changed > settledMilliseconds };
  } catch {
    return null;
  }
}
