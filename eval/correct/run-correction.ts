import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.js';
import type { Rewriter } from '../../src/rewriters/rewriter.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { type RunHeader, runHeader } from '../runs/header.js';
import type { Ledger } from '../runs/ledger.js';
import { type RunEnd, runItems } from '../runs/run.js';
import { correctItem } from './correct-item.js';
import type { Guide } from './guide.js';
import type { CorrectionItem, ItemSet, LazyItem } from './item.js';
import type { CorrectionRecord } from './record.js';
import type { StrategyName } from './strategies.js';

/** What is run and with what. */
export interface CorrectionRun {
  set: ItemSet;
  scorer: Scorer;
  /** A rewriter for an item: the same for all, or one that is told the item's truth (simulated). */
  rewriterFor(item: CorrectionItem): Rewriter;
  rewriterName: string;
  /** Who writes whole answers by the paper's guidance; absent where the rewriter is none that can. */
  guideFor?: (item: CorrectionItem) => Guide;
  names: readonly StrategyName[];
  threshold: number;
  maxRounds: number;
  /** Answers that best-of-n chooses from. */
  answers: number;
}

/** Stops a run once its records have used up so much. */
export interface RunBudget {
  tokens?: number;
  /** US dollars. */
  cost?: number;
}

/** The header of a correction run's ledger: all that decides its results. */
export async function correctionHeader(run: CorrectionRun): Promise<RunHeader> {
  const { set, scorer, rewriterName, names, threshold, maxRounds, answers } = run;
  const config = {
    ...set.config,
    strategies: names,
    scorer: scorer.name,
    rewriter: rewriterName,
    threshold,
    maxRounds,
    answers,
  };
  const manifest = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return runHeader('correct', config, { 'vlm-detective': manifest.version, ...(await scorerFiles(scorer)) });
}

/** Models change without changing their names while they are trained: the embedded one is told by its files. */
async function scorerFiles({ name }: Scorer): Promise<Record<string, string>> {
  const path = join(packageRoot(), 'models', 'tldr-scenes', 'tldr.json');
  const text = await readFile(path).catch(() => null);
  if (!text) return {};
  const manifest = JSON.parse(text.toString()) as { name?: string; version?: string };
  if (name !== `${manifest.name}@${manifest.version}`) return {};
  return { 'tldr.json': createHash('sha256').update(text).digest('hex').slice(0, 16) };
}

export interface RunOptions {
  ledger: Ledger;
  concurrency: number;
  /** At most so many items, those of an earlier run among them. */
  limit?: number;
  budget?: RunBudget;
  signal: AbortSignal;
  onRecord(record: CorrectionRecord): void;
}

/** Corrects the items of the set that the ledger lacks, several at once, by every strategy. */
export async function runCorrection(run: CorrectionRun, options: RunOptions): Promise<RunEnd> {
  const { set, ...context } = run;
  const { ledger, concurrency, limit = set.size, budget = {}, signal, onRecord } = options;
  const spent = { tokens: 0, cost: 0 };
  return runItems<LazyItem, CorrectionRecord>({
    items: firstOf(set.items(ledger.done), Math.max(0, limit - ledger.done)),
    work: (item) => correctItem(item, { ...context, signal }),
    ledger,
    concurrency,
    signal,
    failureOf: ({ error, strategies }) =>
      error ?? Object.values(strategies ?? {}).find(({ status }) => status === 'failed')?.reason,
    onRecord(record) {
      onRecord(record);
      for (const { tokens = 0, cost = 0 } of Object.values(record.strategies ?? {})) {
        spent.tokens += tokens;
        spent.cost += cost;
      }
      if (budget.tokens !== undefined && spent.tokens >= budget.tokens)
        return `the budget of ${budget.tokens} tokens is used up (${spent.tokens})`;
      if (budget.cost !== undefined && spent.cost >= budget.cost)
        return `the budget of $${budget.cost} is used up ($${spent.cost.toFixed(4)})`;
      return undefined;
    },
  });
}

async function* firstOf<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  if (most <= 0) return;
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count === most) return;
  }
}
