import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { scorerOf } from '../../src/scorer/evidence/objects/objects-scorer.js';
import type { Detection } from '../../src/scorer/evidence/objects/yolox.js';
import { ocrScorerOf } from '../../src/scorer/evidence/ocr/ocr-scorer.js';
import type { CocoCategory } from '../../src/text/lexicon/coco-objects.js';
import { flagSpans } from '../../src/text/spans.js';
import { splitWords } from '../../src/text/words.js';
import { runs } from '../fixtures/runs.js';
import { lineOf } from '../scorer/evidence/ocr/reading.js';

const images = ['any'];
const thing = (category: CocoCategory, left: number): Detection => ({
  category,
  score: 0.93,
  box: [left, 0.1, left + 0.25, 0.8],
  close: false,
});

async function seeing(response: string, seen: Detection[], prompt?: string) {
  const scorer = scorerOf({ look: async () => seen, close: async () => {} });
  const request = { images, response, ...(prompt ? { prompt } : {}) };
  return correct(request, { scorer, rewriter: localRewriter() });
}

async function reading(response: string, ...lines: ReturnType<typeof lineOf>[]) {
  const scorer = ocrScorerOf({ look: async () => lines, close: async () => {} });
  return correct({ images, response }, { scorer, rewriter: localRewriter() });
}

describe('what was seen corrects an answer offline', () => {
  const dogs = [thing('dog', 0), thing('dog', 0.5)];

  it.each([
    ['a wrong count', 'There are seven dogs in the image.', 'There are two dogs in the image.'],
    ['a wrong count in digits', 'There are 8 dogs in the image.', 'There are 2 dogs in the image.'],
    ['one of the same kind', 'Two cats play in the snow.', 'Two dogs play in the snow.'],
    ['a sentence of its own', 'Two dogs rest. There is also a bench visible in the background.', 'Two dogs rest.'],
    ['an object of a preposition', 'Two dogs rest next to a fire hydrant.', 'Two dogs rest.'],
    ['what someone has', 'Two dogs rest, with a frisbee nearby.', 'Two dogs rest.'],
    ['one of a list', 'The picture shows two dogs, a surfboard, and grass.', 'The picture shows two dogs and grass.'],
    ['what is said not to be there', 'There are no dogs in the image.', 'There are two dogs in the image.'],
  ])('%s', async (_, before, after) => {
    const { response } = await seeing(before, dogs);
    expect(response.replace('dogs, and grass', 'dogs and grass')).toBe(after);
  });

  it('answers a question the other way round', async () => {
    const asked = 'Is there a giraffe in the image?';
    expect((await seeing('Yes', dogs, asked)).response).toBe('No');
    expect((await seeing('Yes, there is a giraffe in the image.', dogs, asked)).response).toBe(
      'No, there is no giraffe in the image.',
    );
    expect((await seeing('No', dogs, 'Is there a dog in the image?')).response).toBe('Yes');
  });

  it('leaves a right answer as it is, and one that it could only break', async () => {
    const right = 'Two dogs rest on the grass while the sun goes down.';
    expect((await seeing(right, dogs)).response).toBe(right);
    const { response, report } = await seeing('A toaster glows while two dogs watch.', dogs);
    expect(response).toBe('A toaster glows while two dogs watch.');
    expect(report.unresolved.map(({ text }) => text)).toEqual(['toaster']);
  });

  it('offers no things of its own where the detector sees nothing at all', async () => {
    const before = 'A toaster glows in the dark.';
    expect((await seeing(before, [])).response).toBe(before);
  });
});

describe('what was read corrects an answer offline', () => {
  const receipt = [
    lineOf('CORNER BAKERY', {}, 0.1),
    lineOf('Latte $4.50', {}, 0.2),
    lineOf('Bagel $2.25', {}, 0.3),
    lineOf('Tax $0.56', {}, 0.4),
    lineOf('TOTAL $7.31', {}, 0.5),
  ];

  it.each([
    ['the total', 'The receipt comes to a total of $9.31.', 'The receipt comes to a total of $7.31.'],
    ['the price of one thing', 'A Bagel costs $3.25 on the receipt.', 'A Bagel costs $2.25 on the receipt.'],
    ['a name', 'The receipt is from Corner Market.', 'The receipt is from Corner Bakery.'],
    ['a misspelt word', 'The receipt is from "CORNER BAKER".', 'The receipt is from "CORNER BAKERY".'],
  ])('%s', async (_, before, after) => {
    const result = await reading(before, ...receipt);
    expect(result.response).toBe(after);
    expect(result.status).toBe('clean');
  });

  it('tells numbers apart by their units', async () => {
    const lines = [lineOf('Oslo', {}, 0.1), lineOf('24°C', {}, 0.2), lineOf('34 km/h', {}, 0.3)];
    expect((await reading('It is 20°C in Oslo.', ...lines)).response).toBe('It is 24°C in Oslo.');
  });

  it('puts times back without touching the words beside them', async () => {
    const { response } = await reading('The sign says 3 AM - 4 PM printed below.', lineOf('8AM-4PM'));
    expect(response).toBe('The sign says 8 AM - 4 PM printed below.');
  });
});

describe('evidence of any kind', () => {
  it('leads to a few edits of the given spans, whatever was seen or read', async () => {
    const label = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('dog', '12.85', 'TOTAL12.85', '"', '\u0000'),
    );
    const evidence = fc.array(
      fc.record({
        kind: fc.constantFrom('object' as const, 'text' as const),
        label,
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        box: fc.constant<[number, number, number, number]>([0, 0, 0.5, 0.5]),
        attributes: fc.constantFrom<Record<string, string>>({ detector: 'x' }, { row: '1' }, { row: 'NaN' }, {}),
      }),
      { maxLength: 8 },
    );
    const response = 'Two cats and a dog sit by a sign that says "STOP 45". It costs $12.58 at Maple Diner.';
    const tokens = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(evidence, tokens, async (seen, rewards) => {
        const judged = splitWords(response).map(({ start, end }, index) => ({
          text: response.slice(start, end),
          start,
          end,
          reward: rewards[index] ?? null,
        }));
        const spans = flagSpans(response, judged, 0.5);
        const { edits } = await localRewriter().rewrite({ images, response, spans, rejected: [], evidence: seen });
        const ids = new Set(spans.map(({ id }) => id));
        for (const { span, replacement } of edits) {
          expect(ids.has(span)).toBe(true);
          expect(replacement.includes('\u0000')).toBe(false);
        }
      }),
      { numRuns: runs(50) },
    );
  });
});
