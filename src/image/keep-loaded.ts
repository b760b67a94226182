import { LRUCache } from 'lru-cache';
import type { ImageInput, LoadedImage } from './image-input.js';

interface Kept {
  holders: number;
  /** Once somebody has asked for it. */
  loaded?: Promise<LoadedImage>;
}

/** Characters of URLs kept at most: what nobody lets go, or too many want, is decoded anew where it is needed. */
const mostKept = 256 * 1024 * 1024;

/** By the URL itself; the engine compares the very same string by its address, whatever its length. */
const kept = new LRUCache<string, Kept>({ maxSize: mostKept, sizeCalculation: (_, url) => url.length });

const isDataUrl = (input: ImageInput): input is string => typeof input === 'string' && /^data:/i.test(input);

/**
 * Until what is returned is called, `loadImage` decodes and hashes each of these `data:` URLs once and not at every call:
 * one correction scores dozens of texts about the same megabytes. Other inputs may change behind their name and are read
 * each time.
 */
export function keepLoaded(images: readonly ImageInput[]): () => void {
  const held = new Set(images.filter(isDataUrl));
  for (const url of held) {
    const entry = kept.get(url);
    if (entry) entry.holders++;
    else kept.set(url, { holders: 1 });
  }
  return () => {
    for (const url of held) {
      const entry = kept.get(url);
      if (entry && --entry.holders === 0) kept.delete(url);
    }
    held.clear();
  };
}

/** Where the loaded form of an input is kept, if somebody has asked for that. */
export const keptFor = (input: ImageInput): Kept | undefined =>
  typeof input === 'string' ? kept.get(input) : undefined;
