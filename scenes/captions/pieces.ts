import type { Range } from '../../src/text/range.js';
import type { Claim, ClaimKind } from '../scene.js';

/** A run of text, a word that claims something, or words that say nothing of the picture. */
export type Piece = string | ClaimPiece | SilentPiece;

export interface ClaimPiece {
  text: string;
  kind: ClaimKind;
  good: boolean;
  subject: number[];
  object?: number[];
}

export interface SilentPiece {
  text: string;
  kind: 'none';
}

/** Joins pieces into text and records where each claim and each silent run stands. Doubled spaces are folded; sentences begin as told. */
export function joinPieces(pieces: readonly Piece[]): { text: string; claims: Claim[]; silent?: Range[] } {
  let text = '';
  const claims: Claim[] = [];
  const silent: Range[] = [];
  for (const piece of pieces) {
    let run = typeof piece === 'string' ? piece : piece.text;
    if (run === '') continue;
    if (text === '' || text.endsWith(' ')) run = run.trimStart();
    const start = text.length;
    text += run;
    if (typeof piece === 'string') continue;
    if (piece.kind === 'none') {
      silent.push({ start, end: start + run.length });
    } else {
      const { text: _, ...claim } = piece;
      claims.push({ start, end: start + run.length, ...claim });
    }
  }
  return { text: text.trimEnd(), claims, ...(silent.length > 0 ? { silent } : {}) };
}

/** The same pieces with the first letter in upper case. */
export function capitalise(pieces: readonly Piece[]): Piece[] {
  const [first, ...rest] = pieces;
  if (first === undefined) return [];
  if (first === '') return capitalise(rest);
  const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return [typeof first === 'string' ? upper(first) : { ...first, text: upper(first.text) }, ...rest];
}
