import type { Fact } from '../fact.js';
import type { Piece } from '../pieces.js';
import type { Wording } from '../wording.js';
import { claimOf, type Sentence, said } from './sentence.js';

type Sign = Extract<Fact, { kind: 'sign' }>;

const frames: readonly (readonly [string, string])[] = [
  ['there is a sign that says ', ''],
  ['there is a sign saying ', ''],
  ['a sign reads ', ''],
  ['the sign says ', ''],
  ['the sign reads ', ''],
  ['there is a sign with the word ', ' on it'],
  ['the word ', ' is printed on a sign'],
  ['the text on the sign is ', ''],
  ['I can read ', ' on the sign'],
  ['a sign with ', ' written on it can be seen'],
  ['there is a label reading ', ''],
];

/** `A sign says "OPEN"`. */
export function signSentence({ text }: Sign, wording: Wording, key: string): Sentence {
  const [before, after] = wording.pick(`${key}.frame`, frames);
  return said(`sign-${before}${after}`, [before, ...quoted(text, wording, key), after]);
}

/** `… next to a sign that says "OPEN"`, without the place: ", and a sign reading …". */
export function signTail({ text }: Sign, wording: Wording, key: string): Sentence {
  const before = wording.pick(`${key}.tail`, [
    ' and a sign that says ',
    ' with a sign reading ',
    ', plus a sign saying ',
  ]);
  return said(`tail-sign${before}`, [before, ...quoted(text, wording, key)]);
}

export function quoted(text: Sign['text'], wording: Wording, key: string): Piece[] {
  const [open, close] = wording.pick(`${key}.quotes`, [
    ['"', '"'],
    ['"', '"'],
    ["'", "'"],
    ['“', '”'],
    ['', ''],
  ] as const);
  return [open, claimOf('quote', text.is, text, []), close];
}
