import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findValues, sameType, sameValue } from '../../../src/text/print/values.js';
import { anyCharacter } from '../../fixtures/any-character.js';

const found = (text: string) => findValues(text).map(({ kind, text: value }) => `${kind} ${value}`);
const one = (text: string) => findValues(text)[0]!;

describe('the values of a text', () => {
  it.each([
    ['The purchase was made on March 14, 2026 at 6:42 PM.', ['date March 14, 2026', 'time 6:42']],
    ['Le billet du 23/09/2026, 14h30, coûte 12,00 €', ['date 23/09/2026', 'time 14h30', 'amount 12,00']],
    ['Am 14. Mai 2026 kostet es 1.200,50 € mit 19 % MwSt', ['date 14. Mai 2026', 'amount 1.200,50', 'percent 19']],
    ['价格是3.50元', ['amount 3.50']],
    ['Invoice INV-20417, seat 17C, flight LX 318', ['code INV-20417', 'code 17C', 'code LX 318']],
    ['23 km/h, 17°C and 6 bars', ['measure 23', 'measure 17', 'number 6']],
    ['Node v22.11.0 and call 555-0142', ['code v22.11.0', 'code 555-0142']],
  ])('%s', (text, values) => expect(found(text)).toEqual(values));

  it.each([
    ['03/14/202618:42', ['date 03/14/2026', 'time 18:42']],
    ['19/05/1612:01:43', ['date 19/05/16', 'time 12:01']],
    ['17/06/20187:36:12', ['date 17/06/2018', 'time 7:36']],
    ['VAT20%241.50', ['percent 20', 'amount 241.50']],
    ['GateB42Seat17C', ['code B42', 'code 17C']],
    ['0live0il500ml', ['measure 500']],
    ['Nextmeetingis6Octoberat7pm', ['date 6October', 'time 7']],
    ['Monday.9:00-18:00', ['time 9:00', 'time 18:00']],
    ['Cremebrulee........6,.50', ['amount 6,.50']],
  ])('are told apart where the reader lost the spaces: %s', (text, values) => expect(found(text)).toEqual(values));

  it('lie in the text, in order and disjoint, whatever it is, in time that grows with it', () => {
    const piece = fc.constantFrom(
      '3.50',
      '€',
      ' ',
      '2026',
      'March',
      ':',
      '12',
      '/',
      'A',
      'ß',
      '\u{1f600}',
      '\uffff',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: anyCharacter }),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          let from = 0;
          for (const { start, end, text: value, parts } of findValues(text)) {
            expect(start).toBeGreaterThanOrEqual(from);
            expect(value).toBe(text.slice(start, end));
            for (const part of parts)
              expect(start <= part.start && part.start < part.end && part.end <= end).toBe(true);
            from = end;
          }
        },
      ),
    );
    expect(findValues('3.50 and A7 '.repeat(20_000))).toHaveLength(40_000);
  });
});

describe('values that say the same', () => {
  it.each([
    ['March 14, 2026', '14.03.2026'],
    ['March 4, 2026', '03/04/2026'],
    ['14 May', '2026-05-14'],
    ['6:42 PM', '18:42'],
    ['7:30 PM', '7:30'],
    ['$1,200', '1200.00'],
    ['1.200,50 €', '1,200.50'],
    ['LX 318', 'LX318'],
  ])('%s and %s', (a, b) => expect(sameValue(one(a), one(b))).toBe(true));

  it.each([
    ['March 14, 2026', 'March 24, 2026'],
    ['6:42 PM', '06:42 AM'],
    ['20%', '$20.00'],
    ['500 ml', '500 g'],
    ['17C', '11C'],
  ])('but not %s and %s', (a, b) => expect(sameValue(one(a), one(b))).toBe(false));

  it('stand in for one another only within a type', () => {
    expect(sameType(one('2026-03-14'), one('$5.00'))).toBe(false);
    expect(sameType(one('18:42'), one('14.03.2026'))).toBe(false);
    expect(sameType(one('17C'), one('LX 318'))).toBe(false);
    expect(sameType(one('€22'), one('14'))).toBe(true);
  });
});
