import type { ClaimKind } from '../../scene.js';
import type { Mention, Value } from '../fact.js';
import { isPluralMention } from '../noun-phrase.js';
import type { ClaimPiece, Piece } from '../pieces.js';

/** A sentence without its capital and full stop, and the name of its shape. `whole`: stands by itself only. */
export interface Sentence {
  pieces: Piece[];
  shape: string;
  whole: boolean;
}

export const said = (shape: string, pieces: Piece[], whole = false): Sentence => ({ pieces, shape, whole });

/** A word that says one value of a fact. */
export function claimOf(
  kind: ClaimKind,
  text: string,
  value: Pick<Value<unknown>, 'good'>,
  subject: number[],
  object?: number[],
): ClaimPiece {
  return { text, kind, good: value.good, subject, ...(object ? { object } : {}) };
}

/** `singular` or `plural`, as the mention has it. */
export const agree = (mention: Mention, singular: string, plural: string): string =>
  isPluralMention(mention) ? plural : singular;

export const isAre = (mention: Mention): string => agree(mention, 'is', 'are');
/** `there is`, now and then `there's`. */
export const thereIs = (plural: boolean, short = false): string =>
  plural ? 'there are ' : short ? "there's " : 'there is ';

/** How a thing stands there, before where it stands. */
export const participles = [
  ...Array.from({ length: 9 }, () => ''),
  'placed ',
  'located ',
  'positioned ',
  'shown ',
  'sitting ',
  'situated ',
  'seen ',
  'drawn ',
  'standing ',
  'visible ',
  'depicted ',
  'pictured ',
  'displayed ',
] as const;

/** Verbs of standing there, singular and plural. */
export const standing: readonly (readonly [string, string])[] = [
  ['is', 'are'],
  ['is', 'are'],
  ['is', 'are'],
  ['sits', 'sit'],
  ['stands', 'stand'],
  ['lies', 'lie'],
  ['appears', 'appear'],
  ['can be seen', 'can be seen'],
  ['can be found', 'can be found'],
  ['is to be seen', 'are to be seen'],
  ['rests', 'rest'],
];
