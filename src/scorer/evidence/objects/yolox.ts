import { cocoCategories } from '../../../text/lexicon/coco-objects.js';
import type { Colour } from '../../../text/lexicon/colours.js';
import { type Region, type RgbImage, resizeInto } from '../pixels.js';

/** Of the pixels of a box, the share that may be called by a colour's name; a pixel may have several names. */
export type ColourShares = Readonly<Record<Colour, number>>;

/** Sides of the square that YOLOX-Nano and -Tiny look at; S to X: 640. */
export const inputSize = 416;
const strides = [8, 16, 32];
/** Numbers of each anchor: box, objectness, one score a class. */
const columns = 5 + cocoCategories.length;
export const anchors = anchorsOf(inputSize);
/** Rows of the output for a square of this side. */
export function anchorsOf(side: number): number {
  return strides.reduce((sum, stride) => sum + (side / stride) ** 2, 0);
}
/** Detections below are dropped. */
export const leastScore = 0.01;
const mostOverlap = 0.5;
/** A picture is also looked at in four overlapping parts, each this share of its sides, for what is small in it. */
const tileShare = 0.58;
/** Smaller pictures than this show no more in parts. */
const leastTiledSide = 300;

/** Something the detector saw. The box is `[left, top, right, bottom]` as fractions of the picture. */
export interface Detection {
  /** One of COCO's, or a noun that an OWLv2 was asked for. */
  category: string;
  /** Objectness times class score, 0..1. */
  score: number;
  box: [number, number, number, number];
  /** Seen only in a part of the picture, looked at more closely. */
  close: boolean;
  /** Of likely boxes. */
  colours?: ColourShares;
}

/** The parts of a picture that are looked at: all of it, then its overlapping quarters. */
export function views({ width, height }: { width: number; height: number }): Region[] {
  const whole = { left: 0, top: 0, width, height };
  if (Math.max(width, height) < leastTiledSide) return [whole];
  const [w, h] = [Math.round(width * tileShare), Math.round(height * tileShare)];
  return [
    whole,
    ...[0, height - h].flatMap((top) => [0, width - w].map((left) => ({ left, top, width: w, height: h }))),
  ];
}

/** The model's input for a region: BGR 0..255, float32 [1, 3, side, side], aspect kept, the rest 114 (YOLOX's letterbox). */
export function letterbox(image: RgbImage, region: Region, side = inputSize): { input: Float32Array; scale: number } {
  const plane = side * side;
  const input = new Float32Array(3 * plane).fill(114);
  const scale = Math.min(side / region.width, side / region.height);
  const width = Math.max(1, Math.round(region.width * scale));
  const height = Math.max(1, Math.round(region.height * scale));
  resizeInto(
    input,
    { stride: plane, rowLength: side, width, height },
    { image, region },
    [2, 1, 0],
    (_, level) => level,
  );
  return { input, scale };
}

/** Boxes of one view in pixels of the picture, from the raw output: `(xy + grid) * stride`, `exp(wh) * stride`. */
export function decodeOutput(
  output: Float32Array,
  { region, scale, image, close }: { region: Region; scale: number; image: RgbImage; close: boolean },
  input = inputSize,
): Detection[] {
  const found: Detection[] = [];
  let row = 0;
  for (const stride of strides) {
    const side = input / stride;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, row++) {
        const at = row * columns;
        const objectness = output[at + 4]!;
        if (!(objectness >= leastScore)) continue;
        const centreX = (output[at]! + x) * stride;
        const centreY = (output[at + 1]! + y) * stride;
        const halfWidth = (Math.exp(Math.min(10, output[at + 2]!)) * stride) / 2;
        const halfHeight = (Math.exp(Math.min(10, output[at + 3]!)) * stride) / 2;
        const edges = [centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight];
        const box = toPicture(edges, region, scale, image);
        if (close && isCutOff(box, region, image)) continue;
        for (let c = 0; c < cocoCategories.length; c++) {
          const score = objectness * output[at + 5 + c]!;
          if (score >= leastScore && score <= 1.001)
            found.push({ category: cocoCategories[c]!, score: Math.min(1, score), box, close });
        }
      }
    }
  }
  return found;
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

function toPicture(edges: readonly number[], region: Region, scale: number, image: RgbImage): Detection['box'] {
  const x = (value: number) => clamp((Math.min(region.width, Math.max(0, value / scale)) + region.left) / image.width);
  const y = (value: number) => clamp((Math.min(region.height, Math.max(0, value / scale)) + region.top) / image.height);
  return [x(edges[0]!), y(edges[1]!), x(edges[2]!), y(edges[3]!)];
}

/** Whether a box ends where its view does inside the picture: then it is a part of something that a larger view shows whole. */
function isCutOff([left, top, right, bottom]: Detection['box'], region: Region, image: RgbImage): boolean {
  const near = 0.012;
  const ends = [
    [left, region.left / image.width, 0],
    [top, region.top / image.height, 0],
    [right, (region.left + region.width) / image.width, 1],
    [bottom, (region.top + region.height) / image.height, 1],
  ] as const;
  return ends.some(([edge, end, border]) => Math.abs(end - border) > near && Math.abs(edge - end) < near);
}

/** Non-maximum suppression within each category, the whole view's boxes before those of parts at like scores. */
export function suppress(detections: readonly Detection[], most = 300): Detection[] {
  const kept: Detection[] = [];
  for (const next of [...detections].sort((a, b) => b.score - a.score)) {
    if (kept.length >= most) break;
    const hidden = kept.some(
      (other) =>
        other.category === next.category &&
        (overlap(other.box, next.box) > mostOverlap ||
          ((other.close || next.close) && inside(other.box, next.box) > 0.7)),
    );
    if (!hidden) kept.push(next);
  }
  return kept;
}

const area = ([left, top, right, bottom]: Detection['box']) => Math.max(0, right - left) * Math.max(0, bottom - top);
const shared = (a: Detection['box'], b: Detection['box']) =>
  area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
const overlap = (a: Detection['box'], b: Detection['box']) =>
  shared(a, b) / Math.max(1e-9, area(a) + area(b) - shared(a, b));
const inside = (a: Detection['box'], b: Detection['box']) => shared(a, b) / Math.max(1e-9, Math.min(area(a), area(b)));
