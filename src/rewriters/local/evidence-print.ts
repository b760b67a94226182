import type { Evidence } from '../../scorer/scorer.js';
import { capitalize, isCapitalized } from '../../text/capital.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import { findPrintedClaims, type PrintedClaim } from '../../text/printed-claims.js';
import { spliceEdits } from '../../text/splice.js';
import { splitWords } from '../../text/words.js';

/** A word or number that was read, where, and what stands beside it. */
interface ReadWord {
  text: string;
  line: number;
  place: number;
  row: string;
  /** The letters or sign right behind it: a unit. */
  unit: string;
  /** It was read as one with what stands beside it. */
  part: boolean;
}

/** At most this many readings are offered for one span. */
const most = 4;
const maxLines = 200;

/**
 * What was read in the picture in place of a word, number or quotation that does not stand there: the likeliest first, by
 * its form, its letters and what is printed beside it. Null where the span is nothing that would be printed.
 */
export function printEdits(span: FlaggedSpan, response: string, evidence: readonly Evidence[]): SpanEdit[] | null {
  const lines = evidence
    .filter(({ kind, label }) => kind === 'text' && label.length <= 200 && !/[\p{Cc}"“”«»]/u.test(label))
    .slice(0, maxLines);
  if (lines.length === 0) return null;
  const all = findPrintedClaims(response);
  const claims = all.filter(({ start, end }) => start < span.end && end > span.start);
  if (claims.length === 0) return null;
  const words = lines.flatMap(({ label, attributes }, line) =>
    readWords(label).map((word, place): ReadWord => ({ ...word, line, place, row: attributes?.row ?? `line ${line}` })),
  );
  const replacements =
    claims.length === 1 && isWholeSpan(claims[0]!, span)
      ? oneWord(claims[0]!, response, all, words, span)
      : severalWords(claims, response, all, words, span);
  return replacements
    .filter((text) => text !== span.text)
    .slice(0, most)
    .map((replacement) => asPrinted(span, response, replacement));
}

/** What is printed goes in letter by letter: no noun or article beside it is made to agree. */
function asPrinted(span: FlaggedSpan, response: string, replacement: string): SpanEdit {
  const edit = { span: span.id, replacement };
  const wanted = response.slice(0, span.start) + replacement + response.slice(span.end);
  if (spliceEdits(response, [span], [edit]).text === wanted) return edit;
  const [start, end] = span.sentence;
  const sentence = response.slice(start, span.start) + replacement + response.slice(span.end, end);
  return { ...edit, replacement: sentence, sentence: true };
}

const isWholeSpan = (claim: PrintedClaim, span: FlaggedSpan) => claim.start === span.start && claim.end === span.end;

/** The words of a line; where letters and digits were read as one (`Total12.80`, `9AM-6PM`), their parts too. */
function readWords(label: string): Pick<ReadWord, 'text' | 'unit' | 'part'>[] {
  return splitWords(label).flatMap(({ start, end }) => {
    const word = label.slice(start, end);
    const whole = { text: word, unit: unitOf(label.slice(end)), part: false };
    const runs = [...word.matchAll(/\d+(?:[.,:/-]\d+)*|\p{Lu}\p{Ll}+|\p{L}{2,}/gu)];
    const parts = (runs.length > 1 || runs[0]?.[0] !== word ? runs : []).map((run) => ({
      text: run[0],
      at: run.index,
    }));
    // `6,2024` is two numbers; `1,200` is one
    for (const { text, at } of runs.map((run) => ({ text: run[0], at: run.index }))) {
      const pair = /^(\d+),(\d{4,}|\d{1,2})$/.exec(text);
      if (pair) parts.push({ text: pair[1]!, at }, { text: pair[2]!, at: at + pair[1]!.length + 1 });
    }
    if (/^0\p{Ll}{2,}$/u.test(word)) parts.push({ text: `O${word.slice(1)}`, at: 0 });
    return [
      whole,
      ...parts.map(({ text, at }) => ({ text, unit: unitOf(label.slice(start + at + text.length)), part: true })),
    ];
  });
}

/** `%`, `c` of °C, `k` of km, `a` of AM: what makes 24 in `24°C` another number than in `24 km/h`. */
function unitOf(after: string): string {
  const found = /^\s?(?:%|[°º]?\s?\p{L})/u.exec(after.normalize('NFKC'))?.[0] ?? '';
  return found.replace(/[°º\s]/g, '').toLowerCase();
}

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** `9.99` for a price, `9:99` for a time, `X9` for a code: what a number looks like. */
function shapeOf(text: string): string {
  return text
    .replace(/\d+/g, (digits) => (digits.length > 2 ? '999' : '9'))
    .replace(/\p{L}+/gu, 'X')
    .replace(/,/g, '.');
}

function oneWord(
  claim: PrintedClaim,
  response: string,
  all: readonly PrintedClaim[],
  words: readonly ReadWord[],
  span: FlaggedSpan,
): string[] {
  const context = contextOf(response, claim, span, words);
  const named = namedBeside(response, span, all);
  const isNumber = claim.kind === 'number';
  const unit = unitOf(response.slice(claim.end, claim.end + 8));
  // a word beside a number in a row of its own (`Humidity 26%`) says what the number is: it is no name
  const labelled = new Set(words.filter(({ text }) => /\d/.test(text)).map(({ row }) => row));
  const [sentenceStart, sentenceEnd] = span.sentence;
  const before = lettersOf(response.slice(sentenceStart, claim.start));
  const behind = lettersOf(response.slice(claim.end, sentenceEnd));
  const scored = words
    .map((word) => ({ ...word, of: word, text: apartFrom(word.text, before, behind) }))
    .filter(({ text }) => /\d/.test(text) === isNumber && text.length <= 60 && fold(text) !== fold(claim.text))
    // `9AM-6PM` is no number where the answer writes `9 AM`: its parts are
    .filter(({ text }) => !isNumber || /\p{L}/u.test(claim.text) || !/\p{L}/u.test(text))
    .filter(({ text }) => isNumber || /^\p{L}[\p{L}'’-]+$/u.test(text))
    .map((word) => {
      const unlike = distance(fold(claim.text), fold(word.text)) / Math.max(claim.text.length, word.text.length);
      // a misread word is much like the printed one, or else its letters say nothing
      const joined = word.of.text === word.text ? 0 : 3;
      let score = joined + context(word.of) - 2.5 * (isNumber ? unlike : Math.min(0.5, unlike));
      if (isNumber && shapeOf(word.text) !== shapeOf(claim.text)) score -= 4;
      if (isNumber && word.text.length !== claim.text.length) score -= 1;
      if (isNamed(word.text, named) && !(isNumber && unit !== '' && word.unit === unit)) score -= 4;
      if (isNumber && unit !== '' && word.unit !== '') score += word.unit === unit ? 2 : -1;
      if (!isNumber && labelled.has(word.row)) score -= 1.5;
      return { text: isNumber ? word.text : writtenLike(word.text, claim.text), score };
    });
  return ranked(scored);
}

const lettersOf = (text: string) => fold(text).replace(/[^\p{L}\p{N}]/gu, '');

/** `DOG` of `BEWAREOFTHEDOG`, where the answer says `beware of the` before it: the reader often loses spaces. */
function apartFrom(text: string, before: string, behind: string): string {
  const word = fold(text);
  if (word.length !== text.length || word.length < 5) return text;
  for (let length = word.length - 2; length >= 3; length--) {
    if (before.endsWith(word.slice(0, length))) return text.slice(length);
    if (behind.startsWith(word.slice(-length))) return text.slice(0, -length);
  }
  return text;
}

/** What the answer says elsewhere: its other claims, and all its longer words. */
function namedBeside(response: string, span: FlaggedSpan, all: readonly PrintedClaim[]): Set<string> {
  const outside = ({ start, end }: { start: number; end: number }) => end <= span.start || start >= span.end;
  const words = splitWords(response)
    .filter(outside)
    .map(({ start, end }) => fold(response.slice(start, end)));
  return new Set([
    ...all.filter(outside).map(({ text }) => fold(text)),
    ...words.filter((word) => word.length >= 4 && !/\d/.test(word)),
    // and two that the reader may have run together
    ...words.map((word, index) => word + (words[index + 1] ?? '')),
  ]);
}

/** Whether the answer says a word already, or one that was read into the next (`Managerv`). */
function isNamed(text: string, named: ReadonlySet<string>): boolean {
  const word = fold(text);
  return (
    named.has(word) ||
    [...named].some((other) => other.length >= 4 && word.startsWith(other) && word.length <= other.length + 2)
  );
}

/** As many words as the span has, from one line; or all of the line, where the span is all of a quotation. */
function severalWords(
  claims: readonly PrintedClaim[],
  response: string,
  all: readonly PrintedClaim[],
  words: readonly ReadWord[],
  span: FlaggedSpan,
): string[] {
  const count = splitWords(span.text).length;
  const named = namedBeside(response, span, all);
  const context = contextOf(response, claims[0]!, span, words);
  const group = all.filter(({ group }) => group === claims[0]!.group);
  const isWhole = group.every((claim) => claims.includes(claim)) && claims.every((claim) => group.includes(claim));
  const lines = [...groupByLine(words.filter((word) => !word.part)).values()];
  const scored = lines.flatMap((line) => {
    const sizes = isWhole ? new Set([count, line.length]) : new Set([count]);
    return [...sizes].flatMap((size) =>
      line.slice(0, Math.max(0, line.length - size + 1)).map((first, at) => {
        const window = line.slice(at, at + size);
        const text = window.map((word) => word.text).join(' ');
        const repeated = window.filter((word) => isNamed(word.text, named)).length;
        const unlike = distance(fold(span.text), fold(text)) / Math.max(span.text.length, text.length);
        const shapes = /\d/.test(text) === /\d/.test(span.text) ? 0 : 3;
        const whole = isWhole && size === line.length ? 1.5 : 0;
        return {
          text: writtenLike(text, span.text),
          score: whole + context(first) - 2.5 * unlike - 3 * repeated - shapes,
        };
      }),
    );
  });
  // what is printed on two lines
  const joined = lines.slice(0, -1).flatMap((line, index) => {
    const both = [...line, ...lines[index + 1]!];
    if (both.length !== count || both.some((word) => isNamed(word.text, named))) return [];
    const text = both.map((word) => word.text).join(' ');
    return /\d/.test(text) === /\d/.test(span.text) ? [{ text: writtenLike(text, span.text), score: -1.25 }] : [];
  });
  return ranked([...scored, ...joined]);
}

function groupByLine(words: readonly ReadWord[]): Map<number, ReadWord[]> {
  const lines = new Map<number, ReadWord[]>();
  for (const word of words) lines.set(word.line, [...(lines.get(word.line) ?? []), word]);
  return lines;
}

function ranked(scored: readonly { text: string; score: number }[]): string[] {
  return [...new Set([...scored].sort((a, b) => b.score - a.score).map(({ text }) => text))];
}

/** What was printed in capitals is written like the replaced words; what was read in mixed case stays. */
function writtenLike(text: string, like: string): string {
  if (text !== text.toUpperCase() || like === like.toUpperCase()) return text;
  const lower = text.toLowerCase();
  return isCapitalized(like) ? lower.split(' ').map(capitalize).join(' ') : lower;
}

/**
 * How well what is printed around a reading fits what the answer says around the span: the words on either side of it,
 * then the words of its sentence in the same row.
 */
function contextOf(response: string, claim: PrintedClaim, span: FlaggedSpan, words: readonly ReadWord[]) {
  const [from, to] = span.sentence;
  const around = splitWords(response.slice(from, to))
    .map(({ start, end }) => ({
      start: start + from,
      end: end + from,
      text: fold(response.slice(start + from, end + from)),
    }))
    .filter(({ start, end }) => end <= claim.start || start >= span.end);
  const nearby = (start: number, end: number) =>
    Math.min(Math.abs(claim.start - end), Math.abs(start - span.end)) < 28 &&
    !/[.;]/.test(response.slice(Math.min(end, span.end), Math.max(start, claim.start)));
  const weights = new Map<string, number>();
  for (const { start, end, text } of around) {
    if (text.length < 3 || common.has(text)) continue;
    weights.set(text, Math.max(weights.get(text) ?? 0, nearby(start, end) ? 2 : 0.7));
  }
  const previous = around.findLast(({ end }) => end <= claim.start)?.text;
  const next = around.find(({ start }) => start >= span.end)?.text;
  const rows = new Map<string, ReadWord[]>();
  for (const word of words) rows.set(word.row, [...(rows.get(word.row) ?? []), word]);
  const rowNumber = (row: string) => Number(row);
  return (candidate: ReadWord): number => {
    let score = 0;
    const inLine = words.filter(({ line }) => line === candidate.line);
    const at = inLine.indexOf(candidate);
    if (previous && fold(inLine[at - 1]?.text ?? '') === previous) score += 3;
    if (next && fold(inLine[at + 1]?.text ?? '').startsWith(next)) score += 3;
    for (const [row, read] of rows) {
      const apart = row === candidate.row ? 0 : Math.abs(rowNumber(row) - rowNumber(candidate.row));
      if (!(apart <= 1)) continue;
      for (const { text } of read) {
        if (text === candidate.text) continue;
        score += (weights.get(fold(text)) ?? 0) * (apart === 0 ? 1 : 0.25);
      }
    }
    return score;
  };
}

const common = new Set(
  'the and for with from that this are was has its shows says reads sign image picture'.split(' '),
);

/** Levenshtein distance in UTF-16 units, of texts of at most 80. */
function distance(a: string, b: string): number {
  const [left, right] = [a.slice(0, 80), b.slice(0, 80)];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1));
    row = next;
  }
  return row[right.length]!;
}
