import { expect, it } from 'vitest';
import { detect } from '../../../../src/scorer/evidence/objects/detect.js';
import { anchors, inputSize } from '../../../../src/scorer/evidence/objects/yolox.js';
import type { EvidenceSession } from '../../../../src/scorer/evidence/session.js';

/** A detector that sees a person in the middle of the view, of one score where the view's right edge is bright, else of another. */
function eyes(brightRight: number, brightLeft: number): EvidenceSession {
  return {
    async run(input) {
      const output = new Float32Array(anchors * 85);
      const row = 26 * 52 + 26;
      output.set([0, 0, Math.log(8), Math.log(8), 1, input[inputSize - 1]! > 128 ? brightRight : brightLeft], row * 85);
      return { data: output, dims: [1, anchors, 85] };
    },
    async release() {},
  };
}

/** Left half bright. Small: looked at as a whole alone. */
const image = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) };
for (let y = 0; y < 64; y++) image.data.fill(255, y * 64 * 3, (y * 64 + 32) * 3);

it('looks once more, as in a mirror, for what it hardly saw', async () => {
  const [hardly] = await detect(eyes(0.7, 0.02), image);
  expect(hardly).toMatchObject({ category: 'person' });
  expect(hardly!.score).toBeCloseTo(0.7);
  const [seen] = await detect(eyes(0.9, 0.4), image);
  expect(seen!.score).toBeCloseTo(0.4);
});
