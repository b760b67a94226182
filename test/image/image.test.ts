import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { errorMessage } from '../../src/base/errors.js';
import { decodeImage, encodeForApi } from '../../src/image/decode.js';
import { loadImage } from '../../src/image/load.js';
import { cpuTime } from '../cpu-time.js';
import { runs } from '../fixtures/runs.js';

let folder: string;
let png: Buffer;
const plain = (width: number, height: number, background = '#ff0000') =>
  sharp({ create: { width, height, channels: 3, background } });

const noise = (width: number, height: number) =>
  sharp(
    Buffer.from(
      Array.from(
        { length: width * height * 3 },
        (_, i) => (Math.imul((i * 2654435761) ^ (i >>> 7), 0x85ebca6b + i) >>> 16) & 255,
      ),
    ),
    {
      raw: { width, height, channels: 3 },
    },
  );

/** A true black-and-white PNG, written by hand: sharp would take long to encode so many pixels. */
function hugePng(side: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(side * (Math.ceil(side / 8) + 1)), { level: 1 });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const tooManyBytes = Buffer.alloc(21 * 1024 * 1024, 0xff);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vlm-image-'));
  png = await plain(8, 4).png().toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

describe('where a picture may come from', () => {
  it('is bytes, an ArrayBuffer, a path, a file: URL, or a data: URL, and its key is that of its bytes', async () => {
    const path = join(folder, 'a picture.png');
    await writeFile(path, png);
    const inputs: unknown[] = [
      png,
      new Uint8Array(png),
      Uint8Array.from(png).buffer,
      path,
      pathToFileURL(path),
      pathToFileURL(path).href,
      `data:image/png;base64,${png.toString('base64')}`,
      `data:image/png;base64,${png.toString('base64').replace(/.{20}/g, '$&\r\n')}`,
      `data:image/png;base64,${png.toString('base64url')}`,
      new DataView(Uint8Array.from(png).buffer),
      `data:image/png;base64,${encodeURIComponent(png.toString('base64'))}`,
      ` data:image/png;base64,${png.toString('base64')}\n`,
      `"data:image/png;base64,${png.toString('base64')}"`,
      png.toString('base64'),
      png.toString('base64').replace(/.{20}/g, '$&\n'),
      `data:image/jpeg,${[...png].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
    ];
    const loaded = await Promise.all(inputs.map((input) => loadImage(input as Uint8Array)));
    expect(new Set(loaded.map((image) => image.key)).size).toBe(1);
    expect(new Set(loaded.map((image) => image.type))).toEqual(new Set(['image/png']));
  });

  test.each([
    ['/nowhere/at/all.png', /does not exist/],
    [tmpdir(), /is a folder/],
    ['https://example.com/cat.png?key=secret', /example\.com\/cat\.png is a remote URL, and fetching those is off/],
    ['data:image/png;base64,@@@', /not valid base64/],
    ['data:image/png;base64,iVBO@', /not valid base64/],
    ['data:image/png;base64,iVB=iVB', /not valid base64/],
    ['data:image/png;base64,iV===', /not valid base64/],
    ['data:image/png', /no comma/],
    [new Uint8Array(), /is empty/],
    [Buffer.from('hello'), /no picture/],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /svg/],
    [Buffer.from('%PDF-1.7'), /pdf/],
    [Buffer.from('BM6\0\0\0'), /a image\/bmp|an image\/bmp/],
    [Buffer.from('II*\0\0\0\0\0'), /tiff/],
    [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), /heic/],
    [Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), /mp4/],
    ['', /no path/],
    ['/dev/null', /is no file/],
    ['file://remote-host/x.png', /no valid file: URL/],
    ['a\0b.png', /a\?b\.png/],
    ['a\u001b[31m.png', /^the image a\?\[31m\.png does not exist$/],
    [tooManyBytes, /21\.0 MiB, more than the 20 MiB/],
    [`data:image/png;base64,${'A'.repeat(40 * 1024 * 1024)}`, /more than the 20 MiB/],
    [null, /neither bytes, a path nor a URL/],
    [{ url: 'x' }, /neither bytes, a path nor a URL/],
  ] as [unknown, RegExp][])('input %# is refused', async (input, message) => {
    await expect(loadImage(input as string)).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(message),
    });
  });

  it('never puts a picture into a message', async () => {
    const base64 = png.toString('base64').repeat(2000);
    for (const input of [`not a picture ${base64}`, `x${base64}`, `data:image/png,${base64}`, `/9j/${base64}.`]) {
      const { message } = (await loadImage(input).catch((error: unknown) => error)) as Error;
      expect(message.length).toBeLessThan(300);
    }
    expect(errorMessage(new Error(`stat '${base64}'`)).length).toBeLessThan(300);
  });

  it('never repeats a query string, where keys live', async () => {
    for (const url of ['https://example.com/cat.png?key=secret', 'https://me:secret@example.com/cat.png'])
      await expect(loadImage(url)).rejects.toThrow(/^(?!.*secret).*example\.com/);
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
  ])('%s comes out as 8-bit sRGB', async (kind, make) => {
    const { data } = await decodeImage(await make());
    expect(data.length).toBe(27);
    const [red, green, blue] = data;
    if (kind === 'grey') expect([green, blue]).toEqual([red, red]);
    else expect([red! > 200, green! < 80, blue! < 80]).toEqual([true, true, true]);
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

  it('shows a JPEG that lacks only its end marker, and says so where rows are missing', async () => {
    const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) & 255));
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(jpeg.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
    expect(await decodeImage(jpeg.subarray(0, -2))).toEqual(await decodeImage(jpeg));
    for (const cut of [40, jpeg.length / 3, jpeg.length / 2])
      await expect(decodeImage(jpeg.subarray(0, -cut))).rejects.toMatchObject({ code: 'bad-image' });
  });

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
    const huge = hugePng(20_000);
    expect(await sharp(huge, { limitInputPixels: false }).metadata()).toMatchObject({ width: 20_000, height: 20_000 });
    const started = cpuTime();
    for (const attempt of [() => decodeImage(huge), () => encodeForApi(huge)]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'bad-image',
        message: expect.stringMatching(/20000 x 20000 pixels, more than the 64 million/),
      });
    }
    expect(cpuTime() - started).toBeLessThan(2000);
  });

  test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    'says so when a %s is cut off anywhere',
    async (format) => {
      const whole = await noise(64, 64).toFormat(format).toBuffer();
      expect((await decodeImage(whole)).width).toBe(64);
      for (const share of [0.3, 0.6, 0.9]) {
        await expect(decodeImage(whole.subarray(0, Math.floor(whole.length * share)))).rejects.toMatchObject({
          code: 'bad-image',
          message: expect.stringMatching(/^the image is broken or cut off: /),
        });
      }
    },
  );

  test('bytes that only begin like a picture are an error with a code, whatever follows', async () => {
    const heads = [
      [0xff, 0xd8, 0xff],
      [...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
      [...Buffer.from('GIF89a')],
      [...Buffer.from('RIFF\x20\0\0\0WEBPVP8 ', 'latin1')],
      [...Buffer.from('\0\0\0\x18ftypavif\0\0\0\0avifmif1', 'latin1')],
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), async (head, rest) => {
        await expect(decodeImage(Uint8Array.from([...head, ...rest]))).rejects.toMatchObject({ code: 'bad-image' });
      }),
      { numRuns: runs(150) },
    );
  });

  test('a damaged PNG never breaks anything but itself', async () => {
    const whole = await noise(32, 32).png().toBuffer();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = damaged[at]! ^ change;
        await decodeImage(damaged).then(
          ({ data, width, height }) => expect(data.length).toBe(width * height * 3),
          (error) => expect(error).toMatchObject({ code: 'bad-image' }),
        );
      }),
      { numRuns: runs(150) },
    );
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
    expect((await sharp(Buffer.from(base64, 'base64')).metadata()).width).toBe(1024);
  });

  it('stand upright, are still, and are small enough for every provider', async () => {
    const lying = await plain(8, 4).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const upright = await encodeForApi(lying);
    expect(await sharp(Buffer.from(upright.base64, 'base64')).metadata()).toMatchObject({ width: 4, height: 8 });
    expect((await encodeForApi(await plain(9, 9).gif().toBuffer())).mediaType).toBe('image/png');
    const heavy = await noise(1400, 1400).png().toBuffer();
    expect(heavy.length).toBeGreaterThan(5_000_000);
    const light = await encodeForApi(heavy, 2048);
    expect(light.base64.length).toBeLessThan(5_000_000);
    expect(light.mediaType).toBe('image/jpeg');
  }, 120_000);
});
