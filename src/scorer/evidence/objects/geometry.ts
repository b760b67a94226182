import type { CocoMention } from '../../../text/coco-mentions.js';
import type { CocoCategory } from '../../../text/lexicon/coco-objects.js';
import type { Range } from '../../../text/range.js';
import { sentenceAt } from '../../../text/sentences.js';
import type { Detection } from './yolox.js';

export type Direction = 'left' | 'right' | 'above' | 'below';

/** What an answer says of where a thing is. */
export interface PlaceClaim extends Range {
  direction: Direction;
  of: CocoCategory;
  /** The thing that it is beside; without one, where in the picture it is. */
  than?: CocoCategory;
}

const relation =
  /(?<words>(?:to|on) the (?<side>left|right)(?: side)? of|(?<bare>left|right) of|(?<height>above|below|beneath))\s+(?:(?:the|an?|his|her|its|their|two|three|another)\s+)?(?:[\p{L}-]+\s+){0,2}$/iu;
const place =
  /^\s+(?:(?:is|are|stands?|sits?|standing|sitting)\s+)?(?<words>(?:on|at|to|in) the (?:far )?(?<side>left|right)(?:[- ]hand)?(?: side| half)?(?: of the (?:image|picture|photo|photograph|scene|frame))?)(?=\s*(?:[.,;!]|$|and\b))/iu;

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
    const found = place.exec(text.slice(mention.end, Math.min(sentence.end, mention.end + 80)));
    if (found) {
      const start = mention.end + found[0].lastIndexOf(found.groups!.words!);
      const end = start + found.groups!.words!.length;
      claims.push({ start, end, direction: directionOf(found.groups!), of: mention.category });
    }
    return claims;
  });
}

function directionOf({ side, bare, height }: Record<string, string | undefined>): Direction {
  const word = (side ?? bare ?? height)!.toLowerCase();
  return word === 'beneath' ? 'below' : (word as Direction);
}

/** A box of at least this score, and this share of the best one's, is one of the things; two whose middles are nearer than this are beside neither. */
const seenScore = 0.3;
const ofBest = 0.5;
const margin = 0.06;

/**
 * Whether the boxes bear out where a thing is said to be: true, false, or null where they cannot tell, as one of the things
 * was not found, or some of its boxes say this and some that, or the middles are too near.
 */
export function isPlacedSo({ direction, of, than }: PlaceClaim, seen: readonly Detection[]): boolean | null {
  const boxes = (category: CocoCategory) => {
    const found = seen.filter((item) => item.category === category);
    const least = Math.max(seenScore, ofBest * Math.max(0, ...found.map(({ score }) => score)));
    return found.filter(({ score }) => score >= least);
  };
  const mine = boxes(of);
  const others = than === undefined ? null : boxes(than);
  if (of === than || mine.length === 0 || others?.length === 0) return null;
  const axis = direction === 'left' || direction === 'right' ? 0 : 1;
  const middle = ({ box }: Detection) => (box[axis]! + box[axis + 2]!) / 2;
  const sign = direction === 'left' || direction === 'above' ? 1 : -1;
  const lead = mine.flatMap((one) =>
    (others ? others.map(middle) : [0.5]).map((other) => sign * (other - middle(one))),
  );
  const least = others ? margin : 2 * margin;
  if (lead.every((ahead) => ahead > least)) return true;
  return lead.every((ahead) => ahead < -least) ? false : null;
}
