import { describe, expect, it } from 'vitest';
import { rewardNeeded } from '../../src/agent/acceptance.js';
import { correct } from '../../src/agent/correct.js';
import type { SpanEdit } from '../../src/text/flagged-span.js';
import { badWords, image, scripted, wordScorer } from './doubles.js';

const offering = (...edits: Omit<SpanEdit, 'span'>[]) => scripted(() => edits.map((edit) => ({ ...edit, span: 1 })));
const ask = (response: string, bad: string[], ...edits: Omit<SpanEdit, 'span'>[]) =>
  correct({ images: [image], response }, { scorer: badWords(...bad), rewriter: offering(...edits) });

describe('an edit is accepted', () => {
  it('by a margin that grows with the number of replacements tried', async () => {
    expect(rewardNeeded(0.4, 1)).toBe(0.4);
    expect(rewardNeeded(0.4, 2)).toBeGreaterThan(0.4);
    expect(rewardNeeded(0.4, 300)).toBeGreaterThan(rewardNeeded(0.4, 5));
    const scorer = wordScorer((word) => ({ cat: 0.1, dog: 0.55, owl: 0.2 })[word] ?? 0.9);
    const request = { images: [image], response: 'There is a cat here.' };
    const alone = await correct(request, { scorer, rewriter: offering({ replacement: 'dog' }) });
    expect(alone.response).toBe('There is a dog here.');
    const guesses = ['dog', 'owl', 'cow', 'hen'].map((replacement) => ({ replacement }));
    const unsure = wordScorer(
      (word) => ({ cat: 0.1, dog: 0.55 })[word] ?? (/^(?:owl|cow|hen)$/.test(word) ? 0.2 : 0.9),
    );
    const lucky = await correct(request, { scorer: unsure, rewriter: offering(...guesses) });
    expect([lucky.response, lucky.status]).toEqual([request.response, 'no-progress']);
  });

  it('never where a yes or no would be all that changes in a longer answer', async () => {
    const edit = { replacement: 'No' };
    expect((await ask('Yes, there is a dog.', ['yes'], edit)).response).toBe('Yes, there is a dog.');
    expect((await ask('Yes. There is a dog.', ['yes'], edit)).response).toBe('Yes. There is a dog.');
    expect((await ask('Yes', ['yes'], edit)).response).toBe('No');
    const whole = { replacement: 'No. There is no dog.', sentence: true as const };
    expect((await ask('Yes. There is a dog.', ['yes'], whole)).response).toBe('No. There is no dog.');
  });

  it('never at one end of a range', async () => {
    expect((await ask('I see 2–3 dogs.', ['2'], { replacement: '5' })).response).toBe('I see 2–3 dogs.');
  });

  it('as a deletion only where nothing true goes with it', async () => {
    const gone = { replacement: '', sentence: true as const };
    const text = (last: string) => `Two dogs rest. ${last}`;
    expect((await ask(text('There is also a bench in the background.'), ['bench'], gone)).response).toBe(
      'Two dogs rest.',
    );
    const both = text('The bench is left of the lake.');
    expect((await ask(both, ['bench'], gone)).response).toBe(both);
    expect((await ask(both, ['bench', 'left', 'lake'], gone)).response).toBe('Two dogs rest.');
  });

  it('as a deletion only where a sentence is left', async () => {
    const text = 'The number of mushrooms is one.';
    expect((await ask(text, ['mushrooms'], { replacement: '' })).response).toBe(text);
  });
});
