import type { Evidence } from '../../scorer/scorer.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import { checkValues } from '../../text/print/check-values.js';
import { checkWords } from '../../text/print/check-words.js';
import type { PrintedLine } from '../../text/print/table.js';
import { findPrintedClaims, findQuotations } from '../../text/printed-claims.js';
import type { Range } from '../../text/range.js';
import { spliceEdits } from '../../text/splice.js';
import { wordEdits } from './evidence-words.js';

const maxLines = 200;

/**
 * What was read in the picture in place of a value, word or quotation that does not stand there: a printed value of the
 * same type, in the answer's own form, by what it is printed beside; a word that stands in the same place or is spelt much
 * alike. Empty where nothing that was read is the likely one: then the words stay. Null where the span is nothing that
 * would be printed.
 */
export function printEdits(span: FlaggedSpan, response: string, evidence: readonly Evidence[]): SpanEdit[] | null {
  const lines = evidence
    .filter(({ kind, label }) => kind === 'text' && label.length <= 200 && !/\p{Cc}/u.test(label))
    .slice(0, maxLines);
  if (lines.length === 0) return null;
  const edits = (texts: readonly string[]) => texts.map((replacement) => asPrinted(span, response, replacement));
  const fromValues = valueEdits(span, response, lines);
  if (fromValues) return edits(fromValues);
  const claims = findPrintedClaims(response).filter((claim) => meets(claim, span));
  if (claims.length === 0) return null;
  if (claims.some(({ kind }) => kind === 'number')) return [];
  const quote = findQuotations(response).find((range) => meets(range, span));
  return edits(wordEdits(span, response, quote ? response.slice(quote.start, quote.end) : null, printedLines(lines)));
}

const meets = (a: Range, b: Range) => a.start < b.end && b.start < a.end;

const printedLines = (lines: readonly Evidence[]): PrintedLine[] =>
  lines.flatMap(({ label, box, attributes }, index) =>
    box ? [{ text: label, row: attributes?.row ?? `line ${index}`, box }] : [],
  );

/** The printed values that stand in for those of a span, in its own form; null where it holds no value. */
function valueEdits(span: FlaggedSpan, response: string, lines: readonly Evidence[]): string[] | null {
  const printed = printedLines(lines);
  const ofValues = checkValues(response, printed).flatMap(({ wrong, instead }) =>
    wrong.map((range, at) => ({ ...range, text: instead?.[at] })),
  );
  const ofWords = checkWords(response, printed).flatMap(({ start, end, instead }) =>
    instead === null ? [] : [{ start, end, text: instead }],
  );
  const changes = [...ofValues, ...ofWords].filter((range) => meets(range, span)).sort((a, b) => a.start - b.start);
  if (changes.length === 0) return null;
  let text = span.text;
  for (const change of changes.reverse()) {
    if (change.text === undefined || change.start < span.start || change.end > span.end) return [];
    text = text.slice(0, change.start - span.start) + change.text + text.slice(change.end - span.start);
  }
  return text === span.text ? [] : [text];
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
