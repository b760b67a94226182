import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { objectsLooker } from '../../src/scorer/evidence/objects/objects-scorer.js';
import type { Detection } from '../../src/scorer/evidence/objects/yolox.js';
import type { CocoPhoto } from './coco-photos.js';

/**
 * What the detector sees in each photo, by file name.
 *
 * @param kept A JSON file to read this from where it exists, and to write it to where not.
 */
export async function lookAtPhotos(
  photos: readonly CocoPhoto[],
  model: string,
  kept?: string,
): Promise<Map<string, Detection[]>> {
  if (kept && existsSync(kept)) return new Map(Object.entries(JSON.parse(readFileSync(kept, 'utf8'))));
  const looker = objectsLooker(model);
  const seen = new Map<string, Detection[]>();
  try {
    for (const [index, { path }] of photos.entries()) {
      seen.set(basename(path), await looker.look(path));
      if (index % 20 === 19) process.stderr.write(`${index + 1} of ${photos.length} photos looked at\n`);
    }
  } finally {
    await looker.close();
  }
  if (kept) {
    writeFileSync(`${kept}.part`, JSON.stringify(Object.fromEntries(seen)));
    renameSync(`${kept}.part`, kept);
  }
  return seen;
}
