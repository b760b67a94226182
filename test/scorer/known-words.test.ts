import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { withoutUnknownWords } from '../../src/scorer/tldr/known-words.js';
import { splitWords } from '../../src/text/words.js';
import { anyCharacter } from '../fixtures/any-character.js';

const known = new Set(['a', 'dog', 'hot', 't', 'shirt', 'is', 'red', '3']);
const score = (response: string) =>
  withoutUnknownWords(
    response,
    splitWords(response).map(({ start, end }) => ({ text: response.slice(start, end), start, end, reward: 0.2 })),
    known,
  );

it('does not judge words that the model never saw', () => {
  expect(score('A gizmo is red, a hot-dog, a t-shirt.').map(({ text, reward }) => [text, reward])).toEqual([
    ['A', 0.2],
    ['gizmo', null],
    ['is', 0.2],
    ['red', 0.2],
    ['a', 0.2],
    ['hot-dog', 0.2],
    ['a', 0.2],
    ['t-shirt', 0.2],
  ]);
});

test('nothing but rewards of unknown words changes, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom('a', 'dog', 'gizmo', 'Red', 'hot-dog', '犬', '👍🏽'),
          fc.string({ unit: anyCharacter, maxLength: 5 }),
        ),
      ),
      (words) => {
        const response = words.join(' ');
        for (const { text, start, end, reward } of score(response)) {
          expect(response.slice(start, end)).toBe(text);
          const parts = text.toLowerCase().split(/['’‑-]/);
          expect(reward).toBe(
            known.has(text.toLowerCase()) || parts.every((part) => part === '' || known.has(part)) ? 0.2 : null,
          );
        }
      },
    ),
  );
});
