import { agreeingVerb } from '../../text/count-agreement.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { findTerms } from '../../text/terms.js';

/** How far behind a mention the next ones are looked for, in UTF-16 units. */
const reach = 200;

/**
 * Later mentions of a thing whose number changed, in its new number, with the verb behind them: where the dogs became
 * one dog, `; the brown dogs are above` becomes `; the brown dog is above`. A mention with a number of its own is
 * another group, and stays.
 *
 * @param text what stands behind the first mention
 */
export function agreeLaterMentions(text: string, noun: Noun, toMany: boolean): string {
  const mentions = findTerms(text.slice(0, reach)).filter((term) => term.kind === 'noun' && term.noun === noun);
  return mentions.reduceRight((result, { start, end }) => {
    if (!/\bthe\s+(?:[\p{L}-]+\s+){0,2}$/iu.test(result.slice(0, start))) return result;
    const form = toMany ? noun.plural : noun.singular;
    const written = result.slice(start, end).includes(' ') ? form.replaceAll('-', ' ') : form;
    return result.slice(0, start) + written + agreeFirstVerb(result.slice(end), toMany);
  }, text);
}

/** The verb right behind a noun, in the noun's new number: `sits` behind one, `sit` behind two. */
export function agreeFirstVerb(behind: string, toMany: boolean): string {
  const verb = /^(\s+)(\p{L}+)/u.exec(behind);
  return verb ? verb[1]! + agreeingVerb(verb[2]!, toMany) + behind.slice(verb[0].length) : behind;
}
