import colours from 'picocolors';
import { exitCodeOfStop, fail, type Io, isHeard } from './io.js';

/** The command line as a process: its arguments and streams, Ctrl-C, and the exit code. */
export async function runProcess(main: (argv: readonly string[], io: Io) => Promise<number>): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  // a failed write also rejects where it is awaited
  stdout.on('error', () => {});
  process.on('uncaughtException', (error) => process.exit(fail(error, process)));
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(exitCodeOfStop({ reason: name }));
      if (isHeard(stop.signal)) {
        stop.abort(name);
        return;
      }
      // nothing is in hand that could be finished
      process.removeAllListeners(name);
      process.kill(process.pid, name);
    });
  const io = { stdin, stdout, stderr, env, signal: stop.signal, colour: colours.isColorSupported };
  process.exitCode = await main(process.argv.slice(2), io);
  // whoever still writes to it must not keep this alive
  stdin.destroy();
}
