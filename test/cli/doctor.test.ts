import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { startSeer } from '../../eval/seer/seer-server.js';
import { pngPixel } from '../rewriters/model-server.js';
import { vlmDetective } from './command-line.js';

describe('vlm-detective doctor', () => {
  it('says what is here and what to do next, to people and to programs', async () => {
    const text = await vlmDetective(['doctor']);
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/Scorers here:[\s\S]*Keys set:[\s\S]*Next:/) });
    const { stdout } = await vlmDetective(['doctor', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      scorers: { tldr: true },
      servers: expect.any(Array),
      next: expect.any(Array),
    });
  });

  it('tells what judging an answer would cost, and asks nobody', async () => {
    const image = join(mkdtempSync(join(tmpdir(), 'doctor-')), 'a.png');
    writeFileSync(image, pngPixel());
    const { stdout } = await vlmDetective([
      'doctor',
      '--estimate',
      image,
      '--text',
      'Two red dogs.',
      '--price-in',
      '1',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      answers: 1,
      claims: 3,
      logprobs: { calls: 3, pictures: 3, cost: expect.any(Number) },
      verdicts: { calls: 1 },
    });
  });
});

describe('vlm-detective calibrate', () => {
  it('fits, reports, bounds and stores; score and correct take what it stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calibrate-'));
    writeFileSync(join(folder, 'a.png'), pngPixel());
    // it sees dogs rightly, but not too surely
    const seer = await startSeer({
      kind: 'ollama',
      eyes: {
        sees: async (_, said) => (said.includes('cat') ? 0.3 : 0.8),
        reads: async () => ({ response: '', tokens: [], scorer: '' }),
      },
    });
    const lines = Array.from({ length: 90 }, (_, n) => {
      const wrong = n % 3 === 0;
      const response = wrong ? `There is a cat and a pear.` : `There is a dog and a pear.`;
      return JSON.stringify({
        id: n,
        image: `a.png`,
        response,
        labels: wrong ? [{ start: 11, end: 14, good: false }] : [],
        perturbation: wrong ? 'object' : null,
        original: wrong ? 'There is a dog and a pear.' : null,
      });
    });
    const file = join(folder, 'labelled.jsonl');
    writeFileSync(file, lines.join('\n'));
    const output = join(folder, 'calibration.json');
    const scorer = `claims:openai:seer@${seer.url}/v1`;
    const fitted = await vlmDetective([
      'calibrate',
      file,
      '--scorer',
      scorer,
      '--output',
      output,
      '--max-harm',
      '0.05',
      '--json',
    ]);
    expect(fitted.stderr).toBe('');
    expect(JSON.parse(fitted.stdout)).toMatchObject({
      answers: 90,
      badWords: 30,
      bound: { maxHarm: 0.05, confidence: 0.95, answers: 60 },
    });
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({
      format: 1,
      scorer,
      set: 'labelled.jsonl (90 answers)',
    });
    const scored = await vlmDetective([
      'score',
      join(folder, 'a.png'),
      '--text',
      'There is a cat.',
      '--scorer',
      scorer,
      '--calibration',
      output,
      '--json',
    ]);
    expect(JSON.parse(scored.stdout)).toMatchObject({
      spans: [{ text: 'cat', type: 'object' }],
      usage: { calls: 1 },
      method: expect.stringContaining('log prob'),
    });
    const corrected = await vlmDetective([
      'correct',
      join(folder, 'a.png'),
      '--text',
      'There is a dog.',
      '--scorer',
      scorer,
      '--rewriter',
      'local',
      '--calibration',
      output,
      '--max-harm',
      '0.05',
      '--json',
    ]);
    expect(JSON.parse(corrected.stdout)).toMatchObject({
      status: 'clean',
      bound: { maxHarm: 0.05 },
      asked: { calls: 1, pictures: 1 },
    });
    const bounded = await vlmDetective([
      'score',
      join(folder, 'a.png'),
      '--text',
      'There is a dog.',
      '--scorer',
      scorer,
      '--calibration',
      output,
      '--max-harm',
      '0.05',
      '--json',
    ]);
    expect(JSON.parse(bounded.stdout)).toMatchObject({ threshold: expect.any(Number), spans: [] });
    expect(JSON.parse(bounded.stdout).threshold).toBeLessThanOrEqual(JSON.parse(scored.stdout).threshold);
    const few = await vlmDetective([
      'calibrate',
      file,
      '--scorer',
      scorer,
      '--output',
      join(folder, 'none.json'),
      '--max-harm',
      '0.001',
    ]);
    expect(few).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot be promised on 60 answers .* it takes 2995/),
    });
    expect(existsSync(join(folder, 'none.json'))).toBe(false);
    await seer.stop();
  }, 240_000);
});

describe('--image-side', () => {
  it.each(['score', 'correct'])('of %s: so large a model sees the picture', async (command) => {
    const image = join(mkdtempSync(join(tmpdir(), 'side-')), 'a.png');
    writeFileSync(
      image,
      await sharp({ create: { width: 300, height: 150, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    const eyes = { sees: async () => 0.1, reads: async () => ({ response: '', tokens: [], scorer: '' }) };
    const seer = await startSeer({ kind: 'ollama', eyes });
    const model = `openai:seer@${seer.url}/v1`;
    const rewriter = command === 'correct' ? ['--rewriter', model] : [];
    await vlmDetective([
      command,
      image,
      '--text',
      'There is a dog.',
      '--scorer',
      `claims:${model}`,
      ...rewriter,
      '--image-side',
      '80',
      '--json',
    ]);
    const sizes = await Promise.all(seer.calls.map(async (call) => (await sharp(call.image!).metadata()).width));
    expect(new Set(sizes)).toEqual(new Set([80]));
    expect(sizes.length).toBeGreaterThan(command === 'correct' ? 1 : 0);
    await seer.stop();
  });
});
