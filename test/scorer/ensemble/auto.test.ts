import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScorer } from '../../../src/scorer/create-scorer.js';
import { pullModel } from '../../../src/scorer/weights/evidence-download.js';
import { publishedModel } from '../../../src/scorer/weights/evidence-models.js';
import { flagSpans } from '../../../src/text/spans.js';

const data = join(import.meta.dirname, '../../../../shared/data');
const model = join(data, 'yolox-nano/yolox_nano.onnx');
const photo = join(data, 'coco-photos/permissive/000000000127.jpg');
const isHere = existsSync(model) && existsSync(photo);
if (!isHere) console.warn(`skipped: tests of auto on photographs need ${model} and ${photo}`);

describe.skipIf(!isHere)('auto on a photograph, without any key', () => {
  beforeEach(async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    vi.stubEnv('ANTHROPIC_API_KEY', '');
    vi.stubEnv('VLM_DETECTIVE_MODELS', await mkdtemp(join(tmpdir(), 'models-')));
  });
  afterEach(() => vi.unstubAllEnvs());

  it('judges by the evidence scorers that are installed', async () => {
    await pullModel(publishedModel('yolox-nano'), { from: model });
    const scorer = await createScorer('auto');
    try {
      const response = 'A giraffe stands beside a bowl.';
      const { tokens, scorer: by, abstained } = await scorer.score({ images: [photo], response });
      expect(abstained).toBeUndefined();
      expect(by).toMatch(/^ensemble\(objects@yolox-nano/);
      // one threshold holds for the embedded model and for what stands in for it
      expect(flagSpans(response, tokens, scorer.threshold!).map(({ text }) => text)).toEqual(['giraffe']);
    } finally {
      await scorer.close?.();
    }
  });
});

describe('auto on what is no drawn scene, without any key or detector', () => {
  beforeEach(async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    vi.stubEnv('ANTHROPIC_API_KEY', '');
    vi.stubEnv('VLM_DETECTIVE_MODELS', await mkdtemp(join(tmpdir(), 'models-')));
  });
  afterEach(() => vi.unstubAllEnvs());

  it('says which commands would help where nothing can judge it', async () => {
    const scorer = await createScorer('auto');
    try {
      const response = 'A giraffe stands beside a bowl.';
      const { tokens, abstained } = await scorer.score({ images: [await noise()], response });
      expect(tokens.every(({ reward }) => reward === null)).toBe(true);
      expect(abstained).toMatch(/models pull yolox-nano.*--scorer tldr:FOLDER/);
    } finally {
      await scorer.close?.();
    }
  });
});

/** No scene: grey noise. */
const noise = () =>
  sharp({
    create: {
      width: 320,
      height: 240,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .png()
    .toBuffer();
