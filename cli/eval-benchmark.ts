import { type Command, InvalidArgumentError, Option } from 'commander';
import { asJson, asMarkdown, wholeNumber } from './parse-options.js';

/** `name=PATH`, as often as there are files. */
function namedPath(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, path] = /^([a-z][a-z0-9-]*)=(.+)$/i.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new InvalidArgumentError('it must be like name=PATH.');
  return { ...before, [name]: path };
}

export function addEvalBenchmark(evaluations: Command): void {
  evaluations
    .command('benchmark')
    .argument('[name]', 'pope, chair, amber, …; without a name, the list of them')
    .description("A public benchmark's own figures of recorded answers, with 95 % intervals.")
    .option('--annotations <path>', "the benchmark's file or folder, as published")
    .option('--answers <file>', 'JSON lines, one for each answer')
    .addOption(
      new Option(
        '--items <file>',
        'instead of measuring, write what a model is asked or a detector judges: items for `score --input`',
      ).conflicts('answers'),
    )
    .option('--images <folder>', 'for --items: where the pictures are')
    .addOption(new Option('--with <name=path>', 'another file that the benchmark needs').argParser(namedPath))
    .option('--judge <name>', 'openai:MODEL or openai:MODEL@URL, where the metric asks a judge')
    .option('--judgements <file>', "the judge's recorded replies; with --judge, new ones are added to it")
    .addOption(
      new Option('--judge-prompt <name=path>', 'a prompt in place of ours, such as the published one').argParser(
        namedPath,
      ),
    )
    .option('--concurrency <n>', 'judge calls in hand at once', wholeNumber(1), 4)
    .option('--resamples <n>', 'bootstrap resamples; 0 for no intervals', wholeNumber(0), 1000)
    .option('--seed <n>', 'the seed of the bootstrap', wholeNumber(0), 1)
    .addOption(asJson())
    .addOption(asMarkdown())
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective eval benchmark
  $ vlm-detective eval benchmark hat --annotations hat-trainval.json --items items.jsonl --images val2014
  $ vlm-detective score --input items.jsonl --json --output scored.jsonl
  $ vlm-detective eval benchmark hat --annotations hat-trainval.json --answers scored.jsonl
  $ vlm-detective eval benchmark pope --annotations coco_pope_random.json --answers answers.jsonl
  $ vlm-detective eval benchmark chair --annotations annotations/ --with synonyms=synonyms.txt --answers captions.jsonl
  $ vlm-detective eval benchmark mmhal-bench --annotations mmhal-bench_answer_template.json --answers answers.json \\
      --judge openai:gpt-4.1 --judgements judgements.jsonl --json`,
    )
    .action(async (name, options) => {
      const { runEvalBenchmark } = await import('./run-benchmark.js');
      await runEvalBenchmark(name, options);
    });
}
