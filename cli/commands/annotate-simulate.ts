import type { Command } from 'commander';
import { type SimulatedAnswer, simulatedAnswer } from '../../annotate/study/klm.js';
import { sceneParagraphs } from '../../annotate/study/scene-paragraphs.js';
import { simulate, simulationText } from '../../annotate/study/simulate.js';
import { readLabelledAnswers } from '../../eval/tldr/labelled-file.js';
import { heldOutStyle, type Style, trainingStyles } from '../../scenes/scene.js';
import { DetectiveError } from '../../src/base/errors.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import { flagSpans } from '../../src/text/spans.js';
import type { Io } from '../io.js';
import { asJson, share, wholeNumber } from '../parse-options.js';
import { startProgress } from '../progress.js';

export const define = (parent: Command): Command =>
  parent
    .command('simulate')
    .description('What highlights can save, and what they cost, by a keystroke-level model: a model, not people.')
    .option('--count <n>', 'scenes to draw, each with one long answer', wholeNumber(1), 300)
    .option('--seed <n>', "the first scene's seed", wholeNumber(0), 7_000_000)
    .option('--captions <n>', 'captions in an answer', wholeNumber(1), 6)
    .option('--error-rate <share>', 'of captions with an error', share, 0.05)
    .option('--input <file>', 'labelled answers in place of scenes: JSON lines with claims, as scenes writes them')
    .option('--scorer <name>', 'whose flags, as in score', 'tldr')
    .option('--threshold <reward>', "flag rewards at or below this, 0 to 1 (default: the scorer's own)", share)
    .addOption(asJson())
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective annotate simulate
  $ vlm-detective annotate simulate --count 1000 --json
  $ vlm-detective annotate simulate --input captions.jsonl --scorer tldr:./my-model`,
    );

interface SimulateOptions {
  count: number;
  seed: number;
  captions: number;
  errorRate: number;
  input?: string;
  scorer: string;
  threshold?: number;
  json?: boolean;
}

/** `vlm-detective annotate simulate`: our detector's real flags on answers whose errors are known, and a sweep. */
export async function run(io: Io, options: SimulateOptions): Promise<void> {
  const scorer = await createScorer(options.scorer);
  const threshold = options.threshold ?? scorer.threshold ?? 0.5;
  const { count, seed, captions, errorRate } = options;
  const styles: Style[] = [...trainingStyles, heldOutStyle];
  const source =
    options.input === undefined
      ? sceneParagraphs({ count, seed, captions, errorRate, styles })
      : await readLabelledAnswers(options.input);
  const answers: SimulatedAnswer[] = [];
  let skipped = 0;
  const bar = startProgress(io, async () => (options.input === undefined ? count : 0));
  try {
    for await (const { image, response, claims } of source) {
      io.signal.throwIfAborted();
      const { tokens, abstained } = await scorer.score({ images: [image], response, signal: io.signal });
      if (abstained === undefined)
        answers.push(simulatedAnswer(response, claims, flagSpans(response, tokens, threshold)));
      else skipped++;
      bar.step(answers.length + skipped);
    }
  } finally {
    bar.stop();
    await scorer.close?.();
  }
  if (answers.length === 0)
    throw new DetectiveError('bad-input', `${scorer.name} judged none of the answers: give --scorer another`);
  const simulation = simulate(answers);
  if (options.json)
    io.stdout.write(
      `${JSON.stringify({ note: 'a model, not people', scorer: scorer.name, threshold, skipped, ...simulation })}\n`,
    );
  else {
    const data =
      options.input ??
      `drawn scenes (seed ${seed}, ${captions} captions each, ${(100 * errorRate).toFixed(0)} % of them wrong)`;
    io.stdout.write(simulationText(simulation, scorer.name, data));
  }
}
