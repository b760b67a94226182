import type { Value } from '../fact.js';
import type { Place } from '../geometry.js';
import type { Piece } from '../pieces.js';
import { claimOf } from './sentence.js';

const placeWords: Readonly<Record<string, RegExp | null>> = {
  left: /left|right/,
  right: /left|right/,
  top: /top|bottom/,
  upper: /top|bottom/,
  bottom: /top|bottom/,
  lower: /top|bottom/,
  middle: null,
  centre: null,
  center: null,
};

/** Marks the word or words of a place phrase that say where: `in the [top] [left]-hand corner`. */
export function placePieces(phrase: string, place: Value<Place>, subject: number[]): Piece[] {
  const pieces: Piece[] = [];
  phrase.split(/([ -])/).forEach((part, index, parts) => {
    const intensifier = part === 'right' && parts[index + 2] === 'in';
    const axis = intensifier ? undefined : placeWords[part];
    pieces.push(axis === undefined ? part : claimOf('position', part, { good: !isWrong(axis, place) }, subject));
  });
  return pieces;
}

/** Whether a word about this axis (null: the middle) is among those that were made wrong. */
function isWrong(axis: RegExp | null, { is, was, good }: Value<Place>): boolean {
  if (good) return false;
  if (was === undefined || axis === null || is === 'centre' || was === 'centre') return true;
  return is.match(axis)?.[0] !== was.match(axis)?.[0];
}
