import { LRUCache } from 'lru-cache';
import { parse, postprocess, preprocess } from 'micromark';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Range } from '../range.js';
import { isPhrase } from './left-out.js';

/**
 * A part of a Markdown text that is read, or stands for something: words as they are (`text`), a character reference, a
 * line break that is only a space (`soft`), the end of a paragraph, heading, item or row (`end`), or of a cell.
 */
export interface Part extends Range {
  kind: 'text' | 'reference' | 'soft' | 'end' | 'cell';
}

const extensions = [
  gfmTable(),
  gfmStrikethrough({ singleTilde: false }),
  { disable: { null: ['codeIndented', 'htmlFlow', 'definition', 'codeFenced'] } },
];
/** Read by no one: addresses of links, retracted words, tags. */
const mute = new Set(['resource', 'reference', 'autolink', 'htmlText', 'strikethrough', 'tableDelimiterRow']);
const ends = new Set(['paragraph', 'atxHeading', 'setextHeading', 'thematicBreak', 'tableHead', 'tableRow']);
const blockTag =
  /^<\/?(?:p|div|li|ul|ol|tr|table|thead|tbody|h[1-6]|blockquote|section|article|header|footer|hr|dl|dt|dd|figure|figcaption|details|summary|answer|output|response|caption)\b/i;

/** A block with more marks than this, or this long, is read line by line: the parser's time grows faster than the text. */
const mostMarks = 1500;
const longestBlock = 30_000;
/** So many marks of a whole text are parsed. */
const mostMarksInAll = 20_000;

const marks = /[\\`*_~<>&|#[\]!]|^ *(?:[-+]|=+|\d{1,9}[.)])(?: |$)|^ *-{3,}/gm;
const kept = new LRUCache<string, readonly Part[]>({ maxSize: 125_000, sizeCalculation: (_, key) => key.length + 64 });

/**
 * The parts of a Markdown text that are read, in order. Fenced code, comments and the like are white space in it
 * already; line breaks are U+000A, other white space is U+0020. Blocks are parsed one by one, between blank lines.
 */
export function* readMarkdown(text: string): Generator<Part> {
  let budget = mostMarksInAll;
  let from = 0;
  const blank = /\n *\n/g;
  while (from < text.length) {
    blank.lastIndex = from;
    const gap = blank.exec(text);
    const to = gap ? gap.index : text.length;
    const block = text.slice(from, to);
    const count = block.match(marks)?.length ?? 0;
    budget -= count;
    let parts = kept.get(block);
    if (!parts) {
      const hostile = count > mostMarks || budget < 0 || block.length > longestBlock;
      parts = count > 0 && !hostile ? parsed(block) : byLine(block);
      kept.set(block, parts);
    }
    for (const { kind, start, end } of parts) yield { kind, start: start + from, end: end + from };
    // the second break of a gap may open the next one
    from = gap ? Math.max(to + 1, gap.index + gap[0].length - 1) : to;
  }
}

/** The number of a row before a cell of words is a label. */
const rowNumber = /^\|?\s*#?\d{1,3}[.)]?\s*\|(?=[^\n]*\p{L}\s+\p{L}+\s+\p{L})/u;

function parsed(block: string): Part[] {
  const parts: Part[] = [];
  const add = (kind: Part['kind'], start: number, end: number) => {
    if (kind !== 'text' || start < end) parts.push({ kind, start, end });
  };
  let muted = 0;
  let labelled = 0;
  let code = false;
  const events = postprocess(
    parse({ extensions })
      .document()
      .write(preprocess()(block, undefined, true)),
  );
  // names of columns are no claims where there are rows
  const silent: string = events.some(([, token]) => token.type === 'tableBody') ? 'tableHead' : '';
  for (const [event, token] of events) {
    const type: string = token.type;
    const [start, end] = [token.start.offset, token.end.offset];
    if (event === 'exit') {
      if (mute.has(type) || type === silent) muted--;
      if (type === 'codeText') code = false;
      if (ends.has(type)) add('end', end, end);
      if (type === 'tableData' || type === 'tableHeader') add('cell', end, end);
      continue;
    }
    if (type === 'tableRow') labelled = start + (rowNumber.exec(block.slice(start, end))?.[0].length ?? 0);
    if (mute.has(type) || type === silent) muted++;
    if (type === 'htmlText' && muted === 1) addTag(block.slice(start, end), start, end);
    if (muted > 0 || code || start < labelled) continue;
    if (type === 'data' || type === 'characterEscapeValue' || type === 'codeTextData') add('text', start, end);
    else if (type === 'characterReference') add('reference', start, end);
    else if (type === 'lineEnding') add(softOrEnd(block, start), start, end);
    else if (type === 'codeText') code = !isPhrase(block.slice(start, end).replace(/^`+|`+$/g, ''));
  }

  function addTag(tag: string, start: number, end: number) {
    if (blockTag.test(tag)) add('end', start, start);
    else if (/^<\/?t[dh]\b/i.test(tag)) add('cell', start, start);
    else if (/^<br\b/i.test(tag)) add('soft', start, end);
  }
  return parts;
}

/** `Colour: red`, `[Colour] red`, `Colour..... red` */
const field =
  /^[\s>*_-]*(?:\[\p{L}[\p{L} ]{0,30}\]|\p{L}[\p{L}_ ]{0,30}[*_]{0,3}(?: ?[:=→]|\.{3,}| ?…))[*_]{0,3}[^\S\n]*\S/u;

/** A line break in a paragraph is a space, but between two fields, and where a short line stands for itself before one that begins anew. */
function softOrEnd(block: string, at: number): 'soft' | 'end' {
  const line = block.slice(block.lastIndexOf('\n', at - 1) + 1, at).trim();
  if (field.test(line.slice(0, 80)) && field.test(block.slice(at + 1, at + 80).split('\n', 1)[0]!)) return 'end';
  const next = /^[\s>*_]*(\p{Lu}[^\n]*)/u.exec(block.slice(at, at + 200))?.[1];
  if (next === undefined || /^I\b/.test(next)) return 'soft';
  if (line.endsWith(':') || /^\p{Lu}[\p{L} /-]{0,24}[*_]{0,3}:[*_ ]/u.test(next)) return 'end';
  const follows = /^[^\n]*/.exec(block.slice(at + 1))![0].length;
  return line.length < 0.6 * Math.min(follows, 90) ? 'end' : 'soft';
}

const prefix = /^[ >]*(?:#{1,6} +|(?:[-*+]|\d{1,9}[.)]) +)*/;

function byLine(block: string): Part[] {
  const parts: Part[] = [];
  let offset = 0;
  for (const line of block.split('\n')) {
    const lead = prefix.exec(line)![0].length;
    const start = offset + lead;
    const end = offset + line.length;
    if (offset > 0)
      parts.push({
        kind: lead > 0 && /[#*+\d-]/.test(line.slice(0, lead)) ? 'end' : softOrEnd(block, offset - 1),
        start: offset - 1,
        end: offset,
      });
    if (!/^[ |:=-]*$/.test(line)) parts.push({ kind: 'text', start, end });
    offset = end + 1;
  }
  parts.push({ kind: 'end', start: block.length, end: block.length });
  return parts;
}
