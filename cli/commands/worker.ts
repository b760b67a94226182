import type { Command } from 'commander';
import * as z from 'zod';
import { correct } from '../../src/agent/correct.js';
import type { CorrectOptions } from '../../src/agent/correction.js';
import { startQueueWorker } from '../../src/bulk/queue-worker.js';
import type { Io } from '../io.js';
import { stopped } from '../io.js';
import { openRewriter, openScorer, type ScorerChoice } from '../open-scorer.js';
import { calibration, imageSide, maxHarm, maxRounds, onUnresolved, threshold, wholeNumber } from '../parse-options.js';
import { asFailure } from '../run-items.js';
import { resultJson } from './correct.js';

export const define = (parent: Command): Command =>
  parent
    .command('worker')
    .description('Correct the items that `correct --queue` hands out, until Ctrl-C. Start as many as you like.')
    .requiredOption('--queue <url>', 'redis://HOST:PORT, with ?name=NAME for a queue of its own')
    .option('--scorer <name>', 'as for correct', 'auto')
    .option('--rewriter <name>', 'as for correct')
    .addOption(threshold())
    .addOption(calibration())
    .addOption(maxHarm())
    .addOption(imageSide())
    .addOption(maxRounds())
    .addOption(onUnresolved())
    .option('--concurrency <n>', 'items in hand at once', wholeNumber(1), 4)
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective worker --queue redis://localhost:6379 --scorer tldr --rewriter local
  $ vlm-detective correct --input items.jsonl --output out.jsonl --queue redis://localhost:6379 --concurrency 64`,
    );

export interface WorkerCommandOptions extends ScorerChoice {
  queue: string;
  rewriter?: string;
  maxRounds: number;
  onUnresolved: NonNullable<CorrectOptions['onUnresolved']>;
  concurrency: number;
}

const itemSchema = z.object({
  id: z.string(),
  image: z.string().min(1),
  prompt: z.string().optional(),
  response: z.string(),
});

/** `vlm-detective worker`: corrects the items of a queue until it is stopped. What it is made of is said here, not in the queue. */
export async function run(io: Io, options: WorkerCommandOptions): Promise<void> {
  const { threshold, maxHarm, maxRounds, onUnresolved, concurrency } = options;
  const rewriter = openRewriter(options.rewriter, options, io.env);
  const scorer = await openScorer(options);
  const settings = {
    scorer,
    rewriter,
    maxRounds,
    onUnresolved,
    ...(threshold === undefined ? {} : { threshold }),
    ...(maxHarm === undefined ? {} : { maxHarm }),
  };

  async function work(data: unknown): Promise<object> {
    const item = itemSchema.safeParse(data);
    if (!item.success) return { id: '', error: { code: 'bad-input', message: 'the queue holds what is no item' } };
    const { id, image, prompt, response } = item.data;
    try {
      const request = { images: [image], response, ...(prompt === undefined ? {} : { prompt }) };
      return resultJson(id, await correct(request, settings));
    } catch (error) {
      return { id, error: asFailure(error) };
    }
  }

  try {
    let done = 0;
    const worker = await startQueueWorker(options.queue, work, {
      concurrency,
      onDone: (count) => {
        done = count;
      },
    });
    io.stderr.write('vlm-detective worker: ready\n');
    await stopped(io.signal);
    io.stderr.write('finishing what is in hand; once more ends at once\n');
    await worker.close();
    io.stderr.write(`${done} items done\n`);
  } finally {
    await scorer.close?.();
  }
}
