import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { type PillowKernel, resizeAsPillow } from '../../src/image/pillow.js';

// made by `python -m tldr_vlm.resized`
const { width, height, sha256 } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/pillow-resized.json'), 'utf8'),
) as {
  width: number;
  height: number;
  sha256: Record<PillowKernel, Record<string, string>>;
};
const data = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y++)
  for (let x = 0; x < width; x++)
    for (let c = 0; c < 3; c++)
      data[(y * width + x) * 3 + c] = (x * x * 7 + y * y * 13 + x * y * (3 + c * 4) + c * 91) % 256;

describe('resizing as Pillow does', () => {
  it.each(
    (Object.keys(sha256) as PillowKernel[]).flatMap((kernel) =>
      Object.entries(sha256[kernel]).map(([size, wanted]) => [kernel, size, wanted] as const),
    ),
  )('has its pixels to the bit, larger and smaller: %s, %s', async (kernel, size, wanted) => {
    const [w, h] = size.split('x').map(Number) as [number, number];
    const resized = await resizeAsPillow({ data, width, height }, { width: w, height: h }, kernel);
    expect(resized).toMatchObject({ width: w, height: h });
    expect(createHash('sha256').update(resized.data).digest('hex')).toBe(wanted);
  });

  it('lies in the upper left corner where that is asked for, black around it', async () => {
    const png = await sharp({ create: { width: 8, height: 4, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const corner = { width: 2, height: 1 };
    const size = { width: 3, height: 2, corner, fit: 'fill', kernel: 'pillow-bilinear' } as const;
    const { data: seen, ...sides } = await decodeImage(new Uint8Array(png), size);
    expect(sides).toEqual({ width: 3, height: 2 });
    expect([...seen]).toEqual([...new Array(6).fill(255), ...new Array(12).fill(0)]);
  });

  it('is what a picture is decoded with where a model asks for it, upright and on white', async () => {
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const size = { width: 84, height: 56, fit: 'fill', kernel: 'pillow-bicubic' } as const;
    const decoded = await decodeImage(new Uint8Array(png), size);
    expect(createHash('sha256').update(decoded.data).digest('hex')).toBe(sha256['pillow-bicubic']['84x56']);
    const clear = await sharp({ create: { width: 8, height: 4, channels: 4, background: '#0000' } })
      .withExif({ IFD0: { Orientation: '6' } })
      .png()
      .toBuffer();
    const white = await decodeImage(new Uint8Array(clear), { ...size, width: 3, height: 9 });
    expect([...white.data]).toEqual(new Array(81).fill(255));
  });

  it('lets other work go on while it resizes a large picture', async () => {
    const large = { data: Buffer.alloc(3 * 3000 * 2000, 7), width: 3000, height: 2000 };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const { data: small } = await resizeAsPillow(large, { width: 504, height: 336 }, 'pillow-bicubic');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    expect(small.every((value) => value === 7)).toBe(true);
  });
});
