import { describe, expect, it } from 'vitest';
import { findTerms } from '../../src/text/terms.js';

const kinds = (text: string) => findTerms(text).map((term) => `${term.kind}:${term.text}`);

describe('the known words of a sentence', () => {
  it.each([
    ['Three small red dogs', ['count:Three', 'size:small', 'colour:red', 'noun:dogs']],
    ['An ice cream and a palm-tree', ['count:An', 'noun:ice cream', 'count:a', 'noun:palm-tree']],
    ['12 t-shirts', ['count:12', 'noun:t-shirts']],
    ['at 3.5 m', []],
    ['A pair of glasses', ['count:A pair of', 'noun:glasses']],
    ['to the left of it', ['relation:to the left of', 'direction:left']],
    ['on the left-hand side of the cat', ['relation:on the left-hand side of', 'direction:left-hand', 'noun:cat']],
    ['on the left of the picture', ['place:on the left', 'direction:left']],
    ['in the top left corner', ['place:in the top left corner', 'direction:top', 'direction:left']],
    ['in the middle', ['place:in the middle', 'direction:middle']],
    ['above a cat', ['relation:above', 'direction:above', 'count:a', 'noun:cat']],
    ['a red-coloured car', ['count:a', 'colour:red', 'noun:car']],
    ['no dogs', ['count:no', 'noun:dogs']],
    ['not a single dog', ['negation:not a single', 'noun:dog']],
    ['it says "STOP"', ['quote:STOP']],
    ['the carpet and the redness', []],
    ['émeu carré', []],
  ])('%s', (text, wanted) => {
    expect(kinds(text).sort()).toEqual([...wanted].sort());
  });

  it('gives offsets of the text', () => {
    const text = '😀 Three  red dogs, to the\nleft of an owl.';
    for (const term of findTerms(text)) expect(text.slice(term.start, term.end)).toBe(term.text);
    expect(findTerms(text).length).toBeGreaterThan(5);
  });
});
