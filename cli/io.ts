import { getEventListeners, setMaxListeners } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { errorMessage, isDetectiveError } from '../src/base/errors.js';
import { printable } from './shade-words.js';

type Screen = Writable & { isTTY?: boolean; columns?: number };

/** What a command reads from and writes to. Models' clients read their keys from `process.env` themselves. */
export interface Io {
  stdin: Readable;
  stdout: Screen;
  stderr: Screen;
  env: Readonly<Record<string, string | undefined>>;
  /** Asks a command to stop: it finishes or drops what is in hand, and says how to go on. Its reason may be `'SIGTERM'`. */
  signal: AbortSignal;
  colour: boolean;
}

/** One command: what it takes, and what it does. */
export interface CommandFile {
  define(parent: Command): Command;
  /** Takes the arguments and the options that `define` describes, and gives the exit code; none is 0. */
  // biome-ignore lint/suspicious/noExplicitAny: each command knows the types of its own options
  run(io: Io, ...parsed: any[]): Promise<number | undefined> | Promise<void>;
}

const unusable: readonly string[] = ['bad-argument', 'bad-input', 'bad-image', 'bad-model', 'missing-dependency'];

/** The exit code of an error code: 2 for arguments and input that cannot be used, 1 for what failed. */
export function exitCodeOf(code: string): number {
  return unusable.includes(code) ? 2 : 1;
}

/** Says in a line what went wrong, and gives the exit code. */
export function fail(error: unknown, { stderr, env }: Pick<Io, 'stderr' | 'env'>): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // the reader has what it wanted, as `| head` does
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
  stderr.write(`vlm-detective: ${printable(errorMessage(error))}\n`);
  if (env.DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`);
  return isDetectiveError(error) ? exitCodeOf(error.code) : 1;
}

/** 130, as after Ctrl-C, or 143, as after SIGTERM. */
export function exitCodeOfStop({ reason }: Pick<AbortSignal, 'reason'>): number {
  return reason === 'SIGTERM' ? 143 : 130;
}

/**
 * A signal for work that can be stopped in the middle, until `release`, which aborts it. Whether someone listens decides
 * what Ctrl-C does: see `isHeard`.
 */
export function stoppable({ signal }: Io): { signal: AbortSignal; release: () => void } {
  const stop = new AbortController();
  // every run of a model listens to it
  setMaxListeners(0, stop.signal);
  const onStop = () => stop.abort(signal.reason);
  if (signal.aborted) onStop();
  signal.addEventListener('abort', onStop);
  return {
    signal: stop.signal,
    release() {
      signal.removeEventListener('abort', onStop);
      stop.abort();
    },
  };
}

/** Resolves when the signal aborts, with the name of what stopped it. */
export function stopped(signal: AbortSignal): Promise<string> {
  const name = () => (signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
  if (signal.aborted) return Promise.resolve(name());
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(name()), { once: true }));
}

/** Whether a command would do something about the signal. */
export const isHeard = (signal: AbortSignal): boolean => getEventListeners(signal, 'abort').length > 0;
