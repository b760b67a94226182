import pLimit from 'p-limit';
import { type DetectiveError, errorMessage, isDetectiveError } from '../src/base/errors.js';
import { mapInOrder } from '../src/base/in-order.js';
import { exitCodeOf, exitCodeOfStop, type Io, stoppable } from './io.js';
import type { BadLine, Item, ItemOptions, ItemSource } from './items.js';
import { openOutput } from './output.js';
import { countLines, startProgress } from './progress.js';
import { printable } from './shade-words.js';

export interface RunOptions extends ItemOptions {
  output?: string;
  resume?: boolean;
  json?: boolean;
  concurrency: number;
}

export interface Failure {
  code: string;
  message: string;
}

/** What a command does with one item, and how it shows the result to a program and to a person. */
export interface Job<Result> {
  work(item: Item, signal: AbortSignal): Promise<Result>;
  /** An array is a line for each of its elements. */
  toJson(id: string, result: Result): object | readonly object[];
  show(result: Result): string;
  /** Why a result counts as failed although it is one, or null. */
  failureOf?(result: Result): Failure | null;
  /** Called in order for each result. */
  onResult?(item: Item, result: Result): Promise<void>;
}

type Outcome<Result> = { item: Item; result: Result } | { item: Item | BadLine; error: Failure } | 'done before';

/**
 * Runs a job over the items, several at once, and writes the results in order, each as soon as it and all before it are
 * done. A failed item is a line with an error. Ctrl-C stops new work, writes what is done, and says how to go on.
 *
 * @returns the exit code
 */
export async function runItems<Result>(
  io: Io,
  source: ItemSource,
  options: RunOptions,
  job: Job<Result>,
): Promise<number> {
  const output = await openOutput(io, options);
  const { signal, release } = stoppable(io);
  const { input } = options;
  const progress = startProgress(io, async () => (input === undefined ? 1 : input === '-' ? 0 : countLines(input)));
  const asJson = options.json === true || options.output !== undefined;
  const limit = pLimit(options.concurrency);
  let failed = 0;
  let firstFailure: Failure | undefined;
  let done = 0;

  const begin = async (item: Item | BadLine): Promise<Outcome<Result>> => {
    if (output.takeDone(item.id, 'response' in item ? item.response : undefined)) return 'done before';
    if ('error' in item) return { item, error: item.error };
    try {
      return { item, result: await limit(() => job.work(item, signal)) };
    } catch (error) {
      return { item, error: asFailure(error) };
    }
  };

  const report = async (outcome: Exclude<Outcome<Result>, string>) => {
    const failure = 'error' in outcome ? outcome.error : (job.failureOf?.(outcome.result) ?? null);
    progress.clear();
    if (failure) {
      failed++;
      firstFailure ??= failure;
      const where = failure.code === 'bad-input' || input === undefined ? '' : `item ${outcome.item.id}: `;
      io.stderr.write(`vlm-detective: ${printable(where + failure.message)}\n`);
    }
    if ('error' in outcome) {
      if (asJson) await output.write(`${resultLine(outcome.item, { id: outcome.item.id, error: outcome.error })}\n`);
      return;
    }
    const { item, result } = outcome;
    await job.onResult?.(item, result);
    const heading = input === undefined ? '' : `[${printable(item.id)}]\n`;
    await output.write(
      asJson
        ? [job.toJson(item.id, result)]
            .flat()
            .map((line) => `${resultLine(item, line)}\n`)
            .join('')
        : `${heading}${job.show(result)}\n${input === undefined ? '' : '\n'}`,
    );
  };

  try {
    for await (const outcome of mapInOrder(source(signal), options.concurrency * 2, begin)) {
      if (outcome !== 'done before') {
        // an item that was cut short is done again by --resume, and so is everything after it
        if (signal.aborted && 'error' in outcome) break;
        await report(outcome);
      }
      progress.step(++done);
    }
  } finally {
    progress.stop();
    release();
    await output.close();
  }
  if (io.signal.aborted) {
    const cure = options.output
      ? 'go on with the same command and --resume'
      : 'with --output FILE a stopped run can go on (--resume)';
    io.stderr.write(`stopped after ${done} items: ${cure}\n`);
    return exitCodeOfStop(io.signal);
  }
  if (firstFailure) {
    if (input !== undefined) io.stderr.write(`${failed} of ${done} items failed\n`);
    return input === undefined ? exitCodeOf(firstFailure.code) : 1;
  }
  return 0;
}

/**
 * A result in JSON with the id and the other columns of its line as they stood there. Columns that have the name of
 * something in the result go under `input`.
 */
export function resultLine({ id, asGiven }: Pick<Item, 'id' | 'asGiven'>, result: object): string {
  const { id: resultId, ...rest } = result as { id?: unknown };
  if (asGiven === undefined || resultId !== id) return JSON.stringify(result);
  const field = ([key, value]: readonly [string, string]) => `${JSON.stringify(key)}:${value}`;
  const hidden = asGiven.columns.filter(([key]) => Object.hasOwn(rest, key));
  const shown = asGiven.columns.filter(([key]) => !Object.hasOwn(rest, key));
  const fields = [
    field(['id', asGiven.id ?? JSON.stringify(id)]),
    ...shown.map(field),
    ...(hidden.length === 0 ? [] : [field(['input', `{${hidden.map(field).join(',')}}`])]),
    JSON.stringify(rest).slice(1, -1),
  ];
  return `{${fields.filter((one) => one !== '').join(',')}}`;
}

/** A thrown thing as it stands in the output. */
export function asFailure(error: unknown): Failure {
  const code: DetectiveError['code'] | 'failed' = isDetectiveError(error) ? error.code : 'failed';
  return { code, message: errorMessage(error) };
}
