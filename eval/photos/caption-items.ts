import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isFitted, readCocoPhotos } from './coco-photos.js';

/*
 * Human captions of COCO photographs (odd ids) as items for the command line, to see what is touched that should not be:
 *   npx tsx eval/photos/caption-items.ts > items.jsonl
 *   vlm-detective correct --input items.jsonl --scorer ocr --rewriter local --json
 */

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '../shared/data/coco-photos' },
    'per-photo': { type: 'string', default: '5' },
  },
});

for (const photo of readCocoPhotos(values.photos)) {
  if (isFitted(photo)) continue;
  photo.captions.slice(0, Number(values['per-photo'])).forEach((response, index) => {
    console.log(JSON.stringify({ id: `${photo.id}-${index}`, image: resolve(photo.path), response }));
  });
}
