import type { AppliedEdit, CorrectionResult } from './correction.js';

/** A part of a streamed text that was judged at once: a sentence, mostly. */
export interface Piece {
  /** Where it stands in the model's text. */
  start: number;
  end: number;
  /** Where it stands in the corrected text. */
  outputStart: number;
  text: string;
  /** With offsets of the model's text. */
  edits: AppliedEdit[];
  /** Null where it was not judged. */
  result: CorrectionResult | null;
  /** When its last character came, when it was judged, and when it went out: milliseconds since the stream began. */
  arrivedMs: number;
  settledMs: number;
  sentMs?: number;
}

/**
 * The corrected words for a range of the model's text. Ranges that add up to the text give words that add up to the
 * corrected text: new words stand where the words that they replace began.
 */
export function rewriteRange(text: string, pieces: readonly Piece[], start: number, end: number): string {
  let out = '';
  let at = start;
  for (const piece of piecesIn(pieces, start, end)) {
    for (const edit of piece.edits) {
      const owner = edit.start < edit.end || edit.start < piece.end ? edit.start : edit.start - 1;
      if (owner >= end) break;
      if (owner >= start) {
        out += text.slice(at, edit.start) + edit.to;
        at = edit.start;
      }
      at = Math.max(at, Math.min(edit.end, end));
    }
  }
  return out + text.slice(at, end);
}

function piecesIn(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const found: Piece[] = [];
  for (let index = pieces.length - 1; index >= 0; index--) {
    const piece = pieces[index]!;
    if (piece.end <= start) break;
    if (piece.start < end) found.unshift(piece);
  }
  return found;
}
