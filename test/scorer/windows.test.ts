import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignTokens } from '../../src/scorer/tldr/align.js';
import { cutWindows } from '../../src/scorer/tldr/windows.js';
import { splitSentences } from '../../src/text/sentences.js';
import { tinyTokenizer } from '../fixtures/tiny/tiny-tokenizer.js';

const tokenizer = new Tokenizer(tinyTokenizer, {});
const tokensOf = (text: string) => alignTokens(text, tokenizer.encode(text, { add_special_tokens: false }).tokens)!;
const windowsOf = (text: string, room: number) => cutWindows(text, tokensOf(text), splitSentences(text), room);

const anyText = fc
  .array(fc.constantFrom('red', ' green', ' x', '. ', '!', '\n', '  ', '🐶', '你', '. A', '?'), { maxLength: 150 })
  .map((parts) => parts.join(''));

describe('cutting a long answer into windows', () => {
  it('judges every token exactly once, in windows that fit', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 60 }), (text, room) => {
        const windows = windowsOf(text, room);
        let next = 0;
        for (const { from, to, keepFrom, keepTo } of windows) {
          expect(to - from).toBeLessThanOrEqual(room);
          expect(keepFrom).toBe(next);
          expect(from).toBeLessThanOrEqual(keepFrom);
          expect(keepTo).toBeLessThanOrEqual(to);
          expect(keepTo).toBeGreaterThan(keepFrom);
          next = keepTo;
        }
        expect(next).toBe(tokensOf(text).length);
      }),
    );
  });

  it('never cuts a sentence that fits', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 60 }), (text, room) => {
        const tokens = tokensOf(text);
        const windows = windowsOf(text, room);
        for (const { start, end } of splitSentences(text)) {
          const inside = tokens.flatMap((token, index) => (token.end > start && token.start < end ? [index] : []));
          if (inside.length > room) continue;
          const homes = windows.filter(({ keepFrom, keepTo }) =>
            inside.some((index) => index >= keepFrom && index < keepTo),
          );
          expect(homes).toHaveLength(1);
        }
      }),
    );
  });

  it('cuts a sentence that does not fit between words, and judges each token away from the cut', () => {
    const text = `a${' very'.repeat(60)} red dog.`;
    const tokens = tokensOf(text);
    const windows = windowsOf(text, 40);
    expect(windows.length).toBeGreaterThan(5);
    for (const [index, { from, to, keepFrom, keepTo }] of windows.entries()) {
      if (index > 0) {
        for (const cut of [from, keepFrom]) {
          const { start } = tokens[cut]!;
          expect(text.slice(start - 1, start + 1)).toContain(' ');
        }
        expect(keepFrom - from).toBeGreaterThanOrEqual(3);
      }
      if (index < windows.length - 1) expect(to - keepTo).toBeGreaterThanOrEqual(3);
    }
  });

  it('puts as many whole sentences into a window as fit', () => {
    const text = 'A red x. A red y. A red z. A red w.';
    const tokens = tokensOf(text);
    const perSentence = tokens.length / 4;
    const windows = windowsOf(text, Math.ceil(perSentence * 2) + 1);
    expect(windows.map(({ from, to }) => text.slice(tokens[from]!.start, tokens[to - 1]!.end).trim())).toEqual([
      'A red x. A red y.',
      'A red z. A red w.',
    ]);
  });
});
