import type { ColourClaim } from '../../../text/coco-colours.js';
import { type Colour, colours } from '../../../text/lexicon/colours.js';
import type { RgbImage } from '../pixels.js';
import type { ColourShares, Detection } from './yolox.js';

const mostSamples = 48;

/**
 * The colours of a box, looked at on a grid of at most 48 by 48 points of its middle four fifths. Names overlap widely: a
 * share near zero says that the colour is surely not there, a large one says little.
 */
export function coloursOf({ data, width, height }: RgbImage, box: Detection['box']): ColourShares {
  const [left, top, right, bottom] = box;
  const [marginX, marginY] = [(right - left) / 10, (bottom - top) / 10];
  const names = new Map<Colour, number>(colours.map((colour) => [colour, 0]));
  let count = 0;
  for (let row = 0; row < mostSamples; row++)
    for (let column = 0; column < mostSamples; column++) {
      const x = Math.floor((left + marginX + ((right - left - 2 * marginX) * (column + 0.5)) / mostSamples) * width);
      const y = Math.floor((top + marginY + ((bottom - top - 2 * marginY) * (row + 0.5)) / mostSamples) * height);
      const at = (Math.min(height - 1, y) * width + Math.min(width - 1, x)) * 3;
      count++;
      for (const name of namesOf(data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255))
        names.set(name, names.get(name)! + 1);
    }
  return Object.fromEntries(colours.map((colour) => [colour, names.get(colour)! / count])) as Record<Colour, number>;
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
/** Shade makes white and gray of any colour: no box speaks against them. */
const ofShade = new Set<Colour>(['white', 'gray']);
/** Brown fades into gray, and is gone only where there is next to nothing of it. */
const absentBrown = absent / 3;
/** Nothing makes black lighter but haze and glare, which are gray: most of the box must have one of these names. */
const lighter = colours.filter((colour) => !['black', 'gray', 'brown'].includes(colour));

/**
 * Whether the boxes bear out the colour of a thing: false where hardly a pixel of any likely box may be called so, null
 * where they cannot tell. Chosen on the half to look at of `eval/photos/captions.ts`.
 */
export function isColouredSo({ category, colour }: ColourClaim, seen: readonly Detection[]): boolean | null {
  const boxes = seen.filter(
    ({ category: one, score, box, colours: shares }) =>
      one === category && score >= likely && shares && (box[2] - box[0]) * (box[3] - box[1]) >= leastArea,
  );
  if (boxes.length === 0 || boxes.length > 6) return null;
  const share = Math.max(...boxes.map(({ colours: shares }) => shares![colour]));
  if (share < (colour === 'brown' ? absentBrown : absent)) return isTold(colour, boxes) ? false : null;
  return share > plain ? true : null;
}

const isTold = (colour: Colour, boxes: readonly Detection[]): boolean =>
  !ofShade.has(colour) &&
  (colour !== 'black' || boxes.every(({ colours: shares }) => lighter.some((other) => shares![other] > 0.5)));
