import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlate, twoSidedT } from '../../../eval/hallucination/correlation.js';
import { hallucinationRates, type ScoredText } from '../../../eval/hallucination/rates.js';
import { hallucinationTables, rateCorrelations } from '../../../eval/hallucination/report.js';
import { readScoredAnswers } from '../../../eval/hallucination/scored-answers.js';
import { vlmDetective } from '../../cli/command-line.js';
import { runs } from '../../fixtures/runs.js';

/** Words as tokens; those marked with ! are bad, with ? not judged. */
function text(marked: string): ScoredText {
  let response = '';
  const tokens = marked.split(' ').map((word) => {
    const plain = word.replace(/[!?]$/, '');
    const start = response === '' ? 0 : response.length + 1;
    response += response === '' ? plain : ` ${plain}`;
    return { start, end: start + plain.length, reward: word.endsWith('!') ? 0.1 : word.endsWith('?') ? null : 0.9 };
  });
  return { response, tokens };
}

const once = { resamples: 0, seed: 1 };

describe('rates', () => {
  // tokens: 1 of 4, 0 of 2, 2 of 4 judged: mean of .25, 0, .5 = 25 %. Sentences: 1 of 2, 0 of 1, 2 of 2: 3 of 5. Answers: 2 of 3
  const answers = [text('A dog! runs. Fine.'), text('A cat.'), text('It! sits. Red! car seen?')];

  test('are those of section 5.2, worked out by hand', () => {
    const rates = hallucinationRates(answers, 0.5, once);
    expect(rates.token.value).toBeCloseTo(25, 9);
    expect(rates.sentence.value).toBeCloseTo(60, 9);
    expect(rates.response.value).toBeCloseTo(200 / 3, 9);
    expect(rates.judged.value).toBeCloseTo((100 * 10) / 11, 9);
    expect(rates.words.value).toBeCloseTo(11 / 3, 9);
    expect(rates).toMatchObject({ answers: 3, unjudged: 0 });
  });

  test('leave out, and count, answers of which nothing was judged', () => {
    const more = hallucinationRates([...answers, text('Hm? so?'), { response: '', tokens: [] }], 0.5, once);
    expect(more.token.value).toBeCloseTo(25, 9);
    expect(more).toMatchObject({ answers: 3, unjudged: 2 });
    expect(hallucinationRates([text('Hm?')], 0.5, once).token.value).toBeNull();
  });

  test('rise with the threshold, and stay between 0 and 100 with their intervals around them', () => {
    const reward = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    const answer = fc
      .array(fc.tuple(fc.stringMatching(/^[a-z]{1,5}\.?$/), reward), { minLength: 1, maxLength: 9 })
      .map((words) => {
        let response = '';
        const tokens = words.map(([word, reward]) => {
          const start = response.length;
          response += `${word} `;
          return { start, end: start + word.length, reward };
        });
        return { response, tokens };
      });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 8 }), (answers) => {
        const [low, high] = [0.3, 0.7].map((threshold) =>
          hallucinationRates(answers, threshold, { resamples: 20, seed: 3 }),
        );
        for (const name of ['token', 'sentence', 'response'] as const) {
          if (low![name].value === null) continue;
          expect(low![name].value!).toBeLessThanOrEqual(high![name].value!);
          expect(low![name].value!).toBeGreaterThanOrEqual(0);
          expect(high![name].value!).toBeLessThanOrEqual(100 + 1e-9);
        }
        // a bad token makes its sentence and its answer bad: the shares can only grow
        expect(low!.token.value ?? 0).toBeLessThanOrEqual((low!.response.value ?? 0) + 1e-9);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe("the paper's Table 3", () => {
  // arXiv 2410.04734, Table 3: rates in per cent, MMMU, MEGA-Bench
  const rows: [model: string, token: number, sentence: number, response: number, mmmu: number, mega?: number][] = [
    ['GPT-4o', 0.016, 0.23, 1.62, 69.1, 54.1],
    ['Llama-3.2-90B-Vision', 0.017, 0.19, 1.23, 60.3],
    ['GPT-4o-mini', 0.03, 0.38, 2.12, 59.4, 43.0],
    ['GPT-4-Turbo-Vision', 0.033, 0.62, 3.12, 56.8],
    ['Qwen2-VL-7B', 0.061, 0.48, 1.96, 54.1, 35.9],
    ['Qwen2-VL-2B', 0.066, 0.72, 1.7, 41.1, 22.3],
    ['MiniCPM-Llama-3-V2.5', 0.067, 0.81, 3.62, 45.8, 22.8],
    ['Llama-3.2-11B-Vision', 0.073, 0.85, 1.88, 50.7, 18.0],
    ['Phi-Vision-3.5-Instruct', 0.261, 2.65, 9.25, 43.0, 25.3],
    ['PaliGemma-3B-Mix-448', 4.444, 5.96, 17.5, 27.3],
  ];
  const models = rows.map(([model, token, sentence, response, score]) => ({
    model,
    score,
    rates: { token, sentence, response },
  }));

  test('comes out as printed, but for the rounding of its rates: r .904 for .902, and the fit of figure 5', () => {
    const [token, sentence, response] = rateCorrelations(models).map(({ correlation }) => correlation!);
    expect(token!.r.toFixed(3)).toBe('0.904');
    expect(Math.abs(token!.r - 0.902)).toBeLessThan(0.003);
    // the paper prints p = 3.45e-4 for its unrounded r
    expect(twoSidedT(0.902 * Math.sqrt(8 / (1 - 0.902 ** 2)), 8)).toBeCloseTo(3.6e-4, 5);
    expect(token!.p!).toBeLessThan(3.6e-4);
    // figure 5: MMMU = -6.51 log(H) + 3.96, natural logarithm, H as a share
    expect(token!.slope).toBeCloseTo(-6.51, 1);
    expect(token!.intercept).toBeCloseTo(3.96, 0);
    expect(sentence!.r.toFixed(3)).toBe('0.905');
    expect(response!.r.toFixed(2)).toBe('0.77');
  });

  test('hangs on one model: without PaliGemma r is .85', () => {
    expect(rateCorrelations(models.slice(0, 9))[0]!.correlation!.r.toFixed(2)).toBe('0.85');
  });

  test('MEGA-Bench, where it is given: the fit and p = 0.047 of the paper', () => {
    const known = rows.filter((row) => row[5] !== undefined);
    const { correlation } = rateCorrelations(
      known.map(([model, token, sentence, response, , mega]) => ({
        model,
        score: mega!,
        rates: { token, sentence, response },
      })),
    )[0]!;
    expect(correlation!.slope).toBeCloseTo(-11.51, 0);
    expect(Math.abs(correlation!.intercept + 53.57)).toBeLessThan(1.5);
    expect(correlation!.p!).toBeCloseTo(0.047, 2);
  });

  test('a model without a bad token has no logarithm, and is named', () => {
    const perfect = { model: 'perfect', score: 80, rates: { token: 0, sentence: 0, response: 0 } };
    const [token] = rateCorrelations([...models, perfect]);
    expect(token).toMatchObject({ withoutErrors: ['perfect'], correlation: { n: 10 } });
    expect(rateCorrelations(models.slice(0, 2))[0]!.correlation).toBeNull();
  });
});

describe('correlation', () => {
  // by Simpson's rule over the density
  test.each([
    [1, 1, 0.5],
    [2, 2, 0.18350341907227397],
    [2.5, 3, 0.08770665],
    [2.228138852, 10, 0.05],
    [0, 5, 1],
  ])('P(|T| >= %d) with %d degrees of freedom is %d', (t, degrees, p) => {
    expect(twoSidedT(t, degrees)).toBeCloseTo(p, 6);
  });

  test('is 1 on a line, changes sign with it, and does not mind scale', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        (xs, slope, intercept) => {
          const found = correlate(xs.map((x) => [x, -slope * x + intercept]))!;
          expect(found.r).toBeCloseTo(-1, 9);
          expect(found.slope).toBeCloseTo(-slope, 9);
          expect(found.intercept).toBeCloseTo(intercept, 7);
          expect(found.p!).toBeLessThan(1e-6);
        },
      ),
    );
    expect(
      correlate([
        [1, 2],
        [1, 3],
      ]),
    ).toBeNull();
  });
});

describe('eval hallucination', () => {
  const cli = (...args: string[]) => vlmDetective(['eval', 'hallucination', ...args]);
  const file = async (name: string, lines: readonly object[] | string) => {
    const path = join(await mkdtemp(join(tmpdir(), 'hallucination-')), name);
    await writeFile(
      path,
      typeof lines === 'string' ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    return path;
  };
  const scored = (marked: readonly string[], threshold = 0.5) =>
    marked.map((words, n) => ({ id: `${n}`, ...text(words), threshold, scorer: 'tldr-scenes@0.3.0', abstained: null }));

  test('prints the rates of each model, the correlation with a column, and JSON', async () => {
    const files = await Promise.all(
      [
        ['A dog! runs.', 'Fine.'],
        ['A dog! runs!', 'Fine.'],
        ['A! dog! runs!', 'Fine!'],
        ['A dog runs.', 'Fine.'],
      ].map((marked, n) => file(`m${n}.jsonl`, scored(marked))),
    );
    const scores = await file('models.csv', 'model,MMMU,size\na,60,1\nb,50,2\nc,30,3\nperfect,90,4\nother,10,5\n');
    const named = ['a', 'b', 'c', 'perfect'].map((model, n) => `${model}=${files[n]}`);
    const shown = await cli(...named, '--scores', scores, '--column', 'MMMU', '--resamples', '50');
    expect(shown.stdout).toMatch(/a\s+16\.667 \(/);
    expect(shown.stdout).toMatch(/token\s+0\.9\d+\s/);
    expect(shown.stdout).toMatch(/not in that correlation: perfect/);
    expect(shown.stderr).toMatch(/no answers of other/);
    const json = JSON.parse((await cli(...named, '--json', '--resamples', '0')).stdout);
    expect(json.models.map(({ rates }: { rates: { response: { value: number } } }) => rates.response.value)).toEqual([
      50, 50, 100, 0,
    ]);
    expect(json.threshold).toBe(0.5);
  }, 60_000);

  test('ends with 1 where too many answers have a flagged word, or none was judged', async () => {
    const half = await file('half.jsonl', scored(['A dog! runs.', 'Fine.']));
    expect(await cli(half, '--resamples', '0', '--fail-over', '0.5')).toMatchObject({ code: 0, stderr: '' });
    const over = await cli(half, '--resamples', '0', '--fail-over', '0.4');
    expect(over).toMatchObject({ code: 1 });
    expect(over.stderr).toMatch(/50\.0 % of the judged answers of half have a flagged word, more than 40 %/);
    const unjudged = scored(['A dog.']).map((line) => ({
      ...line,
      tokens: line.tokens.map((token) => ({ ...token, reward: null })),
    }));
    const none = await cli(await file('none.jsonl', unjudged), '--resamples', '0', '--fail-over', '1');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('no answer of none was judged') });
  });

  test('refuses what is not scored, or scored by several, with the line and the cure', async () => {
    const raw = await file('raw.jsonl', [{ id: '1', image: 'a.png', response: 'A dog.' }]);
    const missing = await cli(raw);
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toMatch(/raw\.jsonl line 1: no "tokens": score the answers first/);
    const mixed = await file('mixed.jsonl', [...scored(['A.'], 0.5), ...scored(['B.'], 0.6)]);
    await expect(readScoredAnswers('m', mixed)).rejects.toThrow(/line 2: "threshold" is 0\.6 after 0\.5/);
    await expect(readScoredAnswers('m', await file('e.jsonl', ''))).rejects.toThrow(/has no scored answer/);
    await expect(readScoredAnswers('m', '/nowhere.jsonl')).rejects.toThrow(/cannot be read/);
    const one = await file('a.jsonl', scored(['A.'], 0.5));
    const other = await file('b.jsonl', scored(['B.'], 0.6));
    const differing = await cli(`a=${one}`, `b=${other}`);
    expect(differing.stderr).toMatch(/different thresholds \(a: 0\.5, b: 0\.6\).*--threshold/);
    const twice = await cli(`a=${one}`, `a=${other}`);
    expect(twice.stderr).toMatch(/two files for the model a/);
  }, 60_000);

  test('lines with an error are counted, and not taken for good answers', async () => {
    const path = await file('a.jsonl', [
      ...scored(['A dog!']),
      { id: '9', error: { code: 'bad-image', message: 'x' } },
    ]);
    const read = await readScoredAnswers('a', path);
    expect(read).toMatchObject({ failed: 1, threshold: 0.5, scorer: 'tldr-scenes@0.3.0' });
    expect(read.answers).toHaveLength(1);
  });

  test('a table without a column has no correlation', () => {
    const rates = hallucinationRates([text('A dog!')], 0.5, once);
    expect(hallucinationTables([{ model: 'a', rates }], [], undefined)).toHaveLength(1);
  });
});
