import { type CocoCategory, type CocoGroup, cocoGroup } from '../../../text/lexicon/coco-objects.js';
import type { Detection } from './yolox.js';

/**
 * Of the things that answers name, this share is taken to be there before the picture is looked at. VLMs make up
 * 5 to 20 % of what they name (CHAIR, Rohrbach et al., arXiv 1809.02156).
 */
export const priorPresent = 0.8;
/** Of the counts that answers give, this share is taken to be right. */
export const priorCount = 0.75;

/** Scores below this are as good as nothing seen. */
export const floor = 0.01;

/** Fitted by `eval/photos/calibrate.ts` on the COCO photos with an even id, present and absent things weighing the same. */
export const presenceWeights: readonly number[] = [2.295, 1.079, 0.023, 0.041, -0.125, -0.678];
/** From a box's score to how likely it is one of the things, fitted likewise. */
export const boxWeights: readonly [number, number] = [-0.189, 1.192];
/** Things of a category that the detector misses, on average, beside those that it sees. */
export const missedMean = 0.736;
/** From the log odds of a count to those of its being right. */
export const countWeights: readonly [number, number] = [0.591, 0.445];

/** From what the boxes say to the log odds that there are fewer than a count, fitted likewise where the thing was found. */
export const fewerWeights: readonly number[] = [1.784, 0.239, 0.402, 0.123, -0.251, 0.12, 0.094, -0.395, 0.011];
/** Above these log odds fewer are there: of right counts of the fitted photographs 2 to 4 % would be called too high. */
const fewerOdds = 2.8;

const easy = new Set<CocoGroup>(['person', 'vehicle', 'animal', 'outdoor']);

/** What the presence of a category is judged by, from its best score. */
export function presenceFeatures(score: number, category: CocoCategory): number[] {
  const seen = Math.max(score, floor);
  const strength = Math.log(seen / (1 - Math.min(seen, 0.99)));
  const nothing = score < floor ? 1 : 0;
  const hard = easy.has(cocoGroup(category)) ? 0 : 1;
  return [1, strength, nothing, hard, hard * strength, hard * nothing];
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const logit = (share: number) => Math.log(share / (1 - share));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

/** Things that are mostly a few pixels of a photograph, or half hidden in a hand: one look misses many of them. */
const small = new Set<CocoCategory>([
  'cell phone',
  'cup',
  'fork',
  'knife',
  'spoon',
  'wine glass',
  'bottle',
  'book',
  'remote',
  'mouse',
  'tie',
  'backpack',
  'handbag',
  'sports ball',
  'baseball glove',
  'baseball bat',
  'toothbrush',
  'hair drier',
  'scissors',
  'clock',
  'cake',
  'carrot',
  'apple',
  'orange',
]);
/** Their absence is only as sure as this many log odds less, until they are plainly seen. */
const [plainly, smallOdds] = [0.3, 1.3];

/** Things that are named only where they are seen well, and that no detector overlooks then: where hardly a trace is seen, they are not there. */
const large = new Set<CocoCategory>([
  'airplane',
  'bus',
  'train',
  'motorcycle',
  'stop sign',
  'fire hydrant',
  'horse',
  'cow',
  'elephant',
  'bear',
  'zebra',
  'giraffe',
  'bed',
  'toilet',
]);
/** A trace, and by how many log odds such a thing is the less likely. */
const [trace, largeOdds] = [0.1, 0.9];

/** The rarest things of COCO, of which detectors saw too few to know them: that none is seen says nothing. */
export const hardlyKnown: ReadonlySet<CocoCategory> = new Set<CocoCategory>(['hair drier']);

/** P(the picture shows a thing of the category), from the detector's best score for it (0 where nothing was seen). */
export function presence(score: number, category: CocoCategory, prior = priorPresent): number {
  const odds = (at: number) => dot(presenceWeights, presenceFeatures(at, category)) + logit(prior);
  const seen = odds(score);
  if (prior < 0.5) return sigmoid(seen);
  if (small.has(category) && score < plainly) return sigmoid(Math.min(seen + smallOdds, odds(plainly)));
  return sigmoid(large.has(category) && score < trace ? seen - largeOdds : seen);
}

/** P(a box of this score is one of the things). */
export function boxProbability(score: number): number {
  const clamped = Math.min(0.99, Math.max(floor, score));
  return sigmoid(boxWeights[0] + boxWeights[1] * Math.log(clamped / (1 - clamped)));
}

/**
 * How many of a thing there are, as probabilities of 0, 1, 2, …: each box counts by its own probability, and a few are
 * missed (Poisson).
 */
export function countDistribution(boxes: readonly Detection[], missed = missedMean, most = 40): number[] {
  let distribution = [1, ...new Array<number>(most).fill(0)];
  for (const { score } of boxes) {
    const p = boxProbability(score);
    distribution = distribution.map((value, count) => value * (1 - p) + (count > 0 ? distribution[count - 1]! * p : 0));
  }
  const poisson = Array.from({ length: 8 }, (_, k) => (missed ** k * Math.exp(-missed)) / factorial(k));
  return distribution.map((_, count) =>
    poisson.reduce((sum, p, k) => sum + (count >= k ? p * distribution[count - k]! : 0), 0),
  );
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** P(a count is right): `exact` where just so many are said to be in the picture, else at least so many. */
export function countReward(
  distribution: readonly number[],
  count: number,
  exact: boolean,
  prior = priorCount,
): number {
  return sigmoid(countWeights[0] + countWeights[1] * countOdds(distribution, count, exact) + logit(prior));
}

/** Log odds that there are so many, or at least so many. */
export function countOdds(distribution: readonly number[], count: number, exact: boolean): number {
  const p = exact ? (distribution[count] ?? 0) : distribution.slice(count).reduce((sum, value) => sum + value, 0);
  const clamped = Math.min(0.999, Math.max(0.001, p));
  return Math.log(clamped / (1 - clamped));
}

/** Lowest best score of a thing whose number can be too high: of one that was hardly seen, more may have been missed. */
const foundScore = 0.2;

/**
 * What speaks for fewer than `count` of a thing: how far the boxes stay behind, how many faint ones there are, how large the
 * sure ones are (of large things few are missed). Null where the thing was not found.
 */
export function fewerFeatures(boxes: readonly Detection[], count: number, category: CocoCategory): number[] | null {
  if (!boxes.some(({ score }) => score >= foundScore)) return null;
  const sizes = boxes.filter(({ score }) => score > 0.3).map(({ box }) => (box[2] - box[0]) * (box[3] - box[1]));
  const [least, most] = [Math.min(...sizes, 1), Math.max(...sizes, 0)].map((size) => Math.log(Math.max(0.001, size)));
  const mass = (from: number, to: number) =>
    boxes.reduce((sum, { score }) => sum + (score >= from && score < to ? boxProbability(score) : 0), 0);
  const behind = Math.max(0, count - boxes.filter(({ score }) => score >= 0.2).length);
  return [
    1,
    count - mass(0, 2),
    behind,
    count - boxes.filter(({ score }) => score >= 0.6).length,
    mass(0, 0.5),
    sizes.length > 0 ? least! : Math.log(0.002),
    sizes.length > 0 ? most! : Math.log(0.002),
    easy.has(cocoGroup(category)) ? 1 : 0,
    Math.log(count),
  ];
}

/** Whether there are surely fewer of a thing than an answer says. */
export function areFewer(boxes: readonly Detection[], count: number, category: CocoCategory): boolean {
  const features = fewerFeatures(boxes, count, category);
  return features !== null && dot(fewerWeights, features) > fewerOdds;
}
