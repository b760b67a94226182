import { graphemeEnd } from './graphemes.js';
import { matches } from './matches.js';
import { isPolarityAlone } from './polarity.js';
import type { Range } from './range.js';

/** Never end a sentence. */
const titles = new Set(
  'mr mrs ms dr prof st mt vs e.g i.e approx fig vol pp cf ca sen rep gen col capt lt sgt rev hon'.split(' '),
);
/** Never end a sentence before a number: `No. 5`, but `No. There is none.` */
const numbered = new Set('no nos fig figs ch sec p pp vol art'.split(' '));
/** End a sentence only before a capital. */
const sometimes = new Set(
  'etc a.m p.m u.s u.k u.s.a e.u inc ltd co corp jr sr ave blvd rd dept est al ft in oz lb min max'.split(' '),
);

const bound = /([.!?…؟۔।॥։።]+|[。！？｡]+)["'”’»）」』)\]}]*|[\r\n\v\f\u0085\u2028\u2029]+/gu;
/** What sentences usually begin with: a single capital before it is no initial. */
const opener =
  /^\s+["'“‘(]*(?:The|An?|There|It|Its|He|She|They|This|That|These|In|On|At|One|Two|Three|Next|Below|Above)\s/;

/**
 * The sentences of a text, in order and disjoint, without the white space around them. Every character that is not
 * white space is in exactly one. Line breaks end a sentence; decimals, abbreviations, initials and list numbers do not.
 */
export function splitSentences(text: string): Range[] {
  const sentences: Range[] = [];
  let start = 0;
  const close = (end: number) => {
    const range = trimRange(text, start, end);
    if (range) sentences.push(range);
    start = end;
  };
  for (const match of matches(text, bound)) {
    const mark = match[1];
    const last = match.index + match[0].length - 1;
    const end = mark === undefined ? last + 1 : graphemeEnd(text, last);
    if (mark === undefined || /[。！？｡]/.test(mark) || endsSentence(text, start, match.index, mark, end)) close(end);
  }
  close(text.length);
  return sentences;
}

/**
 * Sentences of a text, where a lone `Yes.` or `No.` is one with the sentence behind it on its line: what is said there
 * must go with it. A sentence that does not end is cut at a space after about 1000 characters.
 */
export function statements(text: string, sentences: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const sentence of sentences) {
    const last = merged.at(-1);
    const joins =
      last && !/[\r\n]/.test(text.slice(last.end, sentence.start)) && isPolarityAlone(text.slice(last.start, last.end));
    if (joins) last.end = sentence.end;
    else merged.push({ ...sentence });
  }
  return merged.flatMap((sentence) => (sentence.end - sentence.start > longest ? cut(text, sentence) : [sentence]));
}

const longest = 1000;

function cut(text: string, { start, end }: Range): Range[] {
  const parts: Range[] = [];
  let from = start;
  while (end - from > longest) {
    const space = text.lastIndexOf(' ', from + longest);
    const to = space > from ? space : graphemeEnd(text, from + longest - 1);
    const part = trimRange(text, from, to);
    if (part) parts.push(part);
    from = to;
  }
  const rest = trimRange(text, from, end);
  return rest ? [...parts, rest] : parts;
}

function endsSentence(text: string, start: number, at: number, mark: string, end: number): boolean {
  if (end >= text.length) return true;
  if (!/\s/.test(text[end]!)) return false;
  const next = /\S/u.exec(text.slice(end, end + 40))?.[0] ?? '';
  if (/^(\.{2,}|…+)$/.test(mark)) return !/\p{Ll}/u.test(next);
  if (mark !== '.') return true;
  const before = text.slice(Math.max(start, at - 24), at);
  const word = /[\p{L}\p{N}][\p{L}\p{N}.]*$/u.exec(before)?.[0] ?? '';
  if (/^\d{1,3}$/.test(word) && text.slice(start, at).trim() === word) return false;
  const lower = word.toLowerCase();
  if (titles.has(lower)) return false;
  if (numbered.has(lower) && /\p{N}/u.test(next)) return false;
  if (/^\p{Lu}$/u.test(word) && word !== 'I' && /\p{Lu}/u.test(next)) return opener.test(text.slice(end, end + 20));
  if (/^\p{L}+(?:\.\p{L}+)+$/u.test(word)) return !/\p{Ll}|[,;:\p{N}]/u.test(next);
  return sometimes.has(lower) ? !/\p{Ll}|[,;:\p{N}]/u.test(next) : true;
}

function trimRange(text: string, from: number, to: number): Range | null {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text[start]!) && graphemeEnd(text, start) === start + width(text, start)) start++;
  while (end > start && /\s/.test(text[end - 1]!) && !prepended.test(text.slice(Math.max(start, end - 2), end))) end--;
  return start < end ? { start, end } : null;
}

/** A space that carries a mark is one grapheme with it, and no white space. */
const width = (text: string, at: number) => (text.startsWith('\r\n', at) ? 2 : 1);
/** Signs that take the character after them, be it a space. */
const prepended = /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2][^\S\t-\r\u0085\u2028\u2029]/;

/** The sentence that holds an offset, by binary search; undefined between sentences. */
export function sentenceAt(sentences: readonly Range[], offset: number): Range | undefined {
  let low = 0;
  let high = sentences.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const sentence = sentences[middle]!;
    if (offset < sentence.start) high = middle - 1;
    else if (offset >= sentence.end) low = middle + 1;
    else return sentence;
  }
  return undefined;
}
