import { findTerms } from '../../src/text/terms.js';
import type { LabelledRange } from './item.js';
import type { Outcome } from './outcome.js';

/** A thing that a text names, by its canonical name. */
export interface NamedThing {
  name: string;
  /** Where, in UTF-16 offsets; both 0 where that is not known. */
  start: number;
  end: number;
}

/**
 * Ground truth for pictures of which only the objects are known: a thing that an answer names is a claim, right where
 * it is in the picture. Numbers, colours and places are not judged.
 */
export interface ObjectTruth {
  namesIn(text: string): NamedThing[];
  present: ReadonlySet<string>;
}

/** The nouns of this package's lexicon, by their singulars. A denied noun ("no dog") names nothing. */
export function lexiconNames(text: string): NamedThing[] {
  return findTerms(text).flatMap((term) =>
    term.kind === 'noun' && !denial.test(text.slice(Math.max(0, term.start - 40), term.start))
      ? [{ name: term.noun.singular, start: term.start, end: term.end }]
      : [],
  );
}

const denial = /(?:\b(?:no|not|without|cannot|neither|nor)\b|n['’]t\b)(?:\s+(?!and\b|but\b)[\p{L}-]+){0,4}\s+$/iu;

export const objectClaims = (text: string, { namesIn, present }: ObjectTruth): LabelledRange[] =>
  namesIn(text).map(({ name, start, end }) => ({ start, end, kind: 'object', good: present.has(name) }));

/**
 * What became of the things that an answer names, by name: a wrong one that gave way to a right one is fixed, without
 * one removed; a right one that gave way to a wrong one is harmed, without one lost.
 */
export function judgeObjects(before: string, after: string, { namesIn, present }: ObjectTruth): Outcome {
  const [was, now] = [before, after].map((text) => countBy(namesIn(text).map(({ name }) => name))) as [Counts, Counts];
  const isRight = (name: string) => present.has(name);
  const isWrong = (name: string) => !present.has(name);
  const [wrongGone, wrongCome] = [surplus(was, now, isWrong), surplus(now, was, isWrong)];
  const [rightGone, rightCome] = [surplus(was, now, isRight), surplus(now, was, isRight)];
  const fixed = Math.min(wrongGone, rightCome);
  const harmed = Math.min(rightGone, wrongCome);
  return {
    fixed,
    removed: wrongGone - fixed,
    harmed,
    lost: rightGone - harmed,
    right: surplus(now, new Map(), isRight),
    wrong: surplus(now, new Map(), isWrong),
  };
}

type Counts = ReadonlyMap<string, number>;

function countBy(names: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** How many more of the names that count there are in one text than in the other. */
function surplus(of: Counts, over: Counts, counts: (name: string) => boolean): number {
  let sum = 0;
  for (const [name, count] of of) if (counts(name)) sum += Math.max(0, count - (over.get(name) ?? 0));
  return sum;
}
