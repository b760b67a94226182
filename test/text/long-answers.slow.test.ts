import { describe, expect, test } from 'vitest';
import { applyEdits, composeEdits, diffWords } from '../../src/text/edits.js';
import { jsonLeaves } from '../../src/text/json-leaves.js';
import { maskSpans, unmask } from '../../src/text/mask.js';
import { flagSpans } from '../../src/text/spans.js';
import { spliceEdits } from '../../src/text/splice.js';
import { wordRewards } from '../../src/text/words.js';
import { judged } from './judged.js';

describe('long answers', () => {
  /** The quickest of three runs, so that a busy machine does not decide. */
  function quickest(run: () => unknown): number {
    let best = Number.POSITIVE_INFINITY;
    for (let runs = 0; runs < 3 && best > 50; runs++) {
      const began = performance.now();
      run();
      best = Math.min(best, performance.now() - began);
    }
    return best;
  }
  const manySentences = 'There are two red dogs to the left of 3.5 cats, e.g. a cat and an owl. '.repeat(300);
  const oneSentence = 'two red dogs and three cats, '.repeat(750);
  const nothingButMarks = '.,⟦⟧(")'.repeat(3000);
  const spaces = ' '.repeat(20_000);
  const emoji = '👩‍👩‍👧 '.repeat(2500);

  test.each([
    ['many sentences', manySentences],
    ['one sentence', oneSentence],
    ['nothing but marks', nothingButMarks],
    ['one word', 'a'.repeat(20_000)],
    ['white space', `a${spaces}b`],
    ['there is and spaces', `there is${spaces}`.repeat(2)],
    ['emoji', emoji],
    ['one line of digits and stops', '1.'.repeat(10_000)],
    ['CJK', '犬がいる。'.repeat(4000)],
  ])('are cut, flagged, masked and spliced at once: %s', (_, text) => {
    const work = (part: string) => () => {
      const tokens = judged(part, 2);
      const spans = flagSpans(part, tokens, 0.5);
      expect(unmask(maskSpans(part, spans))).toBe(part);
      for (const replacement of ['', 'one', 'an owl'])
        spliceEdits(
          part,
          spans,
          spans.map((span) => ({ span: span.id, replacement })),
        );
      wordRewards(part, tokens);
    };
    expect(quickest(work(text))).toBeLessThan(2000);
  });

  test('four times the text takes nowhere near sixteen times as long', () => {
    const work = (part: string) => () => {
      const spans = flagSpans(part, judged(part, 2), 0.5);
      spliceEdits(
        part,
        spans,
        spans.map((span) => ({ span: span.id, replacement: 'one' })),
      );
    };
    const once = quickest(work(manySentences));
    expect(quickest(work(manySentences.repeat(4)))).toBeLessThan(14 * Math.max(once, 20));
  });

  test('thousands of edits of successive rounds compose at once', () => {
    const spans = flagSpans(manySentences, judged(manySentences, 2), 0.5);
    const first = spliceEdits(
      manySentences,
      spans,
      spans.map((span) => ({ span: span.id, replacement: 'owls' })),
    );
    const next = flagSpans(first.text, judged(first.text, 3), 0.5);
    const second = spliceEdits(
      first.text,
      next,
      next.map((span) => ({ span: span.id, replacement: '' })),
    );
    let composed: ReturnType<typeof composeEdits> = [];
    expect(quickest(() => (composed = composeEdits(manySentences, [first.edits, second.edits])))).toBeLessThan(1000);
    expect(applyEdits(manySentences, composed)).toBe(second.text);
  });

  test('texts with nothing in common are told apart at once', () => {
    const other = 'Seven quiet owls watch over an empty green field. '.repeat(400);
    let edits: ReturnType<typeof diffWords> = [];
    expect(quickest(() => (edits = diffWords(manySentences, other)))).toBeLessThan(3000);
    expect(applyEdits(manySentences, edits)).toBe(other);
  });

  test('JSON with a string of five million characters and a deep nest is read', () => {
    const long = JSON.stringify({ a: 'x\\"'.repeat(1_700_000), b: 'dog' });
    expect(jsonLeaves(long)!.map((leaf) => leaf.path)).toEqual([['a'], ['b']]);
    const deep = `${'['.repeat(5000)}"x"${']'.repeat(5000)}`;
    expect(jsonLeaves(deep)![0]!.path).toHaveLength(5000);
  });
});
