import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { SingleBar } from 'cli-progress';
import type { Io } from './io.js';

export interface ProgressBar {
  step(done: number): void;
  /** Takes the bar off the screen until the next step, so that text can be printed. */
  clear(): void;
  stop(): void;
}

/**
 * A bar on standard error, in a terminal, for runs of over two seconds. Nothing where a program reads it.
 *
 * @param total How many there are to do; 0 where that is not known. Asked only when the bar is shown.
 */
export function startProgress({ stderr }: Io, total: () => Promise<number>): ProgressBar {
  if (!stderr.isTTY) return { step: () => {}, clear: () => {}, stop: () => {} };
  let bar: SingleBar | undefined;
  let done = 0;
  let stopped = false;
  const show = async () => {
    const [{ default: progress }, all] = await Promise.all([import('cli-progress'), total().catch(() => 0)]);
    if (stopped) return;
    bar = new progress.SingleBar({
      stream: stderr,
      format: all > 0 ? '{bar} {value}/{total} | {eta_formatted} left' : '{value} done | {duration_formatted}',
      clearOnComplete: true,
      linewrap: true,
      etaBuffer: 50,
    });
    bar.start(all, done);
  };
  const timer = setTimeout(show, 2000);
  timer.unref();
  return {
    step(value) {
      done = value;
      bar?.update(value);
    },
    clear() {
      if (bar) stderr.write('\r\u001b[K');
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      if (!bar) return;
      // the bar goes back to the place saved last, which text printed meanwhile may have scrolled away
      stderr.write('\u001b7');
      bar.stop();
    },
  };
}

/** The lines of a file; 0 for what can be read only once. */
export async function countLines(path: string): Promise<number> {
  if (!(await stat(path)).isFile()) return 0;
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}
