import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { createGenerator } from '../../eval/correct/generator.js';
import { type Guide, guideOf, modelGuide } from '../../eval/correct/guide.js';
import type { CorrectionItem, ItemSet } from '../../eval/correct/item.js';
import { oneAtATime } from '../../eval/correct/one-at-a-time.js';
import { recordedItems } from '../../eval/correct/recorded-items.js';
import { correctionNotes, correctionTables, strategyNotes, timingTable } from '../../eval/correct/report-text.js';
import { type CorrectionRun, correctionHeader, runCorrection } from '../../eval/correct/run-correction.js';
import { sceneItems } from '../../eval/correct/scene-items.js';
import { simulatedRewriter } from '../../eval/correct/simulated-rewriter.js';
import { defaultStrategies, type StrategyName, strategyNames } from '../../eval/correct/strategies.js';
import { runFiles, type WrittenReport, writeCorrectionReport } from '../../eval/correct/write-report.js';
import { openLedger } from '../../eval/runs/ledger.js';
import type { RunEnd } from '../../eval/runs/run.js';
import { trainingStyles } from '../../scenes/scene.js';
import { DetectiveError, errorMessage } from '../../src/base/errors.js';
import { createRewriter, defaultRewriter } from '../../src/rewriters/create-rewriter.js';
import type { Rewriter } from '../../src/rewriters/rewriter.js';
import { createScorer } from '../../src/scorer/create-scorer.js';
import { type FailUnder, failsUnder, failUnder } from '../fail-under.js';
import type { Io } from '../io.js';
import { exitCodeOfStop, stoppable } from '../io.js';
import { dollars, parseStyles, share, threshold, wholeNumber } from '../parse-options.js';
import { printReport, type ReportOptions, reported } from '../print-report.js';
import { startProgress } from '../progress.js';
import { printable } from '../shade-words.js';

export const define = (parent: Command): Command =>
  reported(
    parent
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
      .addOption(threshold())
      .option('--max-rounds <n>', 'rounds of the loop at most', wholeNumber(0), 3)
      .option('--answers <n>', 'answers that best-of-n chooses from', wholeNumber(2), 4)
      .option(
        '--strategies <names>',
        'comma separated: none, one-round, response-level, paper, paper-naive, best-of-n, loop (default: all but the two of the paper)',
      )
      .option('--out <folder>', 'keep the run: run.jsonl, report.html, report.json, timing.json')
      .option('--resume', 'go on with the run in --out')
      .option('--limit <n>', 'no more answers than this', wholeNumber(1))
      .option('--concurrency <n>', 'answers in hand at once', wholeNumber(1), 4)
      .option('--budget-tokens <n>', 'stop once models used so many tokens', wholeNumber(1))
      .option('--budget-cost <dollars>', 'stop once models cost so much', dollars)
      .option(
        '--fail-under <bound>',
        'end with 1 where a figure misses it: fixed=0.4, one-round.harmed=0.02',
        failUnder,
      )
      .addOption(
        new Option('--fail-on <what>', 'what --fail-under holds: the figure, or the worse end of its 95 % interval')
          .choices(['value', 'bound'])
          .default('value'),
      )
      .option('--resamples <n>', 'of the bootstrap', wholeNumber(0), 1000),
  ).addHelpText(
    'after',
    `
Examples:
  $ vlm-detective eval correct --scenes 1000 --out runs/local
  $ vlm-detective eval correct --scenes 1000 --rewriter simulated:0.7 --out runs/simulated
  $ vlm-detective eval correct --scenes 200 --seed 7 --fail-under fixed=0.3 --fail-under harmed=0.02 --fail-on bound
  $ vlm-detective eval correct --input answers.jsonl --scorer objects --rewriter openai:gpt-5.1 --budget-cost 5 --out runs/api
  $ vlm-detective eval correct --scenes 1000 --out runs/local --resume`,
  );

export interface EvalCorrectOptions extends ReportOptions {
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
  failOn: 'value' | 'bound';
  resamples: number;
}

/** `vlm-detective eval correct`: strategies of self-correction side by side on the same answers, against ground truth. */
export async function run(io: Io, options: EvalCorrectOptions): Promise<number> {
  if (options.resume && options.out === undefined)
    throw new DetectiveError('bad-argument', '--resume needs --out, the folder of the run to go on with');
  const names = parseStrategies(options.strategies);
  const set = await openItems(options);
  const { rewriterName, rewriterFor, guideFor } = openRewriter(options.rewriter, io);
  const scorer = await createScorer(options.scorer);
  const folder = options.out ?? (await mkdtemp(join(tmpdir(), 'vlm-detective-eval-')));
  try {
    const comparison: CorrectionRun = {
      set,
      scorer: isInProcess(options.scorer) ? oneAtATime(scorer) : scorer,
      rewriterFor,
      rewriterName,
      ...(guideFor ? { guideFor } : {}),
      names,
      threshold: options.threshold ?? scorer.threshold ?? 0.5,
      maxRounds: options.maxRounds,
      answers: options.answers,
    };
    await makeFolder(folder);
    const end = await workThrough(comparison, folder, options, io);
    if (end.status === 'aborted') {
      const cure = options.out
        ? 'go on with the same command and --resume'
        : 'with --out FOLDER a stopped run can go on (--resume)';
      io.stderr.write(`stopped: ${cure}\n`);
      return exitCodeOfStop(io.signal);
    }
    const report = await writeCorrectionReport(folder, set.picture, options);
    const { summary } = report;
    await print(io, report, names, options);
    const failures: string[] = [];
    if (end.status === 'stopped') {
      failures.push(`stopped after ${summary.answers} answers: ${end.reason}`);
    }
    if (summary.firstFailure !== null) {
      failures.push(printable(`some answers failed; the first: ${summary.firstFailure}`));
    }
    failures.push(...failsUnder(summary, options.failUnder ?? [], options.failOn).map(printable));
    for (const failure of failures) io.stderr.write(`vlm-detective: ${failure}\n`);
    return failures.length > 0 ? 1 : 0;
  } finally {
    await scorer.close?.();
    if (options.out === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Runs what is not done yet; Ctrl-C stops new work and leaves a ledger that can be gone on with. */
async function workThrough(run: CorrectionRun, folder: string, options: EvalCorrectOptions, io: Io): Promise<RunEnd> {
  const { set } = run;
  const path = join(folder, runFiles.ledger);
  const ledger = await openLedger(path, await correctionHeader(run), options.resume === true);
  const size = Math.min(set.size, options.limit ?? set.size);
  const { signal, release } = stoppable(io);
  let done = ledger.done;
  const progress = startProgress(io, async () => size);
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
      signal,
      onRecord: () => progress.step(++done),
    });
  } finally {
    progress.stop();
    await ledger.close();
    release();
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
  const { chairObjects } = await import('../../eval/correct/chair-objects.js');
  const set = await recordedItems(input, await chairObjects(annotations, synonyms));
  return { ...set, config: { ...set.config, benchmark } };
}

function openRewriter(
  spec: string | undefined,
  { env }: Io,
): {
  rewriterName: string;
  rewriterFor: (item: CorrectionItem) => Rewriter;
  guideFor?: (item: CorrectionItem) => Guide;
} {
  const [, text] = /^simulated:(.+)$/.exec(spec ?? '') ?? [];
  if (text === undefined) {
    const rewriter = spec === undefined ? defaultRewriter(env) : createRewriter(spec);
    const guide = spec === undefined || spec === 'local' ? undefined : modelGuide(spec);
    return { rewriterName: rewriter.name, rewriterFor: () => rewriter, ...(guide ? { guideFor: () => guide } : {}) };
  }
  const skill = Number(text);
  if (!(skill >= 0 && skill <= 1))
    throw new DetectiveError(
      'bad-argument',
      `--rewriter simulated:${text} must have a share from 0 to 1, as simulated:0.7`,
    );
  const rewriterFor = ({ id, truth }: CorrectionItem) => {
    if (truth === undefined)
      throw new DetectiveError('bad-argument', 'a simulated rewriter needs answers whose truth is known: use scenes');
    return simulatedRewriter(
      truth,
      skill,
      [...id].reduce((seed, letter) => Math.imul(seed, 31) + letter.charCodeAt(0), 7),
    );
  };
  return { rewriterName: `simulated:${skill}`, rewriterFor, guideFor: (item) => guideOf(rewriterFor(item)) };
}

function parseStrategies(names: string | undefined): readonly StrategyName[] {
  if (names === undefined) return defaultStrategies;
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

async function print(
  io: Io,
  { summary, timings, verdict, figures }: WrittenReport,
  names: readonly StrategyName[],
  options: EvalCorrectOptions,
): Promise<void> {
  const tables = [...correctionTables(summary), ...(timings.length > 0 ? [timingTable(timings)] : [])];
  const notes = [...verdict, ...names.map((name) => `${name}: ${strategyNotes[name]}`), ...correctionNotes];
  const json = { ...summary, verdict, timings };
  const files = { input: options.input, annotations: options.annotations, synonyms: options.synonyms };
  await printReport(
    io,
    { command: 'eval correct', tables, notes, json, files, figures, scorer: options.scorer },
    options,
  );
  if (options.json) return;
  if (options.out !== undefined) io.stderr.write(`the report is ${join(options.out, runFiles.page)}\n`);
}
