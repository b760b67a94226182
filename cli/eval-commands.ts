import { type Command, Option } from 'commander';
import { addEvalBenchmark } from './eval-benchmark.js';
import { addEvalHallucination } from './eval-hallucination.js';
import { failUnder } from './fail-under.js';
import { asJson, asMarkdown, dollars, nounSet, share, wholeNumber } from './parse-options.js';

/** `vlm-detective eval …`. */
export function addEvaluations(program: Command): void {
  const evaluations = program.command('eval').description('Measure detectors and correctors.');

  evaluations
    .command('tldr')
    .description(
      "TLDR's own measures, and those it lacks, with 95 % intervals, beside baselines that never see the picture.",
    )
    .option('--count <n>', 'scenes to draw, each with a true answer and its perturbed twin', wholeNumber(1), 300)
    .option('--seed <n>', "the first scene's seed, and the seed of the bootstrap", wholeNumber(0), 5_000_000)
    .option('--style <names>', 'icon sets, comma separated (default: those of the training, and the held-out one)')
    .addOption(nounSet())
    .addOption(
      new Option(
        '--input <file>',
        'labelled answers in place of scenes: JSON lines as `scenes` writes them to captions.jsonl',
      ).conflicts(['count', 'style', 'nouns']),
    )
    .option('--nlvr <folder>', 'also judge the human sentences of an NLVR folder, out of domain')
    .option('--baselines <folder>', 'a folder of trained TLDR folders to set beside the scorer, such as eval/baselines')
    .option('--scorer <name>', 'tldr or tldr:FOLDER', 'tldr')
    .addOption(asJson())
    .addOption(asMarkdown())
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
    .addOption(asJson())
    .addOption(asMarkdown())
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
    .addOption(asJson())
    .addOption(asMarkdown())
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
}
