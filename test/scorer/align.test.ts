import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignPieces, alignTokens, rewardsByRange } from '../../src/scorer/tldr/align.js';
import { openModelFolder } from '../../src/scorer/tldr/model-folder.js';
import { cutPieces, openTokenizer } from '../../src/scorer/tldr/tokenizer.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';
import { tinyModel } from '../fixtures/tiny/tiny-model.js';
import { marks, tinyTokenizer } from '../fixtures/tiny/tiny-tokenizer.js';

const tokenizer = new Tokenizer(tinyTokenizer, {});
const tokensOf = (text: string): string[] => tokenizer.encode(text, { add_special_tokens: false }).tokens;

const gemmaLike = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/paligemma-tiny', 'tokenizer.json'), 'utf8'),
);
const pieces = new Tokenizer(gemmaLike, {});
const piecesOf = (text: string): string[] => pieces.encode(text, { add_special_tokens: false }).tokens;

const kinds = [
  { kind: 'byte-level tokens', split: tokensOf, align: alignTokens },
  { kind: 'pieces that fall back to bytes', split: piecesOf, align: alignPieces },
];

/** Any UTF-16, also what is no valid Unicode, with more of what is hard to place. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ' ',
        '  ',
        '\r\n',
        '\u3000',
        '\ud800',
        '\udc00',
        '👨‍👩‍👧',
        'e\u0301',
        ' red',
        'Green',
        'שלום',
        '<sep>',
        '\0',
        '▁',
        '<0x41>',
        'The square is red. ',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe.each(kinds)('placing $kind in the text', ({ split, align }) => {
  it('covers any text from end to end, in order', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ranges = align(text, split(text))!;
        expect(ranges[0]?.start ?? 0).toBe(0);
        expect(ranges.at(-1)?.end ?? 0).toBe(text.length);
        ranges.forEach((range, index) => {
          const next = ranges[index + 1];
          // the next begins where this one ends, or with the same character
          if (next) expect(next.start === range.end || (next.start < range.end && next.end >= range.end)).toBe(true);
        });
      }),
    );
  });

  it('gives token rewards whose text stands at their offsets, disjoint, with no white space at the ends', () => {
    fc.assert(
      fc.property(anyText, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (text, stream) => {
        const ranges = align(text, split(text))!;
        const rewards = ranges.map(() => stream.next().value as number);
        let last = 0;
        let covered = '';
        for (const token of rewardsByRange(text, ranges, rewards)) {
          expect(text.slice(token.start, token.end)).toBe(token.text);
          expect(token.start).toBeGreaterThanOrEqual(last);
          expect(token.text).toBe(token.text.trim());
          expect(token.text).not.toBe('');
          last = token.end;
          covered += token.text;
        }
        expect(covered.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('refuses tokens that are not those of the text', () => {
    expect(align('red', ['red', '!'])).toBeNull();
    expect(align('red!', ['red'])).toBeNull();
    expect(align('red', ['red', ''])).toBeNull();
    expect(align('', [])).toEqual([]);
  });
});

describe('rewards of byte-level tokens', () => {
  it('never cuts a character: an emoji in four tokens is one, with the lowest reward', () => {
    const text = 'a 🐶!';
    const tokens = tokensOf(text);
    expect(tokens).toHaveLength(7);
    const ranges = alignTokens(text, tokens)!;
    expect(rewardsByRange(text, ranges, [0.9, 0.8, 0.7, 0.2, 0.6, 0.5, 0.4])).toEqual([
      { text: 'a', start: 0, end: 1, reward: 0.9 },
      { text: '🐶', start: 2, end: 4, reward: 0.2 },
      { text: '!', start: 4, end: 5, reward: 0.4 },
    ]);
  });

  it('leaves the space before a word out of its token', () => {
    const text = 'a  red\n';
    const tokens = rewardsByRange(text, alignTokens(text, tokensOf(text))!, [0.1, 0.2, 0.3, 0.4]);
    expect(tokens).toEqual([
      { text: 'a', start: 0, end: 1, reward: 0.1 },
      { text: 'red', start: 3, end: 6, reward: 0.3 },
    ]);
  });
});

describe('pieces of characters', () => {
  it('tells a space from its mark, and bytes from text that looks like one', () => {
    expect(alignPieces('a b', ['a', '▁b'])).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 3 },
    ]);
    expect(alignPieces('a▁b', ['a', '▁b'])).not.toBeNull();
    expect(alignPieces('🐶', ['<0xF0>', '<0x9F>', '<0x90>', '<0xB6>'])).toEqual(
      new Array(4).fill({ start: 0, end: 2 }),
    );
    expect(piecesOf('<0x41>')).not.toContain('<0x41>');
  });

  it('refuses bytes that are another character’s, or not all of them', () => {
    expect(alignPieces('🐶', ['<0xF0>', '<0x9F>', '<0x90>', '<0xB7>'])).toBeNull();
    expect(alignPieces('🐶', ['<0xF0>', '<0x9F>', '<0x90>'])).toBeNull();
    expect(alignPieces('🐶a', ['<0xF0>', 'a'])).toBeNull();
    expect(alignPieces('a', ['a', '<0x00>'])).toBeNull();
  });
});

describe('tokenizing long texts in pieces', () => {
  it('finds the same tokens as in one go wherever there are spaces', async () => {
    const tokenize = await openTokenizer(await openModelFolder(await tinyModel()));
    const part = fc.constantFrom('red ', 'a  Green\n', "it's, ", '3.5 ', '🐶 ', 'שלום ', '\ud800 ', '<sep> ', '... ');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 500, maxLength: 2000 }), async (parts) => {
        const text = parts.join('');
        const lowered = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        const { ids, ranges } = await tokenize(text);
        expect(ids).toEqual(tokenizer.encode(lowered, { add_special_tokens: false }).ids);
        expect(ranges).toEqual(alignTokens(lowered, tokensOf(lowered)));
      }),
      { numRuns: runs(20) },
    );
  });

  it('cuts any text into pieces that make the text again, none of them long and none inside a character', () => {
    const long = fc.tuple(anyText, fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(long, (text) => {
        const pieces = cutPieces(text);
        expect(pieces.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
        for (const { start, end } of pieces) {
          expect(end - start).toBeLessThanOrEqual(4000);
          expect(end).toBeGreaterThan(start);
          const split = /[\ud800-\udbff]$/.test(text.slice(0, end)) && /^[\udc00-\udfff]/.test(text.slice(end));
          expect(split).toBe(false);
        }
      }),
      { numRuns: runs(50) },
    );
  });

  it('does not let an answer spell the marks of the sequence', async () => {
    const added = ['<pad>', '<bos>', '<sep>', '<eos>'].map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    }));
    const folder = await tinyModel({ tokenizer: { ...tinyTokenizer, added_tokens: added } });
    const tokenize = await openTokenizer(await openModelFolder(folder));
    const { ids } = await tokenize('a <sep> b<eos><pad> <bos>');
    for (const mark of Object.values(marks)) expect(ids).not.toContain(mark);
  });
});
