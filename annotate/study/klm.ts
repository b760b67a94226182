import type { Range } from '../../src/text/range.js';
import { splitSentences } from '../../src/text/sentences.js';
import { splitWords } from '../../src/text/words.js';
import { disjoint, overlaps } from '../work.js';

/**
 * A keystroke-level model (Card, Moran, Newell, CACM 23(7), 1980) of a person who corrects an answer in this tool. It says
 * what a practised person's hands and routine thoughts take; how long it takes to check one claim against a picture it does
 * not know (no published figure was found), so that is swept. It is a model, not people.
 */

/** Seconds of the operators. */
export interface Operators {
  /** K: one key. Published: 0.08 the best typist, 0.20 an average one, 0.28 somebody who types little, 1.20 the worst. */
  key: number;
  /** M: to make up one's mind. Published: 1.35. */
  mental: number;
  /** Words a minute, read silently. Published: 238, most adults 175 to 300 (Brysbaert, JML 109, 2019). */
  wordsPerMinute: number;
}

/** An answer with what is wrong in it and what a detector flagged. */
export interface SimulatedAnswer {
  words: number;
  /** Claims that can be checked, each by whether it is wrong and whether a flag touches it. */
  claims: { wrong: boolean; flagged: boolean }[];
  /** Flags that touch no wrong claim. */
  falseFlags: number;
  /** Words of the sentences with a flag. */
  wordsInFlaggedSentences: number;
}

/** What the person is shown. */
export type Arm = 'none' | 'verdict' | 'flags';

export interface Person extends Operators {
  /** Seconds to check one claim against the picture. */
  check: number;
  /** Share of what the detector did not flag that is taken on trust, 0..1. */
  trust: number;
  /** Share of checked errors that are missed all the same, 0..1. */
  miss: number;
  /** Share of false flags that are changed because they are flagged, 0..1. */
  believe: number;
  /** Whether sentences without a flag are read at all, where all is taken on trust. */
  reads: 'all' | 'flagged sentences';
  /** Letters of a typed replacement. */
  letters: number;
}

/** What is expected of one answer. */
export interface Expected {
  seconds: number;
  errors: number;
  missed: number;
  /** Right words that were changed. */
  wrongEdits: number;
}

export function simulatedAnswer(
  response: string,
  claims: readonly (Range & { good: boolean })[],
  flags: readonly Range[],
): SimulatedAnswer {
  const sentences = splitSentences(response).filter((sentence) => flags.some((flag) => overlaps(flag, sentence)));
  return {
    words: splitWords(response).length,
    claims: disjoint(claims, response.length).map((claim) => ({
      wrong: !claim.good,
      flagged: flags.some((flag) => overlaps(flag, claim)),
    })),
    falseFlags: flags.filter((flag) => !claims.some((claim) => !claim.good && overlaps(claim, flag))).length,
    wordsInFlaggedSentences: sentences.reduce(
      (sum, { start, end }) => sum + splitWords(response.slice(start, end)).length,
      0,
    ),
  };
}

/** What one person is expected to do with one answer in one arm. */
export function expectedOf(answer: SimulatedAnswer, arm: Arm, person: Person): Expected {
  const { key, mental, wordsPerMinute, check, trust, miss, believe, reads, letters } = person;
  const { words, claims, falseFlags, wordsInFlaggedSentences } = answer;
  const flags = claims.filter(({ flagged }) => flagged).length;
  const doubted = flags + falseFlags > 0;
  const skims = arm === 'flags' && trust === 1 && reads === 'flagged sentences';
  // with a verdict alone the person trusts an answer or does not; with flags, each claim
  const checked = ({ flagged }: SimulatedAnswer['claims'][number]) =>
    arm === 'none' || (arm === 'verdict' && doubted) || (arm === 'flags' && flagged) ? 1 : 1 - trust;
  const wrong = claims.filter((claim) => claim.wrong);
  const found = wrong.reduce((sum, claim) => sum + checked(claim) * (1 - miss), 0);
  const reading = ((skims ? wordsInFlaggedSentences : words) / wordsPerMinute) * 60;
  // a flag is a stop of its own: found by one key; an error without a flag by about as many as its line has words
  const toFlag = arm === 'flags' ? key : 5 * key;
  const replace = mental + 2 * key + letters * key;
  const reject = mental + key;
  const handOver = mental + key;
  const looking = claims.reduce((sum, claim) => sum + checked(claim) * check, 0);
  const stops = arm === 'flags' ? falseFlags * (key + reject + believe * letters * key) : 0;
  return {
    seconds: reading + looking + found * (toFlag + replace) + stops + handOver,
    errors: wrong.length,
    missed: wrong.length - found,
    wrongEdits: arm === 'flags' ? falseFlags * believe : 0,
  };
}

/** Means over answers. */
export function expectedOver(answers: readonly SimulatedAnswer[], arm: Arm, person: Person): Expected {
  const sum: Expected = { seconds: 0, errors: 0, missed: 0, wrongEdits: 0 };
  for (const answer of answers) {
    const one = expectedOf(answer, arm, person);
    for (const key of Object.keys(sum) as (keyof Expected)[]) sum[key] += one[key] / answers.length;
  }
  return sum;
}
