import { diffArrays } from 'diff';
import type { AppliedEdit } from './applied-edit.js';
import { graphemes, isPlain } from './graphemes.js';
import { splitWords } from './words.js';

/** The text with edits applied. Edits are in order, disjoint, with offsets of the text. */
export function applyEdits(text: string, edits: readonly AppliedEdit[]): string {
  const parts: string[] = [];
  let last = 0;
  for (const edit of edits) {
    parts.push(text.slice(last, edit.start), edit.to);
    last = edit.end;
  }
  parts.push(text.slice(last));
  return parts.join('');
}

/** Texts that differ in more words than this are not compared word by word. */
const maxDifferences = 1000;

/** The whole words (and marks between them) that differ, as edits of `from`. */
export function diffWords(from: string, to: string): AppliedEdit[] {
  if (from === to) return [];
  const [prefix, suffix] = sharedEnds(from, to);
  const old = from.slice(prefix, from.length - suffix);
  const next = to.slice(prefix, to.length - suffix);
  const parts = diffArrays(tokens(old), tokens(next), { maxEditLength: maxDifferences });
  if (!parts) return [{ start: prefix, end: prefix + old.length, from: old, to: next }];
  const edits: AppliedEdit[] = [];
  let offset = prefix;
  let open: AppliedEdit | null = null;
  for (const part of parts) {
    const value = part.value.join('');
    if (!part.added && !part.removed) {
      offset += value.length;
      open = null;
      continue;
    }
    if (!open) {
      open = { start: offset, end: offset, from: '', to: '' };
      edits.push(open);
    }
    if (part.removed) {
      open.from += value;
      offset += value.length;
      open.end = offset;
    } else {
      open.to += value;
    }
  }
  return edits;
}

/** How much the two share at the start and at the end, up to a space between words. */
function sharedEnds(from: string, to: string): [prefix: number, suffix: number] {
  const most = Math.min(from.length, to.length);
  let prefix = 0;
  while (prefix < most && from[prefix] === to[prefix]) prefix++;
  while (prefix > 0 && !(from[prefix - 1] === ' ' && startsPlain(from, prefix) && startsPlain(to, prefix))) prefix--;
  let suffix = 0;
  while (suffix < most - prefix && from[from.length - 1 - suffix] === to[to.length - 1 - suffix]) suffix++;
  while (suffix > 0 && !(from[from.length - suffix] === ' ' && startsPlain(from, from.length - suffix + 1))) suffix--;
  return [prefix, suffix];
}

const startsPlain = (text: string, at: number) => at >= text.length || isPlain(text[at]!);

/** Words, runs of white space, and whatever else one grapheme at a time. */
function tokens(text: string): string[] {
  const parts: string[] = [];
  let last = 0;
  const fill = (end: number) => {
    const gap = text.slice(last, end);
    if (/^(?: *|\s+)$/.test(gap) && isPlain(gap)) {
      if (gap) parts.push(gap);
    } else for (const cell of graphemes(gap)) parts.push(gap.slice(cell.start, cell.end));
  };
  for (const { start, end } of splitWords(text)) {
    fill(start);
    parts.push(text.slice(start, end));
    last = end;
  }
  fill(text.length);
  return parts;
}

/** A run of the current text: kept as it was, or changed, and where it came from. */
interface Piece {
  from: number;
  to: number;
  text: string;
  kept: boolean;
}

/** The edits of successive steps, each against the text before it, as edits of the original. */
export function composeEdits(original: string, steps: readonly (readonly AppliedEdit[])[]): AppliedEdit[] {
  let pieces: Piece[] = [{ from: 0, to: original.length, text: original, kept: true }];
  for (const edits of steps) pieces = afterStep(pieces, edits, original.length);
  const composed: AppliedEdit[] = [];
  let open: AppliedEdit | null = null;
  for (const piece of pieces) {
    if (piece.kept) {
      if (piece.text !== '') open = null;
      continue;
    }
    if (open) {
      open.end = piece.to;
      open.to += piece.text;
    } else {
      open = { start: piece.from, end: piece.to, from: '', to: piece.text };
      composed.push(open);
    }
  }
  for (const edit of composed) edit.from = original.slice(edit.start, edit.end);
  return composed.filter((edit) => edit.from !== edit.to);
}

/** One walk over the pieces, with the edits in order. */
function afterStep(pieces: readonly Piece[], edits: readonly AppliedEdit[], end: number): Piece[] {
  const out: Piece[] = [];
  let index = 0;
  let rest = pieces[0];
  let offset = 0;
  const take = (most: number): Piece => {
    const piece = rest!;
    offset += Math.min(most, piece.text.length);
    if (piece.text.length <= most) {
      rest = pieces[++index];
      return piece;
    }
    const cut = piece.kept ? piece.from + most : piece.to;
    rest = { ...piece, from: cut, text: piece.text.slice(most) };
    return { ...piece, to: cut, text: piece.text.slice(0, most) };
  };
  for (const edit of edits) {
    while (rest && (offset < edit.start || rest.text === '')) out.push(take(edit.start - offset));
    let from = rest?.from ?? end;
    let to = from;
    for (let first = true; rest && offset < edit.end; first = false) {
      const piece = take(edit.end - offset);
      if (first) from = piece.from;
      to = piece.to;
    }
    out.push({ from, to, text: edit.to, kept: false });
  }
  while (rest) out.push(take(rest.text.length));
  return out;
}
