import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { readAnswers } from '../../eval/benchmarks/answers.js';
import { askJudge, createJudge, readJudgements } from '../../eval/benchmarks/ask-judge.js';
import type { Benchmark, BenchmarkItem } from '../../eval/benchmarks/benchmark.js';
import { measureBenchmark } from '../../eval/benchmarks/evaluate.js';
import { judgePrompts } from '../../eval/benchmarks/judge.js';
import { benchmarkNames, openBenchmark } from '../../eval/benchmarks/registry.js';
import { benchmarkHead, benchmarkTables } from '../../eval/benchmarks/report.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { writeWhole } from '../../src/base/write-whole.js';
import type { Io } from '../io.js';
import { stoppable } from '../io.js';
import { bootstrapSeed, resamples, wholeNumber } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';
import { startProgress } from '../progress.js';
import { printable } from '../shade-words.js';

/** `name=PATH`, as often as there are files. */
function namedPath(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, path] = /^([a-z][a-z0-9-]*)=(.+)$/i.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new InvalidArgumentError('it must be like name=PATH.');
  return { ...before, [name]: path };
}

export const define = (parent: Command): Command =>
  reported(
    parent
      .command('benchmark')
      .argument('[name]', 'pope, chair, amber, …; without a name, the list of them')
      .description("A public benchmark's own figures of recorded answers, with 95 % intervals.")
      .option('--annotations <path>', "the benchmark's file or folder, as published")
      .option('--answers <file>', 'JSON lines, one for each answer')
      .addOption(
        new Option(
          '--items <file>',
          'instead of measuring, write what a model is asked or a detector judges: items for `score --input`',
        ).conflicts('answers'),
      )
      .option('--images <folder>', 'for --items: where the pictures are')
      .addOption(new Option('--with <name=path>', 'another file that the benchmark needs').argParser(namedPath))
      .option('--judge <name>', 'openai:MODEL or openai:MODEL@URL, where the metric asks a judge')
      .option('--judgements <file>', "the judge's recorded replies; with --judge, new ones are added to it")
      .addOption(
        new Option('--judge-prompt <name=path>', 'a prompt in place of ours, such as the published one').argParser(
          namedPath,
        ),
      )
      .option('--concurrency <n>', 'judge calls in hand at once', wholeNumber(1), 4)
      .addOption(resamples())
      .addOption(bootstrapSeed()),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval benchmark
  $ vlm-detective eval benchmark hat --annotations hat-trainval.json --items items.jsonl --images val2014
  $ vlm-detective score --input items.jsonl --json --output scored.jsonl
  $ vlm-detective eval benchmark hat --annotations hat-trainval.json --answers scored.jsonl
  $ vlm-detective eval benchmark pope --annotations coco_pope_random.json --answers answers.jsonl
  $ vlm-detective eval benchmark chair --annotations annotations/ --with synonyms=synonyms.txt --answers captions.jsonl
  $ vlm-detective eval benchmark mmhal-bench --annotations mmhal-bench_answer_template.json --answers answers.json \\
      --judge openai:gpt-4.1 --judgements judgements.jsonl --json`,
  );

export interface EvalBenchmarkOptions extends ReportOptions {
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
}

/** `vlm-detective eval benchmark NAME`: a public benchmark's own figures, with intervals, of recorded answers. */
export async function run(io: Io, name: string | undefined, options: EvalBenchmarkOptions): Promise<void> {
  if (name === undefined) {
    io.stdout.write(await listBenchmarks(options.json === true));
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
    await writeItems(io, items!, read.items, options.images);
    return;
  }
  const matched = await readAnswers(benchmark, read, answers);
  const { replies, judge } = await judgementsFor(io, benchmark, matched.answered, options);
  const { resamples, seed } = options;
  const measured = measureBenchmark(benchmark, read, matched, { judgements: replies, resamples, seed });
  const report = { ...measured, ...(judge ? { judge } : {}) };
  await printReport(
    io,
    {
      command: `eval benchmark ${name}`,
      tables: benchmarkTables(report),
      head: benchmarkHead(report),
      notes: report.notes,
      json: report,
      files: { answers, judgements: options.judgements, ...files },
    },
    options,
  );
}

/** As `score --input` and `correct --input` read them; the id is what the answers name the item by. */
async function writeItems(io: Io, path: string, items: readonly BenchmarkItem[], images = ''): Promise<void> {
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
  io.stderr.write(`vlm-detective: ${items.length.toLocaleString('en')} items in ${printable(path)}\n`);
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

async function judgementsFor(io: Io, benchmark: Benchmark, answered: Answered, options: EvalBenchmarkOptions) {
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
  const progress = startProgress(io, async () => requests.length);
  const { signal, release } = stoppable(io);
  try {
    const replies = await askJudge(judge, requests, {
      replies: before.replies,
      ...(judgements === undefined ? {} : { record: judgements }),
      concurrency,
      signal,
      onReply: (done) => progress.step(done),
    });
    return { replies, judge: [...new Set([...before.judges, judge.name])].join(', ') };
  } finally {
    progress.stop();
    release();
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
