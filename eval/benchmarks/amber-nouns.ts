import { lemma } from './noun-lemma.js';

/** Words of AMBER's list that are mostly no nouns, and what before them makes them one. */
const mostlyNoNouns = new Set([
  'can',
  'hot',
  'watch',
  'leave',
  'sailing',
  'support',
  'sound',
  'cash',
  'light',
  'orange',
]);
const determiner =
  /^(?:an?|the|this|that|these|those|one|two|three|four|five|several|many|some|his|her|its|their|of|with|and)$/i;

/**
 * The nouns of a description that AMBER's vocabulary has, mention by mention, lemmatised as WordNet does.
 *
 * The original takes what NLTK's tagger calls a noun; here every word of the vocabulary is one, but for a few that are
 * mostly verbs and adjectives, which need a determiner before them.
 */
export function amberNouns(description: string, vocabulary: ReadonlySet<string>): string[] {
  const tokens = description.match(/[\p{L}\p{N}]+(?:[-.][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu) ?? [];
  return tokens.flatMap((token, at) => {
    const noun = [token, token.toLowerCase()]
      .map((form) => lemma(form, vocabulary, 'wordnet'))
      .find((form) => vocabulary.has(form));
    if (noun === undefined) return [];
    const isNoun = noun !== token.toLowerCase() || !mostlyNoNouns.has(noun) || determiner.test(tokens[at - 1] ?? '');
    return isNoun ? [noun] : [];
  });
}
