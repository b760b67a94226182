import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGenerator } from '../eval/correct/generator.js';
import type { CorrectionItem, ItemSet } from '../eval/correct/item.js';
import { oneAtATime } from '../eval/correct/one-at-a-time.js';
import { recordedItems } from '../eval/correct/recorded-items.js';
import {
  correctionNotes,
  correctionTables,
  strategyNotes,
  tablesToMarkdown,
  tablesToText,
  timingTable,
} from '../eval/correct/report-text.js';
import { type CorrectionRun, correctionHeader, runCorrection } from '../eval/correct/run-correction.js';
import { sceneItems } from '../eval/correct/scene-items.js';
import { simulatedRewriter } from '../eval/correct/simulated-rewriter.js';
import { type StrategyName, strategyNames } from '../eval/correct/strategies.js';
import type { CorrectionSummary } from '../eval/correct/summary.js';
import { runFiles, writeCorrectionReport } from '../eval/report/write-report.js';
import { openLedger } from '../eval/runs/ledger.js';
import type { RunEnd } from '../eval/runs/run.js';
import { trainingStyles } from '../scenes/scene.js';
import { DetectiveError, errorMessage } from '../src/base/errors.js';
import { createRewriter, defaultRewriter } from '../src/rewriters/create-rewriter.js';
import type { Rewriter } from '../src/rewriters/rewriter.js';
import { createScorer } from '../src/scorer/create-scorer.js';
import type { FailUnder } from './fail-under.js';
import { failsUnder } from './fail-under.js';
import { startProgress } from './progress.js';
import { parseStyles } from './scenes.js';
import { printable } from './shade-words.js';

export interface EvalCorrectOptions {
  scenes: number;
  seed: number;
  errorRate: number;
  style?: string;
  input?: string;
  benchmark?: string;
  annotations?: string;
  synonyms?: string;
  generator?: string;
  scorer: string;
  rewriter?: string;
  threshold?: number;
  maxRounds: number;
  answers: number;
  strategies?: string;
  out?: string;
  resume?: boolean;
  limit?: number;
  concurrency: number;
  budgetTokens?: number;
  budgetCost?: number;
  failUnder?: FailUnder[];
  resamples: number;
  json?: boolean;
  markdown?: boolean;
}

/** `vlm-detective eval correct`: strategies of self-correction side by side on the same answers, against ground truth. */
export async function runEvalCorrect(options: EvalCorrectOptions): Promise<void> {
  if (options.resume && options.out === undefined)
    throw new DetectiveError('bad-argument', '--resume needs --out, the folder of the run to go on with');
  const names = parseStrategies(options.strategies);
  const set = await openItems(options);
  const { rewriterName, rewriterFor } = openRewriter(options.rewriter);
  const scorer = await createScorer(options.scorer);
  const folder = options.out ?? (await mkdtemp(join(tmpdir(), 'vlm-detective-eval-')));
  try {
    const run: CorrectionRun = {
      set,
      scorer: isInProcess(options.scorer) ? oneAtATime(scorer) : scorer,
      rewriterFor,
      rewriterName,
      names,
      threshold: options.threshold ?? scorer.threshold ?? 0.5,
      maxRounds: options.maxRounds,
      answers: options.answers,
    };
    await makeFolder(folder);
    const end = await workThrough(run, folder, options);
    if (end.status === 'aborted') {
      const cure = options.out
        ? 'go on with the same command and --resume'
        : 'with --out FOLDER a stopped run can go on (--resume)';
      process.stderr.write(`stopped: ${cure}\n`);
      process.exitCode = 130;
      return;
    }
    const { summary, timings, verdict } = await writeCorrectionReport(folder, set.picture, options);
    print(summary, timings, verdict, names, options);
    if (end.status === 'stopped') {
      process.stderr.write(`vlm-detective: stopped after ${summary.answers} answers: ${end.reason}\n`);
      process.exitCode = 1;
    }
    if (summary.firstFailure !== null) {
      process.stderr.write(`vlm-detective: ${printable(`some answers failed; the first: ${summary.firstFailure}`)}\n`);
      process.exitCode = 1;
    }
    for (const reason of failsUnder(summary, options.failUnder ?? [])) {
      process.stderr.write(`vlm-detective: ${printable(reason)}\n`);
      process.exitCode = 1;
    }
  } finally {
    await scorer.close?.();
    if (options.out === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Runs what is not done yet; Ctrl-C stops new work and leaves a ledger that can be gone on with. */
async function workThrough(run: CorrectionRun, folder: string, options: EvalCorrectOptions): Promise<RunEnd> {
  const { set } = run;
  const path = join(folder, runFiles.ledger);
  const ledger = await openLedger(path, await correctionHeader(run), options.resume === true);
  const size = Math.min(set.size, options.limit ?? set.size);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  let done = ledger.done;
  const progress = startProgress(async () => size);
  progress.step(done);
  try {
    return await runCorrection(run, {
      ledger,
      concurrency: options.concurrency,
      limit: size,
      budget: {
        ...(options.budgetTokens === undefined ? {} : { tokens: options.budgetTokens }),
        ...(options.budgetCost === undefined ? {} : { cost: options.budgetCost }),
      },
      signal: stop.signal,
      onRecord: () => progress.step(++done),
    });
  } finally {
    progress.stop();
    await ledger.close();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Models that run in this process put what waits into one batch. */
const isInProcess = (scorer: string) => /^(?:auto|tldr|objects|ocr|ensemble)\b/.test(scorer);

async function openItems(options: EvalCorrectOptions): Promise<ItemSet> {
  const { input, benchmark, annotations, synonyms, generator } = options;
  if (input === undefined) {
    if (benchmark !== undefined)
      throw new DetectiveError('bad-argument', '--benchmark needs --input, the recorded answers to its pictures');
    return sceneItems({
      count: options.scenes,
      seed: options.seed,
      styles: parseStyles(options.style) ?? trainingStyles,
      errorRate: options.errorRate,
      ...(generator === undefined || generator === 'embedded' ? {} : { generator: createGenerator(generator) }),
    });
  }
  if (benchmark === undefined) return recordedItems(input);
  if (benchmark !== 'chair')
    throw new DetectiveError('bad-argument', `--benchmark ${benchmark} has no ground truth for corrections: use chair`);
  if (annotations === undefined || synonyms === undefined)
    throw new DetectiveError('bad-argument', '--benchmark chair needs --annotations and --synonyms');
  const { chairObjects } = await import('../eval/correct/chair-objects.js');
  const set = await recordedItems(input, await chairObjects(annotations, synonyms));
  return { ...set, config: { ...set.config, benchmark } };
}

function openRewriter(spec: string | undefined): {
  rewriterName: string;
  rewriterFor: (item: CorrectionItem) => Rewriter;
} {
  const [, text] = /^simulated:(.+)$/.exec(spec ?? '') ?? [];
  if (text === undefined) {
    const rewriter = spec === undefined ? defaultRewriter() : createRewriter(spec);
    return { rewriterName: rewriter.name, rewriterFor: () => rewriter };
  }
  const skill = Number(text);
  if (!(skill >= 0 && skill <= 1))
    throw new DetectiveError(
      'bad-argument',
      `--rewriter simulated:${text} must have a share from 0 to 1, as simulated:0.7`,
    );
  return {
    rewriterName: `simulated:${skill}`,
    rewriterFor: ({ id, truth }) => {
      if (truth === undefined)
        throw new DetectiveError('bad-argument', 'a simulated rewriter needs answers whose truth is known: use scenes');
      return simulatedRewriter(
        truth,
        skill,
        [...id].reduce((seed, letter) => Math.imul(seed, 31) + letter.charCodeAt(0), 7),
      );
    },
  };
}

function parseStrategies(names: string | undefined): readonly StrategyName[] {
  if (names === undefined) return strategyNames;
  const chosen = new Set(names.split(',').map((name) => name.trim()));
  const unknown = [...chosen].find((name) => !(strategyNames as string[]).includes(name));
  if (unknown !== undefined)
    throw new DetectiveError('bad-argument', `unknown strategy "${unknown}": use ${strategyNames.join(', ')}`);
  return strategyNames.filter((name) => chosen.has(name));
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new DetectiveError(
      'bad-argument',
      `${folder} cannot be made (${errorMessage(cause)}): choose another --out`,
      { cause },
    );
  }
}

function print(
  summary: CorrectionSummary,
  timings: Parameters<typeof timingTable>[0],
  verdict: readonly string[],
  names: readonly StrategyName[],
  options: EvalCorrectOptions,
): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...summary, verdict, timings })}\n`);
    return;
  }
  const tables = [...correctionTables(summary), ...(timings.length > 0 ? [timingTable(timings)] : [])];
  const notes = [...verdict, ...names.map((name) => `${name}: ${strategyNotes[name]}`), ...correctionNotes];
  process.stdout.write(options.markdown ? tablesToMarkdown(tables, notes) : printable(tablesToText(tables, notes)));
  if (options.out !== undefined) process.stderr.write(`the report is ${join(options.out, runFiles.page)}\n`);
}
