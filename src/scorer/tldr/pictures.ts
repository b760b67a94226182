import { LRUCache } from 'lru-cache';
import { DetectiveError } from '../../errors.js';
import { decodeImage, type Pixels, readSize } from '../../image/decode.js';
import type { ImageInput } from '../../image/image-input.js';
import { loadImage } from '../../image/load.js';
import type { Evidence } from '../scorer.js';
import type { Family } from './families/family.js';
import type { Manifest } from './model-folder.js';
import type { WorkerClient } from './worker-client.js';

/** What the model read off one picture. */
interface Reading {
  evidence: Evidence[];
  /** Why it cannot judge the picture, or null. */
  abstained: string | null;
  /** Rows of its features. */
  rows: number;
}

export interface Picture extends Reading {
  /** SHA-256 of the encoded bytes. */
  key: string;
  /** Has the worker encode it again, for when it no longer keeps the features. */
  encode: () => Promise<Reading>;
}

/** Readings kept: small, unlike the features, which the worker keeps. */
const maxReadings = 1000;

/** Loads pictures, has each encoded once, and reads off the features what the family can. */
export function makePictures(manifest: Manifest, family: Family, worker: WorkerClient) {
  const readings = new LRUCache<string, Promise<Reading>>({ max: maxReadings });
  const { size, fit } = manifest.image;

  async function read(key: string, { data, width, height }: Pixels): Promise<Reading> {
    const reply = await worker.send({ type: 'encode', key, pixels: new Uint8Array(data), size: [width, height] });
    if ('error' in reply) throw new DetectiveError(reply.code, `the picture could not be encoded: ${reply.error}`);
    if (!('features' in reply)) throw new DetectiveError('scorer-failed', 'the picture could not be encoded');
    const { features } = reply;
    return { evidence: family.evidence(features), abstained: family.abstention(features), rows: features.rows };
  }

  return async (input: ImageInput): Promise<Picture> => {
    const loaded = await loadImage(input);
    const { key } = loaded;
    const encode = async () => {
      const wanted = family.imageSize?.(await readSize(loaded)) ?? { width: size[0], height: size[1], fit };
      return read(key, await decodeImage(loaded, wanted));
    };
    let reading = readings.get(key);
    if (!reading) {
      reading = encode();
      readings.set(key, reading);
      reading.catch(() => readings.delete(key));
    }
    return { key, encode, ...(await reading) };
  };
}
