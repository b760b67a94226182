import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePrint } from '../../../src/scorer/evidence/ocr/judge-print.js';
import { checkValues } from '../../../src/text/print/check-values.js';
import { isSameLongNumber } from '../../../src/text/print/long-numbers.js';
import type { PrintedLine } from '../../../src/text/print/table.js';
import { findValues } from '../../../src/text/print/values.js';
import { runs } from '../../fixtures/runs.js';
import { lineOf } from '../../scorer/evidence/ocr/reading.js';

const page = (...rows: (string | readonly string[])[]): PrintedLine[] =>
  rows.flatMap((row, index) =>
    [row].flat().map((text, column): PrintedLine => {
      const [left, top] = [0.05 + 0.4 * column, 0.05 + 0.06 * index];
      return { text, row: String(index + 1), box: [left, top, left + 0.012 * text.length, top + 0.04] };
    }),
  );
const verdicts = (answer: string, ...rows: (string | readonly string[])[]) =>
  checkValues(answer, page(...rows)).map(({ verdict }) => verdict);

describe('numbers of phones, cards and accounts', () => {
  const sameAs: [answer: string, print: readonly (string | readonly string[])[]][] = [
    ['+44 20 7946 4528', ['Phone:+442079464528']],
    ['+44 20 7946 4528', ['Phone +44 (0)20 7946 4528']],
    ['+44 20 7946 4528', ['Tel. 020 7946 4528']],
    ['+44 20 7946 4528', ['Tel.(020)79464528']],
    ['020 7946 4528', ['Phone: +44-20-7946-4528']],
    ['+44 20 7946 4528', [['Phone', '+44 20 7946', '4528']]],
    ['+44 20 7946 4528', ['Phone: 442079464528']],
    ['0044 20 7946 4528', ['T +44.20.7946.4528']],
    ['+49 30 901820', ['Tel. 030/901820', 'Fax 030/901821']],
    ['+49 (0)30 901820', ['Tel.030 90 18 20', 'Fax 030 90 18 21']],
    ['+33 1 23 45 67 89', ['01.23.45.67.89', '01.23.45.67.80']],
    ['+39 06 1234 5678', ['Tel 0612345678']],
    ['(555) 123-4567', ['Call 555.123.4567', 'or 555.123.4568']],
    ['555-123-4567', ['Call(555)1234567']],
    ['+1 555 123 4567', ['Call 555-123-4567']],
    ['1-800-555-0199', ['Helpline 18005550199']],
    ['4539 1488 0343 6467', ['Card 4539148803436467']],
    ['4539-1488-0343-6467', ['Card 4539 1488 0343 6467']],
    ['4539148803436467', [['Card', '4539 1488', '0343 6467']]],
    ['GB29 NWBK 6016 1331 9268 19', ['IBAN GB29NWBK60161331926819']],
    ['DE89 3704 0044 0532 0130 00', ['IBAN:DE89370400440532013000']],
    ['978-3-16-148410-0', ['ISBN978-3-16-148410-0']],
    ['9783161484100', ['ISBN 978-3-16-148410-0']],
  ];
  it.each(sameAs)('%s is printed by %j', (answer, print) => {
    const others = ['Order 4471', 'Date 14/03/2026', 'Fax +43 1 5880 1234', 'Card 5105 1051 0510 5100'];
    const found = verdicts(`The number is ${answer}.`, ...print, ...others);
    expect(found).not.toContain('absent');
    expect(found).not.toContain('elsewhere');
    expect(found).toContain('printed');
  });

  it('is not judged where the reader may have dropped a repeated digit', () => {
    expect(verdicts('The phone number is +44 20 7946 4528.', 'Phone:+42079464528', 'Fax +43158801234')).toEqual([]);
    expect(verdicts('Call 555 123 4467.', 'Call 555-123-467', 'Fax 555-987-6543')).toEqual([]);
  });

  it.each([
    ['+44 20 7946 4529', 'Phone:+442079464528'],
    ['+44 30 7946 4528', 'Tel. 020 7946 4528'],
    ['(555) 123-4568', 'Call 555.123.4567'],
    ['4539 1488 0343 6468', 'Card 4539148803436467'],
  ])('%s is not what %s says', (answer, print) => {
    expect(verdicts(`The ${answer.startsWith('4') ? 'card' : 'phone'} number is ${answer}.`, print)).toContain(
      'absent',
    );
  });

  it('holds a wrong one against the print, and a right one in its favour', () => {
    const lines = ['Parcel label', 'Phone:+442079464528', 'Ref 88-1204', 'To: R. Stone', 'Weight 2.4kg', 'Zone B'].map(
      (text, index) => lineOf(text, {}, 0.1 + 0.1 * index),
    );
    const lowest = (answer: string) => Math.min(1, ...judgePrint(answer, lines).map(({ reward }) => reward));
    expect(lowest('The phone number is +44 20 7946 4528.')).toBeGreaterThan(0.5);
    expect(lowest('The phone number is +44 20 7946 4538.')).toBeLessThanOrEqual(0.5);
  });

  it('does not make one number of a table row', () => {
    expect(findValues('2021 2022 2023 2024').map(({ text }) => text)).toHaveLength(4);
    expect(findValues('Total 10 20 30').map(({ text }) => text)).toEqual(['10', '20', '30']);
    expect(findValues('12.50 08.40 3.10').map(({ text }) => text)).toEqual(['12.50', '08.40', '3.10']);
    expect(findValues('on 10/12/2024 from 07:30 to 08:45').map(({ kind }) => kind)).toEqual(['date', 'time', 'time']);
  });

  const digit = fc.integer({ min: 0, max: 9 });
  const mark = fc.constantFrom('', ' ', '-', '.', ' - ', ' /');
  it('is the same in any groups, and another with any digit changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(digit, mark, mark), { minLength: 8, maxLength: 14 }),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (parts, at, by) => {
          const write = (which: 1 | 2) =>
            `+4${parts.map((part) => part[0] + part[which]).join('')}`.replace(/\D+$/, '');
          expect(isSameLongNumber(write(1), write(2))).toBe(true);
          const changed = parts.map((part, index) =>
            index === at % parts.length ? ([(part[0] + by) % 10, part[1], part[2]] as const) : part,
          );
          const other = `+4${changed.map((part) => part[0] + part[2]).join('')}`.replace(/\D+$/, '');
          expect(isSameLongNumber(write(1), other)).toBe(false);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
