import { createReadStream } from 'node:fs';
import type { SingleBar } from 'cli-progress';

export interface ProgressBar {
  step(done: number): void;
  stop(): void;
}

/** A bar on standard error, in a terminal, for runs of over two seconds. Nothing where the output is read by a program. */
export function startProgress(input: string | undefined): ProgressBar {
  if (input === undefined || !process.stderr.isTTY) return { step: () => {}, stop: () => {} };
  let bar: SingleBar | undefined;
  let done = 0;
  let stopped = false;
  const timer = setTimeout(async () => {
    const [{ default: progress }, total] = await Promise.all([
      import('cli-progress'),
      input === '-' ? 0 : countLines(input),
    ]);
    if (stopped) return;
    bar = new progress.SingleBar({
      stream: process.stderr,
      format: '{bar} {value}/{total} | {eta_formatted} left',
      clearOnComplete: true,
    });
    bar.start(total, done);
  }, 2000);
  timer.unref();
  return {
    step(value) {
      done = value;
      bar?.update(value);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      bar?.stop();
    },
  };
}

async function countLines(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
    for (const byte of chunk) if (byte === 10) lines++;
  return lines;
}
