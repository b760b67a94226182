import { describe, expect, it } from 'vitest';
import { capitalize, likeCase } from '../../src/text/capital.js';

describe('the case of a word', () => {
  it.each([
    ['straße', 'Dog', 'Straße'],
    ['ßa', 'Dog', 'ßa'], // the capital of ß is two letters: SSa is no word
    ['dog', '𐐀bc', 'Dog'], // Deseret letters are two UTF-16 units each
    ['𐐨x', 'Dog', '𐐀x'],
    ['dog', '𐐀', 'Dog'], // one capital letter is no word in capitals
    ['dog', 'ǅ', 'Dog'], // titlecase is a capital
    ['dog', 'İstanbul', 'Dog'],
    ['Cat', 'ﬁre', 'Cat'],
    ['cat', '2Dogs', 'cat'],
    ['cat', "'Dog", 'cat'],
    ['cat', 'DOG', 'CAT'],
    ['an owl', 'A', 'An owl'],
  ])('%s like %s is %s', (word, like, wanted) => {
    expect(likeCase(word, like)).toBe(wanted);
  });

  it('leaves what has no capital of one letter', () => {
    expect(['', 'ﬁre', '犬', '😀'].map(capitalize)).toEqual(['', 'ﬁre', '犬', '😀']);
  });
});
