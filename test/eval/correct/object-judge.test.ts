import { describe, expect, it } from 'vitest';
import { judgeObjects, lexiconNames, objectClaims } from '../../../eval/correct/object-judge.js';

const truth = { namesIn: lexiconNames, present: new Set(['dog', 'car']) };

describe('objects as ground truth', () => {
  it('takes a named thing for a claim, and a denied one for none', () => {
    const text = 'Two dogs and a cat, but no horse.';
    expect(objectClaims(text, truth).map(({ start, end, good }) => [text.slice(start, end), good])).toEqual([
      ['dogs', true],
      ['cat', false],
    ]);
  });

  it.each([
    ['A dog and a cat.', 'A dog and a car.', { fixed: 1, removed: 0, harmed: 0, lost: 0, right: 2, wrong: 0 }],
    ['A dog and a cat.', 'A dog.', { fixed: 0, removed: 1, harmed: 0, lost: 0, right: 1, wrong: 0 }],
    ['A dog and a cat.', 'A horse and a cat.', { fixed: 0, removed: 0, harmed: 1, lost: 0, right: 0, wrong: 2 }],
    ['A dog and a car.', 'A car.', { fixed: 0, removed: 0, harmed: 0, lost: 1, right: 1, wrong: 0 }],
    ['A dog and a cat.', 'A dog and a cat.', { fixed: 0, removed: 0, harmed: 0, lost: 0, right: 1, wrong: 1 }],
  ])('%s to %s', (before, after, outcome) => {
    expect(judgeObjects(before, after, truth)).toEqual(outcome);
  });
});
