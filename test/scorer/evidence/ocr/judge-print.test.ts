import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readColumns } from '../../../../src/scorer/evidence/ocr/columns.js';
import { foldText, matchScore } from '../../../../src/scorer/evidence/ocr/ctc-match.js';
import { judgePrint } from '../../../../src/scorer/evidence/ocr/judge-print.js';
import { ocrScorerOf } from '../../../../src/scorer/evidence/ocr/ocr-scorer.js';
import { inRows } from '../../../../src/scorer/evidence/ocr/rows.js';
import { cornersOf, findTextBoxes } from '../../../../src/scorer/evidence/ocr/text-boxes.js';
import { findPrintedClaims } from '../../../../src/text/printed-claims.js';
import { lineOf } from './reading.js';

const score = (line: ReturnType<typeof lineOf>, text: string) => matchScore(line, foldText(text));
const rewardsOf = (response: string, ...lines: ReturnType<typeof lineOf>[]) =>
  Object.fromEntries(judgePrint(response, lines).map(({ start, end, reward }) => [response.slice(start, end), reward]));

describe('how likely a text is beside what was read', () => {
  it('costs nothing where it was read so, in any case and with any spaces and points', () => {
    const line = lineOf('TOTAL $12.85');
    for (const text of ['Total', '12.85', '12,85', '$12.85', 'total$12.85'])
      expect(score(line, text)).toBeCloseTo(0, 1);
  });

  it('is strict with digits, and with letters at the end of a word', () => {
    const line = lineOf('TOTAL 12.85');
    expect(score(lineOf('BAKERY'), 'Baker')).toBeLessThan(-5);
    expect(score(lineOf('CORNERBAKERY'), 'Bakery')).toBeGreaterThan(-2);
    for (const text of ['12.35', '2.85', '12.8', '12', '128.5', '1285', '112.85'])
      expect(score(line, text)).toBeLessThan(-5);
  });

  it('forgives what the reader itself was unsure of', () => {
    const unsure = lineOf('GATE B8', {
      6: [
        ['8', 0.55],
        ['6', 0.4],
      ],
    });
    expect(score(unsure, 'B6')).toBeGreaterThan(-1);
    expect(score(unsure, 'B3')).toBeLessThan(-5);
  });

  it('reads A1 in AI, and B1 not', () => {
    const lines = ['DEPARTURES', '09:00', 'Dublin', 'AI', '11:15', 'Toronto', 'C4', '13:20', 'Vienna', 'D8'].map(
      (text, index) => lineOf(text, {}, 0.1 * index),
    );
    const judged = (gate: string) =>
      rewardsOf(`The board lists a flight to Dublin at 09:00 from gate ${gate}.`, ...lines)[gate];
    expect(judged('A1')).toBeGreaterThan(0.5);
    expect(judged('B1')).toBeLessThanOrEqual(0.5);
  });

  it('tells doubled letters from single ones', () => {
    expect(score(lineOf('1003'), '1003')).toBeCloseTo(0, 1);
    expect(score(lineOf('103'), '1003')).toBeLessThan(-5);
    expect(score(lineOf('DINER'), 'Dinner')).toBeLessThan(-5);
  });

  it('reads columns by CTC: repeats once, gaps between equal letters kept', () => {
    const characters = ['', 'a', 'b', ' '];
    const rows = [1, 1, 0, 1, 2, 3, 0, 0, 2].map((best) =>
      characters.map((_, index) => (index === best ? 0.97 : 0.01)),
    );
    const { text, columns } = readColumns(Float32Array.from(rows.flat()), 4, characters);
    expect(text).toBe('aab b');
    expect(columns.every((column) => column.every(([, probability]) => probability <= 1))).toBe(true);
  });
});

describe('what print says of an answer', () => {
  it('flags a wrong figure and a wrong word, and nothing that is right', () => {
    const lines = [lineOf('CORNER BAKERY'), lineOf('Tax $0.94', {}, 0.3), lineOf('TOTAL $12.85', {}, 0.5)];
    const right = rewardsOf('The receipt from Corner Bakery comes to $12.85, including $0.94 tax.', ...lines);
    expect(Math.min(...Object.values(right))).toBeGreaterThan(0.9);
    const wrong = rewardsOf('The receipt from Corner Market comes to $18.25, including $0.94 tax.', ...lines);
    expect(wrong).toMatchObject({ Market: expect.closeTo(0, 1), '18.25': expect.closeTo(0, 1) });
    expect(wrong.Corner).toBeGreaterThan(0.9);
    expect(wrong['0.94']).toBeGreaterThan(0.9);
  });

  it('finds other usual forms: times, thousands, dates, months', () => {
    const lines = [lineOf('19:30'), lineOf('1200', {}, 0.2), lineOf('2024-03-07', {}, 0.3), lineOf('MAR 7', {}, 0.4)];
    const rewards = rewardsOf('The sign says 7:30 PM, a price of $1,200, the date 03/07/2024 and March 7.', ...lines);
    for (const word of ['7:30', '1,200', '03/07/2024', 'March', '7']) expect(rewards[word]).toBeGreaterThan(0.9);
  });

  it('judges neither counts of things, nor names that need not be printed, nor anything without print', () => {
    const rewards = rewardsOf('In Paris, 2 dogs and 3 people wait.', lineOf('EXIT'));
    expect(rewards).toEqual({});
    expect(rewardsOf('The sign reads "STOP".')).toEqual({});
  });

  it('gives the words of quotations, numbers and names as claims, with ranges of any text', () => {
    const claims = findPrintedClaims('The sign reads "No parking" for Maple Avenue, 8-10 AM.');
    expect(claims.map(({ text }) => text)).toEqual(['No', 'parking', 'Maple', 'Avenue', '8-10', 'AM']);
    expect(claims.filter(({ quoted }) => quoted).map(({ text }) => text)).toEqual(['No', 'parking']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(9999), (noise, number) => {
        const text = `${noise} "${noise}" costs $${number}. ${noise}`;
        let last = 0;
        for (const { start, end, text: word, forms } of findPrintedClaims(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(text.slice(start, end)).toBe(word);
          expect(forms.length).toBeGreaterThan(0);
          last = end;
        }
      }),
    );
  });

  it('is a scorer whose tokens lie in the answer, with lines and their rows as evidence', async () => {
    const lines = [
      lineOf('Tax'),
      { ...lineOf('$0.94'), corners: lineOf('$0.94').corners.map(([x, y]) => [x + 0.5, y] as const) },
    ];
    const scorer = ocrScorerOf({ look: async () => lines, close: async () => {} });
    const response = 'The tax is $0.95.';
    const { tokens, evidence } = await scorer.score({ images: ['any'], response });
    for (const { start, end, text } of tokens) expect(response.slice(start, end)).toBe(text);
    expect(tokens.find(({ text }) => text === '0.95')!.reward).toBeLessThan(0.1);
    expect(evidence!.map(({ label, attributes }) => [label, attributes!.row])).toEqual([
      ['Tax', '1'],
      ['$0.94', '1'],
    ]);
    await expect(scorer.score({ images: [], response })).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('where print stands', () => {
  it('finds a turned block of text as one turned box', () => {
    const [width, height, angle] = [200, 160, 0.2];
    const map = new Float32Array(width * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x - 100, y - 80];
        const u = dx * Math.cos(angle) + dy * Math.sin(angle);
        const v = dy * Math.cos(angle) - dx * Math.sin(angle);
        if (Math.abs(u) < 60 && Math.abs(v) < 8) map[y * width + x] = 0.9;
      }
    const [box, ...others] = findTextBoxes(map, width, height);
    expect(others).toEqual([]);
    expect(Math.atan2(box!.along[1], box!.along[0])).toBeCloseTo(angle, 1);
    expect(Math.hypot(box!.x - 100.5, box!.y - 80.5)).toBeLessThan(1);
    expect(box!.length).toBeGreaterThan(120);
    const [topLeft, topRight] = cornersOf(box!);
    expect(topRight![0]).toBeGreaterThan(topLeft![0]);
    expect(topRight![1]).toBeGreaterThan(topLeft![1]);
    expect(findTextBoxes(new Float32Array(100), 10, 10)).toEqual([]);
  });

  it('puts lines beside one another into rows, also where the print is turned', () => {
    const turned = (text: string, x: number, y: number) => {
      const move = (px: number, py: number) => [px, py + (px - 0.5) * 0.15] as const;
      return { ...lineOf(text), corners: [move(x, y), move(x + 0.2, y), move(x + 0.2, y + 0.05), move(x, y + 0.05)] };
    };
    const rows = inRows([
      turned('TOTAL', 0.1, 0.5),
      turned('9.99', 0.7, 0.4),
      turned('Tea', 0.1, 0.4),
      turned('12.99', 0.7, 0.5),
    ]);
    expect(rows.map((row) => row.map(({ text }) => text))).toEqual([
      ['Tea', '9.99'],
      ['TOTAL', '12.99'],
    ]);
  });
});

describe('plain statements beside a page of print', () => {
  const page = [
    'Oakfield Dental',
    'Dear Owen Pratt',
    'ZIP 85719',
    'Charge 12.5%',
    'Language English',
    'Jazzon thePier',
  ];
  const lines = page.map((text, index) => lineOf(text, {}, 0.1 + index * 0.1));
  const flaggedIn = async (response: string) => {
    const scorer = ocrScorerOf({ look: async () => lines, close: async () => {} });
    const { tokens } = await scorer.score({ images: [new Uint8Array([0])], response });
    return tokens.filter(({ reward }) => reward !== null && reward <= 0.5).map(({ text }) => text);
  };

  it.each([
    ['The zip code is 85791.', ['85791']],
    ['The charge is 11.5%.', ['11.5']],
    ['The letter is addressed to Ines Calder.', ['Ines', 'Calder']],
    ['The language is set to Italiano.', ['Italiano']],
  ])('judges the value or name of %s', async (response, flagged) => expect(await flaggedIn(response)).toEqual(flagged));

  it.each([
    'The zip code is 85719.',
    'The letter is addressed to Owen Pratt.',
    'The poster is called Jazz on the Pier.',
    'The language is English, on an Android phone from the US.',
    'You can add a charge of 15% for groups.',
    'If the ZIP is 85791, write to us.',
  ])('flags nothing of %s', async (response) => expect(await flaggedIn(response)).toEqual([]));
});
