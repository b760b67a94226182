import { type BootstrapOptions, type Estimate, estimateCounts } from '../eval/stats/bootstrap.js';
import type { Range } from '../src/text/range.js';
import { splitWords } from '../src/text/words.js';
import type { AnnotationRecord } from './formats/record.js';
import type { ItemRecords } from './records.js';
import { overlaps } from './work.js';

/** What of units that people judged goes into alpha; sums of it are of more units. */
interface Coincidences {
  /** Pairs of values that differ, each by one over the unit's other values. */
  differing: number;
  /** How often each value was given in units with two values or more. */
  counts: Map<string, number>;
}

function coincidencesOf(units: readonly (readonly (string | number | null)[])[]): Coincidences {
  const counts = new Map<string, number>();
  let differing = 0;
  for (const unit of units) {
    const own = new Map<string, number>();
    for (const value of unit) if (value !== null) own.set(String(value), (own.get(String(value)) ?? 0) + 1);
    const all = [...own.values()].reduce((sum, count) => sum + count, 0);
    if (all < 2) continue;
    for (const [value, count] of own) {
      counts.set(value, (counts.get(value) ?? 0) + count);
      differing += (count * (all - count)) / (all - 1);
    }
  }
  return { differing, counts };
}

function alphaOf(differing: number, counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const expected = all * all - counts.reduce((sum, count) => sum + count * count, 0);
  // where only one value was ever given there is nothing to agree about
  return expected === 0 ? Number.NaN : 1 - ((all - 1) * differing) / expected;
}

/**
 * Krippendorff's alpha for nominal values (Krippendorff, Content Analysis, chapter on reliability): 1 minus the disagreement
 * that was seen by the one that chance would give.
 *
 * @param units The values that each unit got; null for who gave none.
 * @returns at most 1; NaN where it is not defined: fewer than two values, or all the same
 */
export function krippendorffAlpha(units: readonly (readonly (string | number | null)[])[]): number {
  const { differing, counts } = coincidencesOf(units);
  return alphaOf(differing, [...counts.values()]);
}

export const wrongSpans = ({ spans }: AnnotationRecord): Range[] =>
  spans.filter(({ label }) => label === 'hallucinated');

/** Whether each word of an answer was marked wrong. */
export const wrongWords = (response: string, spans: readonly Range[]): boolean[] =>
  splitWords(response).map((word) => spans.some((span) => overlaps(span, word)));

export interface Agreement {
  /** Answers that two people or more did. */
  items: number;
  words: number;
  /** Krippendorff's alpha over words, each wrong or right. Null where nobody, or everybody, marked everything. */
  alpha: Estimate;
  /** F1 of spans over all pairs of people; a match has the same ends, or any word in common. */
  exactF1: Estimate;
  overlapF1: Estimate;
}

/** How far people agree, with 95 % intervals from resampled answers. Adjudication is no vote. */
export function agreementOf(
  items: readonly ItemRecords[],
  options: BootstrapOptions = { resamples: 1000, seed: 1 },
): Agreement {
  const both = items.flatMap(({ item, records }) => {
    const votes = records.filter(({ role, labels }) => role === 'annotate' && labels !== undefined);
    return votes.length >= 2 ? [{ response: item.response, spans: votes.map(wrongSpans) }] : [];
  });
  let words = 0;
  const rows = both.map(({ response, spans }) => {
    const byPerson = spans.map((one) => wrongWords(response, one));
    const units = (byPerson[0] ?? []).map((_, word) => byPerson.map((person) => (person[word] ? 1 : 0)));
    words += units.length;
    const { differing, counts } = coincidencesOf(units);
    let [exact, touched, all] = [0, 0, 0];
    for (const [at, one] of spans.entries())
      for (const other of spans.slice(at + 1)) {
        all += one.length + other.length;
        exact +=
          2 * one.filter((span) => other.some(({ start, end }) => start === span.start && end === span.end)).length;
        const touches = (from: Range[], to: Range[]) =>
          from.filter((span) => to.some((two) => overlaps(span, two))).length;
        touched += touches(one, other) + touches(other, one);
      }
    return [differing, counts.get('0') ?? 0, counts.get('1') ?? 0, exact, touched, all];
  });
  const statistics = (sums: ArrayLike<number>) => ({
    alpha: alphaOf(sums[0] ?? 0, [sums[1] ?? 0, sums[2] ?? 0]),
    exactF1: (sums[3] ?? 0) / (sums[5] ?? 0),
    overlapF1: (sums[4] ?? 0) / (sums[5] ?? 0),
  });
  return { items: both.length, words, ...estimateCounts(rows, statistics, options) };
}

export interface GoldFigures {
  /** Gold answers that the person did. */
  items: number;
  /** Known errors in them, and how many of these the person marked. */
  errors: number;
  found: number;
  /** Marks on words that are known to be right. */
  falseMarks: number;
}

/** A record held to the known errors of its answer. */
export function againstGold(gold: readonly Range[], record: AnnotationRecord): GoldFigures {
  const marked = wrongSpans(record);
  return {
    items: 1,
    errors: gold.length,
    found: gold.filter((error) => marked.some((mark) => overlaps(mark, error))).length,
    falseMarks: marked.filter((mark) => !gold.some((error) => overlaps(mark, error))).length,
  };
}
