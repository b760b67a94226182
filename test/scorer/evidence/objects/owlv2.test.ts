import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { nounMentions } from '../../../../src/scorer/evidence/objects/judge-nouns.js';
import { objectsScorer, scorerOf } from '../../../../src/scorer/evidence/objects/objects-scorer.js';
import { lookWithOwl, openOwlTexts, owlInput, owlSide } from '../../../../src/scorer/evidence/objects/owlv2.js';
import type { Detection } from '../../../../src/scorer/evidence/objects/yolox.js';
import { lookerOf } from '../../../../src/scorer/evidence/pictures.js';
import { openSession } from '../../../../src/scorer/evidence/session.js';
import { newNativeCalls } from '../../../../src/scorer/thread/native-calls.js';
import type { CocoCategory } from '../../../../src/text/lexicon/coco-objects.js';

/** A small random OWLv2 and what the reference (transformers, scipy) sees by it: training/detectors/owlv2_tiny.py. */
const folder = join(import.meta.dirname, '../../../fixtures/owlv2-tiny');
const model = join(folder, 'model.onnx');

interface Golden {
  names: CocoCategory[];
  ids: number[][];
  mask: number[][];
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

describe('OWLv2 beside its reference', () => {
  it('has the same tokens', async () => {
    const { ids, mask } = (await openOwlTexts(model))(golden.names);
    expect([...ids].map(Number)).toEqual(golden.ids.flat());
    expect([...mask].map(Number)).toEqual(golden.mask.flat());
  });

  it.each(Object.entries(golden.pictures))('makes the same input of a %s picture', async (name, { pixels }) => {
    const input = owlInput(await rgb(name), await owlSide(model));
    for (const [index, value] of pixels.entries()) expect(input[index * 37]).toBeCloseTo(value, 4);
  });

  it.each(Object.entries(golden.pictures))('sees the same boxes in a %s picture', async (name, wanted) => {
    const image = await rgb(name);
    const session = await openSession(model, 1, newNativeCalls(), true);
    try {
      const found = await lookWithOwl(session, image, (await openOwlTexts(model))(golden.names), await owlSide(model));
      // the reference names the best text of each box, in pixels and not cut at the picture's edges
      const share = (value: number, of: number) => Math.min(1, Math.max(0, value / of));
      let compared = 0;
      for (const [index, [left, top, right, bottom]] of wanted.boxes.entries()) {
        const score = wanted.scores[index]!;
        if (score < 0.0101) continue;
        const { width, height } = image;
        const edges = [share(left!, width), share(top!, height), share(right!, width), share(bottom!, height)];
        const same = found.find(
          (one) =>
            one.category === golden.names[wanted.labels[index]!] &&
            Math.abs(one.score - score) < 1e-4 &&
            one.box.every((edge, at) => Math.abs(edge - edges[at]!) < 1e-4),
        );
        expect(same, `box ${index} of ${name}`).toBeDefined();
        compared++;
      }
      expect(compared).toBeGreaterThan(10);
    } finally {
      await session.release();
    }
  });
});

describe('the objects scorer with an OWLv2', () => {
  it('is chosen by its file, and looks once at a picture however many answers there are', async () => {
    const scorer = await objectsScorer({ model });
    try {
      const images = [await readFile(join(folder, 'wide.png'))];
      const first = await scorer.score({ images, response: 'A cat and a dog.' });
      expect(first.scorer).toBe('objects@model');
      expect(first.tokens.filter(({ reward }) => reward !== null).map(({ text }) => text)).toEqual(['cat', 'dog']);
      const again = await scorer.score({ images, response: 'A cat and a dog.' });
      expect(again.tokens).toEqual(first.tokens);
    } finally {
      await scorer.close?.();
    }
  });

  it('looks for other nouns as well where it is told to', async () => {
    const images = [await readFile(join(folder, 'wide.png'))];
    const response = 'A cat, a lamp, and no guitar near the tower.';
    const judged = async (nouns: boolean) => {
      const scorer = await objectsScorer({ model, nouns });
      try {
        const { tokens } = await scorer.score({ images, response });
        return tokens.filter(({ reward }) => reward !== null).map(({ text }) => text);
      } finally {
        await scorer.close?.();
      }
    };
    expect(await judged(false)).toEqual(['cat']);
    expect(await judged(true)).toEqual(['cat', 'lamp']);
  });

  it('says which file is missing beside it, and which is of another kind', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'owl-'));
    await cp(folder, copy, { recursive: true });
    const score = async () => {
      const scorer = await objectsScorer({ model: join(copy, 'model.onnx') });
      try {
        return await scorer.score({ images: [await readFile(join(folder, 'small.png'))], response: 'A cat.' });
      } finally {
        await scorer.close?.();
      }
    };
    await writeFile(join(copy, 'preprocessor_config.json'), '{"size": {"height": 1e9}}');
    await expect(score()).rejects.toMatchObject({ code: 'bad-model', message: expect.stringContaining('size.height') });
    await rm(join(copy, 'preprocessor_config.json'));
    await writeFile(join(copy, 'tokenizer.json'), '{}');
    await expect(score()).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('tokenizer.json'),
    });
    await rm(join(copy, 'tokenizer.json'));
    await expect(score()).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('tokenizer.json'),
    });
  });
});

describe('nouns beyond those of COCO', () => {
  it.each([
    ['A lamp and two guitars stand by a house.', ['lamp', 'guitar', 'house']],
    // spoken of, denied, a likeness, a modifier, COCO's own
    ['He looks at the house.', []],
    ['There is no lamp, and a statue of a lion.', []],
    ['A toy rocket.', []],
    ['A dog and a clock tower.', []],
  ])('of %s', (text, expected) => expect(nounMentions(text).map(({ name }) => name)).toEqual(expected));

  const seeing = (...found: Detection[]) => {
    const looks: (readonly string[])[] = [];
    const looker = lookerOf(
      async (_, names) => {
        looks.push(names);
        return found;
      },
      () => 1,
      async () => {},
    );
    const scorer = scorerOf(looker, 'owl', true);
    const images = [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])];
    return { looks, score: async (response: string) => (await scorer.score({ images, response })).tokens };
  };
  const lamp: Detection = { category: 'lamp', score: 0.1, box: [0, 0, 1, 1], close: false };
  const rewards = (tokens: { text: string; reward: number | null }[]) =>
    Object.fromEntries(tokens.filter(({ reward }) => reward !== null).map(({ text, reward }) => [text, reward!]));

  it('are flagged only where next to no box was seen', async () => {
    const { score } = seeing(lamp, { ...lamp, category: 'drum', score: 0.02 });
    const found = rewards(await score('A lamp, a drum and a guitar.'));
    expect(found.lamp).toBeGreaterThan(0.8);
    expect(found.drum).toBeGreaterThan(0.5);
    expect(found.guitar).toBeLessThan(0.5);
  });

  it('are looked for together, and not again for fewer of them', async () => {
    const { looks, score } = seeing(lamp);
    await score('A lamp and a guitar.');
    await score('A lamp.');
    await score('A guitar.');
    expect(looks).toEqual([['guitar', 'lamp']]);
    await score('A drum.');
    expect(looks.at(-1)).toEqual(['drum', 'guitar', 'lamp']);
  });

  it('need a detector that takes words', async () => {
    const dfine = join(import.meta.dirname, '../../../fixtures/dfine-tiny');
    const scorer = await objectsScorer({ model: join(dfine, 'model.onnx'), nouns: true });
    try {
      const images = [await readFile(join(dfine, 'wide.png'))];
      await expect(scorer.score({ images, response: 'A lamp.' })).rejects.toMatchObject({
        code: 'bad-model',
        message: expect.stringContaining('OWLv2'),
      });
    } finally {
      await scorer.close?.();
    }
  });
});
