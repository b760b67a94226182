import { indefiniteArticle, isPlural } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { type Caption, neighbour } from '../caption.js';
import type { Change } from '../label-changes.js';
import { isCountable, isNoun } from '../lexicon/nouns.js';
import { isNamedAgain } from '../mentions.js';
import { isWholeNoun, modifiedNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Counterfactual: a statement is denied, or a denial is lifted. `is` becomes `is not`; `has a`, `with a` and `there is a`
 * become `has no`, `with no` and `there is no`; `not` and `no` go; `without` becomes `with`.
 */
export const counterfactual: Rule = (caption) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted || nearNegation(caption, index) || (!word.asserted && !negation.test(word.lower))) return [];
    const change = lifted(caption, index) ?? denied(caption, index);
    return change ? [[change]] : [];
  });

const negation = /^(not|no|never|none|without|nobody|nothing|neither|cannot|\p{L}+n't)$/u;

function nearNegation({ words }: Caption, index: number): boolean {
  const own = negation.test(words[index]!.lower);
  return !own && words.slice(Math.max(0, index - 3), index + 4).some(({ lower }) => negation.test(lower));
}

function lifted(caption: Caption, index: number): Change | null {
  const word = caption.words[index]!;
  const after = neighbour(caption, index, 1);
  if (word.lower === 'without' && /^(an?|any|the|his|her|its|their)$/.test(after))
    return after === 'any'
      ? changeOf(caption, index, index + 1, likeCase('with some', word.text))
      : changeOf(caption, index, index, likeCase('with', word.text));
  if (word.lower === 'no' && isNoun(after) && /^(with|has|have|is|are|and|there)$/.test(neighbour(caption, index, -1)))
    return changeOf(
      caption,
      index,
      index,
      likeCase(isCountable(after) && !isPlural(after) ? indefiniteArticle(after) : 'some', word.text),
    );
  if (word.lower === 'not' && /^(is|are|was|were)$/.test(neighbour(caption, index, -1))) {
    const { start, end } = caption.words[index]!;
    return after === ''
      ? null
      : { start, end: caption.words[index + 1]!.start, text: caption.text.slice(end, end), role: 'bad' };
  }
  return null;
}

function denied(caption: Caption, index: number): Change | null {
  const { words } = caption;
  const word = words[index]!;
  const after = neighbour(caption, index, 1);
  const before = neighbour(caption, index, -1);
  if (/^(is|are|was|were)$/.test(word.lower)) {
    if (
      /^(there|this|it|that|here|what|who|which)$/.test(before) &&
      /^(an?|two|three|four|five|some|many|several|the)$/.test(after)
    )
      return before === 'there' &&
        after !== 'the' &&
        hasNoun(caption, index + 1) &&
        !isNamedAgain(caption, modifiedNoun(caption, index + 1)!)
        ? changeOf(caption, index + 1, index + 1, noIn(caption))
        : null;
    if (
      /(?:ing|ed)$/.test(after) ||
      /^(in|on|at|near|behind|under|above|next|inside|outside|up|lying|full|empty|open|closed|busy|ready|holding|standing|parked|shown|seen|made|set|covered)$/.test(
        after,
      )
    )
      return {
        start: word.end,
        end: word.end,
        text: caption.text === caption.text.toUpperCase() ? ' NOT' : ' not',
        role: 'bad',
      };
    return null;
  }
  const owns = /^(has|have|with|having|featuring)$/.test(word.lower);
  if (owns && /^(an?|some|two|three|four|five|several|many)$/.test(after) && hasNoun(caption, index + 1)) {
    if (/\b(another|other|it|its)\b/i.test(caption.text.slice(word.end))) return null;
    if (
      word.lower === 'with' &&
      (/(?:ed|ing)$/.test(before) || /^(plays?|made|full|fight|talks?|eats?)$/.test(before)) &&
      !/^(building|ceiling|painting|bed|shed|sitting|standing)$/.test(before)
    )
      return null;
    if (
      /^(lot|lots|couple|variety|group|number|bunch|pair|view|bit|large|few|help|smile)$/.test(
        words[index + 2]?.lower ?? '',
      )
    )
      return null;
    return isNamedAgain(caption, modifiedNoun(caption, index + 1)!)
      ? null
      : changeOf(caption, index + 1, index + 1, noIn(caption));
  }
  if (/ing$/.test(word.lower) && isNoun(before) && acts.test(word.lower) && isWholeNoun(caption, index - 1, index - 1))
    return { start: word.start, end: word.start, text: 'not ', role: 'bad' };
  return null;
}

const acts =
  /^(sitting|standing|riding|holding|walking|eating|playing|wearing|lying|laying|looking|flying|running|smiling|sleeping|talking|driving|skiing|cutting|posing|jumping|grazing|swimming|surfing|cooking|reading|drinking|using|throwing|swinging|carrying|hanging)$/;

/** Whether a determiner opens a noun phrase that no list follows: `no` would deny all of `a toilet, sink and mirror`. */
function hasNoun(caption: Caption, determiner: number): boolean {
  const noun = modifiedNoun(caption, determiner);
  return noun !== null && !/^(?:\s*,| and(?! an? ))/i.test(caption.text.slice(caption.words[noun]!.end));
}

/** `no`, in capitals in a caption that shouts. */
function noIn({ text }: Caption): string {
  return text === text.toUpperCase() ? 'NO' : 'no';
}
