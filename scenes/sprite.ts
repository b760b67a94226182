import type { Colour } from '../src/text/lexicon/colours.js';
import { iconSvg } from './icons.js';
import { dominantColour } from './paint.js';
import type { Finish, Style } from './scene.js';

/** A rasterised icon: square RGBA, straight alpha, `size` pixels a side. */
export interface Sprite {
  size: number;
  rgba: Uint8Array;
}

const sizes = [24, 48, 96, 192, 384, 768, 1024];
const cache = new Map<string, Promise<Sprite>>();
const cacheLimit = 6000;

/** The icon at the smallest kept size that is at least `pixels` a side. */
export function loadSprite(icon: string, style: Style, pixels: number, finish?: Finish): Promise<Sprite> {
  const size = sizes.find((candidate) => candidate >= pixels) ?? sizes.at(-1)!;
  const key = `${style}/${icon}/${finish}/${size}`;
  let sprite = cache.get(key);
  if (!sprite) {
    if (cache.size >= cacheLimit) cache.clear();
    sprite = rasterise(iconSvg(icon, style, finish), size);
    cache.set(key, sprite);
  }
  return sprite;
}

/** An SVG document as a sprite; `stretch` fills the square, else it keeps its shape. */
export async function rasterise(svg: string, size: number, stretch = false): Promise<Sprite> {
  const { default: sharp } = await import('sharp');
  const rgba = await sharp(Buffer.from(svg))
    .resize(size, size, { fit: stretch ? 'fill' : 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return { size, rgba: new Uint8Array(rgba) };
}

const naturalColours = new Map<string, Colour | null>();

/** The one named colour of an untinted icon, or null. */
export async function naturalColour(icon: string, style: Style, finish?: Finish): Promise<Colour | null> {
  const key = `${style}/${icon}/${finish}`;
  let colour = naturalColours.get(key);
  if (colour === undefined) {
    colour = dominantColour((await loadSprite(icon, style, 48, finish)).rgba);
    naturalColours.set(key, colour);
  }
  return colour;
}
