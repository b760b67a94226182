import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';

it('many large pictures leave threads for files and names', async () => {
  const background = { width: 3000, height: 3000, channels: 3 as const, background: '#8a5' };
  const png = await sharp({ create: background }).png().toBuffer();
  let decoded = 0;
  const size = { width: 64, height: 64, fit: 'fill' } as const;
  const all = Array.from({ length: 12 }, async () => {
    await decodeImage(png, size);
    decoded++;
  });
  while (decoded === 0) await new Promise((resolve) => setImmediate(resolve));
  await stat('.');
  // four threads of decoders, and a queue of them before everybody else, would have been done with most
  expect(decoded).toBeLessThan(6);
  await Promise.all(all);
});
