import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { applyEdits, diffWords } from '../../src/text/edits.js';
import { splitSentences } from '../../src/text/sentences.js';
import { flagSpans } from '../../src/text/spans.js';
import { spliceEdits } from '../../src/text/splice.js';
import { splitWords } from '../../src/text/words.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';
import { judged } from './judged.js';

const pieces = [
  'a',
  'cat',
  'two',
  'dogs',
  ' ',
  ' ',
  '. ',
  '.',
  '。',
  ', ',
  '\r\n',
  '\n',
  '\u0301',
  'e\u0301',
  '\u200d',
  '\ufe0f',
  '👍🏽',
  '👍',
  '🏽',
  '👩‍👩‍👧',
  '🇫🇷',
  '🇫',
  '1️⃣',
  '🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}',
  'क्षि',
  'ำ',
  'ก',
  '각',
  '\u1100',
  '\u0600',
  '1',
  'שָׁלוֹם',
  '\u202e',
  '\ud83d',
  '\ude00',
  '⟦',
  '⟧⟧',
  '|',
  '犬がいる',
];
const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: anyCharacter, maxLength: 40 }),
);
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const graphemeBounds = (text: string) =>
  new Set([...segmenter.segment(text)].map(({ index }) => index)).add(text.length);

describe('no grapheme is ever split', () => {
  test('by a word, a sentence, a span or an edit, whatever the text', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('', 'an owl', 'two', '👍🏿'),
        fc.boolean(),
        (text, every, replacement, sentence) => {
          const bounds = graphemeBounds(text);
          const whole = ({ start, end }: { start: number; end: number }) => {
            expect(bounds.has(start)).toBe(true);
            expect(bounds.has(end)).toBe(true);
          };
          splitWords(text).forEach(whole);
          splitSentences(text).forEach(whole);
          const spans = flagSpans(text, judged(text, every), 0.5);
          spans.forEach(whole);
          const edits = spans.map((span) => ({ span: span.id, replacement, ...(sentence ? { sentence } : {}) }));
          spliceEdits(text, spans, edits).edits.forEach(whole);
        },
      ),
      { numRuns: runs(2000), examples: [['a\u0600, a', 1, '', false]] },
    );
  });

  test('by the difference of two texts', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (from, to) => {
        const bounds = graphemeBounds(from);
        const edits = diffWords(from, to);
        expect(applyEdits(from, edits)).toBe(to);
        for (const edit of edits) {
          expect(bounds.has(edit.start)).toBe(true);
          expect(bounds.has(edit.end)).toBe(true);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it('keeps a changed skin tone one edit of the whole emoji', () => {
    expect(diffWords('ok 👍🏽 now', 'ok 👍🏿 now')).toEqual([{ start: 3, end: 7, from: '👍🏽', to: '👍🏿' }]);
  });
});

describe('edits stay where they belong', () => {
  const sentences = fc.constantFrom(
    'There are two dogs next to a red cat and an owl. ',
    'A cat, a dog, and an apple are on the bed! ',
    'In the picture, three small mice sit to the left of one big, green bus.\n',
    '- one sheep\n',
    'Is there a dog (an old one) in the U.S.? ',
    'The sign says "STOP" in red, which is nice… ',
  );
  const texts = fc.array(sentences, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

  test('outside the spans only articles, spaces, joints, a capital, a noun or a verb near them change', () => {
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('two', 'one', 'orange', 'owl', '5', 'a single cat', 'umbrellas'),
        (text, every, replacement) => {
          const spans = flagSpans(text, judged(text, every), 0.5);
          const { edits } = spliceEdits(
            text,
            spans,
            spans.map((span) => ({ span: span.id, replacement })),
          );
          for (const span of spans)
            expect(
              edits.some((edit) => edit.start <= span.start && edit.end >= span.end) || span.text === replacement,
            ).toBe(true);
          for (const edit of edits) {
            if (spans.some((span) => edit.start < span.end && span.start < edit.end)) {
              const span = spans.find((other) => edit.start < other.end && other.start < edit.end)!;
              expect(text.slice(edit.start, span.start)).toMatch(/^(an?\s+)?$/i);
              // one word for words on two lines: the line ends behind it
              expect(edit.end).toBe(span.end + (/[\r\n]/.test(span.text) && /[\r\n]$/.test(edit.to) ? 1 : 0));
            } else {
              expect(edit.from).toMatch(/^(\s+of|['’]s|[\p{L}\p{N}'’-]+)$/u);
              expect(spans.some((span) => edit.start >= span.sentence[0] && edit.end <= span.sentence[1])).toBe(true);
            }
          }
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  test('a deletion leaves no doubled space, no space before a mark, no empty brackets, and no word that was not there', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), (text, every) => {
        const spans = flagSpans(text, judged(text, every), 0.5);
        const spliced = spliceEdits(
          text,
          spans,
          spans.map((span) => ({ span: span.id, replacement: '' })),
        );
        expect(spliced.text).not.toMatch(/ {2}| [.,!?…]|\(\)|""|,,/);
        for (const span of spans)
          expect(spliced.edits.some((edit) => edit.start <= span.start && edit.end >= span.end)).toBe(true);
        const allowed = new Set([...splitWords(text).map(({ start, end }) => text.slice(start, end).toLowerCase())]);
        for (const { start, end } of splitWords(spliced.text))
          expect([...allowed, 'a', 'an', 'is', 'has', 'was']).toContain(spliced.text.slice(start, end).toLowerCase());
      }),
      { numRuns: runs(1000) },
    );
  });

  test('offsets of the new text lead back to the same characters of the old one', () => {
    fc.assert(
      fc.property(
        fc.oneof(texts, hostileText),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('', 'two', 'an owl'),
        (text, every, replacement) => {
          const spans = flagSpans(text, judged(text, every), 0.5);
          const spliced = spliceEdits(
            text,
            spans,
            spans.map((span) => ({ span: span.id, replacement })),
          );
          let shift = 0;
          const changed = spliced.edits.map((edit) => {
            const start = edit.start + shift;
            shift += edit.to.length - (edit.end - edit.start);
            return { start, end: start + edit.to.length };
          });
          for (let offset = 0; offset < spliced.text.length; offset++) {
            if (changed.some(({ start, end }) => offset >= start && offset < end)) continue;
            expect(text[spliced.toOriginal(offset)]).toBe(spliced.text[offset]);
          }
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it('puts an edit of a whole sentence before edits of its words, and leaves unknown spans alone', () => {
    const text = 'A red cat sat. A dog ran.';
    const spans = flagSpans(
      text,
      [
        { text: 'red', start: 2, end: 5, reward: 0 },
        { text: 'sat', start: 10, end: 13, reward: 0 },
      ],
      0.5,
    );
    const spliced = spliceEdits(text, spans, [
      { span: 1, replacement: 'A bird flew.', sentence: true },
      { span: 2, replacement: 'stood' },
      { span: 99, replacement: 'nonsense' },
      { span: 1, replacement: 'second thoughts' },
    ]);
    expect(spliced.text).toBe('A bird flew. A dog ran.');
  });
});

describe('white space that carries a mark', () => {
  it('is text, not space', () => {
    const text = 'A dog.  \u0301x';
    expect(splitSentences(text).map(({ start, end }) => text.slice(start, end))).toEqual(['A dog.', ' \u0301x']);
  });
});
