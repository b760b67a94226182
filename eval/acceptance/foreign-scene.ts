import type { OverlayOptions } from 'sharp';
import { drawableNouns, iconSvg, iconsOf } from '../../scenes/icons.js';
import { between, pick } from '../../scenes/random.js';
import { type Style, trainingStyles } from '../../scenes/scene.js';
import { type Colour, colours } from '../../src/text/lexicon/colours.js';

/**
 * Scenes for acceptance, drawn by another road than the training scenes: a 3 x 3 board of cells, sharp's own compositing
 * and tinting, CSS colours, SVG grounds. Nothing of the training renderer but the icon sets is used.
 */
export interface ForeignScene {
  width: number;
  height: number;
  style: Style;
  ground: Colour;
  things: ForeignThing[];
}

export interface ForeignThing {
  noun: string;
  icon: string;
  count: number;
  colour: Colour | null;
  size: 'small' | 'large';
  column: number;
  row: number;
}

const css: Record<Colour, string> = {
  red: '#e53935',
  green: '#43a047',
  blue: '#1e66d0',
  yellow: '#fdd835',
  purple: '#8e24aa',
  orange: '#fb8c00',
  pink: '#f06292',
  brown: '#795548',
  black: '#212121',
  white: '#fafafa',
  gray: '#9e9e9e',
};

/** With `nouns`, only those are drawn: DESIGN section 7's own list, say. */
export function sampleForeignScene(
  random: () => number,
  styles: readonly Style[] = trainingStyles,
  only?: readonly string[],
): ForeignScene {
  const style = pick(random, styles);
  const ground = pick(random, colours);
  const spots = shuffle(
    Array.from({ length: 9 }, (_, index) => index),
    random,
  );
  const drawable = drawableNouns(styles);
  const nouns = shuffle(only ? drawable.filter((noun) => only.includes(noun)) : drawable, random);
  const width = Math.round(between(random, 300, 1200));
  const things = Array.from({ length: 2 + Math.floor(random() * 3) }, (_, index): ForeignThing => {
    const spot = spots[index]!;
    const size = random() < 0.5 ? 'small' : 'large';
    return {
      noun: nouns[index]!,
      icon: pick(random, iconsOf(nouns[index]!, style)),
      count: size === 'large' ? 1 : 1 + Math.floor(random() * 5),
      colour:
        random() < 0.6
          ? pick(
              random,
              colours.filter((colour) => colour !== ground),
            )
          : null,
      size,
      column: spot % 3,
      row: Math.floor(spot / 3),
    };
  });
  return { width, height: Math.round(width * pick(random, [1, 0.75, 1.2])), style, ground, things };
}

export async function drawForeignScene(scene: ForeignScene, random: () => number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const { width, height } = scene;
  const layers: OverlayOptions[] = [];
  for (const thing of scene.things) {
    const cell = { x: (width * thing.column) / 3, y: (height * thing.row) / 3, w: width / 3, h: height / 3 };
    const side = Math.round(
      Math.min(cell.h, width * (thing.size === 'small' ? between(random, 0.1, 0.15) : between(random, 0.25, 0.31))),
    );
    const spots =
      thing.count === 1
        ? [[0.5, 0.5]]
        : [
            [0.25, 0.25],
            [0.75, 0.25],
            [0.25, 0.75],
            [0.75, 0.75],
            [0.5, 0.5],
          ].slice(0, thing.count);
    for (const [fx, fy] of spots) {
      const fitted =
        thing.count === 1
          ? side
          : Math.round(Math.min(side, cell.w * 0.42, cell.h * 0.42) * (thing.count === 5 ? 0.8 : 1));
      let icon = sharp(Buffer.from(iconSvg(thing.icon, scene.style))).resize(fitted, fitted, {
        fit: 'contain',
        background: '#0000',
      });
      if (thing.colour) icon = sharp(await tint(sharp, await icon.png().toBuffer(), css[thing.colour]));
      const left = Math.round(cell.x + fx! * cell.w - fitted / 2);
      const top = Math.round(cell.y + fy! * cell.h - fitted / 2);
      layers.push({
        input: await icon.png().toBuffer(),
        left: Math.max(0, Math.min(width - fitted, left)),
        top: Math.max(0, Math.min(height - fitted, top)),
      });
    }
  }
  const picture = sharp(Buffer.from(groundSvg(scene, random)))
    .flatten({ background: '#fff' })
    .composite(layers);
  return random() < 0.5 ? picture.png().toBuffer() : picture.jpeg({ quality: 88 }).toBuffer();
}

/** Grey, then the colour laid over it by `multiply` and cut to the icon's own shape. */
async function tint(sharp: typeof import('sharp')['default'], png: Buffer, colour: string): Promise<Buffer> {
  const { width, height } = await sharp(png).metadata();
  const flat = await sharp({ create: { width, height, channels: 4, background: colour } })
    .png()
    .toBuffer();
  const grey = await sharp(png).grayscale().linear(0.7, 76).png().toBuffer();
  const multiplied = await sharp(grey)
    .composite([{ input: flat, blend: 'multiply' }])
    .png()
    .toBuffer();
  return sharp(multiplied)
    .composite([{ input: png, blend: 'dest-in' }])
    .png()
    .toBuffer();
}

function groundSvg({ width, height, ground }: ForeignScene, random: () => number): string {
  const colour = css[ground];
  const kind = pick(random, ['plain', 'plain', 'slope', 'dots']);
  const fill = kind === 'plain' ? colour : 'url(#f)';
  const definition =
    kind === 'slope'
      ? `<linearGradient id="f"><stop offset="0" stop-color="${colour}"/><stop offset="1" stop-color="${colour}" stop-opacity="0.75"/></linearGradient>`
      : `<pattern id="f" width="40" height="40" patternUnits="userSpaceOnUse"><rect width="40" height="40" fill="${colour}"/><circle cx="20" cy="20" r="6" fill="#fff" fill-opacity="0.15"/></pattern>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${definition}</defs><rect width="100%" height="100%" fill="${fill}"/></svg>`;
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, item]) => item);
}
