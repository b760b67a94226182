import * as z from 'zod';
import { correct } from '../src/agent/correct.js';
import type { CorrectOptions } from '../src/agent/correction.js';
import { startQueueWorker } from '../src/bulk/queue-worker.js';
import { createRewriter, defaultRewriter } from '../src/rewriters/create-rewriter.js';
import { createScorer } from '../src/scorer/create-scorer.js';
import { resultJson } from './correct.js';
import { asFailure } from './run-items.js';

export interface WorkerCommandOptions {
  queue: string;
  scorer: string;
  rewriter?: string;
  threshold?: number;
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
export async function runWorker(options: WorkerCommandOptions): Promise<void> {
  const { threshold, maxRounds, onUnresolved, concurrency } = options;
  const rewriter = options.rewriter === undefined ? defaultRewriter() : createRewriter(options.rewriter);
  const scorer = await createScorer(options.scorer);
  const settings = { scorer, rewriter, maxRounds, onUnresolved, ...(threshold === undefined ? {} : { threshold }) };

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
    process.stderr.write('vlm-detective worker: ready\n');
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
    process.stderr.write('finishing what is in hand; once more ends at once\n');
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    await worker.close();
    process.stderr.write(`${done} items done\n`);
  } finally {
    await scorer.close?.();
  }
}
