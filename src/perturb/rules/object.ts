import { likeCase } from '../../text/capital.js';
import { type Caption, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { isPerson, nounOf, sisterNouns } from '../lexicon/nouns.js';
import { isWholeNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/** Object identification: a noun becomes another of its kind, in the same number, that the caption does not name. */
export const object: Rule = (caption, random) =>
  caption.words.flatMap((_, index) => {
    const change = swapNoun(caption, index, random);
    return change ? [[change]] : [];
  });

/** The noun of one or two words that begins at `index`, swapped for a sister. */
export function swapNoun(caption: Caption, index: number, random: () => number): Change | null {
  for (const length of [2, 1]) {
    const words = caption.words.slice(index, index + length);
    if (words.length < length || words.some(({ quoted }, at) => quoted || (at > 0 && !words[at]!.joined))) continue;
    const phrase = words.map(({ lower }) => lower).join(' ');
    const noun = nounOf(phrase);
    if (length === 1 && nounOf(`${neighbour(caption, index, -1)} ${phrase}`)) return null;
    if (!noun) continue;
    if (!isWholeNoun(caption, index, index + length - 1) || isName(caption, index)) return null;
    if (
      isPerson(noun.names[0]!) &&
      /\b(he|she|his|her|him|hers|himself|herself|their|themselves)\b/i.test(caption.text)
    )
      return null;
    if (
      noun.kind === 'sports' &&
      !/\b(play|plays|playing|a game of|game of)$/i.test(
        caption.text.slice(Math.max(0, words[0]!.start - 40), words[0]!.start).trim(),
      )
    )
      return null;
    const other = choose(
      random,
      sisterNouns(phrase, caption.text).filter((other) => canFly(noun.kind, other, caption.text)),
    );
    return other === undefined
      ? null
      : changeOf(
          caption,
          index,
          index + length - 1,
          likeCase(other, caption.text.slice(words[0]!.start, words.at(-1)!.end)),
        );
  }
  return null;
}

function isName({ words }: Caption, index: number): boolean {
  return index > 0 && words[index]!.joined && /^\p{Lu}\p{Ll}/u.test(words[index]!.text);
}

/** Of vehicles in the air, only those that fly. */
function canFly(kind: string, other: string, text: string): boolean {
  return (
    kind !== 'vehicles' ||
    !/\b(?:fly|flies|flying|sky|airborne)\b/i.test(text) ||
    /^(?:airplane|helicopter)/.test(other)
  );
}
