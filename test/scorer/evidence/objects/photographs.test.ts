import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { objectsScorer } from '../../../../src/scorer/evidence/objects/objects-scorer.js';
import type { Scorer } from '../../../../src/scorer/scorer.js';

const data = join(import.meta.dirname, '../../../../../shared/data');
const model = join(data, 'yolox-nano/yolox_nano.onnx');
const photo = join(data, 'coco-photos/permissive/000000000127.jpg');
const isHere = existsSync(model) && existsSync(photo);
if (!isHere) console.warn(`skipped: tests of the objects scorer need ${model} and ${photo}`);

describe.skipIf(!isHere)('the objects scorer on a photograph', () => {
  let scorer: Scorer | undefined;
  afterAll(() => scorer?.close?.());

  it('judges the things that it knows, shows where they are, and leaves the main thread free', async () => {
    scorer = await objectsScorer({ model });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const response = 'A bowl stands there, and a giraffe.';
    const { tokens, evidence } = await scorer.score({ images: [photo], response });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    const reward = (text: string) => tokens.find((token) => token.text === text)!.reward;
    expect(reward('giraffe')).toBeLessThan(0.5);
    expect(reward('stands')).toBeNull();
    for (const { box, confidence } of evidence!) {
      expect(confidence).toBeGreaterThanOrEqual(0.5);
      const [left, top, right, bottom] = box!;
      expect(0 <= left && left < right && right <= 1 && 0 <= top && top < bottom && bottom <= 1).toBe(true);
    }
  });

  it('stops waiting when it is told to, and says what is wrong with a picture', async () => {
    scorer ??= await objectsScorer({ model });
    const signal = AbortSignal.abort();
    await expect(scorer.score({ images: [photo], response: 'A dog.', signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await expect(scorer.score({ images: [new Uint8Array([1, 2])], response: 'A dog.' })).rejects.toMatchObject({
      code: 'bad-image',
    });
  });
});

describe('without a detector', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says how to get one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'models-'));
    vi.stubEnv('VLM_DETECTIVE_MODELS', folder);
    await expect(objectsScorer()).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringMatching(/models pull yolox-nano/),
    });
    await mkdir(join(folder, 'yolox-nano'));
    await writeFile(join(folder, 'yolox-nano', 'yolox_nano.onnx'), 'not it');
    await expect(objectsScorer()).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(/damaged/),
    });
    await expect(objectsScorer({ model: '/nowhere.onnx' })).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('refuses a file that is no detector when it is used', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'models-')), 'broken.onnx');
    await writeFile(file, 'nonsense');
    const scorer = await objectsScorer({ model: file });
    const { default: sharp } = await import('sharp');
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    await expect(scorer.score({ images: [png], response: 'A dog.' })).rejects.toMatchObject({ code: 'bad-model' });
    await scorer.close?.();
  });
});
