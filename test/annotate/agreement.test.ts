import { describe, expect, test } from 'vitest';
import { againstGold, agreementOf, krippendorffAlpha } from '../../annotate/agreement.js';
import { consensusOf } from '../../annotate/consensus.js';
import type { AnnotationItem } from '../../annotate/item.js';
import { toRecord } from '../../annotate/records.js';
import type { Mark, Work } from '../../annotate/work.js';

const raters = (...rows: string[]) => {
  const values = rows.map((row) => row.split(' ').map((value) => (value === '*' ? null : value)));
  return values[0]!.map((_, unit) => values.map((row) => row[unit]!));
};

describe('Krippendorff’s alpha', () => {
  test.each([
    [0.0952, raters('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0')],
    [0.692, raters('a a b b d c c c e d d a', 'b a b b b c c c e d d d')],
    [
      0.7434,
      raters(
        '1 2 3 3 2 1 4 1 2 * * *',
        '1 2 3 3 2 2 4 1 2 5 * 3',
        '* 3 3 3 2 3 4 2 2 5 1 *',
        '1 2 3 3 2 4 4 1 2 5 1 *',
      ),
    ],
  ])('is %f, as published', (alpha, units) => {
    expect(krippendorffAlpha(units)).toBeCloseTo(alpha, 4);
  });

  test('is 1 where all agree, and not defined where nobody marked anything', () => {
    expect(krippendorffAlpha(raters('0 1 0', '0 1 0'))).toBe(1);
    expect(krippendorffAlpha(raters('0 0 0', '0 0 0'))).toBeNaN();
    expect(krippendorffAlpha([])).toBeNaN();
  });
});

const response = 'A red car and two dogs.';
const item: AnnotationItem = { id: '1', image: 'a.png', response };
const mark = (text: string, replacement?: string): Mark => {
  const start = response.indexOf(text);
  return {
    start,
    end: start + text.length,
    text,
    decision: 'wrong',
    source: 'person',
    ...(replacement === undefined ? {} : { replacement }),
  };
};
const vote = (
  annotator: string,
  marks: Mark[],
  role: 'annotate' | 'adjudicate' = 'annotate',
  work: Partial<Work> = {},
) =>
  toRecord(
    item,
    { marks, verdict: marks.length > 0 ? 'bad' : 'good', status: 'done', ...work },
    { annotator, role, shown: 'flags' },
  );

describe('agreement of people', () => {
  test('tells spans with the same ends from spans that touch', () => {
    const records = [vote('ann', [mark('red'), mark('two dogs')]), vote('bob', [mark('red'), mark('dogs')])];
    const { alpha, exactF1, overlapF1, items, words } = agreementOf([{ item, records }]);
    expect({ items, words }).toEqual({ items: 1, words: 6 });
    expect(exactF1.value).toBe(0.5);
    expect(overlapF1.value).toBe(1);
    // by hand: 5 of 6 words alike, 3 + 2 of 12 marked
    expect(alpha.value).toBeCloseTo(1 - (11 * 2) / (144 - 49 - 25), 10);
  });

  test('is n/a, not 1, where nobody marks anything; adjudication is no vote', () => {
    const records = [vote('ann', []), vote('bob', []), vote('eve', [mark('red')], 'adjudicate')];
    const { alpha, exactF1, items } = agreementOf([{ item, records }]);
    expect(items).toBe(1);
    expect(alpha.value).toBeNull();
    expect(exactF1.value).toBeNull();
  });

  test('holds people to gold answers', () => {
    expect(againstGold([mark('red'), mark('two')], vote('ann', [mark('red car'), mark('dogs')]))).toEqual({
      items: 1,
      errors: 2,
      found: 1,
      falseMarks: 1,
    });
  });
});

describe('the consensus', () => {
  test('is what more than half say of each word, with their replacement', () => {
    const records = [vote('a', [mark('red', 'blue')]), vote('b', [mark('red', 'blue'), mark('dogs')]), vote('c', [])];
    expect(consensusOf({ item, records })).toMatchObject({
      annotator: 'consensus',
      corrected: 'A blue car and two dogs.',
      labels: [{ start: 2, end: 5, good: false }],
      verdict: 'bad',
    });
  });

  test('joins the words that most say are wrong where their ends differ', () => {
    const records = [vote('a', [mark('red car')]), vote('b', [mark('red')]), vote('c', [mark('car')])];
    expect(consensusOf({ item, records })!.spans).toMatchObject([{ text: 'red car', label: 'hallucinated' }]);
  });

  test('has no labels where half stands against half, and is the adjudicated record where there is one', () => {
    const records = [vote('a', [mark('red')]), vote('b', [])];
    expect(consensusOf({ item, records })).toMatchObject({ status: 'open' });
    expect(consensusOf({ item, records })).not.toHaveProperty('labels');
    const judged = vote('eve', [mark('dogs')], 'adjudicate');
    expect(consensusOf({ item, records: [...records, judged] })).toBe(judged);
  });

  test('of one person is that person’s word, and of none is nothing', () => {
    const only = vote('a', [mark('red')]);
    expect(consensusOf({ item, records: [only] })).toBe(only);
    expect(consensusOf({ item, records: [] })).toBeUndefined();
  });
});
