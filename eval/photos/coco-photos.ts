import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { type CocoCategory, cocoCategories } from '../../src/text/lexicon/coco-objects.js';

const lineSchema = z.object({
  file: z.string(),
  coco_id: z.int(),
  captions: z.array(z.string()),
  instances: z
    .array(z.object({ category: z.string(), bbox: z.array(z.number()), iscrowd: z.int().optional() }))
    .nullish(),
  panoptic: z.array(z.object({ category: z.string(), isthing: z.int().optional() })).nullish(),
  width: z.number(),
  height: z.number(),
  sugarcrepe: z.array(z.object({ type: z.string(), positive: z.string(), negative: z.string() })).nullish(),
  valse: z.array(z.object({ piece: z.string(), caption: z.string(), foil: z.string() })).nullish(),
  vlm_answers: z.array(z.object({ model: z.string(), prompt: z.string(), answer: z.string() })).nullish(),
});

/** A photograph of COCO with what people marked and wrote about it. */
export interface CocoPhoto {
  path: string;
  id: number;
  captions: string[];
  /** How many of each thing are marked. Empty where the photo's annotations are not there. */
  counts: ReadonlyMap<CocoCategory, number>;
  /** Categories marked as a crowd: their number says nothing. */
  crowds: ReadonlySet<CocoCategory>;
  boxes: { category: CocoCategory; box: [number, number, number, number] }[];
  annotated: boolean;
  /** Made-up captions, hard negatives of SugarCrepe: something was added or replaced. */
  negatives: { type: string; positive: string; negative: string }[];
  answers: { model: string; prompt: string; answer: string }[];
}

/** The photographs of a folder with a `manifest.jsonl`, in the order of their COCO ids. */
export function readCocoPhotos(folder: string): CocoPhoto[] {
  let text: string;
  try {
    text = readFileSync(join(folder, 'manifest.jsonl'), 'utf8');
  } catch (cause) {
    throw new DetectiveError('bad-input', `${folder} has no manifest.jsonl: ${errorMessage(cause)}`, { cause });
  }
  const photos = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => toPhoto(folder, lineSchema.parse(JSON.parse(line))));
  return photos.sort((a, b) => a.id - b.id);
}

/** Calibration is fitted on the photos with an even COCO id and reported on the odd ones. */
export const isFitted = ({ id }: CocoPhoto): boolean => id % 2 === 0;

const known = new Set<string>(cocoCategories);
const isCategory = (name: string): name is CocoCategory => known.has(name);

function toPhoto(folder: string, line: z.infer<typeof lineSchema>): CocoPhoto {
  const counts = new Map<CocoCategory, number>();
  const crowds = new Set<CocoCategory>();
  const boxes: CocoPhoto['boxes'] = [];
  for (const { category, bbox, iscrowd } of line.instances ?? []) {
    if (!isCategory(category)) continue;
    counts.set(category, (counts.get(category) ?? 0) + 1);
    if (iscrowd) crowds.add(category);
    const [x, y, w, h] = bbox as [number, number, number, number];
    boxes.push({
      category,
      box: [x / line.width, y / line.height, (x + w) / line.width, (y + h) / line.height],
    });
  }
  for (const { category, isthing } of line.panoptic ?? [])
    if (isthing && isCategory(category) && !counts.has(category)) counts.set(category, 1);
  return {
    path: join(folder, line.file),
    id: line.coco_id,
    captions: line.captions,
    counts,
    crowds,
    boxes,
    annotated: (line.instances?.length ?? 0) > 0,
    negatives: line.sugarcrepe ?? [],
    answers: line.vlm_answers ?? [],
  };
}

type Box = readonly [number, number, number, number];
/** How much of two boxes is shared, 0..1 of their union. */
export function iou(a: Box, b: Box): number {
  const area = (box: Box) => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
  const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return both / Math.max(1e-9, area(a) + area(b) - both);
}
