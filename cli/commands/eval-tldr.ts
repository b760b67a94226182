import { once } from 'node:events';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { type Evaluation, evaluate, thresholdOf, withWrongPictures } from '../../eval/tldr/evaluate.js';
import type { LabelledAnswer } from '../../eval/tldr/judge.js';
import { readLabelledAnswers } from '../../eval/tldr/labelled-file.js';
import { evaluateNlvr } from '../../eval/tldr/nlvr.js';
import { curveFigures, type EvaluationReport, notes, reportTables } from '../../eval/tldr/report.js';
import { type SceneSet, sceneAnswers } from '../../eval/tldr/scene-answers.js';
import type { NounSet } from '../../scenes/common-nouns.js';
import { heldOutStyle, type Style, trainingStyles } from '../../scenes/scene.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import type { ScoredResponse, Scorer } from '../../src/scorer/scorer.js';
import type { Io } from '../io.js';
import { nounSet, parseStyles, wholeNumber } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';
import { startProgress } from '../progress.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  reported(
    parent
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
      .option(
        '--baselines <folder>',
        'a folder of trained TLDR folders to set beside the scorer, such as eval/baselines',
      )
      .option('--scorer <name>', 'tldr, tldr:FOLDER, objects, judge:MODEL, … as for `score`', 'tldr')
      .option('--per-answer <file>', 'write a line of JSON for each answer: its labels and every reward'),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval tldr
  $ vlm-detective eval tldr --count 100 --style openmoji --json
  $ vlm-detective eval tldr --input scenes/captions.jsonl --scorer tldr:./my-model --markdown`,
  );

export interface EvalTldrOptions extends ReportOptions {
  count: number;
  seed: number;
  style?: string;
  nouns?: NounSet;
  input?: string;
  scorer: string;
  perAnswer?: string;
  nlvr?: string;
  /** A folder of TLDR model folders to set beside the scorer. */
  baselines?: string;
}

/** A set of answers by its name, and how many there will be about. */
interface AnswerSet {
  name: string;
  size: number;
  batches: () => AsyncIterable<readonly LabelledAnswer[]> | Iterable<readonly LabelledAnswer[]>;
}

const resamples = 1000;

/** `vlm-detective eval tldr`: the paper's measures and those it lacks, with intervals, as a table, Markdown or JSON. */
export async function run(io: Io, options: EvalTldrOptions): Promise<number> {
  const { seed } = options;
  const sets =
    options.input === undefined
      ? sceneSets(options)
      : fileSets(await readLabelledAnswers(options.input), options.input);
  const scorer = await createScorer(options.scorer);
  const rivals = await openRivals(options.baselines);
  const lines = await openLines(options.perAnswer);
  const progress = startProgress(io, async () => sets.reduce((sum, { size }) => sum + size, 0));
  try {
    const evaluations: Evaluation[] = [];
    let before = 0;
    for (const { name, size, batches } of sets) {
      const onProgress = (done: number) => progress.step(before + done);
      const onAnswer =
        lines && ((answer: LabelledAnswer, scored: ScoredResponse | Error) => lines.write(name, answer, scored));
      evaluations.push(
        await evaluate(name, batches(), scorer, {
          seed,
          resamples,
          rivals,
          onProgress,
          ...(onAnswer ? { onAnswer } : {}),
        }),
      );
      before += size;
    }
    const { nlvr } = options;
    const withNlvr = nlvr !== undefined && existsSync(nlvr);
    const skipped = nlvr !== undefined && !withNlvr ? [`NLVR was skipped: ${nlvr} does not exist.`] : [];
    for (const note of skipped) io.stderr.write(`vlm-detective: ${printable(note)}\n`);
    const stressTest = withNlvr ? await evaluateNlvr(nlvr, scorer, { seed, resamples }) : null;
    progress.stop();
    const report: EvaluationReport = {
      scorer: scorer.name,
      threshold: thresholdOf(scorer),
      seed,
      resamples,
      sets: evaluations,
      nlvr: stressTest,
      notes: [...skipped, ...notes],
    };
    await printReport(
      io,
      {
        command: 'eval tldr',
        tables: reportTables(report),
        notes: report.notes,
        json: report,
        figures: curveFigures(report),
        files: { input: options.input },
        scorer: options.scorer,
      },
      options,
    );
    for (const { set, failed, firstFailure } of evaluations) {
      if (failed === 0) continue;
      io.stderr.write(
        `vlm-detective: ${printable(`${set}: ${failed} ${failed === 1 ? 'answer' : 'answers'} failed; the first: ${firstFailure}`)}\n`,
      );
    }
    return evaluations.some(({ failed }) => failed > 0) ? 1 : 0;
  } finally {
    progress.stop();
    await lines?.close();
    await scorer.close?.();
    for (const rival of rivals.values()) await rival.close?.();
  }
}

/** A file with a line for each answer, written as they come. */
async function openLines(path: string | undefined) {
  if (path === undefined) return null;
  const file = createWriteStream(path);
  await once(file, 'open').catch((cause: unknown) => {
    throw new DetectiveError(
      'bad-argument',
      `${path} cannot be written (${errorMessage(cause)}): choose another --per-answer`,
      { cause },
    );
  });
  const done = finished(file);
  // a full disk is told at the end, once all that was measured is printed
  done.catch(() => {});
  return {
    write(
      set: string,
      { id, picture, prompt, response, claims, perturbation, original }: LabelledAnswer,
      scored: ScoredResponse | Error,
    ) {
      const result =
        scored instanceof Error
          ? { error: errorMessage(scored) }
          : { tokens: scored.tokens, ...(scored.abstained === undefined ? {} : { abstained: scored.abstained }) };
      file.write(
        `${JSON.stringify({ set, id, picture, prompt, response, perturbation, original, claims, ...result })}\n`,
      );
    },
    async close() {
      file.end();
      await done.catch((cause: unknown) => {
        throw new DetectiveError('bad-argument', `${path} is not whole (${errorMessage(cause)})`, { cause });
      });
    },
  };
}

/** The trained baselines by name: one for each model folder. */
async function openRivals(folder: string | undefined): Promise<Map<string, Scorer>> {
  const rivals = new Map<string, Scorer>();
  if (folder === undefined) return rivals;
  if (!existsSync(folder))
    throw new DetectiveError(
      'bad-argument',
      `--baselines ${folder} does not exist: give a folder of TLDR model folders`,
    );
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (entry.isDirectory() && existsSync(join(folder, entry.name, 'tldr.json')))
      rivals.set(entry.name, await createScorer(`tldr:${join(folder, entry.name)}`));
  return rivals;
}

function sceneSets({ count, seed, style, nouns }: EvalTldrOptions): AnswerSet[] {
  const chosen = parseStyles(style);
  const set = (name: string, styles: readonly Style[], how: Partial<SceneSet> = {}): AnswerSet => ({
    name,
    size: count * 2,
    batches: () => sceneAnswers({ count, seed, styles, nouns, ...how }),
  });
  const styles = chosen ?? trainingStyles;
  return [
    set(`${chosen ? `scenes in ${chosen.join(', ')}` : 'fresh scenes'}${nouns ? ` of ${nouns} nouns` : ''}`, styles),
    ...(chosen ? [] : [set('held-out style', [heldOutStyle])]),
    set('held-out sentence shapes', styles, { heldOutShapes: true }),
    ...(count > 1 ? [set('wrong picture', styles, { wrongPictures: true })] : []),
  ];
}

function fileSets(answers: readonly LabelledAnswer[], path: string): AnswerSet[] {
  const blind = withWrongPictures(answers);
  const set = (name: string, answers: readonly LabelledAnswer[]): AnswerSet => ({
    name,
    size: answers.length,
    batches: () => inBatches(answers),
  });
  return [set(basename(path), answers), ...(blind.length > 0 ? [set('wrong picture', blind)] : [])];
}

function* inBatches(answers: readonly LabelledAnswer[]): Iterable<readonly LabelledAnswer[]> {
  for (let from = 0; from < answers.length; from += 32) yield answers.slice(from, from + 32);
}
