import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { pick, seededRandom } from '../../scenes/random.js';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { scorerOf } from '../../src/scorer/evidence/objects/objects-scorer.js';
import { capitalize } from '../../src/text/capital.js';
import { colourClaims } from '../../src/text/coco-colours.js';
import { findCocoMentions } from '../../src/text/coco-mentions.js';
import { cocoCategories, cocoWords } from '../../src/text/lexicon/coco-objects.js';
import { colours } from '../../src/text/lexicon/colours.js';
import { flagSpans } from '../../src/text/spans.js';
import { type CocoPhoto, iou, readCocoPhotos } from './coco-photos.js';
import { lookAtPhotos } from './look.js';
import { counted, exchanged, type PhotoAnswer, shownIn } from './object-sets.js';

/*
 * Harm and repair of objects + local on captions of photographs, as a table in Markdown:
 *   npx tsx eval/photos/captions.ts [--part look|report|unmarked] [--photos FOLDER] [--model FILE] [--detections FILE] [--show] [--answers FILE]
 * `--answers` keeps every answer with what is wrong in it and what was flagged, one a line (`training/detector_slots/compare.py`).
 * Photographs are split in two by the SHA-256 of their names: one half to look at while working, one only to report; those
 * that have captions but no boxes are a part of their own, to look at.
 */

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'report' },
    photos: { type: 'string', default: '../shared/data/coco-photos' },
    model: { type: 'string', default: '../shared/data/yolox-nano/yolox_nano.onnx' },
    detections: { type: 'string' },
    show: { type: 'boolean', default: false },
    answers: { type: 'string' },
  },
});
/** An answer, and what it was before something was planted. */
type Planted = PhotoAnswer & { right: string };

const isReported = ({ path }: CocoPhoto) => createHash('sha256').update(basename(path)).digest()[0]! % 2 === 1;
const all = readCocoPhotos(values.photos);
const seen = await lookAtPhotos(all, values.model, values.detections);
const photos =
  values.part === 'unmarked'
    ? all.filter((photo) => !photo.annotated)
    : all.filter((photo) => photo.annotated && isReported(photo) === (values.part === 'report'));
const threshold = 0.5;

console.log(
  '| answers | n | flagged | flagged where it is wrong | exactly right afterwards | changed into another text |',
);
console.log('|---|---|---|---|---|---|');
const captions = photos.flatMap((photo) =>
  photo.captions.map((text): Planted => ({ photo, text, right: text, wrong: [] })),
);
await row('human captions', captions);
await row('a made-up thing at the end', photos.flatMap(withMadeUp));
const answers = photos.flatMap(asAnswer);
await row(
  'captions of a photo as one answer',
  answers.map(({ right }) => right),
);
await row(
  '… with a made-up sentence among them',
  answers.map(({ wrong }) => wrong),
);
await row(
  'one thing exchanged',
  exchanged(photos, 3, 11).map((one) => ({ ...one, right: one.original })),
);
const places = photos.flatMap(placed);
await row(
  'left, right, above, below: right',
  places.map(({ right }) => right),
);
await row(
  'left, right, above, below: wrong',
  places.map(({ wrong }) => wrong),
);
const found = places.filter(({ things, wrong }) => things.every((thing) => isFound(wrong.photo, thing)));
await row(
  '… both things found: right',
  found.map(({ right }) => right),
);
await row(
  '… both things found: wrong',
  found.map(({ wrong }) => wrong),
);
await row('… of one of several things: right', photos.flatMap(placedOfSeveral));
for (const [name, far] of [
  ['beside: right (boxes that touch nearly)', false],
  ['beside: wrong (half a picture between)', true],
] as const)
  await row(
    name,
    photos.flatMap((photo) => besides(photo, far)),
  );
const coloured = photos.flatMap(recoloured);
await row(
  'colour of a found thing: right',
  coloured.map(({ right }) => right),
);
await row(
  'colour of a found thing: wrong',
  coloured.flatMap(({ wrong }) => wrong),
);
const counts = counted(photos, 11);
await row(
  'counts: right',
  counts.right.map((one) => ({ ...one, right: one.text })),
);
await row(
  'counts: wrong',
  counts.wrong.map((one, index) => ({ ...one, right: counts.right[index]!.text })),
);

async function row(name: string, answers: readonly Planted[]): Promise<void> {
  let [flagged, hit, exact, otherwise] = [0, 0, 0, 0];
  for (const { photo, text, right, wrong } of answers) {
    const scorer = scorerOf({ look: async () => seen.get(basename(photo.path)) ?? [], close: async () => {} });
    const request = { images: [new Uint8Array([0])], response: text };
    const spans = flagSpans(text, (await scorer.score(request)).tokens, threshold);
    const { response } = await correct(request, { scorer, rewriter: localRewriter(), threshold });
    const isHit = wrong.some((range) => spans.some((span) => span.start < range.end && range.start < span.end));
    if (spans.length > 0) flagged++;
    if (isHit) hit++;
    if (values.answers)
      appendFileSync(
        values.answers,
        `${JSON.stringify({ row: name, photo: photo.id, text, wrong, flagged: spans })}\n`,
      );
    if (response === right) exact++;
    else if (response !== text) otherwise++;
    if (values.show && (wrong.length === 0 ? spans.length > 0 : response !== right))
      console.error(
        `[${name}] ${photo.id} flagged ${spans.map((span) => span.text).join(' | ')}\n   ${text}\n-> ${response}`,
      );
  }
  const n = answers.length;
  const percent = (part: number) => (n === 0 ? '-' : `${((100 * part) / n).toFixed(1)} % (${part})`);
  console.log(`| ${name} | ${n} | ${percent(flagged)} | ${percent(hit)} | ${percent(exact)} | ${percent(otherwise)} |`);
}

/** A caption with `… and a giraffe nearby` behind it. */
function withMadeUp(photo: CocoPhoto): Planted[] {
  const random = seededRandom(photo.id + 23);
  const shown = shownIn(photo);
  return photo.captions.slice(0, 2).map((caption) => {
    const category = pick(
      random,
      cocoCategories.filter((one) => !shown.has(one)),
    );
    const word = cocoWords.find((one) => one.category === category)!.singular;
    const [lead, tail] = pick(random, [
      [' next to a', ''],
      [' with a', ' nearby'],
      [' and a', ' in the background'],
    ] as const);
    const bare = caption.trim().replace(/[.\s]+$/, '');
    const before = `${bare}${lead}${/^[aeiou]/.test(word) ? 'n' : ''} `;
    const text = `${before}${word}${tail}.`;
    const wrong = [{ start: before.length, end: before.length + word.length }];
    return { photo, text, right: `${bare}.`, wrong };
  });
}

/** What people say of a photo, sentence by sentence, and the same with `A giraffe stands at the side.` in the middle. */
function asAnswer(photo: CocoPhoto): { right: Planted; wrong: Planted }[] {
  const sentences = photo.captions
    .slice(0, 4)
    .map((caption) => `${capitalize(caption.trim().replace(/[.\s]+$/, ''))}.`);
  if (sentences.length < 4) return [];
  const random = seededRandom(photo.id + 29);
  const shown = shownIn(photo);
  const category = pick(
    random,
    cocoCategories.filter((one) => !shown.has(one)),
  );
  const word = cocoWords.find((one) => one.category === category)!.singular;
  const [lead, tail] = pick(random, [
    ['There is ', ' at the edge of the scene.'],
    ['', ' stands behind it.'],
    ['', ' can be seen in the distance.'],
    ['Further back there is ', ' that nobody uses.'],
    ['', ' lies between them.'],
  ] as const);
  const named = `${/^[aeiou]/.test(word) ? 'an' : 'a'} `;
  const before = `${sentences.slice(0, 2).join(' ')} ${lead === '' ? capitalize(named) : lead + named}`;
  const right = sentences.join(' ');
  const wrong = [{ start: before.length, end: before.length + word.length }];
  return [
    {
      right: { photo, text: right, right, wrong: [] },
      wrong: { photo, text: `${before}${word}${tail} ${sentences.slice(2).join(' ')}`, right, wrong },
    },
  ];
}

/** `The dog is to the left of the cat.` of two things that are marked once each and well apart, right and turned round. */
function placed(photo: CocoPhoto): { right: Planted; wrong: Planted; things: CocoPhoto['boxes'] }[] {
  const alone = photo.boxes.filter(({ category }) => photo.counts.get(category) === 1);
  const nameOf = (category: string) => cocoWords.find((word) => word.category === category)!.singular;
  return alone.flatMap((a, index) =>
    alone.slice(index + 1).flatMap((b) =>
      ([0, 1] as const).flatMap((axis) => {
        const apart = (b.box[axis] + b.box[axis + 2]! - a.box[axis] - a.box[axis + 2]!) / 2;
        if (Math.abs(apart) < 0.15) return [];
        const [first, second] = axis === 0 ? ['to the left of', 'to the right of'] : ['above', 'below'];
        const say = (words: string): string => `The ${nameOf(a.category)} is ${words} the ${nameOf(b.category)}.`;
        const [yes, no] = apart > 0 ? [first!, second!] : [second!, first!];
        const start = say(no).indexOf(no);
        return [
          {
            right: { photo, text: say(yes), right: say(yes), wrong: [] },
            wrong: { photo, text: say(no), right: say(yes), wrong: [{ start, end: start + no.length }] },
            things: [a, b],
          },
        ];
      }),
    ),
  );
}

/** `The dog is next to the cat.` of two things that are marked once each, near to one another or half a picture apart. */
function besides(photo: CocoPhoto, far: boolean): Planted[] {
  const alone = photo.boxes.filter(({ category }) => photo.counts.get(category) === 1);
  const nameOf = (category: string) => cocoWords.find((word) => word.category === category)!.singular;
  return alone.flatMap((a, index) =>
    alone.slice(index + 1).flatMap((b): Planted[] => {
      const gap = Math.max(
        ...([0, 1] as const).map(
          (axis) => Math.max(a.box[axis], b.box[axis]) - Math.min(a.box[axis + 2]!, b.box[axis + 2]!),
        ),
      );
      if (far ? gap < 0.5 : gap > 0.05) return [];
      const lead = `The ${nameOf(a.category)} is `;
      const text = `${lead}next to the ${nameOf(b.category)}.`;
      return [{ photo, text, right: text, wrong: far ? [{ start: lead.length, end: lead.length + 7 }] : [] }];
    }),
  );
}

/** The detector's best box of the thing's category lies on it. */
function isFound(photo: CocoPhoto, { category, box }: CocoPhoto['boxes'][number]): boolean {
  const [best] = (seen.get(basename(photo.path)) ?? [])
    .filter((item) => item.category === category)
    .sort((a, b) => b.score - a.score);
  return best !== undefined && best.score >= 0.3 && iou(best.box, box) >= 0.4;
}

/** True of one of several dogs: `The dog is to the left of the cat.` */
function placedOfSeveral(photo: CocoPhoto): Planted[] {
  const marked = photo.boxes.filter(({ category }) => !photo.crowds.has(category));
  const nameOf = (category: string) => cocoWords.find((word) => word.category === category)!.singular;
  return marked.flatMap((a, index) =>
    marked.slice(index + 1, index + 6).flatMap((b) => {
      const apart = (b.box[0] + b.box[2] - a.box[0] - a.box[2]) / 2;
      const several = photo.counts.get(a.category)! > 1 || photo.counts.get(b.category)! > 1;
      if (a.category === b.category || !several || Math.abs(apart) < 0.15) return [];
      const side = apart > 0 ? 'left' : 'right';
      const text = `The ${nameOf(a.category)} is to the ${side} of the ${nameOf(b.category)}.`;
      return [{ photo, text, right: text, wrong: [] }];
    }),
  );
}

/** Captions that give the colour of a found thing, and the same with each of the other colours. */
function recoloured(photo: CocoPhoto): { right: Planted; wrong: Planted[] }[] {
  return photo.captions.flatMap((caption) =>
    colourClaims(caption, findCocoMentions(caption)).flatMap(({ start, end, category, colour }) => {
      const isSeen = (seen.get(basename(photo.path)) ?? []).some(
        (item) => item.category === category && item.score >= 0.3,
      );
      if (!isSeen) return [];
      const right = { photo, text: caption, right: caption, wrong: [] };
      const wrong = colours
        .filter((other) => other !== colour)
        .map((other): Planted => {
          const text = caption.slice(0, start) + other + caption.slice(end);
          return { photo, text, right: caption, wrong: [{ start, end: start + other.length }] };
        });
      return [{ right, wrong }];
    }),
  );
}
