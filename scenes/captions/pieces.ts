import type { Claim, ClaimKind } from '../scene.js';

/** A run of text, or a word that claims something. */
export type Piece = string | ClaimPiece;

export interface ClaimPiece {
  text: string;
  kind: ClaimKind;
  good: boolean;
  subject: number[];
  object?: number[];
}

/** Joins pieces into text and records where each claim stands. Doubled spaces are folded; sentences begin as told. */
export function joinPieces(pieces: readonly Piece[]): { text: string; claims: Claim[] } {
  let text = '';
  const claims: Claim[] = [];
  for (const piece of pieces) {
    let run = typeof piece === 'string' ? piece : piece.text;
    if (run === '') continue;
    if (text === '' || text.endsWith(' ')) run = run.trimStart();
    const start = text.length;
    text += run;
    if (typeof piece !== 'string') {
      const { text: _, ...claim } = piece;
      claims.push({ start, end: start + run.length, ...claim });
    }
  }
  return { text: text.trimEnd(), claims };
}

/** The same pieces with the first letter in upper case. */
export function capitalise(pieces: readonly Piece[]): Piece[] {
  const [first, ...rest] = pieces;
  if (first === undefined) return [];
  if (first === '') return capitalise(rest);
  const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return [typeof first === 'string' ? upper(first) : { ...first, text: upper(first.text) }, ...rest];
}
