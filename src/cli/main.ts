#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { errorMessage, isDetectiveError } from '../errors.js';
import { packageRoot } from '../package-root.js';
import { addEvalBenchmark } from './eval-benchmark.js';
import { addEvalHallucination } from './eval-hallucination.js';
import { exitCodeOf } from './exit-code.js';
import { failUnder } from './fail-under.js';
import { addModels } from './models.js';
import { dollars, pictureSize, share, wholeNumber } from './parse-options.js';
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
  .addOption(
    new Option('--nouns <set>', 'common: the core only; few: sixteen (default: all)').choices(['common', 'few']),
  )
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

const evaluations = program.command('eval').description('Measure detectors and correctors.');

evaluations
  .command('tldr')
  .description(
    "TLDR's own measures, and those it lacks, with 95 % intervals, beside baselines that never see the picture.",
  )
  .option('--count <n>', 'scenes to draw, each with a true answer and its perturbed twin', wholeNumber(1), 300)
  .option('--seed <n>', "the first scene's seed, and the seed of the bootstrap", wholeNumber(0), 5_000_000)
  .option('--style <names>', 'icon sets, comma separated (default: those of the training, and the held-out one)')
  .addOption(
    new Option('--nouns <set>', 'common: the core only; few: sixteen (default: all)').choices(['common', 'few']),
  )
  .addOption(
    new Option(
      '--input <file>',
      'labelled answers in place of scenes: JSON lines as `scenes` writes them to captions.jsonl',
    ).conflicts(['count', 'style', 'nouns']),
  )
  .option('--nlvr <folder>', 'also judge the human sentences of an NLVR folder, out of domain')
  .option('--baselines <folder>', 'a folder of trained TLDR folders to set beside the scorer, such as eval/baselines')
  .option('--scorer <name>', 'tldr or tldr:FOLDER', 'tldr')
  .option('--json', 'one JSON object')
  .addOption(new Option('--markdown', 'tables in Markdown').conflicts('json'))
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval tldr
  $ vlm-detective eval tldr --count 100 --style openmoji --json
  $ vlm-detective eval tldr --input scenes/captions.jsonl --scorer tldr:./my-model --markdown`,
  )
  .action(async (options) => {
    const { runEvalTldr } = await import('./eval.js');
    await runEvalTldr(options);
  });

addEvalBenchmark(evaluations);
addEvalHallucination(evaluations);
evaluations
  .command('correct')
  .description(
    'Strategies of self-correction side by side on the same answers, against ground truth, with 95 % intervals.',
  )
  .option('--scenes <n>', 'scenes to draw, each with a caption of a captioner that errs', wholeNumber(1), 100)
  .option('--seed <n>', "the first scene's seed, and the seed of the bootstrap", wholeNumber(0), 6_000_000)
  .option('--error-rate <share>', 'share of the captions with a mistake, of one of eight kinds', share, 0.5)
  .option('--style <names>', 'icon sets, comma separated (default: those of the training)')
  .addOption(
    new Option(
      '--input <file>',
      'recorded answers in place of scenes: JSON lines of {"id", "image", "prompt"?, "response", "others"?, "objects"?}, or captions.jsonl of `scenes`',
    ).conflicts(['scenes', 'style', 'errorRate', 'generator']),
  )
  .option('--benchmark <name>', 'chair: ground truth of the recorded answers from COCO annotations')
  .option('--annotations <path>', 'for --benchmark: its annotation file or folder')
  .option('--synonyms <file>', "for --benchmark chair: CHAIR's synonyms.txt")
  .option('--generator <name>', 'who describes the scenes: embedded, openai:MODEL or openai:MODEL@URL', 'embedded')
  .option('--scorer <name>', 'as for `correct`', 'tldr')
  .option(
    '--rewriter <name>',
    'as for `correct`, or simulated:SHARE, which sees that share of things rightly (default: by the API key that is set, else local)',
  )
  .option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)", share)
  .option('--max-rounds <n>', 'rounds of the loop at most', wholeNumber(0), 3)
  .option('--answers <n>', 'answers that best-of-n chooses from', wholeNumber(2), 4)
  .option('--strategies <names>', 'comma separated: none, one-round, response-level, best-of-n, loop (default: all)')
  .option('--out <folder>', 'keep the run: run.jsonl, report.html, report.json, timing.json')
  .option('--resume', 'go on with the run in --out')
  .option('--limit <n>', 'no more answers than this', wholeNumber(1))
  .option('--concurrency <n>', 'answers in hand at once', wholeNumber(1), 4)
  .option('--budget-tokens <n>', 'stop once models used so many tokens', wholeNumber(1))
  .option('--budget-cost <dollars>', 'stop once models cost so much', dollars)
  .option('--fail-under <bound>', 'end with 1 where a figure misses it: fixed=0.4, one-round.harmed=0.02', failUnder)
  .option('--resamples <n>', 'of the bootstrap', wholeNumber(0), 1000)
  .option('--json', 'one JSON object')
  .addOption(new Option('--markdown', 'tables in Markdown').conflicts('json'))
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval correct --scenes 1000 --out runs/local
  $ vlm-detective eval correct --scenes 1000 --rewriter simulated:0.7 --out runs/simulated
  $ vlm-detective eval correct --scenes 200 --seed 7 --fail-under fixed=0.3 --fail-under harmed=0.02
  $ vlm-detective eval correct --input answers.jsonl --scorer objects --rewriter openai:gpt-5.1 --budget-cost 5 --out runs/api
  $ vlm-detective eval correct --scenes 1000 --out runs/local --resume`,
  )
  .action(async (options) => {
    const { runEvalCorrect } = await import('./eval-correct.js');
    await runEvalCorrect(options);
  });

evaluations
  .command('compare')
  .description('What one run of `eval correct` has over another on the items of both, by paired bootstrap.')
  .argument('<first>', 'the folder of a run')
  .argument('<second>', 'the folder of another')
  .option('--seed <n>', 'of the bootstrap', wholeNumber(0), 0)
  .option('--resamples <n>', 'of the bootstrap', wholeNumber(1), 1000)
  .option('--json', 'one JSON object')
  .addOption(new Option('--markdown', 'tables in Markdown').conflicts('json'))
  .addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval compare runs/old-model runs/new-model
  $ vlm-detective eval compare runs/local runs/simulated --json`,
  )
  .action(async (first, second, options) => {
    const { runEvalCompare } = await import('./eval-compare.js');
    await runEvalCompare(first, second, options);
  });

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
