import pLimit from 'p-limit';
import { DetectiveError, errorMessage, isDetectiveError } from '../errors.js';
import { type BadLine, type Item, type ItemOptions, readItems } from './items.js';
import { openOutput } from './output.js';
import { startProgress } from './progress.js';

export interface RunOptions extends ItemOptions {
  output?: string;
  resume: boolean;
  json: boolean;
  concurrency: number;
}

export interface Failure {
  id: string;
  error: { code: string; message: string };
}

/** What a command does with one item, and how it shows the result to a person. */
export interface Job<Result> {
  work(item: Item, signal: AbortSignal): Promise<Result>;
  toJson(result: Result): object;
  show(result: Result): string;
  /** Called in order for each result that is done. */
  onResult?(item: Item, result: Result): Promise<void>;
  /** Called once at the end, also after Ctrl-C. */
  onEnd?(): Promise<void>;
}

/**
 * Runs a job over the items, several at once, and writes the results in order, each as soon as it and all before it are
 * done. A failed item is a line with an error and the exit code 1. Ctrl-C stops new work, writes what is done, and says
 * how to go on.
 */
export async function runItems<Result>(
  image: string | undefined,
  options: RunOptions,
  job: Job<Result>,
): Promise<void> {
  const items = await readItems(image, options);
  const output = await openOutput(options);
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new DetectiveError('aborted', 'stopped by Ctrl-C'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const progress = startProgress(options.input);
  const limit = pLimit(options.concurrency);
  const waiting: Promise<{ item: Item | BadLine; result: Result | Failure }>[] = [];
  let failed = 0;
  let done = 0;

  const writeOldest = async () => {
    const { item, result } = await waiting.shift()!;
    if (stop.signal.aborted && isFailure(result) && result.error.code === 'aborted') return;
    if (isFailure(result)) {
      failed++;
      if (!options.json && !options.output) process.stderr.write(`${result.id}: ${result.error.message}\n`);
    } else {
      await job.onResult?.(item as Item, result);
    }
    if (options.json || options.output) await output.write(isFailure(result) ? result : job.toJson(result));
    else if (!isFailure(result)) await output.writeText(job.show(result));
    progress.step(++done);
  };

  try {
    for await (const item of items) {
      if (stop.signal.aborted) break;
      if (output.has(item.id)) {
        progress.step(++done);
        continue;
      }
      waiting.push(
        'error' in item
          ? Promise.resolve({ item, result: item })
          : limit(() => job.work(item, stop.signal)).then(
              (result) => ({ item, result }),
              (error: unknown) => ({ item, result: asFailure(item.id, error) }),
            ),
      );
      while (waiting.length >= options.concurrency * 2) await writeOldest();
    }
    while (waiting.length > 0) await writeOldest();
  } finally {
    progress.stop();
    await output.close();
    await job.onEnd?.();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  if (stop.signal.aborted) {
    const again = options.output
      ? `go on with the same command and --resume`
      : 'with --output FILE a stopped run can go on (--resume)';
    process.stderr.write(`stopped after ${done} items: ${again}\n`);
    process.exitCode = 130;
  } else if (failed > 0) {
    process.exitCode = options.input === undefined ? 2 : 1;
  }
}

function isFailure(result: unknown): result is Failure {
  return (
    typeof result === 'object' &&
    result !== null &&
    'error' in result &&
    'id' in result &&
    Object.keys(result).length === 2
  );
}

function asFailure(id: string, error: unknown): Failure {
  return { id, error: { code: isDetectiveError(error) ? error.code : 'failed', message: errorMessage(error) } };
}
