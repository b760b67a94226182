import { describe, expect, test } from 'vitest';
import { analyse, analysisText, type Trial, trialsNeeded } from '../../../annotate/study/analysis.js';
import { assignmentsOf } from '../../../annotate/study/design.js';
import { seededRandom } from '../../../scenes/random.js';

const nothing = { practice: 0, washout: 0, interrupted: 0, untimed: 0 };

/** Trials of made-up people: `faster` times as fast with highlights, and what they miss. */
function trials(faster: number, { people = 8, answers = 24, noise = 0.3 } = {}): Trial[] {
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const ids = Array.from({ length: answers }, (_, at) => `i${at}`);
  const slow = Array.from({ length: people }, () => 0.5 * normal());
  const long = new Map(ids.map((id) => [id, 0.5 * normal()]));
  const design = { seed: 1, arms: ['flags' as const, 'verdict' as const], practice: 0, washout: 0 };
  return slow.flatMap((own, person) =>
    assignmentsOf(design, ids, person).map(({ item, arm }) => ({
      person: `p${person}`,
      item,
      arm,
      interruptions: 0,
      seconds: 60 * Math.exp(own + long.get(item)! + noise * normal()) * (arm === 'flags' ? 1 / faster : 1),
      errors: 1,
      missed: random() < (arm === 'flags' ? 0.5 : 0.1) ? 1 : 0,
      wrongEdits: 0,
    })),
  );
}

describe('the analysis of a study', () => {
  test.each([1, 1.5, 3.4])('finds that highlights are %f times as fast, and has it within its interval', (faster) => {
    const { ratios } = analyse(trials(faster), { cutOff: 30_000, leftOut: nothing, resamples: 200 });
    const [{ from, to, ratio, missedDifference }] = ratios as [(typeof ratios)[number]];
    expect([from, to]).toEqual(['verdict', 'flags']);
    expect(ratio.value! / faster).toBeGreaterThan(0.85);
    expect(ratio.value! / faster).toBeLessThan(1.15);
    expect(ratio.low!).toBeLessThanOrEqual(faster);
    expect(ratio.high!).toBeGreaterThanOrEqual(faster);
    expect(missedDifference.value!).toBeGreaterThan(20);
  });

  test('does not take slow people or long answers for an effect of the arm', () => {
    // one slow person did most of one arm
    const all = trials(1, { noise: 0.01 }).filter(
      ({ person, arm, item }) => person !== 'p0' || arm === 'flags' || item === 'i0',
    );
    const slow = all.map((trial) => (trial.person === 'p0' ? { ...trial, seconds: trial.seconds * 10 } : trial));
    const { ratios } = analyse(slow, { cutOff: 30_000, leftOut: nothing, resamples: 0 });
    expect(ratios[0]!.ratio.value!).toBeCloseTo(1, 1);
  });

  test('says n/a for errors where no answer is gold, and never shows times alone', () => {
    const bare = trials(2).map(({ errors: _e, missed: _m, wrongEdits: _w, ...trial }) => trial);
    const text = analysisText([analyse(bare, { cutOff: 30_000, leftOut: nothing, resamples: 50 })]);
    expect(text).toMatch(/\| highlights \| 8 \| 96 \| [\d.]+ \| n\/a \| n\/a \|/);
    expect(text).toMatch(/A ratio of times says nothing without the errors/);
  });

  test('says how many trials a ratio takes', () => {
    expect([1.2, 1.5, 3.4].map((ratio) => trialsNeeded(ratio, 0.5))).toEqual([119, 24, 3]);
  });

  test('of nothing is nothing', () => {
    expect(analyse([], { cutOff: 30_000, leftOut: nothing })).toMatchObject({
      trials: 0,
      arms: {},
      ratios: [],
      power: [],
    });
  });
});
