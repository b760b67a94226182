// Usage: npx tsx scripts/pack-flat.ts OUT FIRST_SEED COUNT_OF_A_KIND [SIDE=384]: flat pictures that are no scenes (scenes/flat.ts) as a
// pack, like pack-scenes: `images.u8` (raw RGB, side x side x 3), and the kind of each a line in `kinds.txt`
import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawFlat, flatKinds } from '../scenes/flat.js';

const [out, firstSeed, count, side = '384'] = process.argv.slice(2);
if (!out || !firstSeed || !count) throw new Error('usage: pack-flat OUT FIRST_SEED COUNT_OF_A_KIND [SIDE=384]');
mkdirSync(out, { recursive: true });
const images = createWriteStream(join(out, 'images.u8'));
const kinds: string[] = [];
for (let n = 0; n < Number(count); n++)
  for (const kind of flatKinds) {
    const { svg } = drawFlat(kind, Number(firstSeed) + n);
    const picture = sharp(Buffer.from(svg)).flatten({ background: '#fff' }).removeAlpha().toColourspace('srgb');
    const pixels = await picture.resize(Number(side), Number(side), { fit: 'fill' }).raw().toBuffer();
    if (!images.write(pixels)) await once(images, 'drain');
    kinds.push(kind);
  }
images.end();
writeFileSync(join(out, 'side.txt'), `${side}\n`);
writeFileSync(join(out, 'kinds.txt'), `${kinds.join('\n')}\n`);
