import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { DetectiveError } from '../../base/errors.js';
import { decodeImage } from '../../image/decode.js';
import type { LoadedImage, Picture } from '../../image/image-input.js';
import { loadImage } from '../../image/load.js';
import { pictureKeys } from '../../image/picture-key.js';
import { builtFile, startThread } from '../thread/thread-client.js';
import type { EvidenceSetup, LookReply, LookRequest } from './messages.js';

/** Pictures whose findings are kept at most, and the memory that those take at most, in bytes. */
const maxKept = 1000;
const maxBytes = 64 * 1024 * 1024;
/** Pictures that lie decoded in memory: one is looked at, the next is made ready. */
const decodedAtOnce = 2;

export interface Looker<Found> {
  /** What is in a picture; asked once for each content. */
  look(input: Picture): Promise<Found[]>;
  close(): Promise<void>;
}

/**
 * Has pictures looked at in a worker thread.
 *
 * @param longSide Larger pictures are made smaller first, to this many pixels on the long side.
 * @param bytesOf About how much memory a finding takes.
 */
export function makeLooker<Found>(
  setup: EvidenceSetup,
  longSide: number,
  bytesOf: (found: Found) => number,
): Looker<Found> {
  const thread = startThread<LookRequest, LookReply<Found>>(setup, builtFile('src', 'scorer', 'evidence', 'worker.js'));
  return lookerOf(
    async (loaded) => {
      const { data, width, height } = await decodeImage(loaded, { width: longSide, height: longSide, fit: 'inside' });
      const pixels = new Uint8Array(data);
      const reply = await thread.send({ type: 'look', pixels, width, height }, [pixels.buffer]);
      if ('error' in reply) throw new DetectiveError(reply.code, `the picture could not be looked at: ${reply.error}`);
      return reply.found;
    },
    bytesOf,
    () => thread.close(),
    decodedAtOnce,
  );
}

/**
 * A looker over anything that sees: each content is looked at once, and what was seen is kept.
 *
 * @param atOnce So many pictures are in the hands of `see`; the others wait.
 */
export function lookerOf<Found>(
  see: (picture: LoadedImage) => Promise<Found[]>,
  bytesOf: (found: Found) => number,
  close: () => Promise<void>,
  atOnce = Number.POSITIVE_INFINITY,
): Looker<Found> {
  const inTurn = pLimit(atOnce);
  const pictureKey = pictureKeys();
  const underWay = new Map<string, Promise<Found[]>>();
  const kept = new LRUCache<string, Found[]>({
    max: maxKept,
    maxSize: maxBytes,
    sizeCalculation: (found) =>
      Math.min(
        maxBytes,
        found.reduce((sum, item) => sum + bytesOf(item), 1000),
      ),
  });

  return {
    async look(input) {
      const { key, loaded: read } = await pictureKey(input);
      const known = kept.get(key) ?? underWay.get(key);
      if (known) return known;
      const looking = inTurn(async () => {
        const loaded = read ?? (await loadImage(input));
        const found = await see(loaded);
        kept.set(loaded.key, found);
        return found;
      }).finally(() => underWay.delete(key));
      underWay.set(key, looking);
      return looking;
    },
    close,
  };
}
