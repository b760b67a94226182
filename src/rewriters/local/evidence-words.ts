import { capitalize, isCapitalized } from '../../text/capital.js';
import type { FlaggedSpan } from '../../text/flagged-span.js';
import { isEnglish } from '../../text/print/language.js';
import type { PrintedLine } from '../../text/print/table.js';
import { findValues, sameValue } from '../../text/print/values.js';
import { splitWords } from '../../text/words.js';

interface Token {
  text: string;
  folded: string;
}

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const tokensOf = (text: string): Token[] =>
  splitWords(text).map(({ start, end }) => ({ text: text.slice(start, end), folded: fold(text.slice(start, end)) }));

const small = new Set(
  'the a an of and in on at to for is are was says reads sign de la le du des der die das und'.split(' '),
);

/**
 * Printed words in place of flagged ones: those that stand in the same place, beside the words that stand beside them in
 * the answer; else a printed word that is spelt much alike. One at most: what is neither is a guess.
 *
 * @param quote The words of the answer that are said to be printed together with the span, such as its quotation.
 */
export function wordEdits(
  span: FlaggedSpan,
  response: string,
  quote: string | null,
  lines: readonly PrintedLine[],
): string[] {
  // the reader has no accents: what it read would lose them
  if (!isEnglish(response) || /\p{M}/u.test(response.normalize('NFKD'))) return [];
  const wanted = tokensOf(span.text);
  const before = tokensOf(response.slice(span.sentence[0], span.start)).slice(-3);
  const behind = tokensOf(response.slice(span.end, span.sentence[1])).slice(0, 3);
  const printed = lines.map(({ text }) => tokensOf(text));
  const named = new Set([...before, ...behind].map(({ folded }) => folded));
  const elsewhere = new Set(
    tokensOf(response.slice(0, span.start) + response.slice(span.end)).map(({ folded }) => folded),
  );
  const found =
    inPlace(wanted.length, before, behind, printed) ??
    (quote !== null && tokensOf(quote).length === wanted.length
      ? wholeLine(wanted.length, printed, elsewhere)
      : null) ??
    (wanted.length === 1 ? besideValue(span, response, lines, elsewhere) : null) ??
    (wanted.length === 1 ? alike(wanted[0]!, printed, named, elsewhere) : null);
  if (found === null || fold(found) === fold(span.text)) return [];
  return [writtenLike(found, span.text)];
}

/** The run of printed words between the answer's neighbours of the span: at least one neighbour that says something. */
function inPlace(
  count: number,
  before: readonly Token[],
  behind: readonly Token[],
  printed: readonly (readonly Token[])[],
): string | null {
  const [left, right] = [before.at(-1)?.folded, behind[0]?.folded];
  const runs = new Map<string, number>();
  for (const line of printed) {
    for (let at = 0; at + count <= line.length; at++) {
      const run = line.slice(at, at + count);
      if (!run.every(({ text }) => /^\p{L}[\p{L}'’-]*$/u.test(text))) continue;
      // `ToolsLtd` where the answer says `Ltd` behind
      const glued =
        left !== undefined && line[at - 1]?.folded === left && right !== undefined && isGluedTo(run.at(-1)!, right)
          ? right.length
          : 0;
      const after = glued > 0 ? right : line[at + count]?.folded;
      const leftFits = left !== undefined && line[at - 1]?.folded === left;
      const rightFits = right !== undefined && after === right;
      const further = leftFits && at >= 2 && line[at - 2]!.folded === before.at(-2)?.folded;
      const says = (leftFits && !small.has(left)) || further || (rightFits && !small.has(right));
      const both = leftFits && rightFits;
      const atEdge = (leftFits && after === undefined) || (rightFits && at === 0);
      if (!(both || (says && atEdge))) continue;
      const whole = run.map((token) => token.text).join(' ');
      const text = whole.slice(0, whole.length - glued);
      runs.set(text, Math.max(runs.get(text) ?? 0, both ? 2 : 1));
    }
    // `BEWAREOFTHEDOG`: the reader lost the spaces
    const glued = count === 1 && gluedTo(line, before, behind);
    if (glued) runs.set(glued, 1);
  }
  const [best, second] = [...runs].sort((a, b) => b[1] - a[1]);
  return best && best[1] > (second?.[1] ?? 0) ? best[0] : null;
}

const isGluedTo = ({ text, folded }: Token, next: string) =>
  next.length >= 3 && folded.length === text.length && folded.length > next.length + 1 && folded.endsWith(next);

function gluedTo(line: readonly Token[], before: readonly Token[], behind: readonly Token[]): string | null {
  const lead = before.map(({ folded }) => folded).join('');
  const tail = behind.map(({ folded }) => folded).join('');
  for (const { text, folded } of line) {
    if (folded.length !== text.length || folded.length < 6 || /\d/.test(folded)) continue;
    const lengths = Array.from({ length: folded.length - 2 }, (_, index) => folded.length - 2 - index);
    const left = lengths.find((length) => length >= 3 && lead.endsWith(folded.slice(0, length))) ?? 0;
    const right = lengths.find((length) => length >= 3 && tail.startsWith(folded.slice(-length))) ?? 0;
    const middle = text.slice(left, text.length - right);
    if ((left > 0 && right > 0 ? 6 : 4) <= left + right && middle.length >= 2 && left + right < text.length)
      return middle;
  }
  return null;
}

/** All of a quotation is wrong, and one line alone has as many words and none that the answer has elsewhere. */
function wholeLine(
  count: number,
  printed: readonly (readonly Token[])[],
  elsewhere: ReadonlySet<string>,
): string | null {
  const lines = printed.filter(
    (line) =>
      line.length === count &&
      line.every(({ text, folded }) => /^\p{L}[\p{L}'’-]+$/u.test(text) && !elsewhere.has(folded)),
  );
  return lines.length === 1 ? lines[0]!.map(({ text }) => text).join(' ') : null;
}

/**
 * The one word that is printed beside the values nearest to the span, and that the answer does not say: `Muffin` beside
 * 12.97 for `Croissant at $12.97`.
 */
function besideValue(
  span: FlaggedSpan,
  response: string,
  lines: readonly PrintedLine[],
  elsewhere: ReadonlySet<string>,
): string | null {
  const values = findValues(response).filter(({ start, end }) => start >= span.sentence[0] && end <= span.sentence[1]);
  const near = [values.findLast(({ end }) => end <= span.start), values.find(({ start }) => start >= span.end)];
  const rows = new Set(
    lines
      .filter(({ text }) => findValues(text).some((printed) => near.some((one) => one && sameValue(one, printed))))
      .map(({ row }) => row),
  );
  const words = new Set(
    lines
      .filter(({ row }) => rows.has(row))
      .flatMap(({ text }) => tokensOf(text))
      .filter(({ text, folded }) => /^\p{Lu}[\p{L}'’-]{2,}$/u.test(text) && !elsewhere.has(folded))
      .map(({ text }) => text),
  );
  return words.size === 1 ? [...words][0]! : null;
}

/** A printed word with one or two letters changed. */
function alike(
  { folded }: Token,
  printed: readonly (readonly Token[])[],
  named: ReadonlySet<string>,
  elsewhere: ReadonlySet<string>,
): string | null {
  const most = folded.length >= 6 ? 2 : folded.length >= 4 ? 1 : 0;
  const near = new Map<string, number>();
  for (const token of printed.flat()) {
    if (!/^\p{L}[\p{L}'’-]+$/u.test(token.text) || named.has(token.folded) || elsewhere.has(token.folded)) continue;
    const apart = distance(folded, token.folded, most);
    if (apart <= most) near.set(token.text, apart);
  }
  const [best, second] = [...near].sort((a, b) => a[1] - b[1]);
  return best && best[1] < (second?.[1] ?? most + 1) ? best[0] : null;
}

/** Levenshtein distance, or `most + 1` where it is larger than that. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

/** What was printed in capitals is written like the replaced words; what was read in mixed case stays. */
function writtenLike(text: string, like: string): string {
  if (text !== text.toUpperCase() || like === like.toUpperCase()) return text;
  const lower = text.toLowerCase();
  return isCapitalized(like) ? lower.split(' ').map(capitalize).join(' ') : lower;
}
