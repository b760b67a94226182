import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Evaluation, evaluate, thresholdOf, withWrongPictures } from '../eval/tldr/evaluate.js';
import type { LabelledAnswer } from '../eval/tldr/judge.js';
import { readLabelledAnswers } from '../eval/tldr/labelled-file.js';
import { evaluateNlvr } from '../eval/tldr/nlvr.js';
import { type EvaluationReport, notes, toMarkdown, toText } from '../eval/tldr/report.js';
import { type SceneSet, sceneAnswers } from '../eval/tldr/scene-answers.js';
import type { NounSet } from '../scenes/common-nouns.js';
import { heldOutStyle, type Style, trainingStyles } from '../scenes/scene.js';
import { DetectiveError } from '../src/base/errors.js';
import { createScorer } from '../src/scorer/create-scorer.js';
import type { Scorer } from '../src/scorer/scorer.js';
import { startProgress } from './progress.js';
import { parseStyles } from './scenes.js';
import { printable } from './shade-words.js';

export interface EvalTldrOptions {
  count: number;
  seed: number;
  style?: string;
  nouns?: NounSet;
  input?: string;
  scorer: string;
  json?: boolean;
  markdown?: boolean;
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
export async function runEvalTldr(options: EvalTldrOptions): Promise<void> {
  const { seed } = options;
  const sets =
    options.input === undefined
      ? sceneSets(options)
      : fileSets(await readLabelledAnswers(options.input), options.input);
  const scorer = await createScorer(options.scorer);
  const rivals = await openRivals(options.baselines);
  const progress = startProgress(async () => sets.reduce((sum, { size }) => sum + size, 0));
  try {
    const evaluations: Evaluation[] = [];
    let before = 0;
    for (const { name, size, batches } of sets) {
      const onProgress = (done: number) => progress.step(before + done);
      evaluations.push(await evaluate(name, batches(), scorer, { seed, resamples, rivals, onProgress }));
      before += size;
    }
    const { nlvr } = options;
    const withNlvr = nlvr !== undefined && existsSync(nlvr);
    const skipped = nlvr !== undefined && !withNlvr ? [`NLVR was skipped: ${nlvr} does not exist.`] : [];
    for (const note of skipped) process.stderr.write(`vlm-detective: ${printable(note)}\n`);
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
    process.stdout.write(
      options.json ? `${JSON.stringify(report)}\n` : options.markdown ? toMarkdown(report) : printable(toText(report)),
    );
    for (const { set, failed, firstFailure } of evaluations) {
      if (failed === 0) continue;
      process.stderr.write(
        `vlm-detective: ${printable(`${set}: ${failed} ${failed === 1 ? 'answer' : 'answers'} failed; the first: ${firstFailure}`)}\n`,
      );
      process.exitCode = 1;
    }
  } finally {
    progress.stop();
    await scorer.close?.();
    for (const rival of rivals.values()) await rival.close?.();
  }
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
