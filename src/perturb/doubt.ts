import { singularize } from '../text/agreement.js';
import { splitSentences } from '../text/sentences.js';
import type { Caption } from './caption.js';
import type { Change } from './label-changes.js';
import { isNoun } from './lexicon/nouns.js';

/** Words of a sentence that reasons or likens: what it says of one thing hangs on the others. */
const reasons =
  /\b(?:mak(?:es|ing)|provid(?:es|ing)|serv(?:es|ing)|add(?:s|ing)|giv(?:es|ing)|creat(?:es|ing)|enhanc(?:es|ing)|offer(?:s|ing)?|allow(?:s|ing)|likely|possibly|perhaps|ideal|perfect|ready|suggest\p{L}*|indicat\p{L}*|impl(?:y|ies|ying)|show(?:s|ing) that|resembl\p{L}*|reminiscent|seem\p{L}*|appear\p{L}*|because|since|so that|due to|despite|contrast\p{L}*|match(?:es|ing)?|complement\p{L}*|overall|scene|atmosphere|sense|focus|focal|which|who|whose|usual\p{L}*|typical\p{L}*|same|similar|other|another|both|each|rest|but|though)\b/giu;
/** How a sentence goes on about what the one before told of. */
const goesOn =
  /^\s*(?:it|its|they|their|these|those|this|he|she|his|her|one|two|each|both|another|some|others?|all|inside|on top|behind it)\b/i;
const refers = /\b(?:it|its|itself|they|them|their|one|ones|each|other|another|both|former|latter)\b/gi;

/**
 * How much of the rest of a caption may hang on what is changed: sentences that reason, that go on about it, nouns beside it that are
 * named again. Of several places where a type applies, one of the least doubt makes a twin that is least likely to clash with its
 * own caption. A count of such signs, 0 and more, over the doubt of the kinds of change themselves; it says nothing by itself, only which of two places is the safer.
 */
export function doubtOf(caption: Caption, changes: readonly Change[]): number {
  const lies = changes.filter(({ role }) => role === 'bad');
  return lies.reduce((sum, change) => sum + doubtAt(caption, change), 0) + lies.length - 1;
}

/** Affixed to a brick wall. The bricks are red. */
function opensWithNounOf(next: string, said: string): boolean {
  const [, opening = ''] = /^\s*(?:the|this|that|these|those|its|their) ((?:\p{L}+ ?){1,3})/iu.exec(next) ?? [];
  const names = new Set(
    said
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .map(singularize),
  );
  return opening
    .toLowerCase()
    .trim()
    .split(' ')
    .some((word) => word.length > 3 && names.has(singularize(word)));
}

function doubtAt({ text, words }: Caption, { start, end, doubt = 0 }: Change): number {
  const sentences = splitSentences(text);
  const own = sentences.findIndex((sentence) => sentence.start <= start && start <= sentence.end);
  const sentence = sentences[own];
  if (!sentence) return 0;
  const said = text.slice(sentence.start, sentence.end);
  const next = sentences[own + 1];
  const at = words.findIndex((word) => word.end > start);
  const near = words.slice(Math.max(0, at - 3), at + 5).filter(({ lower }) => isNoun(lower));
  const again = near.filter((noun) =>
    words.some((word) => word !== noun && singularize(word.lower) === singularize(noun.lower)),
  );
  return (
    doubt +
    2 * (said.match(reasons)?.length ?? 0) +
    (next && goesOn.test(text.slice(next.start, next.end)) ? 2 : 0) +
    (text.slice(end, sentence.end).match(refers)?.length ?? 0) +
    2 * again.length +
    (next && opensWithNounOf(text.slice(next.start, next.end), said) ? 3 : 0) +
    (own === 0 && sentences.length > 2 ? 1 : 0) +
    (/\bthe (?:\p{L}+ ){0,2}$/iu.test(text.slice(Math.max(0, start - 40), start)) ? 1 : 0)
  );
}
