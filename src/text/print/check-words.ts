import type { Range } from '../range.js';
import { splitSentences } from '../sentences.js';
import { splitWords } from '../words.js';
import { isEnglish } from './language.js';
import { labelledValues, labelWords, type PrintedLine } from './table.js';
import { findValues, foldInPlace, sameValue } from './values.js';

/** A plain word of an answer that is printed in its place, or in whose place another is. */
export interface WordCheck extends Range {
  /** The other word; null where it is printed so. */
  instead: string | null;
}

interface Word extends Range {
  folded: string;
  plain: boolean;
}

const wordsOf = (text: string): Word[] =>
  splitWords(text).map(({ start, end }) => ({
    start,
    end,
    folded: foldInPlace(text.slice(start, end)),
    plain: /^\p{Ll}{3,}$/u.test(text.slice(start, end)),
  }));

const describing = new Set(
  'the and for with from that this are was were been being have had has its his her their which one two three four five six each other same new old large small big'.split(
    ' ',
  ),
);

/**
 * Plain words of an English answer that are printed where they stand, or nowhere, where another word is printed between the same neighbours
 * (`grilled salmon with` for `Grilled trout with`), or before the same noun beside the value that the answer gives
 * (`corn bread for $4.25` for `Rye bread 4.25`).
 */
export function checkWords(answer: string, lines: readonly PrintedLine[]): WordCheck[] {
  if (!isEnglish(answer)) return [];
  const between = middles(lines);
  const letters = lines.map(({ text }) => foldInPlace(text).replace(/[^\p{L}]/gu, '')).join(' ');
  const isPrinted = (word: string) => letters.includes(word.replace(/s$/, ''));
  const labelled = labelledValues(lines).filter(({ label }) => label.length >= 2);
  const values = findValues(answer);
  const words = wordsOf(answer);
  const checks: WordCheck[] = [];
  let at = 0;
  for (const { start, end } of splitSentences(answer)) {
    const given = values.filter((value) => value.start >= start && value.end <= end).slice(0, maxGiven);
    const own = labelled.filter(({ value }) => given.some((one) => one.kind === value.kind && sameValue(one, value)));
    const said = new Set(labelWords(answer.slice(start, end)));
    for (; at < words.length && words[at]!.start < end; at++) {
      const { folded, plain, ...word } = words[at]!;
      const [left, right] = [words[at - 1]?.folded, words[at + 1]?.folded];
      if (!plain || describing.has(folded) || !left || !right) continue;
      const beforeNoun = own.flatMap(({ label }) =>
        label.at(-1) === right && right.length >= 4 ? [label.at(-2)!] : [],
      );
      const found = new Set([...(between.get(`${left} ${right}`) ?? []), ...beforeNoun]);
      const [other] = found;
      if (found.has(folded) || own.some(({ label }) => label.includes(folded))) checks.push({ ...word, instead: null });
      else if (found.size === 1 && !said.has(other!) && !isPrinted(folded)) checks.push({ ...word, instead: other! });
    }
  }
  return checks;
}

/** Of a sentence with more values than this, the later ones say nothing of its words. */
const maxGiven = 20;

/** The words that are printed between two others, by `left right`; the left one says something. */
function middles(lines: readonly PrintedLine[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { text } of lines) {
    const words = wordsOf(text).map(({ folded }) => folded);
    words.slice(1, -1).forEach((word, index) => {
      const [left, right] = [words[index]!, words[index + 2]!];
      if (left.length < 4 || !/^\p{L}{3,}$/u.test(word)) return;
      const key = `${left} ${right}`;
      found.set(key, (found.get(key) ?? new Set()).add(word));
    });
  }
  return found;
}
