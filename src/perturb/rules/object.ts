import { pluralize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { type Caption, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { attributeKind } from '../lexicon/attributes.js';
import { isPerson, type NounKind, nounOf, sisterNouns } from '../lexicon/nouns.js';
import { isDeterminer, isWholeNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Object identification: a thing becomes another of its kind, in the same number, that the caption does not name. Every
 * mention of it does, so that the twin does not contradict itself.
 */
export const object: Rule = (caption, random) =>
  caption.words.flatMap((_, index) => {
    const changes = swapThing(caption, index, random);
    return changes ? [changes] : [];
  });

/** With more mentions than these a change is no small one. */
const mostMentions = 4;

interface Mention {
  first: number;
  last: number;
  phrase: string;
  kind: NounKind;
  /** The plainest name of the thing, in the singular. */
  name: string;
  plural: boolean;
}

/** The thing whose first mention, of one or two words, begins at `index`, swapped for a sister at each mention. */
export function swapThing(caption: Caption, index: number, random: () => number): Change[] | null {
  const mention = mentionAt(caption, index);
  if (!mention) return null;
  const mentions = caption.words.flatMap((_, at) => {
    const other = mentionAt(caption, at);
    return other?.name === mention.name ? [other] : [];
  });
  if (mentions[0]!.first !== index || mentions.length > mostMentions) return null;
  if (!mentions.every((each) => canSwap(caption, each))) return null;
  const other = choose(
    random,
    sisterNouns(mention.name, caption.text).filter((other) => canFly(mention.kind, other, caption.text)),
  );
  if (other === undefined) return null;
  return mentions.map(({ first, last, plural }) => {
    const old = caption.text.slice(caption.words[first]!.start, caption.words[last]!.end);
    return changeOf(caption, first, last, likeCase(plural ? pluralize(other) : other, old));
  });
}

function mentionAt(caption: Caption, index: number): Mention | null {
  for (const length of [2, 1]) {
    const words = caption.words.slice(index, index + length);
    if (words.length < length || words.some(({ quoted }, at) => quoted || (at > 0 && !words[at]!.joined))) continue;
    const phrase = words.map(({ lower }) => lower).join(' ');
    if (length === 1 && nounOf(`${neighbour(caption, index, -1)} ${phrase}`)) return null;
    const noun = nounOf(phrase);
    const [before, after] = [neighbour(caption, index, -1), neighbour(caption, index, 1)];
    // an orange wall is no fruit
    if (noun && (attributeKind(phrase) === null || (isDeterminer(before) && after !== 'and')))
      return {
        first: index,
        last: index + length - 1,
        phrase,
        kind: noun.kind,
        name: noun.names[0]!,
        plural: noun.plural,
      };
  }
  return null;
}

function canSwap(caption: Caption, { first, last, kind, name }: Mention): boolean {
  const { text, words } = caption;
  if (!isWholeNoun(caption, first, last) || isName(caption, first)) return false;
  if (words.slice(first, last + 1).some(({ asserted }) => !asserted)) return false;
  if (isPerson(name) && /\b(he|she|his|her|him|hers|himself|herself|their|themselves)\b/i.test(text)) return false;
  if (kind === 'hand' && /\bread(?:s|ing)? (?:\p{L}+ ){0,2}$/iu.test(text.slice(0, words[first]!.start))) return false;
  return (
    kind !== 'sports' ||
    /\b(play|plays|playing|a game of|game of)$/i.test(
      text.slice(Math.max(0, words[first]!.start - 40), words[first]!.start).trim(),
    )
  );
}

function isName({ words }: Caption, index: number): boolean {
  return index > 0 && words[index]!.joined && /^\p{Lu}\p{Ll}/u.test(words[index]!.text);
}

/** Of vehicles in the air, only those that fly. */
function canFly(kind: string, other: string, text: string): boolean {
  return (
    kind !== 'craft' || !/\b(?:fly|flies|flying|sky|airborne)\b/i.test(text) || /^(?:airplane|helicopter)/.test(other)
  );
}
