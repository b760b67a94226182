import { DetectiveError } from '../../../base/errors.js';
import { findCocoMentions } from '../../../text/coco-mentions.js';
import { type CocoCategory, cocoCategories } from '../../../text/lexicon/coco-objects.js';
import { type Looker, lookerOf } from '../pictures.js';
import type { Detection } from './yolox.js';

/** Something that a detector saw. */
export interface SeenThing {
  /** In the detector's own words: `sofa`, `tvmonitor`, `wine glass`. */
  name: string;
  /** How sure, 0..1. */
  score: number;
  /** `[left, top, right, bottom]` as fractions of the picture, 0..1. */
  box: readonly [number, number, number, number];
}

/** Any detector of things: a model of one's own, a service, a library. */
export interface Detector {
  /** Shown in reports: `objects@NAME`. */
  readonly name: string;
  /**
   * What is in a picture, faint things too: what is not found counts as hardly there. Asked once for each picture.
   *
   * @param image Encoded bytes (JPEG, PNG, WebP, GIF or AVIF).
   */
  detect(image: Uint8Array): Promise<readonly SeenThing[]>;
  close?(): Promise<void>;
}

/** Names of PASCAL VOC and other sets that no one writes in a sentence. */
const otherNames: Readonly<Record<string, CocoCategory>> = {
  aeroplane: 'airplane',
  diningtable: 'dining table',
  motorbike: 'motorcycle',
  pottedplant: 'potted plant',
  tvmonitor: 'tv',
  monitor: 'tv',
  doughnut: 'donut',
  'hair dryer': 'hair drier',
};

/** The category of COCO that a detector's name stands for, if any. */
export function categoryOf(name: string): CocoCategory | null {
  const plain = name.trim().toLowerCase().replace(/[_-]+/g, ' ');
  const exact = cocoCategories.find((category) => category === plain) ?? otherNames[plain];
  if (exact) return exact;
  const [mention, ...others] = findCocoMentions(plain);
  const isWhole = mention && others.length === 0 && mention.start === 0 && mention.end === plain.length;
  return isWhole && !mention.loose && !mention.unreal ? mention.category : null;
}

/**
 * What looks at pictures for the `objects` scorer, with any detector. Things whose names are none of COCO's are left out.
 *
 * @throws DetectiveError on `look`: `bad-model` where a score or box is out of range; whatever the detector throws.
 */
export function detectorLooker(detector: Detector): Looker<Detection> {
  return lookerOf(
    async ({ bytes }) => (await detector.detect(bytes)).flatMap((thing) => toDetection(thing, detector.name)),
    () => 200,
    async () => detector.close?.(),
  );
}

function toDetection({ name, score, box }: SeenThing, detector: string): Detection[] {
  const within = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;
  if (!within(score) || box.length !== 4 || !box.every(within) || box[2] < box[0] || box[3] < box[1])
    throw new DetectiveError(
      'bad-model',
      `the detector ${detector} gave ${JSON.stringify({ name, score, box }).slice(0, 200)}: a score from 0 to 1 and a box [left, top, right, bottom] in fractions of the picture are expected`,
    );
  const category = categoryOf(name);
  return category === null ? [] : [{ category, score, box: [...box], close: false }];
}
