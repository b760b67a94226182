#!/usr/bin/env node
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { packageRoot } from '../src/base/package-root.js';
import { type CommandFile, exitCodeOfStop, fail, type Io } from './io.js';

/** Every command, in the order of the help. A file is loaded when its command is asked for, or the help of all. */
const commands: Readonly<Record<string, () => Promise<CommandFile>>> = {
  score: () => import('./commands/score.js'),
  correct: () => import('./commands/correct.js'),
  demo: () => import('./commands/demo.js'),
  worker: () => import('./commands/worker.js'),
  doctor: () => import('./commands/doctor.js'),
  calibrate: () => import('./commands/calibrate.js'),
  scenes: () => import('./commands/scenes.js'),
  perturb: () => import('./commands/perturb.js'),
  'eval tldr': () => import('./commands/eval-tldr.js'),
  'eval benchmark': () => import('./commands/eval-benchmark.js'),
  'eval hallucination': () => import('./commands/eval-hallucination.js'),
  'eval correct': () => import('./commands/eval-correct.js'),
  'eval harm': () => import('./commands/eval-harm.js'),
  'eval compare': () => import('./commands/eval-compare.js'),
  'eval seeds': () => import('./commands/eval-seeds.js'),
  'eval reference': () => import('./commands/eval-reference.js'),
  annotate: () => import('./commands/annotate.js'),
  'annotate export': () => import('./commands/annotate-export.js'),
  'annotate simulate': () => import('./commands/annotate-simulate.js'),
  'annotate study': () => import('./commands/annotate-study.js'),
  serve: () => import('./commands/serve.js'),
  mcp: () => import('./commands/mcp.js'),
  'models list': () => import('./commands/models-list.js'),
  'models pull': () => import('./commands/models-pull.js'),
  'models export-triton': () => import('./commands/models-export-triton.js'),
  'models vllm-command': () => import('./commands/models-vllm-command.js'),
};

const groups: Readonly<Record<string, string>> = {
  annotate: 'People correct answers in a local web page.',
  eval: 'Measure detectors and correctors.',
  models: 'Fetch the weights of scorers, and export models to the servers that run them.',
};

const examples = `
Examples:
  $ vlm-detective score scene.png --text "Two dogs are left of a red car."
  $ vlm-detective correct scene.png --text "Two dogs are left of a red car."
  $ vlm-detective correct --input items.jsonl --json --report report.html
  $ vlm-detective scenes --count 100 --out scenes

Exit codes: 0 done, 1 some items failed, 2 bad arguments or input, 130 stopped by Ctrl-C. DEBUG=1 shows stack traces.`;

/**
 * The command line as a function: `main(['score', 'a.png', '--text', 'A dog.'], io)`. It never throws, sets nothing of
 * the process and ends nothing.
 *
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const { stdout, stderr } = io;
  const program = new Command('vlm-detective')
    .description('Finds what a vision-language model made up about a picture, and has only those words rewritten.')
    .version(version)
    .option('--no-color', 'plain text, as with NO_COLOR=1')
    .showHelpAfterError('(add --help for help)')
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : undefined) as number,
      getErrHelpWidth: () => (stderr.isTTY ? stderr.columns : undefined) as number,
    });
  let code = 0;
  const parents = new Map<string, Command>();
  try {
    for (const name of asked(argv)) {
      const file = await commands[name]!();
      const [group] = name.split(' ', 1) as [string];
      const about = groups[group];
      const grouped = about !== undefined && name !== group;
      if (grouped && !parents.has(group))
        // some groups are a command as well
        parents.set(
          group,
          program.commands.find((known) => known.name() === group) ?? program.command(group).description(about),
        );
      file.define(grouped ? parents.get(group)! : program).action(async (...parsed: unknown[]) => {
        code = (await file.run(io, ...parsed.slice(0, -1))) ?? 0;
      });
    }
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return io.signal.aborted ? exitCodeOfStop(io.signal) : fail(error, io);
  }
}

/** The names of the commands that the arguments ask for: one, those of a group, or all where it is not plain which. */
function asked(argv: readonly string[]): string[] {
  const [first, second] = argv.filter((word) => word !== '--no-color');
  if (first === '--version' || first === '-V') return [];
  const names = Object.keys(commands);
  const within = (start: string) => names.filter((name) => `${name} `.startsWith(`${start} `));
  return [within(`${first} ${second}`), within(String(first)), names].find((found) => found.length > 0)!;
}

const [, started] = process.argv;
if (started && existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url)) {
  const { runProcess } = await import('./process.js');
  await runProcess(main);
}
