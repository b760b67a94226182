import { groupBy } from '../benchmarks/figures.js';
import { type Estimate, estimateCounts } from '../stats/bootstrap.js';
import { type Share, shareOf } from '../stats/exact.js';
import type { HarmOutcome, HarmRecord } from './measure.js';

/** What became of the answers of one dress, one kind of dress, or all. */
export interface HarmRow {
  name: string;
  /** Of the true answers. */
  changed: Share;
  /** Of the answers with one error: just right, wrong words gone and nothing else, another wrong text, as it was. */
  exact: Share;
  removed: Share;
  wrong: Share;
  left: Share;
  /** Of the edits made, those that were needed; of the edits needed, those that were made. */
  precision: Share;
  recall: Share;
  /** Words of the answers that were judged. */
  judged: number | null;
  /** Answers that the scorer was given for a correction, on average. */
  passes: number | null;
  failed: number;
}

export interface HarmSummary {
  scorer: string;
  rewriter: string;
  answers: number;
  pictures: number;
  all: HarmRow;
  /** Of all edits, with a bootstrap interval over pictures: precision counts twice as much as recall. */
  f05: Estimate;
  /** By kind of dress, by dress, and by planted error: worst first. */
  families: HarmRow[];
  dresses: HarmRow[];
  errors: HarmRow[];
  /** The true answers that were changed. */
  harmed: Pick<HarmRecord, 'id' | 'dress' | 'status' | 'original' | 'response' | 'edits'>[];
  firstFailure: string | null;
}

export interface SummaryOptions {
  scorer: string;
  rewriter: string;
  seed: number;
  resamples: number;
}

export function summariseHarm(records: readonly HarmRecord[], options: SummaryOptions): HarmSummary {
  const { scorer, rewriter, seed, resamples } = options;
  const pictures = groupBy(records, ({ picture }) => picture);
  const edits = [...pictures.values()].map((some) => [
    sum(some, ({ counts }) => counts.right),
    sum(some, ({ counts }) => counts.spurious),
    sum(some, ({ counts }) => counts.missed),
  ]);
  const wrong = records.filter(({ error }) => error !== undefined);
  return {
    scorer,
    rewriter,
    answers: records.length,
    pictures: pictures.size,
    all: rowOf('all', records),
    f05: estimateCounts(edits, ([right, spurious, missed]) => ({ f05: fBeta(0.5, right!, spurious!, missed!) }), {
      seed,
      resamples,
    }).f05,
    families: rowsBy(records, ({ family }) => family),
    dresses: rowsBy(records, ({ dress }) => dress),
    errors: rowsBy(wrong, ({ error }) => error!),
    harmed: records
      .filter(({ outcome }) => outcome === 'changed')
      .map(({ id, dress, status, original, response, edits }) => ({ id, dress, status, original, response, edits })),
    firstFailure: records.find(({ failure }) => failure !== undefined)?.failure ?? null,
  };
}

/** F-beta of edits; NaN where none was needed and none made. */
export function fBeta(beta: number, right: number, spurious: number, missed: number): number {
  const square = beta * beta;
  return ((1 + square) * right) / ((1 + square) * right + square * missed + spurious);
}

function rowsBy(records: readonly HarmRecord[], keyOf: (record: HarmRecord) => string): HarmRow[] {
  return [...groupBy(records, keyOf)].map(([name, some]) => rowOf(name, some)).sort(worseFirst);
}

/** More harm first; among equals more wrong texts, then fewer repairs. */
function worseFirst(a: HarmRow, b: HarmRow): number {
  const by = (row: HarmRow) => [row.changed.share ?? 0, row.wrong.share ?? 0, -(row.exact.share ?? 1)];
  const [x, y] = [by(a), by(b)];
  const at = x.findIndex((value, i) => value !== y[i]);
  return at < 0 ? 0 : y[at]! - x[at]!;
}

function rowOf(name: string, records: readonly HarmRecord[]): HarmRow {
  const done = records.filter(({ outcome }) => outcome !== 'failed');
  const truths = done.filter(({ outcome }) => outcome === 'kept' || outcome === 'changed');
  const errors = done.filter((record) => !truths.includes(record));
  const share = (some: readonly HarmRecord[], outcome: HarmOutcome) =>
    shareByPicture(some, (record) => [record.outcome === outcome ? 1 : 0, 1]);
  const words = sum(done, ({ judged }) => judged.of);
  return {
    name,
    changed: share(truths, 'changed'),
    exact: share(errors, 'exact'),
    removed: share(errors, 'removed'),
    wrong: share(errors, 'wrong'),
    left: share(errors, 'left'),
    precision: shareByPicture(done, ({ counts }) => [counts.right, counts.right + counts.spurious]),
    recall: shareByPicture(done, ({ counts }) => [counts.right, counts.right + counts.missed]),
    judged: words === 0 ? null : sum(done, ({ judged }) => judged.words) / words,
    passes: done.length === 0 ? null : sum(done, ({ passes }) => passes) / done.length,
    failed: records.length - done.length,
  };
}

function shareByPicture(
  records: readonly HarmRecord[],
  part: (record: HarmRecord) => readonly [number, number],
): Share {
  const clusters = [...groupBy(records, ({ picture }) => picture).values()].map((some): [number, number] => [
    sum(some, (record) => part(record)[0]),
    sum(some, (record) => part(record)[1]),
  ]);
  return shareOf(clusters.filter(([, of]) => of > 0));
}

const sum = <T>(things: readonly T[], of: (thing: T) => number) =>
  things.reduce((total, thing) => total + of(thing), 0);
