import { diffWordsWithSpace } from 'diff';
import type { AppliedEdit } from '../agent/correction.js';

/** The text with edits applied. Edits are in order, disjoint, with offsets of the text. */
export function applyEdits(text: string, edits: readonly AppliedEdit[]): string {
  let out = '';
  let last = 0;
  for (const edit of edits) {
    out += text.slice(last, edit.start) + edit.to;
    last = edit.end;
  }
  return out + text.slice(last);
}

/** The words that differ, as edits of `from`. */
export function diffWords(from: string, to: string): AppliedEdit[] {
  const edits: AppliedEdit[] = [];
  let offset = 0;
  let open: AppliedEdit | null = null;
  for (const part of diffWordsWithSpace(from, to)) {
    if (!part.added && !part.removed) {
      offset += part.value.length;
      open = null;
      continue;
    }
    if (!open) {
      open = { start: offset, end: offset, from: '', to: '' };
      edits.push(open);
    }
    if (part.removed) {
      open.from += part.value;
      offset += part.value.length;
      open.end = offset;
    } else {
      open.to += part.value;
    }
  }
  return edits;
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
  for (const edits of steps) {
    for (const edit of [...edits].reverse()) pieces = replaceRange(pieces, edit);
  }
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
    open.from = original.slice(open.start, open.end);
  }
  return composed.filter((edit) => edit.from !== edit.to);
}

function replaceRange(pieces: readonly Piece[], edit: AppliedEdit): Piece[] {
  const before: Piece[] = [];
  const after: Piece[] = [];
  let from: number | null = null;
  let to = 0;
  let offset = 0;
  for (const piece of pieces) {
    const start = offset;
    const end = offset + piece.text.length;
    offset = end;
    const cutStart = Math.min(Math.max(edit.start - start, 0), piece.text.length);
    const cutEnd = Math.min(Math.max(edit.end - start, 0), piece.text.length);
    if (end <= edit.start && !(end === edit.start && piece.text === '' && from !== null)) {
      before.push(piece);
      to = piece.to;
      continue;
    }
    if (start >= edit.end && start > edit.start) {
      after.push(piece);
      continue;
    }
    const split = (at: number) => (piece.kept ? piece.from + at : at === 0 ? piece.from : piece.to);
    if (cutStart > 0) before.push({ ...piece, to: split(cutStart), text: piece.text.slice(0, cutStart) });
    from ??= piece.kept ? split(cutStart) : piece.from;
    if (cutEnd < piece.text.length) {
      to = split(cutEnd);
      after.push({ ...piece, from: piece.kept ? to : piece.to, text: piece.text.slice(cutEnd) });
    }
    if (cutEnd >= piece.text.length) to = piece.to;
    else if (!piece.kept) to = piece.to;
  }
  const at = from ?? to;
  return [...before, { from: at, to: Math.max(at, to), text: edit.to, kept: false }, ...after];
}
