import { describe, expect, test } from 'vitest';
import { benchmarkNames, openBenchmark } from '../../../eval/benchmarks/registry.js';
import { estimate, estimateAll, estimateCounts, resample } from '../../../eval/stats/bootstrap.js';
import { loadPrompt } from '../../../src/models/prompt.js';

const issueNames =
  'pope opope amber chair obj-halbench mmhal-bench hallusionbench hat mhal-detect halloc sugarcrepe valse vsr winoground haloquest'.split(
    ' ',
  );

describe('every benchmark', () => {
  test('is one of those that the issue names, all of them', () => {
    for (const name of issueNames) expect(benchmarkNames).toContain(name);
  });

  test.each(benchmarkNames)('%s says where it is from, and its own example is an answer', async (name) => {
    const benchmark = await openBenchmark(name);
    expect(benchmark.name).toBe(name);
    for (const text of [benchmark.about, benchmark.annotations, ...Object.values(benchmark.source)])
      expect(text).toMatch(/\S/);
    expect(benchmark.answer.schema.safeParse(JSON.parse(benchmark.answer.example)).success).toBe(true);
    for (const [prompt, inputs] of Object.values(benchmark.judge?.prompts ?? {}))
      expect(loadPrompt(prompt, inputs).inputs).toHaveLength(inputs.length);
  });

  test('names those that there are where one is unknown', async () => {
    await expect(openBenchmark('pop')).rejects.toThrow(/unknown benchmark "pop": use one of .*pope/);
    await expect(openBenchmark('constructor')).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('intervals', () => {
  const rows = Array.from({ length: 40 }, (_, at) => [1, at % 3 === 0 ? 1 : 0]);
  const share = (sums: ArrayLike<number>) => sums[1]! / sums[0]!;

  test('are the same from counts, from weights and from stored resamples', () => {
    const options = { resamples: 300, seed: 9 };
    const byCounts = estimateCounts(rows, (sums) => ({ share: share(sums) }), options).share;
    const statistic = (weights?: ArrayLike<number>) => {
      const sums = [0, 0];
      for (const [at, row] of rows.entries())
        for (const c of [0, 1]) sums[c]! += (weights ? weights[at]! : 1) * row[c]!;
      return share(sums);
    };
    expect(byCounts).toEqual(estimateAll(rows.length, (weights) => ({ share: statistic(weights) }), options).share);
    expect(byCounts).toEqual(estimate(statistic, resample(rows.length, 300, 9)));
    expect(byCounts.low!).toBeLessThan(byCounts.value!);
    expect(byCounts.high!).toBeGreaterThan(byCounts.value!);
  });

  test('are left out without resamples, and where the figure is not defined', () => {
    expect(estimateCounts(rows, (sums) => ({ share: share(sums) }), { resamples: 0, seed: 1 }).share).toEqual({
      ...{ value: 14 / 40, low: null, high: null },
    });
    expect(estimateCounts([], () => ({ share: Number.NaN }), { resamples: 5, seed: 1 }).share.value).toBeNull();
  });
});
