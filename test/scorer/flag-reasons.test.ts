import { describe, expect, it } from 'vitest';
import { ensembleScorer } from '../../src/scorer/ensemble/ensemble-scorer.js';
import { judgedWords } from '../../src/scorer/evidence/rewards.js';
import type { Scorer, TokenReward } from '../../src/scorer/scorer.js';
import { viewed } from '../../src/scorer/viewed.js';
import { flagTypeOf } from '../../src/text/flag-type.js';
import { spanJson } from '../../src/text/flagged-span.js';
import { flagSpans } from '../../src/text/spans.js';

/** A scorer of one finding about one word. */
const finds = (word: string, finding: Omit<TokenReward, 'text' | 'start' | 'end'>): Scorer => ({
  name: 'finds',
  threshold: 0.5,
  async score({ response }) {
    const start = response.indexOf(word);
    const tokens = judgedWords(response, [{ start, end: start + word.length, ...finding, reward: finding.reward! }]);
    return { response, tokens, scorer: 'finds' };
  },
});
const image = new Uint8Array([1]);

describe('a flagged span says what is wrong and why', () => {
  it('as its scorer says, through markup, to the report', async () => {
    const scorer = viewed(finds('red', { reward: 0.1, type: 'binding', reason: 'the cat is red, the dog is not' }));
    const { response, tokens } = await scorer.score({ images: [image], response: 'A **red** dog.' });
    expect(flagSpans(response, tokens, 0.5).map(spanJson)).toEqual([
      { start: 4, end: 7, text: 'red', reward: 0.1, type: 'binding', reason: 'the cat is red, the dog is not' },
    ]);
  });

  it('by what its words claim, where its scorer says nothing', async () => {
    const typeOf = async (response: string, word: string) => {
      const { tokens } = await finds(word, { reward: 0.1 }).score({ images: [image], response });
      return flagSpans(response, tokens, 0.5)[0]?.type;
    };
    expect(await typeOf('There are two red dogs.', 'two')).toBe('counting');
    expect(await typeOf('There are two red dogs.', 'red')).toBe('attribute');
    expect(await typeOf('There are two red dogs.', 'dogs')).toBe('object');
    expect(await typeOf('The dog is behind the car.', 'behind')).toBe('spatial');
    expect(await typeOf('The sign says "STOP".', 'STOP')).toBe('ocr');
    expect(await typeOf('Thanks for asking, friend.', 'friend')).toBeUndefined();
  });

  it('with the words of who doubts it most, of several scorers', async () => {
    const both = ensembleScorer([
      finds('dog', { reward: 0.4, type: 'object', reason: 'no dog was detected' }),
      finds('dog', { reward: 0.05, type: 'small-object', reason: 'it is a tiny cat' }),
    ]);
    const { tokens } = await both.score({ images: [image], response: 'A dog.' });
    expect(tokens.find(({ text }) => text === 'dog')).toMatchObject({
      type: 'small-object',
      reason: 'it is a tiny cat',
    });
  });

  it('with the type that a model means by its own word', () => {
    expect(
      ['Counting error', 'colour', 'OBJECT_HALLUCINATION', 'Spatial Relation', 'text recognition', 'vibes'].map(
        flagTypeOf,
      ),
    ).toEqual(['counting', 'attribute', 'object', 'spatial', 'ocr', 'other']);
  });
});
