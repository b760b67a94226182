import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readAnswers } from '../eval/benchmarks/answers.js';
import { askJudge, createJudge, readJudgements } from '../eval/benchmarks/ask-judge.js';
import type { Benchmark, BenchmarkItem } from '../eval/benchmarks/benchmark.js';
import { measureBenchmark } from '../eval/benchmarks/evaluate.js';
import { judgePrompts } from '../eval/benchmarks/judge.js';
import { benchmarkNames, openBenchmark } from '../eval/benchmarks/registry.js';
import { benchmarkMarkdown, benchmarkText } from '../eval/benchmarks/report.js';
import { DetectiveError, errorMessage } from '../src/base/errors.js';
import { writeWhole } from '../src/base/write-whole.js';
import { startProgress } from './progress.js';
import { printable } from './shade-words.js';

export interface EvalBenchmarkOptions {
  annotations?: string;
  answers?: string;
  /** Where to write the items, instead of measuring. */
  items?: string;
  /** Where the items' pictures are. */
  images?: string;
  with?: Readonly<Record<string, string>>;
  judge?: string;
  judgements?: string;
  judgePrompt?: Readonly<Record<string, string>>;
  concurrency: number;
  resamples: number;
  seed: number;
  json?: boolean;
  markdown?: boolean;
}

/** `vlm-detective eval benchmark NAME`: a public benchmark's own figures, with intervals, of recorded answers. */
export async function runEvalBenchmark(name: string | undefined, options: EvalBenchmarkOptions): Promise<void> {
  if (name === undefined) {
    process.stdout.write(await listBenchmarks(options.json === true));
    return;
  }
  const benchmark = await openBenchmark(name);
  const files = checkFiles(benchmark, options.with ?? {});
  const { annotations, answers, items } = options;
  if (annotations === undefined || (answers === undefined && items === undefined))
    throw new DetectiveError(
      'bad-argument',
      `${name} needs ${annotations === undefined ? `--annotations: ${benchmark.annotations}` : `--answers: JSON lines such as ${benchmark.answer.example}`}`,
    );
  const read = await benchmark.load(annotations, files);
  if (answers === undefined) {
    await writeItems(items!, read.items, options.images);
    return;
  }
  const matched = await readAnswers(benchmark, read, answers);
  const { replies, judge } = await judgementsFor(benchmark, matched.answered, options);
  const { resamples, seed } = options;
  const measured = measureBenchmark(benchmark, read, matched, { judgements: replies, resamples, seed });
  const report = { ...measured, ...(judge ? { judge } : {}) };
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (options.markdown) process.stdout.write(benchmarkMarkdown(report));
  else process.stdout.write(printable(benchmarkText(report)));
}

/** As `score --input` and `correct --input` read them; the id is what the answers name the item by. */
async function writeItems(path: string, items: readonly BenchmarkItem[], images = ''): Promise<void> {
  const lines = items.map(({ id, image, prompt, response }) =>
    JSON.stringify({ id, ...(image === undefined ? {} : { image: join(resolve(images), image) }), prompt, response }),
  );
  try {
    await writeWhole(path, lines.map((line) => `${line}\n`).join(''));
  } catch (cause) {
    throw new DetectiveError('bad-argument', `${path} cannot be written (${errorMessage(cause)}): check --items`, {
      cause,
    });
  }
  process.stderr.write(`vlm-detective: ${items.length.toLocaleString('en')} items in ${printable(path)}\n`);
}

function checkFiles({ name, files = {} }: Benchmark, given: Readonly<Record<string, string>>) {
  const known = Object.keys(files).map((file) => file.replace(/\?$/, ''));
  const stray = Object.keys(given).find((file) => !known.includes(file));
  if (stray !== undefined)
    throw new DetectiveError(
      'bad-argument',
      `${name} takes no file ${JSON.stringify(stray.slice(0, 60))}: ${known.length > 0 ? `use ${known.join(', ')}` : 'it takes none'}`,
    );
  for (const [file, what] of Object.entries(files))
    if (!file.endsWith('?') && given[file] === undefined)
      throw new DetectiveError('bad-argument', `${name} needs --with ${file}=PATH: ${what}`);
  return given;
}

type Answered = Parameters<Benchmark['measure']>[1];

async function judgementsFor(benchmark: Benchmark, answered: Answered, options: EvalBenchmarkOptions) {
  const { judgements, judgePrompt = {}, concurrency } = options;
  const before =
    judgements !== undefined && (options.judge === undefined || existsSync(judgements))
      ? await readJudgements(judgements)
      : { replies: new Map<string, string>(), judges: [] };
  if (options.judge === undefined) return { replies: before.replies, judge: before.judges.join(', ') };
  const plan = benchmark.judge;
  if (!plan) throw new DetectiveError('bad-argument', `${benchmark.name} asks no judge: leave --judge out`);
  const stray = Object.keys(judgePrompt).find((what) => !Object.hasOwn(plan.prompts, what));
  if (stray !== undefined)
    throw new DetectiveError(
      'bad-argument',
      `${benchmark.name} has no prompt ${JSON.stringify(stray.slice(0, 60))}: use ${Object.keys(plan.prompts).join(', ')}`,
    );
  const own: Record<string, string> = {};
  for (const [what, path] of Object.entries(judgePrompt)) own[what] = await readPrompt(path, plan.prompts[what]![1]);
  const judge = createJudge(options.judge);
  const requests = plan.requests(answered, judgePrompts(plan, own));
  const progress = startProgress(async () => requests.length);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    const replies = await askJudge(judge, requests, {
      replies: before.replies,
      ...(judgements === undefined ? {} : { record: judgements }),
      concurrency,
      signal: stop.signal,
      onReply: (done) => progress.step(done),
    });
    return { replies, judge: [...new Set([...before.judges, judge.name])].join(', ') };
  } catch (error) {
    if (stop.signal.aborted) process.exitCode = 130;
    throw error;
  } finally {
    progress.stop();
    process.removeListener('SIGINT', interrupt);
  }
}

async function readPrompt(path: string, inputs: readonly string[]): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new DetectiveError('bad-input', `${path} cannot be read (${errorMessage(cause)}): check the path`, { cause });
  });
  const absent = inputs.find((input) => !text.includes(`{{${input}}}`));
  if (absent !== undefined)
    throw new DetectiveError('bad-input', `${path} never uses {{${absent}}}: a judge has to see it`);
  return text;
}

async function listBenchmarks(asJson: boolean): Promise<string> {
  const all = await Promise.all(benchmarkNames.map(openBenchmark));
  if (asJson)
    return `${JSON.stringify(all.map(({ name, about, source, annotations, files = {}, answer, judge }) => ({ name, about, source, annotations, files, answer: answer.example, judge: judge?.published ?? null })))}\n`;
  const width = Math.max(...all.map(({ name }) => name.length));
  const blocks = all.map(({ name, about, source, annotations, files = {}, answer }) =>
    [
      `${name.padEnd(width)}  ${about}`,
      `${' '.repeat(width)}  published: ${source.published}; ${source.paper}`,
      `${' '.repeat(width)}  licence: ${source.licence}`,
      `${' '.repeat(width)}  --annotations: ${annotations}`,
      ...Object.entries(files).map(
        ([file, what]) =>
          `${' '.repeat(width)}  --with ${file.replace(/\?$/, '')}=PATH: ${what}${file.endsWith('?') ? ' (optional)' : ''}`,
      ),
      `${' '.repeat(width)}  --answers: lines such as ${answer.example}`,
    ].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}
