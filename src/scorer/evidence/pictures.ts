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

/** Names that a picture is looked at for together, at most. */
const mostNames = 100;

export interface Looker<Found> {
  /**
   * What is in a picture; asked once for each content, and again only for names that it was not yet looked at for.
   *
   * @param names What else to look for, where the model takes words.
   */
  look(input: Picture, names?: readonly string[]): Promise<Found[]>;
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
    async (loaded, names) => {
      const { data, width, height } = await decodeImage(loaded, { width: longSide, height: longSide, fit: 'inside' });
      const pixels = new Uint8Array(data);
      const reply = await thread.send({ type: 'look', pixels, width, height, ...(names.length > 0 && { names }) }, [
        pixels.buffer,
      ]);
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
  see: (picture: LoadedImage, names: readonly string[]) => Promise<Found[]>,
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

  /** For each picture, the names that it was last looked at for. */
  const asked = new LRUCache<string, ReadonlySet<string>>({ max: maxKept });

  return {
    async look(input, names = []) {
      const { key: picture, loaded: read } = await pictureKey(input);
      // what was looked for before stays known: a round that drops a word needs no new look
      const before = asked.get(picture);
      const all = before && names.every((name) => before.has(name)) ? before : new Set([...(before ?? []), ...names]);
      const wanted = [...(all.size > mostNames ? new Set(names) : all)].slice(0, mostNames).sort();
      asked.set(picture, new Set(wanted));
      const key = wanted.length === 0 ? picture : `${picture} ${wanted.join(',')}`;
      const known = kept.get(key) ?? underWay.get(key);
      if (known) return known;
      const looking = inTurn(async () => {
        const loaded = read ?? (await loadImage(input));
        const found = await see(loaded, wanted);
        kept.set(key, found);
        return found;
      }).finally(() => underWay.delete(key));
      underWay.set(key, looking);
      return looking;
    },
    close,
  };
}
