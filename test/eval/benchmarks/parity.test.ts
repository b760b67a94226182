import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Benchmark } from '../../../eval/benchmarks/benchmark.js';
import { type BenchmarkReport, evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { openBenchmark } from '../../../eval/benchmarks/registry.js';
import { figure, once, printed, write } from './published.js';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'parity');
const at = (...path: string[]) => join(folder, ...path);

type Figures = Record<string, string>;
/** What the original scripts printed on these files, each with its commit; how they were run: README.md beside them. */
const expected = JSON.parse(await readFile(at('expected.json'), 'utf8')) as {
  [benchmark: string]: { [table: string]: Figures } & { figures: Figures };
};

async function reportOf(
  name: string,
  annotations: string,
  answers: string,
  files: Record<string, string> = {},
): Promise<BenchmarkReport> {
  const benchmark = (await openBenchmark(name)) as Benchmark;
  return evaluateBenchmark(benchmark, { annotations: at(annotations), answers: at(answers), files, ...once });
}

describe('figures as the original scripts print them, on files of their odd branches', () => {
  test('POPE', async () => {
    const report = await reportOf('pope', 'pope/questions.json', 'pope/answers.json');
    const { figures } = expected.pope!;
    expect(printed(report, Object.keys(figures))).toEqual(Object.values(figures));
  });

  test('OPOPE: any word of the name inside any word of the caption', async () => {
    const report = await reportOf('opope', 'opope/questions.json', 'opope/captions.jsonl');
    const { figures } = expected.opope!;
    expect(printed(report, Object.keys(figures))).toEqual(Object.values(figures));
  });

  test.each([
    ['with similar words', { similar: at('amber', 'similar.json') }],
    ['without', {}],
  ])('AMBER %s, all dimensions', async (table, files) => {
    const report = await reportOf('amber', 'amber/data', 'amber/responses.json', files);
    const figures = expected.amber![table]!;
    const ours = Object.keys(figures).map((name) => {
      const [part, short] = name.split(': ') as [string, string];
      const group = { 'Generative Task': undefined, 'Descriminative Task': undefined, Exsitence: 'Existence' };
      return printed(report, [short], part in group ? group[part as keyof typeof group] : part)[0];
    });
    expect(Object.fromEntries(Object.keys(figures).map((name, i) => [name, ours[i]]))).toEqual(figures);
  });

  test('HallusionBench: leaderboard, bias, consistency and diagnosis', async () => {
    const rows = 'hallusionbench/HallusionBench_result.json';
    const report = await reportOf('hallusionbench', rows, rows);
    const names: Record<string, string> = {
      'Acc per question pair (qAcc)': 'qAcc',
      'Acc per figure (fAcc)': 'fAcc',
      'Acc per easy question (easy aAcc)': 'easy aAcc',
      'Acc per hard question (hard aAcc)': 'hard aAcc',
      'Acc per question (aAcc)': 'aAcc',
      'Yes/No Bias (Pct Diff)': 'Yes percentage difference',
      'Yes/No Bias (FP Ratio)': 'False positive ratio',
      'Consistency Test (correct)': 'fAcc',
      LH: 'Language hallucination',
      VI: 'Visual illusion',
    };
    const { figures } = expected.hallusionbench!;
    const ours = Object.keys(figures).map((name) => [name, printed(report, [names[name] ?? name])[0]]);
    expect(Object.fromEntries(ours)).toEqual(figures);
  });

  test.each([
    ['original', undefined, 'chair/captions.jsonl'],
    ['opera', "OPERA's script: WordNet lemmas by part of speech", 'chair/captions-with-opera-lemmas.jsonl'],
  ])('CHAIR, %s script', async (script, group, answers) => {
    const report = await reportOf('chair', 'chair/annotations', answers, { synonyms: at('chair', 'synonyms.txt') });
    const figures = expected.chair![script]!;
    expect(printed(report, Object.keys(figures), group)).toEqual(Object.values(figures));
  });

  test('Object HalBench, with the names of a model and with every word', async () => {
    const report = await reportOf('obj-halbench', 'chair/annotations', 'obj-halbench/answers.jsonl', {
      synonyms: at('chair', 'synonyms.txt'),
    });
    const withNames = expected['obj-halbench']!['with names']!;
    expect(printed(report, Object.keys(withNames))).toEqual(Object.values(withNames));
    const everyWord = expected['obj-halbench']!['every word']!;
    expect(printed(report, Object.keys(everyWord), 'without a model: every word of the answer')).toEqual(
      Object.values(everyWord),
    );
  });

  test('MMHal-Bench, with ratings that are missing, double or cut', async () => {
    const lines = (await readFile(at('mmhal-bench', 'judgements.jsonl'), 'utf8')).trimEnd().split('\n');
    const answers = lines.map((line) => ({ model_answer: 'A cat.', judgement: JSON.parse(line).judgement as string }));
    const report = await evaluateBenchmark((await openBenchmark('mmhal-bench')) as Benchmark, {
      annotations: at('mmhal-bench', 'questions.json'),
      answers: await write('a.jsonl', answers),
      ...once,
    });
    const { figures } = expected['mmhal-bench']!;
    expect(printed(report, ['Average score', 'Hallucination rate'])).toEqual([
      figures['Average score'],
      figures['Hallucination rate'],
    ]);
    const byType = report.groups.map(({ name }) => printed(report, ['Average score'], name)[0]);
    expect(byType.join(',')).toBe(figures['Average score for each question type']);
  });

  test('SugarCrepe, ties wrong', async () => {
    const report = await reportOf('sugarcrepe', 'sugarcrepe/data', 'sugarcrepe/scores.jsonl');
    const { figures } = expected.sugarcrepe!;
    const ours = Object.keys(figures).map((part) => [part, printed(report, ['Accuracy'], part)[0]]);
    expect(Object.fromEntries(ours)).toEqual(figures);
  });

  test('VALSE, with scores of all pairs as its script writes them', async () => {
    const report = await reportOf('valse', 'valse/data', 'valse/scores.jsonl');
    const parts = expected.valse!.figures as unknown as Record<string, Figures>;
    for (const [part, { count, ...figures }] of Object.entries(parts)) {
      expect(printed(report, Object.keys(figures), part)).toEqual(Object.values(figures));
      expect(figure(report, 'acc', part).over).toBe(Number(count));
    }
    expect(report.others).toBeGreaterThan(0);
  });

  test('Winoground', async () => {
    const report = await reportOf('winoground', 'winoground/examples.jsonl', 'winoground/scores.jsonl');
    const { figures } = expected.winoground!;
    for (const [name, value] of Object.entries(figures))
      expect(figure(report, name).value).toBeCloseTo(Number(value), 10);
  });

  test('HalLoc: the threshold of the best F1 on validation', async () => {
    const report = await reportOf('halloc', 'halloc/halloc_caption.json', 'halloc/scored.jsonl');
    const { threshold } = expected.halloc as unknown as { threshold: string };
    expect(report.notes.join(' ')).toContain(`total ${threshold}`);
  });

  test.each([
    ['detail-verify', 'detail-verify/captions.jsonl', 'detail-verify/scored.jsonl', 4],
    ['vl-rewardbench', 'vl-rewardbench/pairs.jsonl', 'vl-rewardbench/scored.jsonl', 2],
  ])('%s', async (name, annotations, answers, digits) => {
    const report = await reportOf(name, annotations, answers);
    const { figures, groups } = expected[name] as unknown as { figures: Figures; groups: Record<string, Figures> };
    const ours = (names: string[], group?: string) =>
      names.map((each) => [each, figure(report, each, group).value!.toFixed(digits)]);
    expect(Object.fromEntries(ours(Object.keys(figures)))).toEqual(figures);
    for (const [group, figures] of Object.entries(groups))
      expect([group, Object.fromEntries(ours(Object.keys(figures), group))]).toEqual([group, figures]);
  });

  // benchmarks without a script of their own: a detector's figures as scikit-learn has them, ties and all
  test.each([
    ['hat', 'hat/annotations.json', 'hat/answers.jsonl', undefined],
    ['faithscore', 'faithscore/annotation.jsonl', 'faithscore/answers.jsonl', undefined],
    [
      'mhal-detect',
      'mhal-detect/annotations.json',
      'mhal-detect/answers.jsonl',
      'accurate against inaccurate segments',
    ],
  ])('%s, by scikit-learn', async (name, annotations, answers, group) => {
    const report = await reportOf(name, annotations, answers);
    const { figures } = expected[name]!;
    const ours = Object.keys(figures).map((each) => [each, figure(report, each, group).value!.toFixed(9)]);
    expect(Object.fromEntries(ours)).toEqual(figures);
  });
});
