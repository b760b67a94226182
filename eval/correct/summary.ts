import { type RatioSums, ratioSums } from '../runs/ratios.js';
import type { Estimate } from '../stats/bootstrap.js';
import { figures, partsOf } from './figures.js';
import { winOrLoss } from './outcome.js';
import { type CorrectionRecord, outcomeOf } from './record.js';

/** Counts of what cannot be seen in ratios. */
export interface StrategyCounts {
  failed: number;
  /** The scorer abstained, or there was nothing to choose from: the answer stayed as it was. */
  skipped: number;
  /** Answers whose new words the ground truth cannot judge exactly: in no figure of this strategy. */
  notJudged: number;
  wins: number;
  ties: number;
  losses: number;
}

/** A run in figures: what `--json` prints and the page shows. */
export interface CorrectionSummary {
  answers: number;
  /** Answers with a wrong claim. */
  wrongAnswers: number;
  claims: number;
  wrongClaims: number;
  /** Places that gave no answer, and answers that the scorer failed on. */
  failed: number;
  firstFailure: string | null;
  strategies: { name: string; counts: StrategyCounts; figures: Record<string, Estimate> }[];
  /** The last strategy less each other one. */
  differences: { name: string; minus: string; figures: Record<string, Estimate> }[];
  byType: { type: string; answers: number; fixed: Record<string, Estimate>; harmed: Record<string, Estimate> }[];
  resamples: number;
  seed: number;
}

const typeFigures = ['fixed', 'harmed'] as const;

/** Takes in the records of a run one by one, in bounded memory. */
export interface SummaryBuilder {
  add(record: CorrectionRecord): void;
  finish(resamples: number, seed: number): CorrectionSummary;
}

export function summariseRun(names: readonly string[]): SummaryBuilder {
  const overall = ratioSums(
    names.flatMap((name) =>
      figures.map((figure) => ({ name: `${name}.${figure.name}`, share: figure.unit === 'share' })),
    ),
  );
  const byType = new Map<string, { sums: RatioSums; answers: number }>();
  const counts = new Map<string, StrategyCounts>(
    names.map((name) => [name, { failed: 0, skipped: 0, notJudged: 0, wins: 0, ties: 0, losses: 0 }]),
  );
  const totals = { answers: 0, wrongAnswers: 0, claims: 0, wrongClaims: 0, failed: 0 };
  let firstFailure: string | null = null;

  function add(record: CorrectionRecord): void {
    if (record.error !== undefined || !record.strategies) {
      totals.failed++;
      firstFailure ??= record.error ?? 'no result';
      return;
    }
    const before = { right: record.right ?? 0, wrong: record.wrong ?? 0 };
    totals.answers++;
    totals.claims += before.right + before.wrong;
    totals.wrongClaims += before.wrong;
    if (before.wrong > 0) totals.wrongAnswers++;
    for (const name of names) {
      const done = record.strategies[name];
      const count = counts.get(name)!;
      if (!done) continue;
      if (done.status === 'failed') {
        count.failed++;
        firstFailure ??= done.reason ?? 'failed';
      } else if (done.status === 'skipped') count.skipped++;
      const now = outcomeOf(done);
      if (!now) count.notJudged++;
      else count[{ win: 'wins', tie: 'ties', loss: 'losses' }[winOrLoss(before, now)] as 'wins' | 'ties' | 'losses']++;
    }
    const parts = names.map((name) => partsOf(record, name));
    overall.add(parts.flat());
    if (record.type === undefined) return;
    const own = byType.get(record.type) ?? {
      sums: ratioSums(
        names.flatMap((name) => typeFigures.map((figure) => ({ name: `${name}.${figure}`, share: true }))),
      ),
      answers: 0,
    };
    byType.set(record.type, own);
    own.answers++;
    own.sums.add(parts.flatMap((own) => typeFigures.map((name) => own[placeOf(name)]!)));
  }

  function finish(resamples: number, seed: number): CorrectionSummary {
    const estimates = overall.estimates(resamples, seed);
    const at = (strategy: number, figure: number) => strategy * figures.length + figure;
    const last = names.length - 1;
    const pairs = names
      .slice(0, last)
      .flatMap((_, other) => figures.map((_, figure) => [at(last, figure), at(other, figure)] as const));
    const differences = last > 0 ? overall.differences(pairs, resamples, seed) : [];
    return {
      ...totals,
      firstFailure,
      strategies: names.map((name, strategy) => ({
        name,
        counts: counts.get(name)!,
        figures: named((figure) => estimates[at(strategy, figure)]!),
      })),
      differences: names.slice(0, last).map((minus, other) => ({
        name: names[last]!,
        minus,
        figures: named((figure) => differences[other * figures.length + figure]!),
      })),
      byType: [...byType]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([type, { sums, answers }]) => {
          const own = sums.estimates(resamples, seed);
          const of = (place: number) =>
            Object.fromEntries(names.map((name, strategy) => [name, own[strategy * typeFigures.length + place]!]));
          return { type, answers, fixed: of(0), harmed: of(1) };
        }),
      resamples,
      seed,
    };
  }
  return { add, finish };
}

const placeOf = (name: string) => figures.findIndex((figure) => figure.name === name);
const named = (estimate: (figure: number) => Estimate): Record<string, Estimate> =>
  Object.fromEntries(figures.map(({ name }, figure) => [name, estimate(figure)]));
