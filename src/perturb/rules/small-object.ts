import { likeCase } from '../../text/capital.js';
import { neighbour } from '../caption.js';
import { choose } from '../choose.js';
import { smallWords } from '../lexicon/attributes.js';
import { isNoun, isPerson } from '../lexicon/nouns.js';
import { modifiedNoun } from '../noun-phrases.js';
import { swapNoun } from './object.js';
import { changeOf, type Rule } from './rule.js';

/** Small object: only what the caption itself calls small; its size or what it is changes. */
export const smallObject: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted || !smallWords.has(word.lower)) return [];
    if (/^(a|very|too)$/.test(neighbour(caption, index, -1)) && /^(bit|of)$/.test(neighbour(caption, index, 1)))
      return [];
    if (/^(league|leagues|known|girl's)$/.test(neighbour(caption, index, 1))) return [];
    const noun = modifiedNoun(caption, index) ?? (isNoun(neighbour(caption, index, 1)) ? index + 1 : null);
    if (noun === null) return [];
    const said = new Set(caption.words.map(({ lower }) => lower));
    const size = choose(
      random,
      ['large', 'huge', 'big', 'giant'].filter((other) => !said.has(other) && !isPerson(caption.words[noun]!.lower)),
    );
    const swap = swapNoun(caption, noun, random);
    return [
      ...(size === undefined ? [] : [[changeOf(caption, index, index, likeCase(size, word.text))]]),
      ...(swap ? [[swap]] : []),
    ];
  });
