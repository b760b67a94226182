import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageInput } from '../../../src/image/image-input.js';
import { autoScorer, createScorer } from '../../../src/scorer/create-scorer.js';
import type { Scorer } from '../../../src/scorer/scorer.js';
import { pullModel } from '../../../src/scorer/weights/evidence-download.js';
import { publishedModel } from '../../../src/scorer/weights/evidence-models.js';
import { flagSpans } from '../../../src/text/spans.js';
import { tinyDetector } from '../../fixtures/tiny/detector.js';

const data = join(import.meta.dirname, '../../../../shared/data');
const model = join(data, 'yolox-nano/yolox_nano.onnx');
const photo = join(data, 'coco-photos/permissive/000000000127.jpg');
const isHere = existsSync(model) && existsSync(photo);
if (!isHere) console.warn(`skipped: tests of auto on photographs need ${model} and ${photo}`);

beforeEach(async () => {
  for (const key of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY']) vi.stubEnv(key, '');
  vi.stubEnv('VLM_DETECTIVE_MODELS', await mkdtemp(join(tmpdir(), 'models-')));
});
afterEach(() => vi.unstubAllEnvs());

/** What `auto` flags, where it falls back to the evidence scorers. */
async function flagged(scorer: Scorer, image: ImageInput, response: string): Promise<string[]> {
  try {
    const { tokens, scorer: by, abstained } = await scorer.score({ images: [image], response });
    expect(abstained).toBeUndefined();
    expect(by).toMatch(/^ensemble\(objects@yolox-nano/);
    // one threshold holds for the embedded model and for what stands in for it
    return flagSpans(response, tokens, scorer.threshold!).map(({ text }) => text);
  } finally {
    await scorer.close?.();
  }
}

describe.skipIf(!isHere)('auto on a photograph, without any key', () => {
  it('judges by the evidence scorers that are installed', async () => {
    await pullModel(publishedModel('yolox-nano'), { from: model });
    expect(await flagged(await createScorer('auto'), photo, 'A giraffe stands beside a bowl.')).toEqual(['giraffe']);
  });
});

describe('auto on what is no drawn scene, without any key', () => {
  /** A detector with weights of the test's own: it sees a dog in what is bright. */
  async function pulled() {
    const bytes = tinyDetector();
    const from = join(await mkdtemp(join(tmpdir(), 'detector-')), 'tiny.onnx');
    await writeFile(from, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const detector = { ...publishedModel('yolox-nano'), bytes: bytes.byteLength, sha256 };
    await pullModel(detector, { from });
    return detector;
  }

  it('judges by the evidence scorers that are installed', async () => {
    const scorer = await autoScorer(await pulled());
    expect(await flagged(scorer, await noise(255, 10), 'A cat sits beside a dog.')).toEqual(['cat']);
  });

  it('refuses a detector that is not the one that was asked for', async () => {
    const detector = await pulled();
    const scorer = await autoScorer({
      ...detector,
      sha256: detector.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    });
    const scoring = scorer.score({ images: [await noise(255, 10)], response: 'A cat sits beside a dog.' });
    await expect(scoring).rejects.toMatchObject({ code: 'bad-model', message: expect.stringMatching(/models pull/) });
    await scorer.close?.();
  });

  it('says which commands would help where nothing can judge it', async () => {
    const scorer = await createScorer('auto');
    try {
      const response = 'A giraffe stands beside a bowl.';
      const { tokens, abstained } = await scorer.score({ images: [await noise(128)], response });
      expect(tokens.every(({ reward }) => reward === null)).toBe(true);
      expect(abstained).toMatch(/models pull yolox-nano.*--scorer tldr:FOLDER/);
    } finally {
      await scorer.close?.();
    }
  });
});

/** No scene: noise of so much grey. */
const noise = (mean: number, sigma = 40) =>
  sharp({
    create: { width: 320, height: 320, channels: 3, background: '#000', noise: { type: 'gaussian', mean, sigma } },
  })
    .png()
    .toBuffer();
