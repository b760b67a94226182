import { createRequire } from 'node:module';
import type { Font } from 'opentype.js';

/** Fonts of the renders that the reader is tuned on and reported on, and those kept for the report alone. */
export const tuningFonts = [
  'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf',
  '@fontsource/roboto/files/roboto-latin-400-normal.woff',
  '@fontsource/oswald/files/oswald-latin-400-normal.woff',
] as const;
export const heldOutFonts = [
  'dejavu-fonts-ttf/ttf/DejaVuSerif.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf',
  '@fontsource/bitter/files/bitter-latin-400-normal.woff',
  '@fontsource/bitter/files/bitter-latin-700-normal.woff',
  '@fontsource/roboto/files/roboto-latin-700-normal.woff',
] as const;

const loaded = new Map<string, Promise<Font>>();

async function readFont(file: string): Promise<Font> {
  const [{ default: opentype }, { readFile }] = await Promise.all([import('opentype.js'), import('node:fs/promises')]);
  const bytes = await readFile(createRequire(import.meta.url).resolve(file));
  return opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** One line of text as an SVG path in font units of `size`, from x = 0 on the base line y = 0. */
export async function textPath(file: string, text: string, size: number): Promise<{ path: string; width: number }> {
  if (!loaded.has(file)) loaded.set(file, readFont(file));
  const font = await loaded.get(file)!;
  let x = 0;
  const parts: string[] = [];
  for (const letter of text) {
    const glyph = font.charToGlyph(letter);
    // opentype.js writes numbers near zero (7e-15) as NaN
    parts.push(glyph.getPath(x, 0, size).toPathData(2).replaceAll('NaN', '0'));
    x += ((glyph.advanceWidth ?? font.unitsPerEm / 2) * size) / font.unitsPerEm;
  }
  return { path: parts.join(' '), width: x };
}
