import { describe, expect, it } from 'vitest';
import { checkValues } from '../../../src/text/print/check-values.js';
import { checkWords } from '../../../src/text/print/check-words.js';
import type { PrintedLine } from '../../../src/text/print/table.js';

/** A page: rows of cells, each at a place from left to right. */
function page(...rows: (readonly (readonly [text: string, x: number])[])[]): PrintedLine[] {
  return rows.flatMap((cells, row) =>
    cells.map(([text, x]): PrintedLine => {
      const top = 0.05 + row * 0.06;
      return { text, row: String(row + 1), box: [x, top, x + text.length * 0.012, top + 0.04] };
    }),
  );
}
const pair = (label: string, value: string) => [[label, 0.05] as const, [value, 0.7] as const];

const receipt = page(
  [['03/14/202618:42', 0.3]],
  pair('Rye bread', '4.25'),
  pair('0live0il500ml', '8.99'),
  pair('Eggs large 12', '4.79'),
  pair('SUBTOTAL', '18.03'),
  pair('TAX7%', '1.26'),
  pair('TOTAL', '19.29'),
);
const league = page(
  [
    ['Team', 0.05],
    ['Played', 0.3],
    ['Won', 0.5],
    ['Points', 0.7],
  ],
  [
    ['Ashford', 0.05],
    ['18', 0.32],
    ['13', 0.51],
    ['41', 0.72],
  ],
  [
    ['Bexley', 0.05],
    ['18', 0.32],
    ['11', 0.51],
    ['36', 0.72],
  ],
);
const hours = page(pair('Monday', '10:00-18:00'), pair('Friday', '9:30-17:30'));

const account = page(
  [['Openingbalance2,523.38', 0.05]],
  [
    ['Date', 0.05],
    ['Details', 0.2],
    ['Amount', 0.5],
    ['Balance', 0.8],
  ],
  [
    ['02Apr', 0.05],
    ['Bookshop', 0.2],
    ['-299.16', 0.5],
    ['2,224.22', 0.8],
  ],
  [['Closingbalance 1,927.10', 0.5]],
);
const board = page(
  [
    ['Time', 0.05],
    ['Destination', 0.2],
    ['Train', 0.5],
    ['Platform', 0.8],
  ],
  [
    ['09:23', 0.05],
    ['Hexham', 0.2],
    ['EX', 0.5],
    ['450', 0.53],
    ['10', 0.8],
  ],
  [
    ['12:08', 0.05],
    ['Glenside', 0.2],
    ['RE 999', 0.5],
    ['17', 0.8],
  ],
);
const courses = page(
  [
    ['STARTERS', 0.05],
    ['MAINS', 0.55],
  ],
  [
    ['Leek soup', 0.05],
    ['7.00', 0.35],
    ['Lamb shank', 0.55],
    ['24.00', 0.85],
  ],
  [
    ['Burrata', 0.05],
    ['12.50', 0.35],
    ['Sea bass', 0.55],
    ['23.50', 0.85],
  ],
);
const label = page([['Carbohydrate 55.6g', 0.05]], [['ofwhichsugars28.2 g', 0.05]], [['Avg.session8m42s', 0.05]]);
const bill = page(pair('Net', '92.00'), pair('VAT(20%)', '18.40'), pair('Amountduef', '110.40'));
const poster = page(
  [
    ['Adults$16', 0.05],
    ['Children$11', 0.5],
  ],
  [['ringuson01632474344', 0.05]],
);

const wrongIn = (answer: string, lines: readonly PrintedLine[]) =>
  checkValues(answer, lines)
    .filter(({ verdict }) => verdict !== 'printed')
    .map(({ verdict, wrong, instead }) => [verdict, wrong.map(({ start, end }) => answer.slice(start, end)), instead]);

describe('values of an answer against what is printed', () => {
  it.each([
    ['The total is $19.29, with 7% tax.', receipt],
    ['The purchase was made on March 14, 2026 at 6:42 PM.', receipt],
    ['The eggs cost $4.79 and the olive oil $8.99.', receipt],
    ['The subtotal of 18.03 comes before the total.', receipt],
    ['Bexley has 36 points, won 11 and played 18.', league],
    ['On Friday it opens at 9:30 AM and closes at 5:30 PM.', hours],
    ['Three friends went shopping.', receipt],
    ['The opening balance was 2,523.38.', account],
    ['The balance after the bookshop was 2,224.22.', account],
    ['The train to Hexham is EX 450.', board],
    ['The phone number is 01632 474344.', poster],
    ['The lamb shank costs 24.00 and the leek soup 7.00.', courses],
    ['The average session lasts 8m 42s.', label],
  ])('finds nothing wrong with %s', (answer, lines) => expect(wrongIn(answer, lines)).toEqual([]));

  it.each([
    ['The total is $18.03.', receipt, 'elsewhere', ['18.03'], ['19.29']],
    ['The olive oil cost $4.79.', receipt, 'elsewhere', ['4.79'], ['8.99']],
    ['Bexley has 41 points.', league, 'elsewhere', ['41'], ['36']],
    ['Ashford won 11 matches.', league, 'elsewhere', ['11'], ['13']],
    ['On Monday it opens at 9:30.', hours, 'elsewhere', ['9:30'], ['10:00']],
    ['The total is $19.92.', receipt, 'absent', ['19.92'], ['19.29']],
    ['It was bought on March 24, 2026.', receipt, 'absent', ['24'], ['14']],
    ['It was bought on April 14, 2026.', receipt, 'absent', ['April'], ['March']],
    ['It was bought at 6:24 PM.', receipt, 'absent', ['6:24'], ['6:42']],
    ['Die Eier kosten 4,97 €.', receipt, 'absent', ['4,97'], ['4,79']],
    ['The opening balance was 1,927.10.', account, 'elsewhere', ['1,927.10'], ['2,523.38']],
    ['The train to Hexham leaves at 12:08.', board, 'elsewhere', ['12:08'], ['09:23']],
    ['The train to Hexham is RE 999.', board, 'elsewhere', ['RE 999'], ['EX 450']],
    ['The leek soup costs 24.00.', courses, 'elsewhere', ['24.00'], ['7.00']],
    ['It contains 55.6 g of sugar.', label, 'elsewhere', ['55.6'], ['28.2']],
    ['The average session lasts 8m 24s.', label, 'absent', ['8m 24s'], ['8m 42s']],
    ['In all £92.00 has to be paid.', bill, 'elsewhere', ['92.00'], ['110.40']],
    ['Before tax it is £110.40.', bill, 'elsewhere', ['110.40'], ['92.00']],
    ['Adults pay $11.', poster, 'elsewhere', ['11'], ['16']],
    ['The phone number is 01632 474434.', poster, 'absent', ['01632 474434'], ['01632 474344']],
    ['It was bought on 14 March 2206.', page([['14 March 2026', 0.1]]), 'absent', ['2206'], ['2026']],
  ])('%s', (answer, lines, verdict, wrong, instead) =>
    expect(wrongIn(answer, lines)).toEqual([[verdict, wrong, instead]]),
  );

  it('takes only a value of the same type, and none where two are as likely', () => {
    const two = page(pair('Tea', '3.10'), pair('Milk', '3.40'), [['14.03.2026', 0.1]]);
    expect(wrongIn('It costs $3.30.', two)).toEqual([['absent', ['3.30'], null]]);
    expect(wrongIn('It was on March 9, 2025.', page(pair('TOTAL', '500.00')))).toEqual([]);
  });

  it('says nothing of a value that the reader may have missed', () => {
    expect(wrongIn('The next one starts at 08:15.', page(pair('Geneva', '07:50')))).toEqual([]);
  });
});

describe('labels and forms of other makers', () => {
  const slip = page(
    [['Quantity:21 Refills:0', 0.1]],
    [['Filled02/18/2026Expires02/18/2027', 0.1]],
    [['SHIPPED:11/24/2025', 0.1]],
    [['Doors7.30pm', 0.1]],
    [['Tickets$22advance/$27door', 0.1]],
    [['Call Priya on555-0148', 0.1]],
    [['AMOXICILLIN500mgcapsules', 0.1]],
  );
  it.each([
    ['There are 21 capsules and no refills.', []],
    ['It was filled on 02/18/2027.', [['elsewhere', ['2027'], ['2026']]]],
    ['It was shipped on 11/14/2025.', [['absent', ['14'], ['24']]]],
    ['Doors open at 8.30pm.', [['absent', ['8.30'], ['7.30']]]],
    ['Tickets cost $22 at the door.', [['elsewhere', ['22'], ['27']]]],
    ['Tickets cost $22 in advance.', []],
    ['The phone number is 555-0184.', [['absent', ['555-0184'], ['555-0148']]]],
    ['It holds 500 mg.', []],
  ])('%s', (answer, expected) =>
    expect(wrongIn(answer, slip).filter(([verdict]) => verdict !== 'printed')).toEqual(expected),
  );
});

describe('plain words of an answer against what is printed', () => {
  const menu = page([['Grilled trout with dill 16.00', 0.1]], pair('Rye bread', '4.25'));
  const checked = (answer: string) =>
    checkWords(answer, menu).map(({ start, end, instead }) => [answer.slice(start, end), instead]);

  it('names the word that is printed between the same neighbours, or before the same noun of the same value', () => {
    expect(checked('The menu offers grilled salmon with dill.')).toEqual([['salmon', 'trout']]);
    expect(checked('They bought corn bread for $4.25.')).toContainEqual(['corn', 'rye']);
    expect(checked('They bought rye bread for $4.25.')).toContainEqual(['rye', null]);
  });

  it('says nothing of words that are nowhere near, or in another language', () => {
    expect(checked('Nice salmon on a blue plate with dill.')).toEqual([]);
    expect(checked('Das ist grilled salmon with dill und das ist die Karte.')).toEqual([]);
  });
});
