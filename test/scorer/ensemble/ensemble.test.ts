import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectiveError } from '../../../src/base/errors.js';
import { withFallback } from '../../../src/scorer/auto-scorer.js';
import { createScorer } from '../../../src/scorer/create-scorer.js';
import { ensembleScorer } from '../../../src/scorer/ensemble/ensemble-scorer.js';
import { rescale } from '../../../src/scorer/ensemble/rescale.js';
import type { Scorer } from '../../../src/scorer/scorer.js';
import { splitWords } from '../../../src/text/words.js';

/** Gives words their rewards, and null to others. */
function scorerOf(
  name: string,
  rewards: Record<string, number>,
  extra: Partial<Scorer> & { abstained?: string } = {},
): Scorer {
  const { abstained, ...rest } = extra;
  return {
    name,
    score: async ({ response }) => ({
      response,
      tokens: splitWords(response).map(({ start, end }) => {
        const text = response.slice(start, end);
        return { text, start, end, reward: abstained ? null : (rewards[text] ?? null) };
      }),
      evidence: [{ kind: 'object', label: name, confidence: 1 }],
      scorer: name,
      ...(abstained ? { abstained } : {}),
    }),
    ...rest,
  };
}
const failing = (error: Error): Scorer => ({ name: 'broken', score: () => Promise.reject(error) });
const ask = { images: ['picture'], response: 'A dog says "STOP" softly' };
const rewardOf = async (scorer: Scorer, text: string) =>
  (await scorer.score(ask)).tokens.find((token) => token.text === text)!.reward;

describe('an ensemble', () => {
  it('lets each scorer judge what it can: one that cannot has no vote', async () => {
    const both = ensembleScorer([scorerOf('eyes', { dog: 0.9 }), scorerOf('reader', { STOP: 0.1 })]);
    expect(await rewardOf(both, 'dog')).toBeCloseTo(0.9);
    expect(await rewardOf(both, 'STOP')).toBeCloseTo(0.1);
    expect(await rewardOf(both, 'softly')).toBeNull();
  });

  it('measures every reward from its own scorer’s threshold, and means the log odds of those who vote', async () => {
    const strict = scorerOf('strict', { dog: 0.8 }, { threshold: 0.8 });
    expect(await rewardOf(ensembleScorer([strict]), 'dog')).toBeCloseTo(0.5);
    const opposed = ensembleScorer([scorerOf('a', { dog: 0.9 }), scorerOf('b', { dog: 0.1 })]);
    expect(await rewardOf(opposed, 'dog')).toBeCloseTo(0.5);
  });

  it('always lands between the lowest and the highest vote', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(share, { minLength: 1, maxLength: 4 }), async (votes) => {
        const scorers = votes.map((vote, index) => scorerOf(String(index), { dog: vote }));
        const reward = (await rewardOf(ensembleScorer(scorers), 'dog'))!;
        expect(reward).toBeGreaterThanOrEqual(Math.min(...votes) - 1e-3);
        expect(reward).toBeLessThanOrEqual(Math.max(...votes) + 1e-3);
      }),
    );
  });

  it('goes on without a scorer that abstains or fails, and says so only when none is left', async () => {
    const abstaining = scorerOf('shy', { dog: 0.1 }, { abstained: 'never saw such a picture' });
    const broken = failing(new DetectiveError('scorer-failed', 'the worker died'));
    const scored = await ensembleScorer([abstaining, broken, scorerOf('eyes', { dog: 0.9 })]).score(ask);
    expect(scored.abstained).toBeUndefined();
    expect(scored.tokens.find(({ text }) => text === 'dog')!.reward).toBeCloseTo(0.9);
    expect(scored.evidence!.map(({ label }) => label)).toEqual(['eyes']);
    expect((await ensembleScorer([abstaining]).score(ask)).abstained).toBe('never saw such a picture');
    await expect(ensembleScorer([broken]).score(ask)).rejects.toThrow(/worker died/);
    const badImage = failing(new DetectiveError('bad-image', 'no picture'));
    await expect(ensembleScorer([badImage, scorerOf('eyes', {})]).score(ask)).rejects.toMatchObject({
      code: 'bad-image',
    });
    expect(() => ensembleScorer([])).toThrow(/needs scorers/);
  });

  it('is made by name, and closes what it opened where a part cannot be', async () => {
    await expect(createScorer('ensemble:ocr+nothing')).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(createScorer('ensemble:')).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(createScorer('ensemble')).rejects.toMatchObject({ code: 'bad-argument' });
    const scorer = await createScorer('ensemble:ocr+ocr');
    expect(scorer.name).toBe('ensemble(ocr@pp-ocr-v4+ocr@pp-ocr-v4)');
    await scorer.close?.();
  });
});

describe('a scorer with a fallback', () => {
  const first = scorerOf('first', { dog: 0.7 }, { threshold: 0.6 });
  const shy = scorerOf('first', {}, { threshold: 0.6, abstained: 'not my kind of picture' });

  it('asks the other only where the first abstains, once, and puts its rewards on the first one’s scale', async () => {
    let made = 0;
    const other = async () => {
      made++;
      return scorerOf('other', { dog: 0.5, STOP: 0.1 });
    };
    expect(await rewardOf(withFallback(first, other, 'cure'), 'dog')).toBe(0.7);
    expect(made).toBe(0);
    const scorer = withFallback(shy, other, 'cure');
    expect(scorer.threshold).toBe(0.6);
    expect(await rewardOf(scorer, 'dog')).toBeCloseTo(0.6);
    expect(await rewardOf(scorer, 'STOP')).toBeLessThan(0.6);
    expect((await scorer.scoreBatch!([ask, ask])).map((one) => (one as { scorer: string }).scorer)).toEqual([
      'other',
      'other',
    ]);
    expect(made).toBe(1);
  });

  it('says what would help where there is no other', async () => {
    const { abstained } = await withFallback(shy, async () => null, 'fetch a detector').score(ask);
    expect(abstained).toBe('not my kind of picture; fetch a detector');
  });

  it('moves rewards without changing their order', () => {
    expect(rescale(0.5, 0.5, 0.613)).toBeCloseTo(0.613);
    expect(rescale(0.2, 0.5, 0.613)).toBeLessThan(rescale(0.3, 0.5, 0.613));
  });
});
