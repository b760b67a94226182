import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitCalibration, type ScoredAnswer } from '../../eval/calibrate.js';
import { seededRandom } from '../../scenes/random.js';
import { correct } from '../../src/agent/correct.js';
import { type Calibration, calibrated, readCalibration } from '../../src/scorer/calibration.js';
import { dictionary, wordScorer } from '../agent/doubles.js';

/** Answers `w0 w1 w2 w3` with rewards that are too sure by a factor of three in their log odds. */
function tooSure(count: number, seed = 1): ScoredAnswer[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, n) => {
    const words = ['red', 'dog', 'two', 'cats'];
    const response = words.join(' ');
    let at = 0;
    const tokens = words.map((text) => {
      const p = random();
      const good = random() < p;
      const odds = 3 * Math.log(p / (1 - p));
      const token = { text, start: at, end: at + text.length, reward: 1 / (1 + Math.exp(-odds)), good };
      at += text.length + 1;
      return token;
    });
    const claims = tokens.map(({ start, end, good }) => ({ start, end, good, kind: 'x' }));
    return { answer: { id: `${n}`, image: 'x', picture: `${n}`, response, claims }, tokens };
  });
}
const named = { scorer: 's', set: 'labels.jsonl' };

describe('a calibration', () => {
  it('makes rewards that are too sure honest, on pictures that the fit did not see', () => {
    const { calibration, report } = fitCalibration(tooSure(600), named);
    expect(report.heldOut.ece.before).toBeGreaterThan(0.1);
    expect(report.heldOut.ece.after).toBeLessThan(0.04);
    expect(calibration.scale).toBeCloseTo(1 / 3, 1);
    expect(
      report.heldOut.reliability.every(({ reward, good, words }) => words < 60 || Math.abs(reward - good) < 0.12),
    ).toBe(true);
  });

  it('is refused on too few, with the cure', () => {
    expect(() => fitCalibration(tooSure(10), named)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message: expect.stringMatching(/too little to fit on: 10 judged.*perturb/),
      }),
    );
  });

  it('is read back, and a file that is none is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calibration-'));
    const { calibration } = fitCalibration(tooSure(100), named);
    writeFileSync(join(folder, 'good.json'), JSON.stringify(calibration));
    expect(await readCalibration(join(folder, 'good.json'))).toMatchObject({
      scorer: 's',
      threshold: calibration.threshold,
    });
    writeFileSync(join(folder, 'bad.json'), '{"format":1}');
    for (const [name, reason] of [
      ['bad.json', 'scorer'],
      ['none.json', 'cannot be read'],
    ])
      await expect(readCalibration(join(folder, name!))).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining(reason!),
      });
  });
});

const rightAnswers = (lowest: number[]): Calibration => ({
  format: 1,
  ...named,
  scale: 1,
  bias: 0,
  threshold: 0.5,
  lowest,
});

describe('a bound on harm', () => {
  it('chooses the threshold of a correction, and the report names it', async () => {
    const lowest = Array.from({ length: 100 }, (_, n) => 0.2 + n / 200);
    const scorer = calibrated(
      wordScorer((word) => (word === 'grue' ? 0.1 : word === 'odd' ? 0.4 : 0.9)),
      rightAnswers(lowest),
    );
    const request = { images: [new Uint8Array([1])], response: 'A grue car, an odd dog.' };
    const rewriter = dictionary({ grue: 'red', odd: 'wet' });
    const plain = await correct(request, { scorer, rewriter });
    expect(plain.response).toBe('A red car, a wet dog.');
    const bounded = await correct(request, { scorer, rewriter, maxHarm: 0.05 });
    expect(bounded.response).toBe('A red car, an odd dog.');
    expect(bounded.report.bound).toMatchObject({ maxHarm: 0.05, confidence: 0.95, answers: 100, set: 'labels.jsonl' });
    expect(bounded.report.threshold).toBeLessThan(0.4);
    const uncalibrated = correct(request, { scorer: wordScorer(() => 0.9), rewriter, maxHarm: 0.05 });
    await expect(uncalibrated).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('vlm-detective calibrate'),
    });
  });
});
