import { describe, expect, test } from 'vitest';
import { expectedOf, type Person, simulatedAnswer } from '../../../annotate/study/klm.js';
import { simulate, simulationText } from '../../../annotate/study/simulate.js';

const response = 'A red car. Two dogs run.';
const claims = [
  { start: 2, end: 5, good: false },
  { start: 11, end: 14, good: false },
  { start: 15, end: 19, good: true },
];
const person: Person = {
  key: 0.28,
  mental: 1.35,
  wordsPerMinute: 238,
  check: 4,
  trust: 0,
  miss: 0,
  believe: 0.5,
  reads: 'all',
  letters: 6,
};

describe('the keystroke-level model', () => {
  const answer = simulatedAnswer(response, claims, [
    { start: 2, end: 5 },
    { start: 15, end: 19 },
  ]);

  test('knows what of the flags is right', () => {
    expect(answer).toMatchObject({
      words: 6,
      falseFlags: 1,
      claims: [
        { wrong: true, flagged: true },
        { wrong: true, flagged: false },
        { wrong: false, flagged: true },
      ],
    });
  });

  test('has the published times: a typed replacement of six letters 3.59 s, and reading at 238 words a minute', () => {
    const one = simulatedAnswer('A red car.', [claims[0]!], [{ start: 2, end: 5 }]);
    const { seconds } = expectedOf(one, 'flags', person);
    // read 3 words, check one claim, find the flag (K), M + 8 K, hand over (M + K)
    expect(seconds).toBeCloseTo((3 / 238) * 60 + 4 + 0.28 + (1.35 + 8 * 0.28) + (1.35 + 0.28), 6);
  });

  test('who checks everything misses nothing; who trusts the flags misses what the detector missed', () => {
    expect(expectedOf(answer, 'none', person).missed).toBe(0);
    expect(expectedOf(answer, 'flags', { ...person, trust: 1 })).toMatchObject({
      errors: 2,
      missed: 1,
      wrongEdits: 0.5,
    });
    expect(expectedOf(answer, 'verdict', { ...person, trust: 1 }).missed).toBe(0);
  });

  test('a verdict that nothing is wrong makes a trusting person miss all', () => {
    const unflagged = simulatedAnswer(response, claims, []);
    expect(expectedOf(unflagged, 'verdict', { ...person, trust: 1 }).missed).toBe(2);
  });
});

describe('the simulated study', () => {
  const answers = [
    simulatedAnswer(response, claims, [{ start: 2, end: 5 }]),
    simulatedAnswer(response, [claims[2]!], []),
  ];
  const simulation = simulate(answers);

  test('shows time and missed errors together, in ranges, as a model', () => {
    expect(simulation).toMatchObject({ answers: 2, errors: 2, flaggedErrors: 1, falseFlags: 0 });
    for (const { seconds, missed } of simulation.rows)
      for (const arm of ['none', 'verdict', 'flags'] as const) {
        expect(seconds[arm].low).toBeLessThan(seconds[arm].high);
        expect(missed[arm].low).toBeGreaterThanOrEqual(0);
        expect(missed[arm].high).toBeLessThanOrEqual(100);
      }
    const text = simulationText(simulation, 'tldr', 'two answers');
    expect(text).toMatch(/a model, not people/);
    expect(text).toMatch(/who checks everything gains at most/);
  });

  test('a person who checks everything is hardly helped', () => {
    for (const { trust, fasterThanNone } of simulation.rows)
      if (trust === 0) expect(fasterThanNone.high).toBeLessThan(1.2);
  });
});
