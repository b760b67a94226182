import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { colourClaims } from '../../src/text/coco-colours.js';
import { findCocoMentions } from '../../src/text/coco-mentions.js';
import { cocoCategories, cocoGroup, cocoWords } from '../../src/text/lexicon/coco-objects.js';
import { readCocoPhotos } from './coco-photos.js';
import { lookAtPhotos } from './look.js';

/*
 * What people marked and wrote of photographs, and what the detector saw in them, for `training/detector_slots`, one photo a line
 * after a line of words:
 *   npx tsx eval/photos/write-slots.ts [--photos FOLDER] [--model FILE] [--detections FILE] > slots.jsonl
 * `part` is the half of `captions.ts`: `look`, `report`, or `unmarked`.
 */

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '../shared/data/coco-photos' },
    model: { type: 'string', default: '../shared/data/yolox-nano/yolox_nano.onnx' },
    detections: { type: 'string' },
  },
});
const photos = readCocoPhotos(values.photos);
const seen = await lookAtPhotos(photos, values.model, values.detections);
const words = cocoCategories.map((category) => {
  const { singular, plural } = cocoWords.find((word) => word.category === category)!;
  const forms = cocoWords.filter((word) => word.category === category && !word.loose);
  return {
    category,
    group: cocoGroup(category),
    singular,
    plural,
    forms: forms.flatMap((one) => [one.singular, one.plural]),
  };
});
console.log(JSON.stringify({ words }));
for (const photo of photos) {
  const isReported = createHash('sha256').update(basename(photo.path)).digest()[0]! % 2 === 1;
  const captions = photo.captions.map((text) => {
    const mentions = findCocoMentions(text);
    const real = mentions.filter(({ unreal, negation, loose }) => !unreal && !negation && !loose);
    return {
      text,
      mentions: real.map(({ start, end, category, plural }) => ({ start, end, category, plural })),
      colours: colourClaims(text, mentions),
    };
  });
  console.log(
    JSON.stringify({
      id: photo.id,
      part: photo.annotated ? (isReported ? 'report' : 'look') : 'unmarked',
      things: photo.boxes,
      crowds: [...photo.crowds],
      seen: (seen.get(basename(photo.path)) ?? []).map(({ category, score, box, colours }) => ({
        category,
        score,
        box,
        colours,
      })),
      captions,
    }),
  );
}
