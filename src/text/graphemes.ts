import type { Range } from './range.js';

/** Whether every character stands for itself, so that only CRLF is a grapheme of two. */
export function isPlain(text: string): boolean {
  return /^[\t\n\r -~\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u2010-\u2027\u2039\u203a\u20ac]*$/.test(text);
}

/** `Intl.Segmenter` takes time by the square of the text: it gets this many UTF-16 units at a time. */
const chunk = 256;

/** The segments of a text, in order, in linear time: each chunk begins where a segment of the one before ended. */
export function* segments(text: string, segmenter: Intl.Segmenter): Generator<Range & { wordLike: boolean }> {
  let from = 0;
  for (let size = chunk; from < text.length; ) {
    const part = text.slice(from, from + size);
    const complete = from + part.length >= text.length;
    let next = from;
    for (const { index, segment, isWordLike } of segmenter.segment(part)) {
      const [start, end] = [from + index, from + index + segment.length];
      if (!complete && end === from + part.length) break;
      yield { start, end, wordLike: isWordLike ?? false };
      next = end;
    }
    size = next === from ? size * 2 : chunk;
    from = next;
  }
}

let byGrapheme: Intl.Segmenter | undefined;

/** The user-perceived characters of a text, in order. */
export function graphemes(text: string): Generator<Range> {
  byGrapheme ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segments(text, byGrapheme);
}

const standsAlone = /^[\s!-~\u00a1-\u00a8\u3001-\u3029\p{L}\p{N}]/u;
const attaches = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Hangul}]/u;

/** Where the grapheme that begins at an offset ends. */
export function graphemeEnd(text: string, at: number): number {
  const next = String.fromCodePoint(text.codePointAt(at + 1) ?? 32);
  const first = text.charCodeAt(at);
  if (first < 0x300 && standsAlone.test(next) && !attaches.test(next))
    return at + (text.startsWith('\r\n', at) ? 2 : 1);
  for (const { end } of graphemes(text.slice(at, at + 1024))) return at + end;
  return at;
}
