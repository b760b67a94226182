import { singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { exclude } from '../lexicon/attributes.js';
import { modifiedNoun } from '../noun-phrases.js';
import { isAttribute } from './attribute.js';
import { changeOf, type Rule } from './rule.js';

/** Attribute binding: two different looks of one kind change places between two different things. */
export const binding: Rule = (caption) => {
  const looks = caption.words.flatMap((word, index) => {
    const noun = isAttribute(caption, index) ? modifiedNoun(caption, index) : null;
    return noun === null ? [] : [{ word, index, noun }];
  });
  return looks.flatMap((one, at) =>
    looks
      .slice(at + 1)
      .filter(
        (other) =>
          other.index > one.noun &&
          exclude(one.word.lower, other.word.lower) &&
          singularize(caption.words[one.noun]!.lower) !== singularize(caption.words[other.noun]!.lower),
      )
      .map((other) => [
        changeOf(caption, one.index, one.index, likeCase(other.word.lower, one.word.text)),
        changeOf(caption, other.index, other.index, likeCase(one.word.lower, other.word.text)),
      ]),
  );
};
