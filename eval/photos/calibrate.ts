import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  boxProbability,
  countDistribution,
  countOdds,
  fewerFeatures,
  floor,
  presence,
  presenceFeatures,
} from '../../src/scorer/evidence/objects/calibration.js';
import type { Detection } from '../../src/scorer/evidence/objects/yolox.js';
import { type CocoCategory, cocoCategories } from '../../src/text/lexicon/coco-objects.js';
import { auroc, averagePrecision, rank } from '../tldr/metrics.js';
import { type CocoPhoto, iou, isFitted, readCocoPhotos } from './coco-photos.js';
import { fitLogistic, logit, sigmoid } from './logistic.js';
import { lookAtPhotos } from './look.js';

/*
 * Fits the constants of src/scorer/evidence/objects/calibration.ts on the photos with an even COCO id and reports on the odd ones:
 *   npx tsx eval/photos/calibrate.ts [--photos FOLDER] [--model yolox_nano.onnx] [--detections FILE]
 */

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '../shared/data/coco-photos' },
    model: { type: 'string', default: '../shared/data/yolox-nano/yolox_nano.onnx' },
    detections: { type: 'string' },
  },
});

interface Case {
  category: CocoCategory;
  score: number;
  present: boolean;
  weight: number;
}

/** Absent things are weighed by how often they go with what is there: those are the ones that answers make up. */
function presenceCases(photos: readonly CocoPhoto[], together: Map<string, number>): Case[] {
  return photos.flatMap((photo) => {
    const seen = sightings(photo);
    return cocoCategories.map((category) => {
      const score = Math.max(0, ...seen.filter((item) => item.category === category).map((item) => item.score));
      const present = photo.counts.has(category);
      const company = [...photo.counts.keys()].reduce(
        (sum, other) => sum + (together.get(`${category}\0${other}`) ?? 0),
        0,
      );
      return { category, score, present, weight: present ? 1 : company + 0.01 };
    });
  });
}

function companions(photos: readonly CocoPhoto[]): Map<string, number> {
  const together = new Map<string, number>();
  const totals = new Map<CocoCategory, number>();
  for (const { counts } of photos) for (const one of counts.keys()) totals.set(one, (totals.get(one) ?? 0) + 1);
  for (const { counts } of photos)
    for (const one of counts.keys())
      for (const other of counts.keys())
        if (one !== other) {
          const key = `${one}\0${other}`;
          together.set(key, (together.get(key) ?? 0) + 1 / totals.get(other)!);
        }
  return together;
}

/** Both classes weigh the same in all. */
function balanced(cases: readonly Case[]): number[] {
  const total = (present: boolean) =>
    cases.filter((item) => item.present === present).reduce((sum, item) => sum + item.weight, 0);
  const [there, not] = [total(true), total(false)];
  return cases.map((item) => (item.weight / (item.present ? there : not)) * (cases.length / 2));
}

const photos = readCocoPhotos(values.photos).filter((photo) => photo.annotated);
const seen = await lookAtPhotos(readCocoPhotos(values.photos), values.model, values.detections);
const sightings = (photo: CocoPhoto): readonly Detection[] => seen.get(basename(photo.path)) ?? [];
const [fitted, reported] = [photos.filter(isFitted), photos.filter((photo) => !isFitted(photo))];
const together = companions(fitted);

const cases = presenceCases(fitted, together);
const w = fitLogistic(
  cases.map(({ score, category }) => presenceFeatures(score, category)),
  cases.map((item) => item.present),
  balanced(cases),
  5,
);
console.log(`presenceWeights [${w.map((value) => value.toFixed(3)).join(', ')}]`);

/** Every box with whether it lies on a marked thing of its category (IoU of 0.5 or more, each thing once). */
function boxCases(of: readonly CocoPhoto[]) {
  return of.flatMap((photo) => {
    const free = photo.boxes.filter(({ category }) => !photo.crowds.has(category));
    return sightings(photo)
      .filter(({ category }) => !photo.crowds.has(category as CocoCategory))
      .map(({ category, score, box }) => {
        const at = free.findIndex((truth) => truth.category === category && iou(truth.box, box) >= 0.5);
        if (at >= 0) free.splice(at, 1);
        return { score, right: at >= 0 };
      });
  });
}
const boxes = boxCases(fitted);
const strength = (score: number) => logit(Math.min(0.99, Math.max(floor, score)));
const bw = fitLogistic(
  boxes.map(({ score }) => [1, strength(score)]),
  boxes.map(({ right }) => right),
);
console.log(`boxWeights [${bw.map((value) => value.toFixed(3)).join(', ')}]`);

/** The mean number of things that are there and not among the boxes, where at least one is there. */
function meanMissed(): number {
  const missed = fitted.flatMap((photo) =>
    [...photo.counts]
      .filter(([category, count]) => count <= 6 && !photo.crowds.has(category))
      .map(([category, count]) => {
        const expected = sightings(photo)
          .filter((item) => item.category === category)
          .reduce((sum, item) => sum + sigmoid(bw[0]! + bw[1]! * strength(item.score)), 0);
        return count - expected;
      }),
  );
  return Math.max(0.02, missed.reduce((sum, value) => sum + value, 0) / missed.length);
}
console.log(`missedMean ${meanMissed().toFixed(3)}`);

/** Right counts and wrong ones, one or two away. */
function countCases(of: readonly CocoPhoto[]) {
  return of.flatMap((photo) =>
    [...photo.counts]
      .filter(([category, count]) => count <= 6 && !photo.crowds.has(category))
      .flatMap(([category, truth]) => {
        const distribution = countDistribution(sightings(photo).filter((item) => item.category === category));
        return [-2, -1, 0, 1, 2]
          .map((shift) => truth + shift)
          .filter((count) => count >= 2)
          .flatMap((count) => [
            { odds: countOdds(distribution, count, true), right: count === truth, exact: true, count, truth },
            { odds: countOdds(distribution, count, false), right: count <= truth, exact: false, count, truth },
          ]);
      }),
  );
}
const counts = countCases(fitted);
const rights = counts.filter(({ right }) => right).length;
const cw = fitLogistic(
  counts.map(({ odds }) => [1, odds]),
  counts.map(({ right }) => right),
  counts.map(({ right }) => counts.length / 2 / (right ? rights : counts.length - rights)),
);
console.log(`countWeights [${cw.map((value) => value.toFixed(3)).join(', ')}]`);

/** Right counts, and such that are one or two too high, of things that were found. */
function fewerCases(of: readonly CocoPhoto[]) {
  return of.flatMap((photo) =>
    [...photo.counts]
      .filter(([category, count]) => count <= 6 && !photo.crowds.has(category))
      .flatMap(([category, truth]) =>
        [0, 1, 2]
          .map((more) => ({ more, count: truth + more }))
          .filter(({ count }) => count >= 2)
          .flatMap(({ more, count }) => {
            const own = sightings(photo).filter((item) => item.category === category);
            const features = fewerFeatures(own, count, category);
            return features ? [{ features, more, several: truth >= 2 }] : [];
          }),
      ),
  );
}
const high = fewerCases(fitted);
const fw = fitLogistic(
  high.map(({ features }) => features),
  high.map(({ more }) => more > 0),
  undefined,
  3,
);
console.log(`fewerWeights [${fw.map((value) => value.toFixed(3)).join(', ')}]`);
for (const [name, of] of [
  ['fitted', fitted],
  ['reported', reported],
] as const)
  for (const odds of [2, 2.5, 3, 3.5]) {
    const own = fewerCases(of).filter(({ several }) => several);
    const flagged = (more: number) => {
      const some = own.filter((item) => item.more === more);
      const above = some.filter(({ features }) => features.reduce((sum, x, i) => sum + x * fw[i]!, 0) > odds);
      return `${((100 * above.length) / some.length).toFixed(1)} % of ${some.length}`;
    };
    console.log(`  ${name}, odds ${odds}: right ${flagged(0)}, one too many ${flagged(1)}, two ${flagged(2)}`);
  }

const held = presenceCases(reported, together);
const rewards = held.map(({ score, category }) => presence(score, category, 0.5));
const truth = held.map((item) => item.present);
const ranked = rank([held.map((item, index) => ({ reward: rewards[index]!, good: item.present }))]);
console.log('\nWith the constants in the source, on the photos with an odd id:');
console.log(
  `photos ${reported.length}, present ${truth.filter(Boolean).length}, AUROC of presence ${auroc(ranked).toFixed(3)}, AP ${averagePrecision(ranked, 'good').toFixed(3)}`,
);
const weights = balanced(held);
let ece = 0;
for (let bin = 0; bin < 10; bin++) {
  const inside = held.map((_, index) => index).filter((index) => Math.min(9, Math.floor(rewards[index]! * 10)) === bin);
  const mass = inside.reduce((sum, index) => sum + weights[index]!, 0);
  if (mass === 0) continue;
  const mean = inside.reduce((sum, index) => sum + weights[index]! * rewards[index]!, 0) / mass;
  const share = inside.reduce((sum, index) => sum + weights[index]! * Number(truth[index]), 0) / mass;
  ece += (mass / held.length) * Math.abs(mean - share);
  console.log(`  said ${mean.toFixed(2)}  was ${share.toFixed(2)}  weight ${(mass / held.length).toFixed(3)}`);
}
console.log(`ECE ${ece.toFixed(3)} (both classes weighing the same, absent things as they go with what is there)`);
const heldBoxes = boxCases(reported);
console.log(
  `boxes ${heldBoxes.length}: said ${mean(heldBoxes.map(({ score }) => boxProbability(score))).toFixed(3)}, was ${mean(heldBoxes.map(({ right }) => Number(right))).toFixed(3)}`,
);
for (const exact of [true, false]) {
  const own = countCases(reported).filter((item) => item.exact === exact);
  console.log(
    `counts (${exact ? 'exactly' : 'at least'}): ${own.length}, AUROC ${auroc(rank([own.map(({ odds, right }) => ({ reward: odds, good: right }))])).toFixed(3)}`,
  );
}
function mean(of: readonly number[]): number {
  return of.reduce((sum, value) => sum + value, 0) / Math.max(1, of.length);
}
