import { describe, expect, it } from 'vitest';
import { correctionPage } from '../../../eval/correct/correction-page.js';
import { detectionSums, reliability, thresholdSweep } from '../../../eval/correct/detection-sums.js';
import type { CorrectionRecord } from '../../../eval/correct/record.js';
import { correctionTables, signTest } from '../../../eval/correct/report-text.js';
import { summariseRun } from '../../../eval/correct/summary.js';
import { verdict } from '../../../eval/correct/verdict.js';
import { worstCases } from '../../../eval/correct/worst-cases.js';
import { runHeader } from '../../../eval/runs/header.js';

const names = ['none', 'loop'];
const hostile = '<img src=x onerror="alert(1)"> & \u0007';

function record(n: number, outcome: number[] | undefined): CorrectionRecord {
  const wrong = n % 2;
  return {
    id: `${hostile}${n}`,
    picture: String(n),
    prompt: hostile,
    text: `A dog ${hostile}`,
    type: n % 3 === 0 ? 'object' : 'counting',
    right: 4 - wrong,
    wrong,
    strategies: {
      none: { outcome: [0, 0, 0, 0, 4 - wrong, wrong], status: 'unchanged' },
      loop: { text: `A cat ${hostile}`, status: hostile, rounds: 1, tokens: 0, ...(outcome ? { outcome } : {}) },
    },
    claims: [
      ['object', 0.1, 0],
      ['object', 0.95, 1],
      ['colour', n / 40, n % 4 === 0 ? 0 : 1],
    ],
  };
}

function pageOf(records: readonly CorrectionRecord[]): string {
  const building = summariseRun(names);
  const detection = detectionSums();
  const worst = worstCases('loop', 3);
  for (const one of records) {
    building.add(one);
    detection.add(one);
    worst.add(one);
  }
  return correctionPage({
    header: runHeader('correct', { strategies: names, threshold: 0.4, scorer: hostile }, {}),
    summary: building.finish(100, 1),
    detection,
    worst: [
      { strategy: 'loop', cases: worst.cases.map((one) => ({ case: one, picture: 'data:image/png;base64,iVBORw==' })) },
    ],
  });
}

describe('the page of a run', () => {
  const records = Array.from({ length: 30 }, (_, n) => record(n, n % 5 === 4 ? undefined : [n % 2, 0, 1, 0, 3, 1]));
  const page = pageOf(records);

  it('needs nothing but itself, and lets no answer be more than text', () => {
    expect(page).not.toMatch(/<script|<link|<img src=x|onerror="|@import|url\(/);
    expect(page).toContain('&#60;img src=x');
    for (const [source] of page.matchAll(/src="[^"]*"/g)) expect(source).toMatch(/^src="data:image\//);
    expect(page).not.toContain('\u0007');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has its plots, tables and worst cases', () => {
    for (const title of [
      'Answers without a wrong claim',
      'Wrong claims fixed, by kind of mistake',
      'Threshold sweep: claims',
      'Reliability: are rewards probabilities?',
    ])
      expect(page).toContain(`aria-label="${title}"`);
    expect(page.match(/<article>/g)).toHaveLength(3);
    expect(page).toContain('<del>dog</del><ins>cat</ins>');
    expect(page).toContain('used: 0.400');
  });

  it('says so where there is nothing to show', () => {
    const empty = pageOf([]);
    expect(empty).toContain('0 answers with 0 claims');
    expect(empty).toContain('None: no claim was harmed');
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the figures of a run', () => {
  it('are those that one counts by hand', () => {
    const building = summariseRun(names);
    // fixed, removed, harmed, lost, right, wrong
    building.add(record(1, [1, 0, 0, 0, 4, 0]));
    building.add(record(3, [0, 0, 1, 0, 2, 2]));
    building.add(record(2, [0, 0, 0, 1, 3, 0]));
    building.add(record(4, undefined));
    building.add({ id: '5', error: 'gone' });
    const summary = building.finish(50, 1);
    expect(summary).toMatchObject({
      answers: 4,
      wrongAnswers: 2,
      claims: 16,
      wrongClaims: 2,
      failed: 1,
      firstFailure: 'gone',
    });
    const loop = summary.strategies[1]!;
    expect(loop.counts).toMatchObject({ wins: 1, losses: 2, ties: 0, notJudged: 1 });
    const values = Object.fromEntries(Object.entries(loop.figures).map(([name, { value }]) => [name, value]));
    expect(values).toMatchObject({
      fixed: 1 / 2,
      harmed: 1 / 10,
      wrong: 2 / 11,
      coverage: 11 / 12,
      'right-answers': 2 / 3,
      repaired: 1 / 2,
      broken: 0,
      win: 1 / 3,
      loss: 2 / 3,
      rounds: 1,
      cost: null,
    });
    expect(correctionTables(summary)[0]!.rows.find(([label]) => label === 'wins : ties : losses')).toEqual([
      'wins : ties : losses',
      '0 : 4 : 0',
      '1 : 0 : 2',
    ]);
  });

  it('test wins against losses as the sign test of the paper table does', () => {
    // arXiv 2410.04734 table 4: GPT-4V 12 : 2, Qwen2-VL 9 : 2, all three 27 : 5
    expect(signTest(12, 2)).toBeCloseTo(0.0065, 4);
    expect(signTest(9, 2)).toBeCloseTo(0.0327, 4);
    expect(signTest(27, 5)).toBeCloseTo(5.7e-5, 6);
    expect(signTest(0, 3)).toBe(1);
    expect(signTest(3000, 2900)).toBeCloseTo(0.0987, 2);
  });

  it('say whether the loop beats one round, and what bounds both where it does not', () => {
    const strategies = ['one-round', 'loop'];
    const told = (once: number[], loop: number[]) => {
      const building = summariseRun(strategies);
      const detection = detectionSums();
      for (let n = 0; n < 40; n++) {
        const one = record(2 * n + 1, undefined);
        building.add({
          ...one,
          strategies: { 'one-round': { outcome: once, status: 'rewritten' }, loop: { outcome: loop, status: 'clean' } },
        });
        detection.add(one);
      }
      return verdict(building.finish(50, 1), detection, 0.4);
    };
    const better = told([0, 0, 1, 0, 2, 2], [1, 0, 0, 0, 4, 0]);
    expect(better).toHaveLength(2);
    expect(better[0]).toMatch(/wrong claims fixed: better, \+100\.0 \(/);
    expect(better[1]).toMatch(/right claims made wrong: better, -33\.3 \(/);
    const level = told([1, 0, 0, 0, 4, 0], [1, 0, 0, 0, 4, 0]);
    expect(level[0]).toMatch(/not told apart/);
    expect(level.join(' ')).toMatch(/it flags \d+\.\d % at this threshold/);
    expect(told([1, 0, 0, 0, 4, 0], [0, 0, 0, 0, 3, 1])[0]).toMatch(/fixed: worse/);
  });

  it('sweep the threshold from nothing flagged to all, and bin rewards', () => {
    const sums = detectionSums();
    sums.add({
      id: '1',
      wrong: 1,
      claims: [
        ['object', 0.2, 0],
        ['object', 0.8, 1],
      ],
    });
    sums.add({ id: '2', wrong: 0, claims: [['object', 0.3, 1]] });
    const at = (threshold: number) => thresholdSweep(sums).find((point) => point.threshold === threshold)!;
    expect(at(0.1)).toMatchObject({ precision: null, recall: 0, wrongFlagged: 0, rightFlagged: 0 });
    expect(at(0.2)).toMatchObject({ precision: 1, recall: 1, wrongFlagged: 1, rightFlagged: 0 });
    expect(at(1)).toMatchObject({ precision: 1 / 3, recall: 1, rightFlagged: 1 });
    expect(reliability(sums, 2)).toEqual([
      { reward: 0.25, good: 0.5, claims: 2 },
      { reward: 0.8, good: 1, claims: 1 },
    ]);
  });
});
