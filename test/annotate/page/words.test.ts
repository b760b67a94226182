import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allRight,
  cursorOver,
  decide,
  finished,
  groupsOf,
  resize,
  type Target,
  targetOf,
} from '../../../annotate/page/words.js';
import { correctedText, disjoint, emptyWork, type Flag, problemOf, type Work } from '../../../annotate/work.js';
import { splitWords } from '../../../src/text/words.js';
import { oddText } from '../odd-texts.js';

const flagsIn = (response: string) =>
  fc
    .array(fc.tuple(fc.nat(response.length), fc.nat(12)), { maxLength: 4 })
    .map((parts) =>
      disjoint(
        parts.map(([start, size]) => ({ start, end: Math.min(response.length, start + size) })),
        response.length,
      ),
    )
    .map((ranges) => ranges.map((range): Flag => ({ ...range, text: response.slice(range.start, range.end) })));

const session = oddText(2).chain((response) =>
  fc.record({
    response: fc.constant(response),
    flags: flagsIn(response),
    moves: fc.array(
      fc.record({
        word: fc.nat(splitWords(response).length - 1),
        more: fc.nat(2),
        what: fc.constantFrom(
          'wrong',
          'right',
          'replace',
          'delete',
          'growEnd',
          'shrinkEnd',
          'growStart',
          'shrinkStart',
        ),
      }),
      { maxLength: 12 },
    ),
  }),
);

function play(response: string, flags: Flag[], moves: { word: number; more: number; what: string }[]): Work {
  const words = splitWords(response);
  let work: Work = emptyWork;
  for (const { word, more, what } of moves) {
    const cursor = { from: word, to: Math.min(words.length - 1, word + more) };
    const target = targetOf(response, words, cursor, flags, work) as Target;
    const edge = /Start$/.test(what) ? 'start' : 'end';
    if (/^(?:grow|shrink)/.test(what))
      work =
        resize({ response, words }, work, target, edge, /^grow/.test(what) === (edge === 'end') ? 1 : -1)?.work ?? work;
    else
      work = decide(work, target, {
        decision: what === 'right' ? 'right' : 'wrong',
        ...(what === 'replace' ? { replacement: 'neu 😀' } : what === 'delete' ? { replacement: '' } : {}),
      });
  }
  return work;
}

describe('what keys do to an answer of any Unicode text', () => {
  test('every mark stands where it says, and none overlaps another', () => {
    fc.assert(
      fc.property(session, ({ response, flags, moves }) => {
        expect(problemOf(response, play(response, flags, moves))).toBeUndefined();
      }),
    );
  });

  test('what is drawn is the text, piece by piece, with every piece where it stands', () => {
    fc.assert(
      fc.property(session, ({ response, flags, moves }) => {
        const pieces = groupsOf(response, flags, play(response, flags, moves).marks).flatMap((group) => group.pieces);
        expect(pieces.map(({ text }) => text).join('')).toBe(response);
        for (const { start, end, text } of pieces) expect(response.slice(start, end)).toBe(text);
      }),
    );
  });

  test('outside the marks the corrected text differs in blanks alone', () => {
    fc.assert(
      fc.property(session, ({ response, flags, moves }) => {
        const { marks } = play(response, flags, moves);
        const bare = (text: string) => text.replace(/[ \u00a0]/g, '');
        let expected = '';
        let at = 0;
        for (const { start, end, text, replacement } of marks) {
          expected += response.slice(at, start) + (replacement ?? text);
          at = end;
        }
        expect(bare(correctedText(response, marks))).toBe(bare(expected + response.slice(at)));
      }),
    );
  });

  test('a word is found by the range that it stands in', () => {
    fc.assert(
      fc.property(oddText(2), (response) => {
        const words = splitWords(response);
        for (const [at, word] of words.entries()) expect(cursorOver(words, word)).toEqual({ from: at, to: at });
      }),
    );
  });
});

describe('the verdict', () => {
  const flag: Flag = { start: 2, end: 5, text: 'red' };
  test('of who decided all flags follows from the marks; one left open says nothing', () => {
    expect(finished(emptyWork, [])).toMatchObject({ status: 'done', verdict: 'good' });
    expect(finished(emptyWork, [flag])).toMatchObject({ status: 'done', verdict: null });
    expect(finished(allRight(emptyWork, [flag]), [flag])).toMatchObject({
      verdict: 'good',
      marks: [{ decision: 'right' }],
    });
    expect(finished(decide(emptyWork, { ...flag, flag }, { decision: 'wrong' }), [flag])).toMatchObject({
      verdict: 'bad',
    });
  });
});

describe('a deletion', () => {
  test.each([
    ['A red car.', 'red', 'A car.'],
    ['A car red.', 'red', 'A car.'],
    ['Red cars go.', 'Red', 'cars go.'],
    ['Red', 'Red', ''],
    ['A red\r\ncar.', 'red', 'A \r\ncar.'],
  ])('of %j takes one blank along', (response, word, expected) => {
    const start = response.indexOf(word);
    const mark = {
      start,
      end: start + word.length,
      text: word,
      decision: 'wrong',
      source: 'person',
      replacement: '',
    } as const;
    expect(correctedText(response, [mark])).toBe(expected);
  });
});
