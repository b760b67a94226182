import type { PerturbationType } from '../src/perturb/perturbation.js';
import type { Range } from '../src/text/range.js';

/** What a scorer doubted in an answer. Offsets are UTF-16 offsets of the answer: `response.slice(start, end) === text`. */
export interface Flag extends Range {
  text: string;
  /** The lowest token reward inside, 0..1; absent where the source gave none. */
  reward?: number;
  /** What may stand there instead, best first; `""` deletes. */
  proposals?: string[];
  type?: ErrorType;
  reason?: string;
}

export type ErrorType = PerturbationType | 'other';
export type Severity = 'minor' | 'major';

/**
 * What a person said about some words. `wrong` without a `replacement` says only that; `right` is a flag that was looked
 * at and found to be a false alarm. Marks of one answer never overlap.
 */
export interface Mark extends Range {
  text: string;
  decision: 'wrong' | 'right';
  /** Whether a scorer pointed at these words or the person found them. */
  source: 'flag' | 'person';
  /** `""` deletes. Only where the decision is `wrong`. */
  replacement?: string;
  type?: ErrorType;
  severity?: Severity;
}

export type WorkStatus = 'open' | 'done' | 'skipped';

/** All that a person said about an answer, as it stands now. Plain data: each change makes a new one. */
export interface Work {
  /** In reading order. */
  marks: Mark[];
  verdict: 'good' | 'bad' | null;
  status: WorkStatus;
  skipReason?: string;
  comment?: string;
}

export const emptyWork: Work = { marks: [], verdict: null, status: 'open' };

export const overlaps = (a: Range, b: Range): boolean => a.start < b.end && b.start < a.end;

/** The marks with this one put in, and those that it overlaps gone. */
export function withMark(marks: readonly Mark[], mark: Mark): Mark[] {
  return [...marks.filter((other) => !overlaps(other, mark)), mark].sort((a, b) => a.start - b.start);
}

/** Why a work is none about this answer; undefined where it is one. */
export function problemOf(response: string, { marks }: Work): string | undefined {
  for (const [at, { start, end, text, decision, replacement }] of marks.entries()) {
    if (start >= end || end > response.length || response.slice(start, end) !== text)
      return `mark ${at + 1} says ${JSON.stringify(text.slice(0, 60))} stands at ${start}..${end}, but there stands ${JSON.stringify(response.slice(start, end).slice(0, 60))}`;
    if (at > 0 && start < marks[at - 1]!.end) return `marks ${at} and ${at + 1} overlap, or stand in another order`;
    if (decision === 'right' && replacement !== undefined) return `mark ${at + 1} is right and has a replacement`;
  }
  return undefined;
}

/**
 * The answer with the replacements in place. A deletion takes one blank along where two would meet, or where one would
 * stand at an end or before a punctuation mark; nothing else outside the marks changes.
 */
export function correctedText(response: string, marks: readonly Mark[]): string {
  let text = '';
  let at = 0;
  for (const { start, end, replacement } of marks) {
    if (replacement === undefined) continue;
    text += response.slice(at, start) + replacement;
    at = end;
    if (replacement !== '') continue;
    const endsOpen = text === '' || /\s$/u.test(text);
    if (endsOpen && /^[ \u00a0]/u.test(response.slice(at))) at++;
    else if (/[ \u00a0]$/u.test(text) && (at === response.length || /^[.,;:!?)\]}]/u.test(response.slice(at))))
      text = text.slice(0, -1);
  }
  return text + response.slice(at);
}

/** The flags that no mark speaks of yet. */
export const undecided = (flags: readonly Flag[], marks: readonly Mark[]): Flag[] =>
  flags.filter((flag) => !marks.some((mark) => overlaps(mark, flag)));

/** Sorted, without what is empty, lies outside, or overlaps an earlier one. */
export function disjoint<T extends Range>(ranges: readonly T[], length: number): T[] {
  const kept: T[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || b.end - a.end))
    if (range.end > range.start && range.start >= (kept.at(-1)?.end ?? 0) && range.end <= length) kept.push(range);
  return kept;
}
