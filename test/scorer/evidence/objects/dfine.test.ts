import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { dfineInput, lookWithDfine } from '../../../../src/scorer/evidence/objects/dfine.js';
import { objectsScorer } from '../../../../src/scorer/evidence/objects/objects-scorer.js';
import { openSession } from '../../../../src/scorer/evidence/session.js';
import { newNativeCalls } from '../../../../src/scorer/thread/native-calls.js';
import { cocoCategories } from '../../../../src/text/lexicon/coco-objects.js';

/** A small random D-FINE of the true architecture and what the reference (transformers, Pillow) sees by it: training/detectors/dfine_tiny.py. */
const folder = join(import.meta.dirname, '../../../fixtures/dfine-tiny');
const model = join(folder, 'model.onnx');
const side = 64;

interface Golden {
  pictures: Record<string, { pixels: number[]; boxes: number[][]; labels: number[]; scores: number[] }>;
}
const golden = JSON.parse(await readFile(join(folder, 'golden.json'), 'utf8')) as Golden;

async function rgb(name: string) {
  const { data, info } = await sharp(join(folder, `${name}.png`))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

describe('D-FINE beside its reference', () => {
  it.each(Object.entries(golden.pictures))('makes the same input of a %s picture', async (name, { pixels }) => {
    const input = await dfineInput(await rgb(name), side);
    for (const [index, value] of pixels.entries()) expect(input[index * 37]).toBeCloseTo(value, 5);
  });

  it.each(Object.entries(golden.pictures))('sees the same boxes in a %s picture', async (name, wanted) => {
    const image = await rgb(name);
    const session = await openSession(model, 1, newNativeCalls(), true);
    try {
      const found = await lookWithDfine(session, image);
      // the reference gives pixels, of boxes that may end beyond the picture
      const share = (value: number, of: number) => Math.min(1, Math.max(0, value / of));
      expect(wanted.boxes.length).toBeGreaterThan(10);
      for (const [index, [left, top, right, bottom]] of wanted.boxes.entries()) {
        const { width, height } = image;
        const edges = [share(left!, width), share(top!, height), share(right!, width), share(bottom!, height)];
        const same = found.find(
          (one) =>
            one.category === cocoCategories[wanted.labels[index]!] &&
            Math.abs(one.score - wanted.scores[index]!) < 1e-4 &&
            one.box.every((edge, at) => Math.abs(edge - edges[at]!) < 1e-4),
        );
        expect(same, `box ${index} of ${name}`).toBeDefined();
      }
      // nothing surer than what the reference kept
      expect(found[0]!.score).toBeCloseTo(wanted.scores[0]!, 4);
    } finally {
      await session.release();
    }
  });

  it('is chosen by its file', async () => {
    const scorer = await objectsScorer({ model });
    try {
      const images = [await readFile(join(folder, 'wide.png'))];
      const { tokens } = await scorer.score({ images, response: 'A cow and a lamp.' });
      expect(tokens.filter(({ reward }) => reward !== null).map(({ text }) => text)).toEqual(['cow']);
    } finally {
      await scorer.close?.();
    }
  });
});
