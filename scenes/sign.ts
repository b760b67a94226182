import { createRequire } from 'node:module';
import type { Font, Path } from 'opentype.js';
import { type Colour, colours } from '../src/text/lexicon/colours.js';
import { type Canvas, paintSprite } from './canvas.js';
import { missingArt } from './missing-art.js';
import { nameOfRgb, shadeOf } from './paint.js';
import { between, pick } from './random.js';
import type { Ground, SceneSign } from './scene.js';
import { printedLike, signNumbers, signWords } from './sign-words.js';
import { rasterise } from './sprite.js';

const fontFiles = [
  'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSerif-Bold.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf',
  '@fontsource/roboto/files/roboto-latin-700-normal.woff',
  '@fontsource/roboto/files/roboto-latin-400-normal.woff',
  '@fontsource/oswald/files/oswald-latin-600-normal.woff',
  '@fontsource/bitter/files/bitter-latin-700-normal.woff',
];
const fonts = new Map<string, Promise<Font>>();

function loadFont(file: string): Promise<Font> {
  let font = fonts.get(file);
  if (!font) {
    font = readFont(file);
    fonts.set(file, font);
  }
  return font;
}

async function readFont(file: string): Promise<Font> {
  const require = createRequire(import.meta.url);
  try {
    const { default: opentype } = await import('opentype.js');
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(require.resolve(file));
    return opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  } catch (cause) {
    throw missingArt(file, cause);
  }
}

/** Letter by letter: the library cannot do DejaVu's ligatures, and signs need none. */
function spell(font: Font, text: string): Path {
  const unit = 400;
  const glyphs = [...text].map((letter) => font.charToGlyph(letter));
  let x = 0;
  const [first, ...others] = glyphs.map((glyph) => {
    const path = glyph.getPath(x, 0, unit);
    x += ((glyph.advanceWidth ?? font.unitsPerEm / 2) * unit) / font.unitsPerEm;
    return path;
  });
  for (const path of others) first!.extend(path);
  return first!;
}

/** What a sign says, how large it is and what colour; where it stands is for the layout to find. */
export function sampleSign(random: () => number, ground: Ground, aspect: number) {
  const word = random() < 0.3 ? pick(random, signNumbers) : pick(random, signWords);
  const text = random() < 0.75 ? word : printedLike(word, 'Small');
  const w = between(random, 0.2, 0.46);
  const h = Math.min(0.4, (w * aspect) / between(random, 1.5, 2.8));
  const colour: Colour = pick(
    random,
    [...colours, 'white', 'white', 'yellow'].filter((name) => name !== ground.colour) as Colour[],
  );
  return { text, w, h, colour };
}

/** Paints a board with its words. The look (letters, frame, post) is drawn by chance; the words fill most of it. */
export async function paintSign(canvas: Canvas, sign: SceneSign, random: () => number): Promise<void> {
  const [left, top, right, bottom] = sign.box;
  const width = (right - left) * canvas.width;
  const height = (bottom - top) * canvas.height;
  const board = shadeOf(sign.colour, random);
  const dark = 0.299 * board[0] + 0.587 * board[1] + 0.114 * board[2] < 150;
  const inks: (readonly [number, number, number])[] = (['black', 'white', 'red', 'blue', 'yellow', 'green'] as const)
    .filter((name) => name !== nameOfRgb(...board))
    .map((name) => shadeOf(name, random))
    .filter(([r, g, b]) => Math.abs(0.299 * (r - board[0]) + 0.587 * (g - board[1]) + 0.114 * (b - board[2])) > 90);
  const ink = random() < 0.7 || inks.length === 0 ? (dark ? [250, 250, 250] : [15, 15, 15]) : pick(random, inks);
  const font = await loadFont(pick(random, fontFiles));
  const path = spell(font, sign.text);
  const box = path.getBoundingBox();
  const textWidth = box.x2 - box.x1;
  const textHeight = box.y2 - box.y1;
  const boardWidth = 1000;
  const boardHeight = (1000 * height) / width;
  const margin = between(random, 0.72, 0.9);
  const scale = Math.min((boardWidth * margin) / textWidth, (boardHeight * margin * 0.8) / textHeight);
  const rgb = (colour: readonly number[]) => `rgb(${colour.map(Math.round).join(',')})`;
  const radius = pick(random, [0, 0, 40, 90]);
  const frame = random() < 0.5 ? ` stroke="${rgb(ink)}" stroke-width="${between(random, 10, 30).toFixed(0)}"` : '';
  // the library writes numbers near nought as NaN
  const letters = path.toPathData(1).replaceAll('NaN', '0');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${boardWidth} ${boardHeight.toFixed(1)}" width="1000" height="${Math.ceil(boardHeight)}"><rect x="16" y="16" width="${boardWidth - 32}" height="${(boardHeight - 32).toFixed(1)}" rx="${radius}" fill="${rgb(board)}"${frame}/><g transform="translate(${boardWidth / 2} ${(boardHeight / 2).toFixed(1)}) scale(${scale.toFixed(4)}) translate(${(-(box.x1 + box.x2) / 2).toFixed(1)} ${(-(box.y1 + box.y2) / 2).toFixed(1)})"><path d="${letters}" fill="${rgb(ink)}"/></g></svg>`;
  const sprite = await rasterise(svg, Math.min(1024, Math.ceil(Math.max(width, height) * 1.5)), true);
  paintSprite(canvas, sprite, {
    x: ((left + right) / 2) * canvas.width,
    y: ((top + bottom) / 2) * canvas.height,
    width,
    height,
    rotation: random() < 0.2 ? between(random, -8, 8) : 0,
    flip: false,
  });
}
