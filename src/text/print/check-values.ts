import { likeCase } from '../capital.js';
import { numberWords } from '../lexicon/numbers.js';
import type { Range } from '../range.js';
import { sentenceAt, splitSentences } from '../sentences.js';
import { digitRuns, isRepeatLost, standsIn } from './long-numbers.js';
import {
  type Cover,
  coverOf,
  type LabelledValue,
  labelledValues,
  labelWords,
  type PrintedLine,
  sameColumn,
} from './table.js';
import { findValues, monthLike, type PrintedValue, sameType, sameValue } from './values.js';

/** What the print says of a value that an answer gives. */
export interface ValueCheck {
  value: PrintedValue;
  /**
   * `printed`: it is there, and nothing says that it stands for something else. `elsewhere`: it is there, but what the
   * answer gives it for has another value. `absent`: it was not read, and others of its kind were.
   */
  verdict: 'printed' | 'elsewhere' | 'absent';
  /** Words that are wrong; the whole value, or the parts of a date. Empty where it is printed. */
  wrong: readonly Range[];
  /** What those words should be, where one printed value of the same type is the likely one; in the answer's own form. */
  instead: readonly string[] | null;
  /** The words around it name what it is printed beside. */
  named: boolean;
  /** The value was written as a word (`five`), or counts what may be no print: only its label can refute it. */
  counts: boolean;
}

/** A label is named by most of its words; and the better label by so much more than the other. */
const named = 0.95;
const margin = 0.5;
/** Of two values that would both do, the better one is taken from this difference on. */
const clearly = 0.2;
const maxValues = 300;

/**
 * Compares the values that an answer gives with those that were read, by what each of them stands beside: the words of
 * its row and column against the words of the answer around its value.
 *
 * @param isRead Says of a value that was not found in its form whether its characters were read all the same.
 */
export function checkValues(
  answer: string,
  lines: readonly PrintedLine[],
  isRead: (value: PrintedValue) => boolean = () => false,
): ValueCheck[] {
  const printed = labelledValues(lines).slice(0, maxValues);
  const values = withNumberWords(answer).slice(0, maxValues);
  const sentences = splitSentences(answer);
  const texts = answer.length;
  const apart = readApart(answer, lines);
  return values.flatMap(({ counts, ...value }, index): ValueCheck[] => {
    const sentence = sentenceAt(sentences, value.start) ?? { start: 0, end: texts };
    const cover = coverOf(wordsAround(answer, values, index, sentence));
    const own = printed.filter((item) => says(value, item.value));
    const given = values.filter((other, at) => at !== index && !sameValue(other, value));
    const others = printed
      .filter((item) => sameType(value, item.value) && !own.includes(item) && !says(value, item.value))
      .filter((item) => !given.some((other) => says(other, item.value)));
    const score = (item: LabelledValue) => scoreOf(item, cover);
    const mine = Math.max(0, ...own.map(score));
    const base = { value, counts, named: mine >= named };
    const bonus = (item: LabelledValue) =>
      rowScore(item, cover) >= 0.5 &&
      own.some((one) => sameColumn(one, item) || (one.end !== undefined && one.end === item.end))
        ? 0.4
        : 0;
    const ranked = others
      .map((item) => ({ item, label: score(item), score: score(item) + bonus(item) }))
      .sort((a, b) => b.score - a.score);
    const best = ranked[0];
    if (own.length > 0 || (value.kind !== 'code' && isRead(value))) {
      const inRow = Math.max(0, ...own.map((item) => rowScore(item, cover)));
      const refuted =
        own.length > 0 &&
        best &&
        best.label >= named &&
        best.label - mine >= margin &&
        // a better column in a worse row is another thing
        rowScore(best.item, cover) >= inRow - clearly;
      if (!refuted) return [{ ...base, verdict: 'printed', wrong: [], instead: null }];
      return [{ ...base, ...differenceTo(answer, value, unique(ranked)?.value), verdict: 'elsewhere' }];
    }
    if (isRead(value) || apart.some(({ start, end }) => start <= value.start && value.end <= end))
      return [{ ...base, verdict: 'printed', wrong: [], instead: null }];
    const alike = ranked
      .map(({ item, label }) => ({ item, label, like: likeness(value, item.value) }))
      .map((one) => ({ ...one, score: (one.label >= named ? one.label : one.label / 2) + one.like }))
      .sort((a, b) => b.score - a.score);
    if (alike.some(({ item }) => isRepeatLost(value.text, item.value.text))) return [];
    if (counts ? !(best && best.label >= named) : !isAbsent(alike)) return [];
    const chosen = alike[0] && alike[0].score >= enough ? unique(alike) : undefined;
    return [{ ...base, ...differenceTo(answer, value, chosen?.value), verdict: 'absent' }];
  });
}

/** Runs of digits of an answer that a row has as well, in other groups, parts or company: `+44 20 7946 4528` for `Tel.(020)79464528`. */
function readApart(answer: string, lines: readonly PrintedLine[]): Range[] {
  const runs = [...answer.matchAll(digitRuns)].slice(0, maxRuns);
  if (runs.length === 0) return [];
  const rows = new Map<string, PrintedLine[]>();
  for (const line of lines) rows.set(line.row, [...(rows.get(line.row) ?? []), line]);
  const texts = [...rows.values()].map((row) =>
    [...row]
      .sort((a, b) => a.box[0] - b.box[0])
      .map(({ text }) => text)
      .join(' '),
  );
  return runs
    .filter(({ 0: run }) => texts.some((text) => standsIn(text, run)))
    .map(({ index, 0: run }) => {
      const start = index - (/[+(]*$/.exec(answer.slice(Math.max(0, index - 2), index))?.[0].length ?? 0);
      return { start, end: index + run.length };
    });
}
const maxRuns = 50;

/** A printed value stands in by its label, or by most of its digits. */
const enough = 0.6;

/**
 * A value that was not read is absent where one was read in its place, by its label or its digits, or several of its type:
 * otherwise the reader may have missed it.
 */
function isAbsent(alike: readonly { item: LabelledValue; label: number; like: number }[]): boolean {
  return (
    alike.some(({ label, like }) => label >= 0.5 || like >= 0.4) ||
    alike.some(({ item }) => !sameValue(item.value, alike[0]!.item.value))
  );
}

const says = (value: PrintedValue, item: PrintedValue) =>
  sameValue(value, item) &&
  (value.kind === item.kind ||
    value.kind === 'number' ||
    item.kind === 'number' ||
    sameType(value, item) ||
    value.kind === 'date' ||
    item.kind === 'date');

function unique(ranked: readonly { item: LabelledValue; score: number }[]): LabelledValue | undefined {
  const [best] = ranked;
  const rival = ranked.find(({ item }) => !sameValue(item.value, best!.item.value));
  return best && (!rival || best.score - rival.score >= clearly) ? best.item : undefined;
}

function scoreOf(item: LabelledValue, cover: Cover): number {
  const { label, ofRow, ofColumn, end } = item;
  // `Closing balance` in a column of balances says so once
  const column = cover(ofColumn.filter((word) => ![...label, ...ofRow].some((other) => other.includes(word))));
  const row = rowScore(item, cover);
  // its column says little of a value whose row is something else
  const isOther = row < 0.3 && label.length + ofRow.length > 0;
  return row + (isOther ? 0.5 : 1) * column + (end ? 0.5 * cover([end]) : 0);
}

const rowScore = ({ label, near, ofRow, rowWeight, behind, codes, others = [] }: LabelledValue, cover: Cover): number =>
  Math.max(
    ...others.map((cell) => 0.9 * cover(cell)),

    cover(label),
    0.96 * cover(near),
    label === ofRow ? 0 : rowWeight * cover(ofRow),
    0.9 * cover(codes),
    0.8 * cover(behind),
  );

/** Words of the sentence: those between the neighbouring values count fully, the others by half. */
function wordsAround(
  answer: string,
  values: readonly PrintedValue[],
  index: number,
  sentence: Range,
): Map<string, number> {
  const value = values[index]!;
  const from = Math.max(sentence.start, values[index - 1]?.end ?? 0);
  const to = Math.min(sentence.end, values[index + 1]?.start ?? sentence.end);
  const words = new Map<string, number>();
  const add = (start: number, end: number, weight: number, digits: boolean) => {
    for (const word of labelWords(answer.slice(start, end), digits))
      words.set(word, Math.max(weight, words.get(word) ?? 0));
  };
  add(sentence.start, value.start, 0.5, true);
  add(value.end, sentence.end, 0.5, true);
  add(from, value.start, 1, true);
  const behind = answer.slice(value.end, to);
  const joint = /(?:[,;]|\b(?:and|or|but|no|without|while|un[dt]|et|ou|y|o)\b)/iu.exec(behind);
  add(value.end, value.end + (joint?.index ?? behind.length), 1, true);
  if (value.kind === 'amount') asPrinted(answer.slice(sentence.start, sentence.end), words);
  // a code says what its sentence is about
  for (const other of values)
    if (other !== value && other.kind === 'code' && other.start >= sentence.start && other.end <= sentence.end)
      add(other.start, other.end, 1, true);
  return words;
}

/** Sums are named in prose otherwise than they are printed: `in all` for `Total`, `before tax` for `Subtotal`. */
function asPrinted(sentence: string, words: Map<string, number>): void {
  if (/\b(?:before|without|excluding) (?:the )?(?:sales )?(?:tax|vat)(?:es)?\b/i.test(sentence)) {
    for (const word of ['tax', 'taxes', 'vat', 'total', 'totals']) words.delete(word);
    for (const word of ['subtotal', 'net']) words.set(word, 1);
  } else if (/\b(?:in all|in total|altogether|all told|owe[ds]?|amount due|total(?:s|led)?)\b/i.test(sentence))
    words.set('total', 1);
}

/** The values of an answer, with its number words, which count. */
function withNumberWords(answer: string): (PrintedValue & { counts: boolean })[] {
  const values = findValues(answer).map((value) => ({
    ...value,
    counts: value.kind === 'number' && /^\s+\p{Ll}+s\b/u.test(answer.slice(value.end)),
  }));
  const words = [...answer.matchAll(numberWord)].slice(0, maxValues).flatMap(({ index: start, 0: text }) => {
    const numbers = [numberWords.indexOf(text.toLowerCase())];
    return [{ kind: 'number' as const, start, end: start + text.length, text, numbers, parts: [], counts: true }];
  });
  return [...values, ...words].sort((a, b) => a.start - b.start);
}

const numberWord = new RegExp(
  `(?<![\\p{L}\\p{N}-])(?:${numberWords.slice(2, 13).join('|')})(?![\\p{L}\\p{N}-])`,
  'giu',
);

/** How alike two values are written, by their digits: 0.8 for one digit changed or two swapped, 0.4 for two changed. */
function likeness(a: PrintedValue, b: PrintedValue): number {
  if (a.kind === 'date' && b.kind === 'date') {
    if (a.readings!.length === 0) return likeCharacters(a.text, b.text);
    const closest = closestReading(a, b);
    const [only] = a.parts;
    const year = b.readings?.[0]?.year;
    if (a.parts.length === 1 && only?.name === 'year' && year !== undefined)
      return likeCharacters(String(only.value), String(year));
    if (!closest || closest.equal === 0) return 0;
    const compared = a.parts.filter(({ name }) => name !== 'clock' && closest.reading[name] !== undefined).length;
    return closest.equal >= compared - 1 ? 0.8 : 0.4;
  }
  if (a.kind === 'time' && a.numbers.length > 0 && b.numbers.length > 0)
    return likeCharacters(clock(a.numbers[0]!), clock(b.numbers[0]!));
  return likeCharacters(a.text, b.text);
}

/** Of 12 hours: what an hour looks like in either form. */
const clock = (minutes: number) => `${(Math.floor(minutes / 60) + 11) % 12}:${String(minutes % 60).padStart(2, '0')}`;

function likeCharacters(one: string, other: string): number {
  const [x, y] = [one, other].map((text) => text.toUpperCase().replace(/[^\p{L}\d]/gu, '')) as [string, string];
  if (x.length !== y.length) return x.length > 3 && Math.abs(x.length - y.length) === 1 && isInserted(x, y) ? 0.6 : 0;
  const off = [...x].flatMap((character, at) => (character === y[at] ? [] : [at]));
  const swapped = off.length === 2 && x[off[0]!] === y[off[1]!] && x[off[1]!] === y[off[0]!];
  if (off.length === 1 || swapped) return x.length > 1 ? 0.8 : 0.3;
  return off.length === 2 && x.length > 3 ? 0.4 : 0;
}

function isInserted(x: string, y: string): boolean {
  const [long, short] = x.length > y.length ? [x, y] : [y, x];
  return [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short);
}

function closestReading(value: PrintedValue, other: PrintedValue) {
  const wanted = other.readings!.map((reading) => ({
    reading,
    equal: value.parts.filter(({ name, value: said }) => name !== 'clock' && reading[name] === said).length,
  }));
  const [best, second] = wanted.sort((a, b) => b.equal - a.equal);
  return best &&
    !(second && second.equal === best.equal && other.readings!.length > 1 && !sameParts(best.reading, second.reading))
    ? best
    : undefined;
}

const sameParts = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);

/** The words of a value that differ from a printed one, and what they should be. */
function differenceTo(
  answer: string,
  value: PrintedValue,
  printed?: PrintedValue,
): Pick<ValueCheck, 'wrong' | 'instead'> {
  const whole = [{ start: value.start, end: value.end }];
  if (!printed) return { wrong: whole, instead: null };
  if (value.kind === 'date' && value.readings!.length === 0) return { wrong: whole, instead: [printed.text] };
  if (value.kind === 'date') {
    const closest = printed.readings && closestReading(value, printed);
    const parts = closest
      ? inOrderOf(value, printed).filter(
          ({ name, value: said }) =>
            name !== 'clock' && closest.reading[name] !== undefined && closest.reading[name] !== said,
        )
      : [];
    if (!closest || parts.length === 0) return { wrong: whole, instead: null };
    const numeric = value.parts.every(({ named }) => !named);
    const padded = /(?<!\d)0\d(?!\d)/.test(printed.text);
    const texts = parts.map((part) => {
      const number = closest.reading[part.name as 'year' | 'month' | 'day']!;
      const written = answer.slice(part.start, part.end);
      if (part.named) return monthLike(number, written);
      return part.name === 'year'
        ? String(number).slice(-written.length)
        : String(number).padStart(/^0/.test(written) || (numeric && padded) ? 2 : 1, '0');
    });
    // a month in another language than English is not put right
    if (
      parts.some(
        ({ named, value: said, start, end }) =>
          named && monthLike(said, answer.slice(start, end)).toLowerCase() !== answer.slice(start, end).toLowerCase(),
      )
    )
      return { wrong: parts, instead: null };
    return { wrong: parts, instead: texts };
  }
  const text = value.kind === 'time' ? clockLike(answer, value, printed) : numberLike(value, printed);
  return { wrong: whole, instead: text === null ? null : [text] };
}

/** The parts of a date, where 03/04 may be either with the month where the printed date has it. */
function inOrderOf({ readings, parts }: PrintedValue, printed: PrintedValue): readonly PrintedValue['parts'][number][] {
  const monthFirst = ({ parts: of }: PrintedValue) => of.findIndex(({ name }) => name === 'month') === 0;
  if (readings?.length !== 2 || printed.readings?.length !== 1 || printed.parts.some(({ named }) => named))
    return parts;
  if (!monthFirst(printed) || parts[0]?.name !== 'day') return parts;
  const turned = { day: 'month', month: 'day', year: 'year', clock: 'clock' } as const;
  return parts.map((part) => ({ ...part, name: turned[part.name] }));
}

/** A printed time in the form of the answer's: `6:42` before PM for 18:42. */
function clockLike(answer: string, value: PrintedValue, printed: PrintedValue): string | null {
  const [minutes] = printed.numbers;
  if (minutes === undefined) return null;
  const half = /^\s?([ap])\.?\s?m\b/i.exec(answer.slice(value.end))?.[1]?.toLowerCase();
  const [hour, rest] = [Math.floor(minutes / 60), String(minutes % 60).padStart(2, '0')];
  if (half) {
    if (printed.half && (minutes >= 720 ? 'p' : 'a') !== half) return null;
    const short = ((hour + 11) % 12) + 1;
    const mark = /\d([:.])\d/.exec(value.text)?.[1] ?? ':';
    return rest === '00' && !/\d[:.h]/.test(value.text) ? String(short) : `${short}${mark}${rest}`;
  }
  const mark = /\d([:.h])\d/.exec(value.text)?.[1] ?? ':';
  const padded = /^0/.test(value.text) || (/^0/.test(printed.text) && value.text.length === printed.text.length);
  return `${padded ? String(hour).padStart(2, '0') : hour}${mark}${rest}`;
}

/** With the spaces of another text of as many characters: the reader loses them. */
function spacedLike(text: string, like: string): string {
  const bare = text.replace(/\s/g, '');
  if (bare.length !== like.replace(/\s/g, '').length) return text;
  let at = 0;
  return [...like].map((character) => (/\s/.test(character) ? character : bare[at++])).join('');
}

/** A printed number as it is printed, or in words where the answer has words. */
function numberLike(value: PrintedValue, printed: PrintedValue): string | null {
  if (/^\p{L}+$/u.test(value.text)) {
    const word = numberWords[printed.numbers[0] ?? -1];
    return word === undefined ? null : likeCase(word, value.text);
  }
  const text = spacedLike(printed.text.replace(/[.,]([.,])/g, '$1'), value.text);
  // decimals as the answer writes them: 3.20 in English for a printed 3,20
  const [mark, other] = [/([.,])\d{1,2}$/.exec(value.text)?.[1], /([.,])\d{1,2}$/.exec(text)?.[1]];
  if (mark === undefined || other === undefined || mark === other || printed.kind === 'code') return text;
  return text.replace(/[.,]/g, (one) => (one === '.' ? ',' : '.'));
}
