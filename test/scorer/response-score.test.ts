import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responseScore } from '../../src/scorer/response-score.js';
import type { TokenReward } from '../../src/scorer/scorer.js';

/** Tokens are words; their rewards are given in order. */
function tokensOf(text: string, rewards: readonly (number | null)[]): TokenReward[] {
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }, at) => ({
    text: word,
    start: index,
    end: index + word.length,
    reward: rewards[at] ?? null,
  }));
}

describe('the score of an answer', () => {
  it('counts a sentence by its lowest reward, and an answer by the mean of its sentences', () => {
    const text = 'Two dogs. One red cat.';
    const score = responseScore(text, tokensOf(text, [0.9, 0.8, 0.9, 0.1, 0.9]), 0.5)!;
    expect(score.soft).toBeCloseTo((0.8 + 0.1) / 2);
    expect(score.product).toBe(0);
  });

  it('does not fall because an answer is longer, and no single word takes it to nothing', () => {
    const one = 'A dog is here.';
    const many = Array(10).fill(one).join(' ');
    const rewards = (text: string) => tokensOf(text, Array(100).fill(0.9));
    expect(responseScore(many, rewards(many), 0.5)!.soft).toBeCloseTo(responseScore(one, rewards(one), 0.5)!.soft);
    const veto = tokensOf(many, [0.001, ...Array(99).fill(0.9)]);
    expect(responseScore(many, veto, 0.5)).toMatchObject({ product: 0 });
    expect(responseScore(many, veto, 0.5)!.soft).toBeGreaterThan(0.8);
  });

  it('is null where nothing was judged, and lets unjudged sentences count for nothing', () => {
    const text = 'Two dogs. One cat.';
    expect(responseScore(text, tokensOf(text, []), 0.5)).toBeNull();
    expect(responseScore('', [], 0.5)).toBeNull();
    expect(responseScore(text, tokensOf(text, [null, null, 0.6, 0.7]), 0.5)).toEqual({ soft: 0.6, product: 1 });
  });

  it('lies between the lowest and the highest reward, and never falls when a reward rises', () => {
    const word = fc.constantFrom('dog', 'two.', 'red', '猫。', '🦊', 'Cat.');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        (pairs, which) => {
          const text = pairs.map(([w]) => w).join(' ');
          const rewards = pairs.map(([, reward]) => reward);
          const score = responseScore(text, tokensOf(text, rewards), 0.5)!;
          expect(score.soft).toBeGreaterThanOrEqual(Math.min(...rewards) - 1e-9);
          expect(score.soft).toBeLessThanOrEqual(Math.max(...rewards) + 1e-9);
          const raised = rewards.map((reward, at) => (at === which % rewards.length ? 1 : reward));
          expect(responseScore(text, tokensOf(text, raised), 0.5)!.soft).toBeGreaterThanOrEqual(score.soft - 1e-9);
        },
      ),
    );
  });
});
