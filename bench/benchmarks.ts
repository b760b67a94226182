/** npx tsx bench/benchmarks.ts [FOLDER]: the time to read the largest annotation files, and to measure answers to them. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAnswers } from '../eval/benchmarks/answers.js';
import { measureBenchmark } from '../eval/benchmarks/evaluate.js';
import { openBenchmark } from '../eval/benchmarks/registry.js';
import { packageRoot } from '../src/base/package-root.js';

const folder = process.argv[2] ?? join(packageRoot(), '..', 'shared', 'data', 'benchmarks');
const cases = [
  ['pope', 'pope/output/coco', { answer: 'Yes, there is.' }],
  ['amber', 'amber/data', { response: 'Yes' }],
  ['hallusionbench', 'hallusionbench/HallusionBench.json', { answer: 'Yes' }],
] as const;

const main = async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'bench-benchmarks-'));
  const rows = [];
  for (const [name, path, answer] of cases) {
    const annotations = join(folder, path);
    if (!existsSync(annotations)) {
      console.warn(`${annotations} is missing: ${name} is left out`);
      continue;
    }
    const benchmark = await openBenchmark(name);
    const reads: number[] = [];
    let read = await benchmark.load(annotations);
    for (let round = 0; round < 7; round++) {
      const start = performance.now();
      read = await benchmark.load(annotations);
      reads.push(performance.now() - start);
    }
    const answers = join(scratch, `${name}.jsonl`);
    await writeFile(answers, read.items.map(({ id }) => `${JSON.stringify({ id, ...answer })}\n`).join(''));
    const start = performance.now();
    const matched = await readAnswers(benchmark, read, answers);
    measureBenchmark(benchmark, read, matched, { resamples: 1000, seed: 1, judgements: new Map() });
    const measured = performance.now() - start;
    reads.sort((a, b) => a - b);
    rows.push({
      benchmark: name,
      items: read.items.length,
      'read, median ms': Math.round(reads[3]!),
      'read, worst ms': Math.round(reads[6]!),
      'answers and 1,000 resamples, ms': Math.round(measured),
    });
  }
  await rm(scratch, { recursive: true });
  console.table(rows);
};

await main();
