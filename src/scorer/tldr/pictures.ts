import { LRUCache } from 'lru-cache';
import { abortable } from '../../base/abort.js';
import { DetectiveError } from '../../base/errors.js';
import { decodeImage, readSize } from '../../image/decode.js';
import type { LoadedImage, Picture } from '../../image/image-input.js';
import { imageName, loadImage } from '../../image/load.js';
import { pictureKeys } from '../../image/picture-key.js';
import type { Evidence } from '../scorer.js';
import type { Family, Witness } from './families/family.js';
import type { Manifest } from './model-folder.js';
import type { EncodeJob, Pool } from './pool.js';

/** What the model read off one picture. */
interface Reading {
  evidence: Evidence[];
  /** Why it cannot judge the picture, or null. */
  abstained: string | null;
  /** Rows of its features. */
  rows: number;
  witness: Witness | null;
}

export interface ReadPicture extends Reading {
  /** SHA-256 of the encoded bytes. */
  key: string;
  /** How to encode it again, for when the features are no longer kept. */
  image: EncodeJob;
}

/** A reading under way or done, and how many callers still wait for it. */
interface Shared {
  reading: Promise<Reading>;
  waiting: number;
  stop: AbortController;
}

/** Readings kept: small, unlike the features, which the pool keeps. */
const maxReadings = 500;

/** Loads pictures, has each encoded once, and reads off the features what the family can. */
export function makePictures(manifest: Manifest, family: Family, pool: Pool) {
  const readings = new LRUCache<string, Shared>({ max: maxReadings });
  const pictureKey = pictureKeys();
  const { size, fit } = manifest.image;

  /** The bytes are held only where they were read anyway: what must be encoded again is read again. */
  function jobOf(input: Picture, key: string, read?: LoadedImage): EncodeJob {
    const pixels = async () => {
      const loaded = read ?? (await loadImage(input));
      if (loaded.key !== key)
        throw new DetectiveError('bad-image', `${imageName(input)} changed while it was scored: score it again`);
      const wanted = family.imageSize?.(await readSize(loaded)) ?? { width: size[0], height: size[1], fit };
      const { data, width, height } = await decodeImage(loaded, wanted);
      return { data: new Uint8Array(data), size: [width, height] as [number, number] };
    };
    return { key, pixels };
  }

  async function read(job: EncodeJob, signal: AbortSignal): Promise<Reading> {
    const features = await pool.encode(job, signal);
    return {
      evidence: family.evidence(features),
      abstained: family.abstention(features),
      rows: features.rows,
      witness: family.witness?.(features) ?? null,
    };
  }

  function begin(job: EncodeJob): Shared {
    const stop = new AbortController();
    const shared = { reading: read(job, stop.signal), waiting: 0, stop };
    readings.set(job.key, shared);
    shared.reading.catch(() => {
      if (readings.peek(job.key) === shared) readings.delete(job.key);
    });
    return shared;
  }

  /** The shared reading; where all who wait for it have aborted, it is taken back. */
  async function wait(key: string, shared: Shared, signal: AbortSignal | undefined): Promise<Reading> {
    shared.waiting++;
    try {
      return await abortable(() => shared.reading, signal, { doing: 'scoring' });
    } catch (error) {
      if (signal?.aborted && --shared.waiting === 0) {
        if (readings.peek(key) === shared) readings.delete(key);
        shared.stop.abort(signal.reason);
      }
      throw error;
    }
  }

  return async (input: Picture, signal?: AbortSignal): Promise<ReadPicture> => {
    const { key, loaded } = await pictureKey(input);
    const reading = await wait(key, readings.get(key) ?? begin(jobOf(input, key, loaded)), signal);
    return { key, image: jobOf(input, key), ...reading };
  };
}
