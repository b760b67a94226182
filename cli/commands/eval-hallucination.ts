import { basename } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { DetectiveError } from '../../src/base/errors.js';
import type { Io } from '../io.js';
import { bootstrapSeed, resamples, share } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  reported(
    parent
      .command('hallucination')
      .argument(
        '<files...>',
        'MODEL=FILE of scored answers, as `score --json` writes them; one for each model',
        namedFile,
      )
      .description(
        "TLDR's hallucination rates of recorded answers (token, sentence, response), and how they go with another score.",
      )
      .option('--scores <file>', 'comma-separated values with the columns model and --column')
      .option('--column <name>', 'the column of --scores, such as MMMU')
      .option('--threshold <reward>', "tokens are bad at or below this, 0 to 1 (default: the scorer's own)", share)
      .option(
        '--fail-over <share>',
        'end with 1 where more of the judged answers have a flagged word, 0 to 1, or none was judged',
        share,
      )
      .addOption(resamples())
      .addOption(bootstrapSeed()),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective score --input gpt.jsonl --json --output gpt.scored.jsonl
  $ vlm-detective eval hallucination gpt=gpt.scored.jsonl qwen=qwen.scored.jsonl
  $ vlm-detective eval hallucination gpt.scored.jsonl --fail-over 0.1
  $ vlm-detective eval hallucination *.scored.jsonl --scores models.csv --column MMMU --markdown`,
  );

export interface EvalHallucinationOptions extends ReportOptions {
  scores?: string;
  column?: string;
  threshold?: number;
  failOver?: number;
  resamples: number;
  seed: number;
}

interface NamedFile {
  model: string;
  path: string;
}

/** `MODEL=FILE`, or a file that names its model itself. */
function namedFile(text: string, before: NamedFile[] = []): NamedFile[] {
  const [, model, path] = /^([^=/\\]+)=(.+)$/.exec(text) ?? [];
  const named = model !== undefined && path !== undefined ? { model, path } : { model: modelOf(text), path: text };
  if (before.some((other) => other.model === named.model))
    throw new InvalidArgumentError(`there are two files for the model ${named.model}: name them, as in A=FILE B=FILE.`);
  return [...before, named];
}

const modelOf = (path: string) => basename(path).replace(/\.jsonl?$/i, '');

/** `vlm-detective eval hallucination`: rates of each model's answers, and their correlation with a column of scores; 1 where one is over `--fail-over`. */
export async function run(io: Io, files: readonly NamedFile[], options: EvalHallucinationOptions): Promise<number> {
  const { readScoredAnswers } = await import('../../eval/hallucination/scored-answers.js');
  const { hallucinationRates } = await import('../../eval/hallucination/rates.js');
  const report = await import('../../eval/hallucination/report.js');
  const scores = await readScores(options);
  const read = await Promise.all(files.map(({ model, path }) => readScoredAnswers(model, path)));
  const threshold = options.threshold ?? sharedThreshold(read);
  const { seed, resamples } = options;
  const models = read.map(({ model, answers }) => {
    const score = scores?.get(model);
    const rates = hallucinationRates(answers, threshold, { seed, resamples });
    return { model, rates, ...(score === undefined ? {} : { score }) };
  });
  for (const model of scores?.keys() ?? [])
    if (!models.some((one) => one.model === model))
      io.stderr.write(printable(`vlm-detective: no answers of ${model}, so its ${options.column} is not used\n`));
  const correlations =
    scores === null
      ? []
      : report.rateCorrelations(
          models.map(({ rates: { token, sentence, response }, ...model }) => ({
            ...model,
            rates: { token: token.value, sentence: sentence.value, response: response.value },
          })),
        );
  const failed = read
    .filter((one) => one.failed > 0)
    .map((one) => `${one.failed} lines of ${one.model} have an error in place of rewards.`);
  const notes = [...failed, ...report.hallucinationNotes(threshold, correlations)];
  const tables = report.hallucinationTables(models, correlations, options.column);
  const named = Object.fromEntries(files.map(({ model, path }) => [model, path]));
  const json = { threshold, seed, resamples, models, correlations, notes };
  await printReport(
    io,
    { command: 'eval hallucination', tables, notes, json, files: { ...named, scores: options.scores } },
    options,
  );
  const { failOver } = options;
  if (failOver === undefined) return 0;
  const missed = models.flatMap(({ model, rates: { response } }) => {
    if (response.value === null) return [`no answer of ${model} was judged`];
    if (response.value <= 100 * failOver) return [];
    return [
      `${response.value.toFixed(1)} % of the judged answers of ${model} have a flagged word, more than ${100 * failOver} %`,
    ];
  });
  for (const line of missed) io.stderr.write(printable(`vlm-detective: ${line}\n`));
  return missed.length > 0 ? 1 : 0;
}

/** @throws DetectiveError `bad-argument` where the models were scored with different thresholds or by different scorers. */
function sharedThreshold(read: readonly { model: string; threshold: number | null; scorer: string | null }[]): number {
  for (const key of ['scorer', 'threshold'] as const) {
    const found = new Map(read.flatMap((one) => (one[key] === null ? [] : [[one[key], one.model] as const])));
    if (found.size > 1)
      throw new DetectiveError(
        'bad-argument',
        `the answers have different ${key}s (${[...found].map(([value, model]) => `${model}: ${value}`).join(', ')}): score all models alike${key === 'threshold' ? ', or give --threshold' : ''}`,
      );
  }
  return read.find(({ threshold }) => threshold !== null)?.threshold ?? 0.5;
}

async function readScores({ scores, column }: EvalHallucinationOptions): Promise<Map<string, number> | null> {
  if (scores === undefined && column === undefined) return null;
  if (scores === undefined || column === undefined)
    throw new DetectiveError('bad-argument', 'give --scores FILE together with --column NAME');
  const { readCsv } = await import('../../eval/benchmarks/csv-records.js');
  const row = z.looseObject({ model: z.string().min(1), [column]: z.string() });
  const { records } = await readCsv(scores, row, `{"model": "gpt", "${column}": "69.1"}`);
  return new Map(
    records.flatMap(({ value, name }) => {
      const text = String(value[column]).trim();
      if (text === '' || text === '-') return [];
      const score = Number(text);
      if (!Number.isFinite(score))
        throw new DetectiveError(
          'bad-input',
          `${name}: "${column}" is ${JSON.stringify(text.slice(0, 40))}, not a number`,
        );
      return [[value.model as string, score] as const];
    }),
  );
}
