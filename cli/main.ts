#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { errorMessage, isDetectiveError } from '../src/base/errors.js';
import { packageRoot } from '../src/base/package-root.js';
import { addEvaluations } from './eval-commands.js';
import { exitCodeOf } from './exit-code.js';
import { addModels } from './models.js';
import { nounSet, pictureSize, share, wholeNumber } from './parse-options.js';
import { addServe } from './serve-command.js';
import { printable } from './shade-words.js';

const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };

// a failed write also rejects where it is awaited
process.stdout.on('error', () => {});
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit(process.exitCode);
});

const program = new Command('vlm-detective')
  .description('Finds what a vision-language model made up about a picture, and has only those words rewritten.')
  .version(version)
  .option('--no-color', 'plain text, as with NO_COLOR=1')
  .showHelpAfterError('(add --help for help)')
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective score scene.png --text "Two dogs are left of a red car."
  $ vlm-detective correct scene.png --text "Two dogs are left of a red car."
  $ vlm-detective correct --input items.jsonl --json --report report.html
  $ vlm-detective scenes --count 100 --out scenes

Exit codes: 0 done, 1 some items failed, 2 bad arguments or input, 130 stopped by Ctrl-C. DEBUG=1 shows stack traces.`,
  )
  .exitOverride();

function withItems(command: Command): Command {
  return command
    .argument('[image]', 'a JPEG, PNG, WebP, GIF or AVIF file')
    .option('--text <answer>', 'the answer about the image; - reads it from standard input')
    .option('--prompt <question>', 'the question that was asked')
    .option(
      '--input <file>',
      'JSON lines of {"id", "image", "prompt"?, "response"}; image paths relative to the file; - for standard input',
    )
    .option('--output <file>', 'write the JSON lines to a file')
    .option('--resume', 'go on with a broken run: keep what is in --output and do the rest')
    .option(
      '--scorer <name>',
      'auto, tldr, tldr:FOLDER, tldr:OWNER/REPO@COMMIT (pulled before), objects, ocr, judge, judge:openai:MODEL@URL, vllm:URL, oip:URL#FOLDER, contrast:URL, or ensemble:objects+ocr',
      'auto',
    )
    .option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)", share)
    .option('--concurrency <n>', 'items in hand at once', wholeNumber(1), 4)
    .option('--json', 'one JSON line an item');
}

withItems(program.command('score'))
  .description('Give every token of an answer its reward: how far the image supports it.')
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective score scene.png --text "Two dogs are left of a red car."
  $ vlm-detective score --input items.jsonl --json > rewards.jsonl
  $ vlm-detective score --input items.jsonl --output rewards.jsonl --resume`,
  )
  .action(async (image, options) => {
    const { runScore } = await import('./score.js');
    await runScore(image, options);
  });

withItems(program.command('correct'))
  .description('Have the unsupported words of an answer rewritten until every word passes or nothing more helps.')
  .option(
    '--rewriter <name>',
    'local, openai:MODEL, anthropic:MODEL or openai:MODEL@URL (default: by the API key that is set, else local)',
  )
  .option('--max-rounds <n>', 'rounds at most', wholeNumber(0), 3)
  .addOption(
    new Option('--on-unresolved <what>', 'what to do with words that stay flagged')
      .choices(['keep', 'delete', 'hedge', 'throw'])
      .default('keep'),
  )
  .option('--report <file>', 'write one HTML file with pictures, rewards, rounds and edits')
  .option(
    '--queue <url>',
    'redis://HOST:PORT: let `vlm-detective worker` processes do the items, and collect them here',
  )
  .option('--batch <file>', "write the rewrite requests as the provider's batch file instead of asking")
  .option('--batch-results <files...>', 'result files of earlier batches: their answers are used')
  .option('--fail-closed', 'an item whose scorer or rewriter fails is an error, not its original answer')
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective correct scene.png --text "Two dogs are left of a red car."
  $ vlm-detective correct --input items.jsonl --json --report report.html
  $ vlm-detective correct --input items.jsonl --rewriter openai:gpt-5.1 --output out.jsonl --resume
  $ vlm-detective correct scene.png --text "…" --rewriter openai:qwen2.5-vl@http://localhost:8000/v1`,
  )
  .action(async (image, options) => {
    const { runCorrect } = await import('./correct.js');
    await runCorrect(image, options);
  });

program
  .command('worker')
  .description('Correct the items that `correct --queue` hands out, until Ctrl-C. Start as many as you like.')
  .requiredOption('--queue <url>', 'redis://HOST:PORT, with ?name=NAME for a queue of its own')
  .option('--scorer <name>', 'as for correct', 'auto')
  .option('--rewriter <name>', 'as for correct')
  .option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)", share)
  .option('--max-rounds <n>', 'rounds at most', wholeNumber(0), 3)
  .addOption(
    new Option('--on-unresolved <what>', 'what to do with words that stay flagged')
      .choices(['keep', 'delete', 'hedge', 'throw'])
      .default('keep'),
  )
  .option('--concurrency <n>', 'items in hand at once', wholeNumber(1), 4)
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective worker --queue redis://localhost:6379 --scorer tldr --rewriter local
  $ vlm-detective correct --input items.jsonl --output out.jsonl --queue redis://localhost:6379 --concurrency 64`,
  )
  .action(async (options) => {
    const { runWorker } = await import('./worker.js');
    await runWorker(options);
  });

program
  .command('scenes')
  .description('Draw scenes, and write true captions and their perturbed twins with token labels.')
  .requiredOption('--out <folder>', 'a new or empty folder')
  .option('--count <n>', 'scenes', wholeNumber(1), 20)
  .option('--captions <n>', 'pairs of captions a scene', wholeNumber(1), 2)
  .option('--seed <n>', 'the first seed', wholeNumber(0), 0)
  .option('--style <names>', 'icon sets, comma separated: noto, fluent-emoji-flat, twemoji, openmoji')
  .addOption(nounSet())
  .option('--size <pixels>', 'WIDTHxHEIGHT, or MIN..MAX for sides drawn by chance (default: 128..2048)', pictureSize)
  .addOption(new Option('--format <type>', 'picture format').choices(['png', 'jpeg', 'webp']).default('png'))
  .option('--force', 'write into a folder that is not empty')
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective scenes --count 100 --seed 7 --out scenes
  $ vlm-detective scenes --count 20 --size 256..512 --style openmoji --format webp --out held-out
  $ vlm-detective correct --input scenes/items.jsonl --json`,
  )
  .action(async (options) => {
    const { runScenes } = await import('./scenes.js');
    await runScenes(options);
  });

program
  .command('perturb')
  .description(
    'Turn true captions into a TLDR training set: each with minimally wrong twins, and labels of their words.',
  )
  .requiredOption(
    '--input <file>',
    'JSON lines of {"id", "image", "caption" or "response", "prompt"?}; image paths relative to the file; - for standard input',
  )
  .option(
    '--types <names>',
    'comma separated: spatial, attribute, binding, object, counting, small-object, ocr, counterfactual (default: all)',
  )
  .option('--per-caption <n>', 'wrong twins a caption at most, each of another type', wholeNumber(1), 1)
  .option('--seed <n>', 'the same seed gives the same twins', wholeNumber(0), 0)
  .option('--perturber <name>', 'rules, openai:MODEL, anthropic:MODEL or openai:MODEL@URL', 'rules')
  .option('--output <file>', 'write the JSON lines to a file')
  .option('--resume', 'go on with a broken run: keep what is in --output and do the rest')
  .option('--concurrency <n>', 'captions in hand at once', wholeNumber(1), 4)
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective perturb --input captions.jsonl --output training.jsonl
  $ vlm-detective perturb --input captions.jsonl --types counting,spatial --per-caption 2 --seed 7
  $ vlm-detective perturb --input captions.jsonl --perturber openai:gpt-5.1 --output training.jsonl`,
  )
  .action(async (options) => {
    const { runPerturb } = await import('./perturb.js');
    await runPerturb(options);
  });

addEvaluations(program);
addServe(program);
addModels(program);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
// whoever still writes to it must not keep this alive
process.stdin.destroy();

/** Says in a line what went wrong, and sets the exit code. */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') {
    // the reader has what it wanted, as `| head` does
    process.exitCode = 0;
    return;
  }
  process.stderr.write(`vlm-detective: ${printable(errorMessage(error))}\n`);
  if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = isDetectiveError(error) ? exitCodeOf(error.code) : 1;
}
