import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { categoryOf, type SeenThing } from '../../../../src/scorer/evidence/objects/detector.js';
import { objectsScorer } from '../../../../src/scorer/evidence/objects/objects-scorer.js';
import type { ScoredResponse } from '../../../../src/scorer/scorer.js';
import { tinyDfine } from '../../../fixtures/tiny/dfine.js';

const picture = (background: string, width = 90, height = 60) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
const rewardsOf = ({ tokens }: ScoredResponse) => Object.fromEntries(tokens.map(({ text, reward }) => [text, reward]));
const file = async (bytes: Uint8Array) => {
  const path = join(await mkdtemp(join(tmpdir(), 'detector-')), 'dfine_n_coco.onnx');
  await writeFile(path, bytes);
  return path;
};

describe('the objects scorer with D-FINE', () => {
  it('reads RGB 0..1, scores by sigmoid, and boxes by their middle, on a picture stretched to a square', async () => {
    const scorer = await objectsScorer({ model: await file(tinyDfine()) });
    try {
      const red = await scorer.score({ images: [await picture('#ff0000')], response: 'A dog is there.' });
      expect(red.scorer).toBe('objects@dfine_n_coco');
      expect(rewardsOf(red).dog).toBeGreaterThan(0.8);
      const [dog] = red.evidence!;
      expect(dog).toMatchObject({ label: 'dog', attributes: { detector: 'dfine_n_coco' } });
      // red is a third of the three channels: logit -3 + 15 / 3
      for (const [index, edge] of [0.25, 0.25, 0.75, 0.75].entries()) expect(dog!.box![index]).toBeCloseTo(edge, 5);
      const blue = await scorer.score({ images: [await picture('#0000ff')], response: 'A dog is there.' });
      expect(rewardsOf(blue).dog).toBeLessThan(rewardsOf(red).dog!);
    } finally {
      await scorer.close?.();
    }
  });

  it('says what is wrong with one for other names', async () => {
    const scorer = await objectsScorer({ model: await file(tinyDfine(365)) });
    try {
      await expect(scorer.score({ images: [await picture('#ff0000')], response: 'A dog.' })).rejects.toMatchObject({
        code: 'bad-model',
        message: expect.stringContaining('a D-FINE for the 80 things of COCO'),
      });
    } finally {
      await scorer.close?.();
    }
  });
});

describe('the objects scorer with a detector of the user', () => {
  const withThings = (...things: SeenThing[]) => {
    let looks = 0;
    return {
      looks: () => looks,
      detector: {
        name: 'mine',
        detect: async (image: Uint8Array) => {
          expect(image.byteLength).toBeGreaterThan(0);
          looks++;
          return things;
        },
      },
    };
  };

  it('judges by what it saw, in its own names, and asks once for each picture', async () => {
    const { detector, looks } = withThings(
      { name: 'Sofa', score: 0.9, box: [0, 0.5, 0.4, 1] },
      { name: 'tvmonitor', score: 0.8, box: [0.6, 0.2, 0.9, 0.6] },
      { name: 'chandelier', score: 0.9, box: [0, 0, 1, 1] },
    );
    const scorer = await objectsScorer({ detector });
    const images = [await picture('#808080')];
    const scored = await scorer.score({ images, response: 'A couch and a horse are there, and a television.' });
    const { couch, horse, television } = rewardsOf(scored);
    expect(couch).toBeGreaterThan(0.8);
    expect(television).toBeGreaterThan(0.8);
    expect(horse).toBeLessThan(0.5);
    expect(scored.scorer).toBe('objects@mine');
    expect(scored.evidence!.map(({ label }) => label)).toEqual(['couch', 'tv']);
    await scorer.score({ images, response: 'A couch.' });
    expect(looks()).toBe(1);
  });

  it.each([
    [{ name: 'dog', score: 1.2, box: [0, 0, 1, 1] }],
    [{ name: 'dog', score: 0.5, box: [0, 0, 640, 480] }],
    [{ name: 'dog', score: 0.5, box: [0.9, 0, 0.1, 1] }],
  ] as const)('names what is out of range in %j', async (thing) => {
    const scorer = await objectsScorer({ detector: withThings(thing).detector });
    await expect(scorer.score({ images: [await picture('#808080')], response: 'A dog.' })).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('fractions of the picture'),
    });
  });

  it('takes names of other sets, and none that only holds a thing', () => {
    expect(
      ['aeroplane', 'dining_table', 'Wine-Glass', 'puppy', 'hot dog', 'dog house', 'tree'].map(categoryOf),
    ).toEqual(['airplane', 'dining table', 'wine glass', 'dog', 'hot dog', null, null]);
  });
});
