import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { decodeImage, encodeForApi } from '../../src/image/decode.js';
import { loadImage } from '../../src/image/load.js';

let folder: string;
let png: Buffer;
const plain = (width: number, height: number, background = '#ff0000') =>
  sharp({ create: { width, height, channels: 3, background } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vlm-image-'));
  png = await plain(8, 4).png().toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

describe('where a picture may come from', () => {
  it('is bytes, an ArrayBuffer, a path, a file: URL, or a data: URL, and its key is that of its bytes', async () => {
    const path = join(folder, 'a picture.png');
    await writeFile(path, png);
    const inputs = [
      png,
      new Uint8Array(png),
      Uint8Array.from(png).buffer,
      path,
      pathToFileURL(path),
      pathToFileURL(path).href,
      `data:image/png;base64,${png.toString('base64')}`,
      `data:image/jpeg,${[...png].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
    ];
    const loaded = await Promise.all(inputs.map((input) => loadImage(input)));
    expect(new Set(loaded.map((image) => image.key)).size).toBe(1);
    expect(new Set(loaded.map((image) => image.type))).toEqual(new Set(['image/png']));
  });

  test.each([
    ['/nowhere/at/all.png', /does not exist/],
    [tmpdir(), /is a folder/],
    ['https://example.com/cat.png?key=secret', /example\.com\/cat\.png is a remote URL, and fetching those is off/],
    ['data:image/png;base64,@@@', /not valid base64/],
    ['data:image/png', /no comma/],
    [new Uint8Array(), /is empty/],
    [Buffer.from('hello'), /no picture/],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /svg/],
    [Buffer.from('%PDF-1.7'), /pdf/],
  ])('%s is refused', async (input, message) => {
    await expect(loadImage(input)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(message),
    });
  });

  it('never repeats a query string, where keys live', async () => {
    await expect(loadImage('https://example.com/cat.png?key=secret')).rejects.toThrow(/^(?!.*secret)/);
  });
});

describe('decoding', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('%s', async (format) => {
    const pixels = await decodeImage(await plain(32, 16).toFormat(format).toBuffer());
    expect([pixels.width, pixels.height, pixels.data.length]).toEqual([32, 16, 32 * 16 * 3]);
    expect(pixels.data[0]).toBeGreaterThan(240);
    expect(pixels.data[1]).toBeLessThan(20);
  });

  it('turns a picture upright by its EXIF orientation', async () => {
    const lying = await plain(8, 4).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await decodeImage(lying)).toMatchObject({ width: 4, height: 8 });
  });

  it('lays transparency on white', async () => {
    const clear = await sharp({
      create: { width: 2, height: 2, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect([...(await decodeImage(clear)).data]).toEqual(Array(12).fill(255));
  });

  test.each([
    ['grey', () => plain(3, 3).grayscale().png().toBuffer()],
    ['16 bit', () => plain(3, 3).toColourspace('rgb16').png().toBuffer()],
    ['palette', () => plain(3, 3).png({ palette: true }).toBuffer()],
    ['CMYK', () => plain(3, 3).toColourspace('cmyk').jpeg().toBuffer()],
  ])('%s comes out as 8-bit sRGB', async (_, make) => {
    expect((await decodeImage(await make())).data.length).toBe(27);
  });

  it('takes the first frame of an animation', async () => {
    const frames = Buffer.concat([
      await plain(4, 4, '#f00').raw().toBuffer(),
      await plain(4, 4, '#00f').raw().toBuffer(),
    ]);
    const gif = await sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif()
      .toBuffer();
    const { data, height } = await decodeImage(gif);
    expect([height, data[0]! > 200, data[2]! < 60]).toEqual([4, true, true]);
  });

  it('scales to a size', async () => {
    expect(await decodeImage(png, { width: 10, height: 10, fit: 'fill' })).toMatchObject({ width: 10, height: 10 });
    const padded = await decodeImage(png, { width: 10, height: 10, fit: 'contain' });
    expect(padded.data[0]).toBe(0);
  });

  it('reads one pixel', async () =>
    expect(await decodeImage(await plain(1, 1).png().toBuffer())).toMatchObject({ width: 1, height: 1 }));

  it('says so when a picture is cut off', async () => {
    const big = await sharp(Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) & 255)), {
      raw: { width: 64, height: 64, channels: 3 },
    })
      .png()
      .toBuffer();
    await expect(decodeImage(big.subarray(0, big.length / 2))).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/broken or cut off|cannot be read/),
    });
  });

  it('refuses a picture of 20,000 x 20,000 pixels at once, by name and limit', async () => {
    const huge = await sharp({
      create: { width: 20_000, height: 20_000, channels: 3, background: '#000' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const started = performance.now();
    await expect(decodeImage(huge)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/20000 x 20000 pixels, more than the 64 million/),
    });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('reads a picture of 20,000 x 100 pixels', async () => {
    expect(
      await decodeImage(await plain(20_000, 100).png().toBuffer(), { width: 16, height: 16, fit: 'fill' }),
    ).toMatchObject({ width: 16 });
  });
});

describe('pictures for APIs', () => {
  it('pass as they are where the API takes them, and become PNG where not', async () => {
    expect(await encodeForApi(png)).toEqual({ mediaType: 'image/png', base64: png.toString('base64') });
    expect((await encodeForApi(await plain(9, 9).avif().toBuffer())).mediaType).toBe('image/png');
    const { base64 } = await encodeForApi(await plain(3000, 30).png().toBuffer());
    expect((await sharp(Buffer.from(base64, 'base64')).metadata()).width).toBe(2048);
  });
});
