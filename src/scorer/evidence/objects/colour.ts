import type { ColourClaim } from '../../../text/coco-colours.js';
import { type Colour, colours } from '../../../text/lexicon/colours.js';
import type { RgbImage } from '../pixels.js';
import type { ColourShares, Detection } from './yolox.js';

/** A box is looked at on a grid of at most so many points a side, with what surrounds it to this share of its sides. */
const [mostSamples, surroundings] = [48, 0.12];
/** Fewer points of the surroundings, or a smaller share of the box that is left, and nothing is taken for its ground. */
const [leastAround, leastLeft] = [50, 0.25];
/** A colour that has this share of the surroundings, and a larger one than of the box, is the ground's. */
const groundShare = 0.02;

/**
 * The colours of a thing: of the points in the ellipse within its box, but those whose colour (of 512) is more common around
 * the box than in it. Names overlap widely: a share near zero says that the colour is surely not there, a large one says little.
 */
export function coloursOf(image: RgbImage, box: Detection['box']): ColourShares {
  const around = new Float64Array(512);
  const within = new Float64Array(512);
  let [outside, inside] = [0, 0];
  for (const { pixel, u, v } of gridOf(image, box, -surroundings)) {
    if (isIn(u, -surroundings) && isIn(v, -surroundings)) {
      within[binOf(pixel)]!++;
      inside++;
    } else {
      around[binOf(pixel)]!++;
      outside++;
    }
  }
  const own = [...gridOf(image, box, margin)].filter(({ u, v }) => (2 * u - 1) ** 2 + (2 * v - 1) ** 2 <= 1);
  const isGround = (bin: number) => around[bin]! / outside > Math.max(groundShare, within[bin]! / inside);
  const left = outside >= leastAround ? own.filter(({ pixel }) => !isGround(binOf(pixel))) : own;
  const kept = left.length >= own.length * leastLeft ? left : own;
  const names = new Map<Colour, number>(colours.map((colour) => [colour, 0]));
  for (const { pixel } of kept)
    for (const name of namesOf(pixel[0] / 255, pixel[1] / 255, pixel[2] / 255)) names.set(name, names.get(name)! + 1);
  return Object.fromEntries(colours.map((colour) => [colour, names.get(colour)! / kept.length])) as Record<
    Colour,
    number
  >;
}

type Rgb = readonly [number, number, number];
/** Outermost share of a box's sides that is not looked at. */
const margin = 0.08;
const binOf = ([red, green, blue]: Rgb) => (red >> 5) * 64 + (green >> 5) * 8 + (blue >> 5);
/** Whether a place of the grid over a box and its surroundings lies in the box. */
const isIn = (at: number, inset: number) => Math.abs(at - 0.5) < 0.5 / (1 - 2 * inset);

/** A box, `inset` on each side by this share (outwards where negative), on a grid; what lies beyond the picture is left out. */
function* gridOf(
  { data, width, height }: RgbImage,
  [left, top, right, bottom]: Detection['box'],
  inset: number,
): Generator<{ pixel: Rgb; u: number; v: number }> {
  const along = (from: number, to: number, at: number) => from + (to - from) * (inset + (1 - 2 * inset) * at);
  for (let row = 0; row < mostSamples; row++)
    for (let column = 0; column < mostSamples; column++) {
      const [u, v] = [(column + 0.5) / mostSamples, (row + 0.5) / mostSamples];
      const [x, y] = [along(left, right, u), along(top, bottom, v)];
      if (x < 0 || y < 0 || x > 1 || y > 1) continue;
      const at =
        (Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width))) * 3;
      yield { pixel: [data[at]!, data[at + 1]!, data[at + 2]!], u, v };
    }
}

/** Every name that a pixel may go by: hue in degrees with wide borders, light and shade taken into account. */
export function namesOf(red: number, green: number, blue: number): Colour[] {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  const saturation = most === 0 ? 0 : spread / most;
  const sector =
    spread === 0
      ? 0
      : most === red
        ? ((green - blue) / spread + 6) % 6
        : most === green
          ? (blue - red) / spread + 2
          : (red - green) / spread + 4;
  const hue = sector * 60;
  const found: Colour[] = [];
  if (most < 0.35) found.push('black');
  if (most > 0.55 && saturation < 0.3) found.push('white');
  if (saturation < 0.25 && most > 0.12 && most < 0.9) found.push('gray');
  if (saturation < 0.15 || most < 0.12) return found;
  const between = (from: number, to: number) => (from <= to ? hue >= from && hue <= to : hue >= from || hue <= to);
  if (between(335, 20) && saturation > 0.35) found.push('red');
  if (between(5, 48) && saturation > 0.35 && most > 0.35) found.push('orange');
  if (between(32, 72) && most > 0.3) found.push('yellow');
  if (between(65, 175)) found.push('green');
  if (between(170, 262)) found.push('blue');
  if (between(240, 330)) found.push('purple');
  if (between(285, 15) && most > 0.4) found.push('pink');
  if (between(345, 50) && most < 0.8) found.push('brown');
  return found;
}

/** Boxes of a thing that are looked at for its colour. */
const likely = 0.3;
/** Smaller than this, in shares of the picture, a box is too blurred to tell. */
const leastArea = 0.002;
/** Fewer pixels than this may be called by the colour: it is not there. More than that: it is. */
const [absent, plain] = [0.06, 0.25];
/** Where another colour, that is no neighbour of it, has the larger part, less than this is none of it either. */
const [absentBeside, dominant] = [0.2, 0.45];
/** Light and shade make white, gray and black of any colour, and a white stove in a dark kitchen is black to a camera. */
const [absentUncoloured, vivid, bright] = [0.1, 0.4, 0.4];
const neighbours: Readonly<Partial<Record<Colour, readonly Colour[]>>> = {
  red: ['pink', 'orange'],
  orange: ['red', 'yellow'],
  yellow: ['orange', 'green'],
  green: ['blue', 'yellow'],
  blue: ['green', 'purple'],
  purple: ['blue', 'pink'],
  pink: ['red', 'purple'],
  brown: ['red', 'orange', 'yellow'],
};
const vividColours: readonly Colour[] = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink'];
/** Lamps and evening make white things yellow, red or brown, but hardly these. */
const unlikeLamps: readonly Colour[] = ['green', 'blue', 'purple'];

/**
 * Whether the boxes bear out the colour of a thing: false where hardly a pixel of any likely box may be called so, null
 * where they cannot tell. Chosen on photographs to look at (`eval/photos/captions.ts`).
 */
export function isColouredSo({ category, colour }: ColourClaim, seen: readonly Detection[]): boolean | null {
  const boxes = seen.flatMap(({ category: one, score, box, colours: shares }) =>
    one === category && score >= likely && shares && (box[2] - box[0]) * (box[3] - box[1]) >= leastArea ? [shares] : [],
  );
  if (boxes.length === 0 || boxes.length > 6) return null;
  const share = Math.max(...boxes.map((shares) => shares[colour]));
  if (share > plain) return true;
  return boxes.every((shares) => speaksAgainst(colour, share, shares)) ? false : null;
}

/** Whether the colours of a box speak against one that no box has a larger share of. */
function speaksAgainst(colour: Colour, share: number, shares: ColourShares): boolean {
  const some = (others: readonly Colour[], most: number) => others.some((other) => shares[other] > most);
  if (colour === 'black') return share < absentUncoloured && some([...vividColours, 'white'], bright);
  if (colour === 'white' || colour === 'gray') return share < absentUncoloured && some(unlikeLamps, vivid);
  if (share < absent) return true;
  const far = vividColours.filter((other) => other !== colour && !neighbours[colour]!.includes(other));
  return share < absentBeside && some(far, dominant);
}
