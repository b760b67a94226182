import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodeImage, inTurn } from '../../src/image/decode.js';

it('many large pictures leave half of the threads to files and names', async () => {
  const background = { width: 2000, height: 2000, channels: 3 as const, background: '#8a5' };
  const png = await sharp({ create: background }).png().toBuffer();
  const size = { width: 64, height: 64, fit: 'fill' } as const;
  let left = 12;
  const all = Array.from({ length: left }, async () => {
    await decodeImage(png, size);
    left--;
  });
  const most = { active: 0, waiting: 0 };
  while (left > 0) {
    most.active = Math.max(most.active, inTurn.activeCount);
    most.waiting = Math.max(most.waiting, inTurn.pendingCount);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  expect(most.active).toBe(2);
  expect(most.waiting).toBeGreaterThan(5);
});
