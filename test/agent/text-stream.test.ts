import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityOf } from '../../src/agent/acceptance.js';
import { correct } from '../../src/agent/correct.js';
import type { CorrectionEvent } from '../../src/agent/correction.js';
import { textStream } from '../../src/agent/text-stream.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { applyEdits } from '../../src/text/edits.js';
import { completeLength } from '../../src/text/view/complete-length.js';
import { anyCharacter } from '../fixtures/any-character.js';
import { runs } from '../fixtures/runs.js';
import { badWords, dictionary, hashReward, image, scripted, wordScorer } from './doubles.js';

const phrase = fc.constantFrom(
  'a cat',
  'two dogs.',
  'Mr. X',
  '\n- ',
  'e.g. 3.5',
  '😀!',
  '猫。',
  'etc.',
  '"Hi."',
  'A. B.',
  ' ',
);
const anyText = fc.oneof(
  fc.array(phrase, { maxLength: 10 }).map((parts) => parts.join(' ')),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
);
const anyCuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 });

function cut(text: string, sizes: readonly number[]): string[] {
  const parts: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts;
}

describe('a text corrected while it is written', () => {
  it('whatever the text, its pieces, the scorer and the rewriter: what was sent adds up to the result, and never scores below the original', async () => {
    const replacement = fc.constantFrom('', 'dog', 'a bird', 'An elephant. It flies.', ' ', '犬');
    await fc.assert(
      fc.asyncProperty(
        anyText,
        anyCuts,
        fc.integer(),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), replacement, fc.boolean()), { maxLength: 6 }),
        fc.constantFrom('sentence' as const, 'final' as const),
        async (text, sizes, seed, edits, mode) => {
          const scorer = wordScorer((word) => hashReward(word, seed));
          const rewriter = scripted(() =>
            edits.map(([span, words, whole]) => ({ span, replacement: words, ...(whole ? { sentence: true } : {}) })),
          );
          const stream = textStream({ images: [image] }, { scorer, rewriter, mode, structured: false });
          const parts = cut(text, sizes);
          let sent = '';
          for (const part of parts) sent += await stream.push(part);
          sent += await stream.end();
          const { result } = stream.result();
          expect(result.original).toBe(text);
          expect(result.response).toBe(sent);
          expect(applyEdits(text, result.report.edits)).toBe(sent);
          const rewritten = parts.map((part, index) => {
            const start = parts.slice(0, index).join('').length;
            return stream.rewritten(start, start + part.length);
          });
          expect(rewritten.join('')).toBe(sent);
          for (const span of result.report.unresolved) expect(sent.slice(span.start, span.end)).toBe(span.text);
          for (const token of result.report.before) expect(text.slice(token.start, token.end)).toBe(token.text);
          for (const token of result.report.after) expect(sent.slice(token.start, token.end)).toBe(token.text);
          const [was, is] = await Promise.all(
            [text, sent].map(async (response) =>
              qualityOf((await scorer.score({ images: [image], response })).tokens, 0.5),
            ),
          );
          expect(is!.flagged).toBeLessThanOrEqual(was!.flagged);
        },
      ),
      { numRuns: runs(120) },
    );
  }, 60_000);

  it('at its end it is exactly what correct() makes of the whole text', async () => {
    const text = 'There is a cat. It is on two dogs.';
    const options = { scorer: badWords('cat', 'two'), rewriter: dictionary({ cat: 'owl', two: 'three' }) };
    const stream = textStream({ images: [image] }, { ...options, mode: 'final' });
    expect(await stream.push(text)).toBe('');
    expect(await stream.end()).toBe((await correct({ images: [image], response: text }, options)).response);
  });

  it('each sentence is judged and rewritten behind what was sent, as it was sent', async () => {
    const scorer = badWords('cat', 'three');
    const rewriter = dictionary({ cat: 'owl', three: 'two' });
    const stream = textStream({ images: [image], prompt: 'What?' }, { scorer, rewriter });
    expect(await stream.push('I see a cat. ')).toBe('');
    expect(await stream.push('It')).toBe('I see an owl. ');
    expect(await stream.push(' has three eyes.')).toBe('');
    expect(await stream.end()).toBe('It has two eyes.');
    const second = rewriter.requests.at(-1)!;
    expect(second.response).toBe('I see an owl. It has three eyes.');
    expect(second.spans.map(({ start, end }) => second.response.slice(start, end))).toEqual(['three']);
    expect(second.spans[0]!.sentence).toEqual([14, 32]);
    expect(stream.result().result.report.edits.map(({ from, to }) => [from, to])).toEqual([
      ['a', 'an'],
      ['cat', 'owl'],
      ['three', 'two'],
    ]);
  });

  it('a sentence that can only be dropped is dropped, but not if it is all that there is', async () => {
    const options = () => ({
      scorer: wordScorer((word) => (['Unicorns', 'fly'].includes(word) ? 0.1 : 0.9)),
      rewriter: scripted(({ spans }) => spans.map((span) => ({ span: span.id, replacement: '' }))),
    });
    const stream = textStream({ images: [image] }, options());
    const sent = [
      await stream.push('It is a house. Unicorns fly. '),
      await stream.push('The roof is red.'),
      await stream.end(),
    ];
    expect(sent.join('')).toBe('It is a house. The roof is red.');
    expect(stream.result().result.report.coverage).toBeCloseTo(8 / 10);
    const alone = textStream({ images: [image] }, options());
    expect([await alone.push('Unicorns fly.'), await alone.end()].join('')).toBe('Unicorns fly.');
  });

  it('tells of each step with offsets of the text as it is sent', async () => {
    const events: CorrectionEvent[] = [];
    const text = 'I see a bird. I see a cat. ';
    const stream = textStream(
      { images: [image] },
      { scorer: badWords('cat'), rewriter: dictionary({ cat: 'dog' }), onEvent: (event) => events.push(event) },
    );
    await stream.push(text);
    await stream.end();
    const spans = events.flatMap((event) => (event.type === 'flagged' ? event.spans : []));
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(['cat']);
  });

  it('stops asking a scorer that abstains, or that fails twice in a row, and lets the words go', async () => {
    for (const [scorer, calls, status] of [
      [wordScorer(() => null, { abstained: 'a photograph' }), 1, 'skipped'],
      [{ name: 'dead', score: () => Promise.reject(new Error('killed')) } as Scorer, 2, 'failed'],
    ] as const) {
      let asked = 0;
      const counting: Scorer = {
        name: scorer.name,
        score: (request) => {
          asked++;
          return scorer.score(request);
        },
      };
      const stream = textStream({ images: [image] }, { scorer: counting, rewriter: scripted(() => []) });
      const text = 'A cat. A dog. A bird. A car. A house.';
      expect(
        [
          await stream.push(text.slice(0, 9)),
          await stream.push(text.slice(9, 16)),
          await stream.push(text.slice(16)),
          await stream.end(),
        ].join(''),
      ).toBe(text);
      expect(asked).toBe(calls);
      expect(stream.result().result.status).toBe(status);
    }
  });

  it('giving up lets go what is held back, and nothing is judged after', async () => {
    const scorer = badWords('cat');
    const stream = textStream({ images: [image] }, { scorer, rewriter: dictionary({ cat: 'dog' }) });
    expect(await stream.push('I see a cat')).toBe('');
    expect(stream.giveUp('skipped', 'it cites a document')).toBe('I see a cat');
    expect(await stream.push(' and a cat. A cat.')).toBe(' and a cat. A cat.');
    expect(scorer.calls).toEqual([]);
    expect(stream.result().result).toMatchObject({ status: 'skipped', report: { reason: 'it cites a document' } });
  });
});

describe('a text in small pieces', () => {
  it('goes out where it would if each piece was looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(phrase, { maxLength: 30 }), anyCuts, async (phrases, sizes) => {
        const stream = textStream({ images: [image] }, { scorer: badWords(), rewriter: dictionary({}) });
        let settled = 0;
        for (const piece of cut(phrases.join(' '), sizes)) {
          await stream.push(piece);
          settled += completeLength(stream.received.slice(settled));
          expect(stream.settled).toBe(settled);
        }
      }),
      { seed: 15, numRuns: runs(200) },
    );
  });

  it.each([
    ['words without an end', 'word '],
    ['code without an end', 'x = 1\n'],
    ['one word', 'word'],
  ])('takes as much time as it is long: %s', async (name, piece) => {
    const stream = textStream({ images: [image] }, { scorer: badWords(), rewriter: dictionary({}) });
    const begun = process.cpuUsage();
    await stream.push(name.startsWith('code') ? 'So:\n\n```\n' : 'A ');
    for (let nth = 0; nth < 8000; nth++) await stream.push(piece);
    const { user } = process.cpuUsage(begun);
    await stream.end();
    // to look at all of it each time takes thirty
    expect(user / 1e6).toBeLessThan(6);
  });

  it('tells of its first part word by word, of the rest what was changed', async () => {
    const stream = textStream({ images: [image] }, { scorer: badWords('cat'), rewriter: dictionary({ cat: 'dog' }) });
    for (let nth = 0; nth < 20; nth++) await stream.push(`A cat. ${'A hat. '.repeat(299)}`);
    await stream.end();
    const { status, report } = stream.result().result;
    expect(status).toBe('clean');
    expect(report.edits).toHaveLength(20);
    expect(report.judged).toEqual({ words: 6000, of: 6000 });
    expect(report.before.at(-1)!.end).toBeLessThan(36_000);
    expect(report.limits).toEqual([expect.stringContaining('first 32768 characters')]);
  });
});

describe('where a text that is being written may be cut', () => {
  it.each([
    ['A cat', 0],
    ['A cat.', 0],
    ['A cat. ', 0],
    ['A cat. I', 7],
    ['A cat.\n', 7],
    ['It is 3.', 0],
    ['It is 3.5 m. It', 13],
    ['Mr. X is', 0],
    ['He said "Hi." She', 14],
    ['猫。', 0],
    ['猫。犬', 2],
    ['', 0],
    ['\n\n', 0],
  ])('%j: after %i', (text, length) => expect(completeLength(text)).toBe(length));

  it('a text without a full stop is cut between words at last', () => {
    const length = completeLength('so on '.repeat(400));
    expect(length).toBeGreaterThan(1900);
    expect('so on '.repeat(400).slice(0, length)).toMatch(/ $/);
  });
});
