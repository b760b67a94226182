import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pixelsInHeader } from '../../src/server/pictures/picture-header.js';

describe('the pixels that a header tells of', () => {
  it.each(['png', 'jpeg'] as const)('are those of the picture (%s)', async (format) => {
    for (const [width, height] of [
      [1, 1],
      [333, 77],
      [1000, 1],
    ] as const) {
      const drawn = sharp({ create: { width, height, channels: 3, background: 'red' } });
      const bytes = await drawn
        .toFormat(format)
        .withExif({ IFD0: { Copyright: 'x'.repeat(3000) } })
        .toBuffer();
      expect(pixelsInHeader(bytes)).toBe(width * height);
    }
  });

  it('are not guessed', async () => {
    const webp = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .webp()
      .toBuffer();
    expect(pixelsInHeader(webp)).toBeUndefined();
    expect(pixelsInHeader(Buffer.from([0xff, 0xd8, ...new Array(40).fill(0xff)]))).toBeUndefined();
  });

  it('never hang or throw, whatever the bytes', () => {
    const starts = [
      '',
      '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
      'GIF89a',
      '\xff\xd8',
      '\xff\xd8\xff\xe0\0\0',
      '\xff\xd8\xff\xc0\0\x02',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 80 }), (start, rest) => {
        const pixels = pixelsInHeader(Buffer.concat([Buffer.from(start, 'latin1'), rest]));
        expect(pixels === undefined || pixels >= 0).toBe(true);
      }),
    );
  });
});
