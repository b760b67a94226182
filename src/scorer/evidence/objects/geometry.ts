import type { CocoMention } from '../../../text/coco-mentions.js';
import type { CocoCategory } from '../../../text/lexicon/coco-objects.js';
import type { Range } from '../../../text/range.js';
import { sentenceAt } from '../../../text/sentences.js';
import { boxProbability } from './calibration.js';
import type { Detection } from './yolox.js';

export type Direction = 'left' | 'right' | 'above' | 'below';

/** What an answer says of where a thing is. */
export interface PlaceClaim extends Range {
  direction: Direction;
  of: CocoCategory;
  /** The thing that it is beside; without one, where in the picture it is. */
  than?: CocoCategory;
}

const determined = '(?:the|an?|his|her|its|their|two|three|another|one)';
const relation = new RegExp(
  `(?<words>(?:to|on|at) the (?:far |immediate )?(?<side>left|right)(?:[- ]hand)?(?: side)? of|(?<bare>left|right) of|(?<height>above|below|beneath|underneath))\\s+(?:${determined}\\s+)?(?:[\\p{L}-]+\\s+){0,2}$`,
  'iu',
);
const ofPicture = '(?: of the (?:image|picture|photo|photograph|scene|frame|shot|view))';
const corner = '(?:[- ]hand)?(?: side| half| edge| corner| part)?';
const place = new RegExp(
  `^\\s+(?:(?:is|are|stands?|sits?|lies|standing|sitting|lying|seated|visible|located|positioned)\\s+){0,2}(?<words>(?:on|at|to|in) the (?:far |upper |lower |top |bottom )?(?<side>left|right)${corner}${ofPicture}?|(?:at|in|near|on) the (?<end>top|bottom)(?: side| half| edge| part)?${ofPicture})(?=\\s*(?:[.,;!]|$|(?:and|is|are|was|were|has|have|while|holding|wearing|looks?|looking|stands?|sits?|with)\\b))`,
  'iu',
);
/** `On the left of the picture there is a dog`. */
const opening = new RegExp(
  `^\\s*(?<words>(?:on|at|to|in) the (?:far )?(?<side>left|right)${corner}${ofPicture}|(?:on|at) the (?:far )?(?<alone>left|right)(?:[- ]hand)?(?: side)?|at the (?<end>top|bottom)${ofPicture}),?\\s+(?:there\\s+)?(?:(?:is|are|stands?|sits?|we\\s+see|you\\s+can\\s+see|i\\s+see)\\s+)(?:${determined}\\s+)?(?:[\\p{L}-]+\\s+){0,2}$`,
  'iu',
);
/** `To the left of the cat is a dog`: what was named second stands so. */
const turnedRound = new RegExp(
  `^\\s*(?<words>(?:to|on) the (?<side>left|right)(?: side)? of|left of|(?<height>above|below|beneath|underneath))\\s+(?:${determined}\\s+)?(?:[\\p{L}-]+\\s+){0,2}$`,
  'iu',
);
const thereIs = new RegExp(
  `^,?\\s+(?:there\\s+)?(?:is|are|stands?|sits?|lies|hangs?)\\s+(?:${determined}\\s+)?(?:[\\p{L}-]+\\s+){0,2}$`,
  'iu',
);

/** Where the things of an answer are said to be, by sides: of one another, or of the picture. */
export function placeClaims(text: string, mentions: readonly CocoMention[], sentences: readonly Range[]): PlaceClaim[] {
  const real = mentions.filter(({ unreal, negation, loose }) => !unreal && !negation && !loose);
  return real.flatMap((mention, index): PlaceClaim[] => {
    const sentence = sentenceAt(sentences, mention.start) ?? { start: 0, end: text.length };
    const subject = real[index - 1];
    const claims: PlaceClaim[] = [];
    if (subject && subject.start >= sentence.start) {
      const between = text.slice(subject.end, mention.start);
      const found = relation.exec(between);
      // nothing else may stand between the two: `a dog and a boy to the left of the cat`
      if (found && !/[,;]|\b(?:and|or|but|while|with)\b/i.test(between.slice(0, found.index))) {
        const start = subject.end + found.index;
        claims.push({
          start,
          end: start + found.groups!.words!.length,
          direction: directionOf(found.groups!),
          of: subject.category,
          than: mention.category,
        });
      }
    }
    const add = (found: RegExpExecArray | null, from: number, of: CocoCategory, than?: CocoCategory) => {
      if (!found) return;
      const start = from + found[0].lastIndexOf(found.groups!.words!);
      const end = start + found.groups!.words!.length;
      claims.push({ start, end, direction: directionOf(found.groups!), of, ...(than && { than }) });
    };
    add(place.exec(text.slice(mention.end, Math.min(sentence.end, mention.end + 80))), mention.end, mention.category);
    const ahead = text.slice(sentence.start, Math.min(mention.start, sentence.start + 120));
    add(opening.exec(ahead), sentence.start, mention.category);
    const next = real[index + 1];
    const around = turnedRound.exec(ahead);
    if (around && next && next.start < sentence.end && thereIs.test(text.slice(mention.end, next.start)))
      add(around, sentence.start, next.category, mention.category);
    return claims;
  });
}

function directionOf({ side, bare, alone, height, end, words }: Record<string, string | undefined>): Direction {
  const word = (side ?? bare ?? alone ?? height ?? end ?? words!.trim().split(/\s+/, 1)[0]!).toLowerCase();
  if (word === 'beneath' || word === 'underneath' || word === 'bottom') return 'below';
  return word === 'top' ? 'above' : (word as Direction);
}

/** A thing counts as found where its best box has this score. */
const foundScore = 0.2;
/** Boxes below are nothing. */
const faintScore = 0.04;
/** Where three boxes of this score are seen, there are others that were missed, and one of them may be meant. */
const likelyScore = 0.3;
/** How far, in shares of the picture, the middles of two boxes are off: for two things, and for a thing and the picture's middle. */
const spread = { things: 0.03, picture: 0.06 };
/** Surer than this, the boxes speak. */
const sure = 0.8;

/**
 * Whether the boxes bear out where a thing is said to be: true, false, or null where they cannot tell.
 *
 * A name stands for one of its boxes, the likelier the higher its score (cubed), or for any pair of boxes that is likely of
 * the things and stands so; each pair bears the claim out by how far apart the middles are (logistic).
 * Chosen on the half to look at of `eval/photos/captions.ts`.
 */
export function isPlacedSo({ direction, of, than }: PlaceClaim, seen: readonly Detection[]): boolean | null {
  const boxes = (category: CocoCategory) => {
    const found = seen.filter((item) => item.category === category && item.score >= faintScore);
    return found.some(({ score }) => score >= foundScore) ? found.slice(0, 40) : [];
  };
  const axis = direction === 'left' || direction === 'right' ? 0 : 1;
  const sign = direction === 'left' || direction === 'above' ? 1 : -1;
  const asPoint = ({ box, score }: Detection) => ({ at: (box[axis]! + box[axis + 2]!) / 2, score });
  const mine = boxes(of).map(asPoint);
  const others = than === undefined ? null : boxes(than).map(asPoint);
  if (of === than || mine.length === 0 || others?.length === 0) return null;
  const width = others ? spread.things : spread.picture;
  let [all, so, surest] = [0, 0, 0];
  for (const one of mine)
    for (const other of others ?? [{ at: 0.5, score: 1 }]) {
      const stands = 1 / (1 + Math.exp(-(sign * (other.at - one.at)) / width));
      const weight = (one.score * other.score) ** 3;
      all += weight;
      so += weight * stands;
      surest = Math.max(surest, stands * boxProbability(one.score) * (others ? boxProbability(other.score) : 1));
    }
  const many = [of, ...(than ? [than] : [])].some(
    (category) => seen.filter((item) => item.category === category && item.score >= likelyScore).length >= 3,
  );
  if (!many && Math.max(so / all, surest) < 1 - sure) return false;
  return so / all > sure ? true : null;
}

/** What an answer says of things that are near to one another. */
export interface NearClaim extends Range {
  of: CocoCategory;
  /** One thing that it is beside, or two that it is between. */
  than: readonly CocoCategory[];
}

const article = `(?:${determined}\\s+)?(?:[\\p{L}-]+\\s+)?`;
const near = new RegExp(
  `^\\s+(?:(?:is|are|stands?|sits?|lies|standing|sitting|lying|parked)\\s+){0,2}(?<words>(?:right |directly )?(?:next to|beside|alongside|between))\\s+${article}$`,
  'iu',
);
const and = new RegExp(`^\\s+and\\s+${article}$`, 'iu');

/** `a dog next to a bench`, `a cat between a car and a bus`, where nothing stands between the words. */
export function nearClaims(text: string, mentions: readonly CocoMention[]): NearClaim[] {
  const real = mentions.filter(({ unreal, negation, loose }) => !unreal && !negation && !loose);
  return real.slice(1).flatMap((mention, index): NearClaim[] => {
    const subject = real[index]!;
    const found = near.exec(text.slice(subject.end, mention.start));
    if (!found) return [];
    const words = found.groups!.words!;
    const start = subject.end + found[0].indexOf(words);
    const claim = { start, end: start + words.length, of: subject.category };
    if (!/between$/i.test(words)) return [{ ...claim, than: [mention.category] }];
    const other = real[index + 2];
    return other && and.test(text.slice(mention.end, other.start))
      ? [{ ...claim, than: [mention.category, other.category] }]
      : [];
  });
}

/** Only of things that were seen so surely can it be said that they are apart, */
const sureScore = 0.35;
/** and only where every box of this score, which may be the one that is meant, is. */
const rivalScore = 0.1;
/** Of more boxes than this some pair will be near. */
const mostRivals = 9;
/** Boxes with a gap of this share of the picture between them are not beside one another; a middle so far outside is not between. */
const [farApart, farOutside] = [0.35, 0.15];

/** False where a thing is surely not beside another, or between two; null where the boxes cannot tell: near in the picture may be far in depth. */
export function isNearSo({ of, than }: NearClaim, seen: readonly Detection[]): false | null {
  const names = [of, ...than];
  const boxes = names.map((category) => seen.filter((item) => item.category === category && item.score >= rivalScore));
  const isTold = boxes.every((some) => some.length <= mostRivals && some.some(({ score }) => score >= sureScore));
  if (new Set(names).size < names.length || !isTold) return null;
  const [own, ones, others] = boxes as [Detection[], Detection[], Detection[]?];
  const near = own.some(({ box }) =>
    ones.some((one) =>
      others ? others.some((other) => !isOutside(box, one.box, other.box)) : !isFarFrom(box, one.box),
    ),
  );
  return near ? null : false;
}

type Box = Detection['box'];
const isFarFrom = (a: Box, b: Box) =>
  ([0, 1] as const).some((axis) => Math.max(b[axis] - a[axis + 2]!, a[axis] - b[axis + 2]!) > farApart);
const isOutside = (own: Box, one: Box, other: Box) =>
  ([0, 1] as const).some((axis) => {
    const middle = (own[axis] + own[axis + 2]!) / 2;
    const [from, to] = [Math.min(one[axis], other[axis]), Math.max(one[axis + 2]!, other[axis + 2]!)];
    return Math.max(from - middle, middle - to) > farOutside;
  });
