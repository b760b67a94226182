import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import pLimit from 'p-limit';
import { boundText, fitCalibration, reportText } from '../../eval/calibrate.js';
import { readLabelledAnswers } from '../../eval/tldr/labelled-file.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { harmOf } from '../../src/scorer/calibration.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import { harmBound, operatingPoint } from '../../src/scorer/operating-point.js';
import { type Io, stoppable } from '../io.js';
import { imageSide, share, wholeNumber } from '../parse-options.js';
import { startProgress } from '../progress.js';

export const define = (parent: Command): Command =>
  parent
    .command('calibrate')
    .description("Fit a scorer's rewards and threshold to labelled answers, and bound the harm that it can do.")
    .argument('<file>', 'labelled answers: JSON lines as `perturb`, `scenes` and `annotate export` write them')
    .option('--scorer <name>', 'the scorer to calibrate', 'claims')
    .option('--output <file>', 'where the calibration is stored', 'calibration.json')
    .addOption(
      new Option('--max-harm <share>', 'say which threshold changes at most this share of right answers').argParser(
        share,
      ),
    )
    .addOption(imageSide())
    .option('--concurrency <n>', 'answers in hand at once', wholeNumber(1), 4)
    .option('--json', 'the report as one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ vlm-detective perturb --input captions.jsonl > labelled.jsonl
  $ vlm-detective calibrate labelled.jsonl --scorer claims:ollama/qwen2.5vl --max-harm 0.02
  $ vlm-detective correct photo.jpg --text "…" --scorer claims:ollama/qwen2.5vl --calibration calibration.json --max-harm 0.02`,
    );

interface CalibrateOptions {
  scorer: string;
  output: string;
  maxHarm?: number;
  imageSide?: number;
  concurrency: number;
  json?: boolean;
}

/** `vlm-detective calibrate`: scores labelled answers, fits, reports on answers that the fit did not see, and stores. */
export async function run(io: Io, file: string, options: CalibrateOptions): Promise<void> {
  const answers = await readLabelledAnswers(file);
  const scorer = await createScorer(options.scorer, { imageSide: options.imageSide });
  const { signal, release } = stoppable(io);
  const progress = startProgress(io, async () => answers.length);
  try {
    const limit = pLimit(options.concurrency);
    let done = 0;
    const scored = await Promise.all(
      answers.map((answer) =>
        limit(async () => {
          signal.throwIfAborted();
          const { image, prompt, response } = answer;
          const { tokens } = await scorer.score({
            images: [image],
            response,
            signal,
            ...(prompt === undefined ? {} : { prompt }),
          });
          progress.step(++done);
          return { answer, tokens };
        }),
      ),
    );
    progress.stop();
    const set = `${basename(file)} (${answers.length} answers)`;
    const { calibration, report } = fitCalibration(scored, { scorer: scorer.name, set });
    const fitted = { ...scorer, threshold: calibration.threshold, harm: harmOf(calibration) };
    const { maxHarm } = options;
    const boundary = maxHarm === undefined ? undefined : operatingPoint(fitted, { maxHarm });
    const { bound } = harmBound(fitted, { maxHarm });
    await store(options.output, calibration);
    io.stdout.write(
      options.json
        ? `${JSON.stringify({ output: options.output, ...report, ...(bound ? { bound: { ...bound, threshold: boundary } } : {}) })}\n`
        : `${reportText(report)}${bound ? boundText(bound, boundary!) : ''}stored in ${options.output}\n`,
    );
  } finally {
    progress.stop();
    release();
    await scorer.close?.();
  }
}

async function store(path: string, calibration: object): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(calibration, null, 2)}\n`);
  } catch (cause) {
    throw new DetectiveError('bad-argument', `${path} cannot be written: ${errorMessage(cause)}`, { cause });
  }
}
