import { indefiniteArticle } from '../text/agreement.js';
import { readCaption } from './caption.js';
import { choose } from './choose.js';
import { attributeKind, otherAttributes } from './lexicon/attributes.js';
import { nounOf, sisterNouns } from './lexicon/nouns.js';
import { modifiedNoun } from './noun-phrases.js';
import { isAttribute } from './rules/attribute.js';

/**
 * A true caption that denies something: what a twin would claim. Counterfactual twins put "not" and "no" into captions, and
 * few true captions have them, so that a model could learn the words instead of looking; these give true captions the same
 * words. Null where the caption names nothing that could be told not to be something else.
 */
export function trueNegation(text: string, random: () => number): string | null {
  const caption = readCaption(text);
  const end = /[.!?]\s*$/.test(text) ? ' ' : '. ';
  const said: string[] = [];
  for (const [index, word] of caption.words.entries()) {
    if (word.quoted || !word.asserted) continue;
    const noun = nounOf(word.lower);
    const sister = noun && !noun.plural ? choose(random, sisterNouns(word.lower, text)) : undefined;
    if (sister !== undefined && attributeKind(word.lower) === null)
      said.push(`There is no ${sister}.`, `The ${word.lower} is not ${indefiniteArticle(sister)} ${sister}.`);
    if (!isAttribute(caption, index)) continue;
    const other = choose(random, otherAttributes(word.lower));
    const thing = caption.words[modifiedNoun(caption, index)!]!.lower;
    if (other !== undefined && attributeKind(word.lower) === 'colour' && !text.toLowerCase().includes(other))
      said.push(`The ${thing} ${thing.endsWith('s') ? 'are' : 'is'} not ${other}.`);
  }
  const denial = choose(random, said);
  return denial === undefined ? null : `${text.trimEnd()}${end}${denial}`;
}
