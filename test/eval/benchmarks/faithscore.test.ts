import { expect, test } from 'vitest';
import { evaluateBenchmark } from '../../../eval/benchmarks/evaluate.js';
import { openBenchmark } from '../../../eval/benchmarks/registry.js';
import { figure, once, write } from './published.js';

const rows = [
  {
    id: '000000000001',
    answer: 'A cat on a red mat.',
    'stage 1': { 'A cat on a red mat': 1 },
    'stage 2': { 'There is a cat.': 1, 'The mat is red.': 0 },
  },
  { id: '000000000001', answer: 'It is lovely.', 'stage 1': { 'It is lovely': 0 }, 'stage 2': {} },
  {
    id: '000000000002',
    answer: 'Two dogs.',
    'stage 1': { 'Two dogs': 1 },
    'stage 2': { 'There are dogs.': 1, 'There are two dogs.': 1 },
  },
];

test('each fact is an item of its own; 1 is supported; FaithScore by people and by the detector', async () => {
  const benchmark = await openBenchmark('faithscore');
  const annotations = await write('annotation.jsonl', rows);
  const read = await benchmark.load(annotations);
  expect(read.items.map(({ id, image, response }) => [id, image, response])).toEqual([
    ['0/0', 'COCO_val2014_000000000001.jpg', 'There is a cat.'],
    ['0/1', 'COCO_val2014_000000000001.jpg', 'The mat is red.'],
    ['2/0', 'COCO_val2014_000000000002.jpg', 'There are dogs.'],
    ['2/1', 'COCO_val2014_000000000002.jpg', 'There are two dogs.'],
  ]);
  expect(read.version).toBe('3 answers, 1 of them without a fact, 4 facts, 1 of them not supported');
  const answers = await write('scored.jsonl', [
    { id: '0/0', score: 0.9 },
    { id: '0/1', score: 0.2 },
    { id: '2/0', score: 0.8 },
    { id: '2/1', score: 0.4 },
  ]);
  const report = await evaluateBenchmark(benchmark, { annotations, answers, ...once });
  expect(figure(report, 'AP of bad facts').value).toBe(100);
  expect(figure(report, 'Precision of flagged facts').value).toBe(50);
  expect(figure(report, 'FaithScore by people').value).toBe(0.75);
  expect(figure(report, 'FaithScore by the detector').value).toBe(0.5);
});

test('a file whose labels are no 0 or 1 is refused with its line', async () => {
  const benchmark = await openBenchmark('faithscore');
  const path = await write('a.jsonl', [rows[0], { ...rows[2], 'stage 2': { 'There are dogs.': 2 } }]);
  await expect(benchmark.load(path)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('line 2'),
  });
});
