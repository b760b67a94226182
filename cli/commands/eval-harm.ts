import type { Command } from 'commander';
import { Option } from 'commander';
import { oneAtATime } from '../../eval/correct/one-at-a-time.js';
import { type HarmItem, sceneHarmItems, sceneHarmSize } from '../../eval/harm/items.js';
import { measureHarm } from '../../eval/harm/measure.js';
import { readHarmItems } from '../../eval/harm/read-items.js';
import { harmNotes, harmTables } from '../../eval/harm/report.js';
import { summariseHarm } from '../../eval/harm/summary.js';
import { trainingStyles } from '../../scenes/scene.js';
import { createRewriter, defaultRewriter } from '../../src/rewriters/create-rewriter.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import type { Io } from '../io.js';
import { maxRounds, parseStyles, threshold, wholeNumber } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';
import { startProgress } from '../progress.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  reported(
    parent
      .command('harm')
      .description(
        'What a corrector does to true answers, by the dress they come in, beside what it mends in wrong ones.',
      )
      .option(
        '--count <n>',
        'scenes to draw, each told of truly and with one error in a dress of every kind',
        wholeNumber(1),
        50,
      )
      .option('--seed <n>', "the first scene's seed, and the seed of the bootstrap", wholeNumber(0), 7_000_000)
      .option('--style <names>', 'icon sets, comma separated (default: those of the training)')
      .addOption(
        new Option(
          '--input <file>',
          'answers of your own: JSON lines of {"image", "prompt"?, "response", "right"?, "dress"?}; without "right" the response is true',
        ).conflicts(['count', 'style']),
      )
      .option('--scorer <name>', 'as for `correct`', 'auto')
      .option('--rewriter <name>', 'as for `correct` (default: by the API key that is set, else local)')
      .addOption(threshold())
      .addOption(maxRounds())
      .option('--concurrency <n>', 'answers in hand at once', wholeNumber(1), 4),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval harm --rewriter local
  $ vlm-detective eval harm --count 500 --scorer tldr:./my-model --rewriter openai:gpt-5.1 --json
  $ vlm-detective eval harm --input answers.jsonl --scorer objects --markdown`,
  );

export interface EvalHarmOptions extends ReportOptions {
  count: number;
  seed: number;
  style?: string;
  input?: string;
  scorer: string;
  rewriter?: string;
  threshold?: number;
  maxRounds: number;
  concurrency: number;
}

const resamples = 1000;

/** `vlm-detective eval harm`: harm by dress, repair, and precision, recall and F0.5 of edits. */
export async function run(io: Io, options: EvalHarmOptions): Promise<number> {
  const { seed, threshold, maxRounds, concurrency } = options;
  const { items, size } = await openItems(options);
  const rewriter = options.rewriter === undefined ? defaultRewriter(io.env) : createRewriter(options.rewriter);
  const scorer = await createScorer(options.scorer);
  let done = 0;
  const progress = startProgress(io, async () => size);
  try {
    const records = await measureHarm(items, {
      scorer: /^(?:auto|tldr|objects|ocr|ensemble)\b/.test(options.scorer) ? oneAtATime(scorer) : scorer,
      rewriter,
      maxRounds,
      concurrency,
      ...(threshold === undefined ? {} : { threshold }),
      onRecord: () => progress.step(++done),
    });
    progress.stop();
    const summary = summariseHarm(records, { scorer: scorer.name, rewriter: rewriter.name, seed, resamples });
    const tables = harmTables(summary);
    const files = { input: options.input };
    const json = { ...summary, notes: harmNotes };
    await printReport(
      io,
      { command: 'eval harm', tables, notes: harmNotes, json, files, scorer: options.scorer },
      options,
    );
    if (summary.firstFailure === null) return 0;
    io.stderr.write(
      `vlm-detective: ${printable(`${summary.all.failed} answers failed; the first: ${summary.firstFailure}`)}\n`,
    );
    return 1;
  } finally {
    progress.stop();
    await scorer.close?.();
  }
}

async function openItems(options: EvalHarmOptions): Promise<{ items: AsyncIterable<HarmItem>; size: number }> {
  const { input, count, seed } = options;
  if (input !== undefined) {
    const items = await readHarmItems(input);
    return { items: each(items), size: items.length };
  }
  const styles = parseStyles(options.style) ?? trainingStyles;
  return { items: sceneHarmItems({ count, seed, styles }), size: sceneHarmSize(count) };
}

async function* each<T>(things: readonly T[]): AsyncGenerator<T> {
  yield* things;
}
