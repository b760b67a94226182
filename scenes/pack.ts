import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { NounSet } from './common-nouns.js';
import { drawScene } from './draw.js';
import { pick, seededRandom } from './random.js';
import { longSides, sampleScene } from './sample.js';
import type { Style } from './scene.js';

export interface PackOptions {
  out: string;
  /** Seed of the first scene; the others follow. */
  firstSeed: number;
  count: number;
  /** Side of the square pictures, in pixels: the model's input size. */
  side: number;
  styles?: readonly Style[];
  varied?: boolean;
  nouns?: NounSet | undefined;
  /** Scenes of pictures up to three times as wide as high, or as high as wide: half of those that people have are longer than 3:2. */
  long?: boolean;
  onProgress?: (done: number) => void;
}

/**
 * Writes scenes for training: `scenes.jsonl` (one scene a line) and `images.u8` (raw RGB, `count` x side x side x 3;
 * `side.txt` says the side).
 * Pictures are drawn at several resolutions and scaled, as real ones are, and some go through JPEG.
 */
export async function packScenes(options: PackOptions): Promise<void> {
  const { default: sharp } = await import('sharp');
  const { out, firstSeed, count, side, styles, varied = false, nouns, long = false } = options;
  await mkdir(out, { recursive: true });
  const images = createWriteStream(join(out, 'images.u8.part'));
  const scenes = createWriteStream(join(out, 'scenes.jsonl.part'));
  for (let index = 0; index < count; index++) {
    const seed = firstSeed + index;
    const random = seededRandom(seed ^ 0x9acc);
    const sides = long ? longSides(random) : {};
    const scene = await sampleScene(seed, { ...(styles ? { styles } : {}), varied, nouns, ...sides });
    const scale = pick(random, [0.7, 1, 1, 1.3, 1.6]);
    const drawn = await drawScene(scene, { width: Math.round(side * scale), height: Math.round(side * scale) });
    let picture = sharp(drawn.data, { raw: { width: drawn.width, height: drawn.height, channels: 3 } });
    if (random() < 0.25) picture = sharp(await picture.jpeg({ quality: Math.round(45 + 50 * random()) }).toBuffer());
    const pixels = await picture.resize(side, side, { fit: 'fill' }).raw().toBuffer();
    if (!images.write(pixels)) await once(images, 'drain');
    scenes.write(`${JSON.stringify(scene)}\n`);
    options.onProgress?.(index + 1);
  }
  images.end();
  scenes.end();
  await Promise.all([finished(images), finished(scenes), writeFile(join(out, 'side.txt'), `${side}\n`)]);
  await rename(join(out, 'images.u8.part'), join(out, 'images.u8'));
  await rename(join(out, 'scenes.jsonl.part'), join(out, 'scenes.jsonl'));
}
