import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';

it('many large pictures leave half of the threads to files and names', async () => {
  const background = { width: 3000, height: 3000, channels: 3 as const, background: '#8a5' };
  const png = await sharp({ create: background }).png().toBuffer();
  let most = 0;
  const size = { width: 64, height: 64, fit: 'fill' } as const;
  let left = 12;
  const all = Array.from({ length: left }, async () => {
    await decodeImage(png, size);
    left--;
  });
  while (left > 0) {
    most = Math.max(most, sharp.counters().process);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
});
