import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectsScorer, scorerOf } from '../../../../src/scorer/evidence/objects/objects-scorer.js';
import type { Detection } from '../../../../src/scorer/evidence/objects/yolox.js';
import { lookerOf, makeLooker } from '../../../../src/scorer/evidence/pictures.js';
import type { Scorer } from '../../../../src/scorer/scorer.js';
import { tinyDetector } from '../../../fixtures/tiny/detector.js';

const picture = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();

describe('the objects scorer with a detector of its own making', () => {
  let scorer: Scorer;
  let model: string;
  beforeAll(async () => {
    model = join(await mkdtemp(join(tmpdir(), 'detector-')), 'tiny.onnx');
    await writeFile(model, tinyDetector());
    scorer = await objectsScorer({ model });
  });
  afterAll(() => scorer?.close?.());

  it('judges the words by what the detector sees in this picture', async () => {
    const response = 'A dog sits there, and a cat.';
    const rewards = async (background: string) => {
      const { tokens } = await scorer.score({ images: [await picture(200, 200, background)], response });
      return Object.fromEntries(tokens.map(({ text, reward }) => [text, reward]));
    };
    const white = await rewards('#ffffff');
    expect(white.dog).toBeGreaterThan(0.9);
    expect(white.cat).toBeLessThan(0.5);
    expect(white.sits).toBeNull();
    const black = await rewards('#000000');
    expect(black.dog).toBeLessThan(0.5);
    expect(black.cat).toBeGreaterThan(0.9);
  });

  it('keeps the aspect, pads below, and gives boxes as fractions of the picture', async () => {
    const of = async (width: number, height: number) =>
      (await scorer.score({ images: [await picture(width, height, '#ffffff')], response: 'A dog.' })).evidence!;
    const [square] = await of(200, 200);
    expect(square!.label).toBe('dog');
    for (const [index, edge] of [0.38, 0.38, 0.62, 0.62].entries()) expect(square!.box![index]).toBeCloseTo(edge, 2);
    // 416 x 208 of the input: the middle of the input is the lower edge of the picture, and half of it is grey
    const wide = (await of(200, 100)).find(({ label }) => label === 'dog')!;
    for (const [index, edge] of [0.38, 0.76, 0.62, 1].entries()) expect(wide.box![index]).toBeCloseTo(edge, 2);
  });

  it('takes a detector that looks at larger squares, as YOLOX-S to -X do', async () => {
    const large = `${model}.640.onnx`;
    await writeFile(large, tinyDetector(640));
    const eyes = await objectsScorer({ model: large });
    try {
      const images = [await picture(200, 200, '#d8d8d8')];
      const { evidence } = await eyes.score({ images, response: 'A dog.' });
      const [dog] = evidence!;
      expect(dog!.label).toBe('dog');
      // 100 of 640 pixels around the cell's middle
      for (const [index, edge] of [0.447, 0.447, 0.603, 0.603].entries()) expect(dog!.box![index]).toBeCloseTo(edge, 2);
    } finally {
      await eyes.close?.();
    }
  });

  it('is given so many pictures at once, however many come: each lies decoded in memory', async () => {
    let inHand = 0;
    let most = 0;
    const see = async () => {
      most = Math.max(most, ++inHand);
      await new Promise(setImmediate);
      inHand--;
      return [];
    };
    const looker = lookerOf(
      see,
      () => 1,
      async () => {},
      2,
    );
    const pictures = await Promise.all(Array.from({ length: 16 }, (_, index) => picture(8, 8 + index, '#ffffff')));
    await Promise.all(pictures.map((one) => looker.look(one)));
    expect(most).toBe(2);
  });

  it('has a picture looked at once, for however many answers', async () => {
    let looks = 0;
    const looker = makeLooker<Detection>({ kind: 'objects', model, threads: 1 }, 1280, () => 200);
    const counting = scorerOf({
      look: async (image) => {
        looks++;
        return looker.look(image);
      },
      close: () => looker.close(),
    });
    try {
      const image = await picture(64, 64, '#ffffff');
      const [first, second] = [await looker.look(image), await looker.look(image)];
      // the very same findings: kept, not looked for again
      expect(second).toBe(first);
      await counting.score({ images: [image], response: 'A dog.' });
      expect(looks).toBe(1);
    } finally {
      await counting.close?.();
    }
  });
});
