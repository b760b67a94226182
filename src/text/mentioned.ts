import type { Noun } from './lexicon/nouns.js';
import type { Range } from './range.js';
import type { Term, TermOf } from './terms.js';

const isNoun = (term: Term): term is TermOf<'noun'> => term.kind === 'noun';

/** White space and the marks that stand around words, such as emphasis, quotes, brackets and tags. */
const joint = `(?:[\\s*_~\`"'“”‘’()[\\]]|</?[a-z]{1,10}>)`;
const adjectivesBehind = new RegExp(`^(?:${joint}|-)+(?:[\\p{L}-]+${joint}+){0,2}$`, 'iu');
const adjectivesCounted = new RegExp(`^${joint}+(?:[\\p{L}-]+${joint}+){0,3}$`, 'iu');

/** The noun that an adjective belongs to: the next one behind it, else the one before (`the dog is red`). */
export const describedNoun = (term: Range, sentence: string, terms: readonly Term[]): Noun | undefined =>
  describedNounTerm(term, sentence, terms)?.noun;

/** {@link describedNoun}, as the term that it is. */
export function describedNounTerm(term: Range, sentence: string, terms: readonly Term[]): TermOf<'noun'> | undefined {
  const all = terms.filter(isNoun);
  const next = all.find((other) => other.start >= term.end);
  if (next && adjectivesBehind.test(sentence.slice(term.end, next.start))) return next;
  return all.filter((other) => other.end <= term.start).at(-1);
}

/**
 * The noun that a number counts: behind it, over at most three words such as adjectives and `of`; else, in an item such as
 * `drums: 4` or a row of a table, the one before.
 */
export function countedNoun(term: Range, sentence: string, terms: readonly Term[]): TermOf<'noun'> | undefined {
  const all = terms.filter(isNoun);
  const next = all.find((other) => other.start >= term.end);
  if (next && adjectivesCounted.test(sentence.slice(term.end, next.start))) return next;
  const before = all.filter((other) => other.end <= term.start).at(-1);
  return before && /^[^\p{L}\p{N}]*[:×x*|(–—=-][^\p{L}\p{N}]*$/u.test(sentence.slice(before.end, term.start))
    ? before
    : undefined;
}

const groundWord = 'background|backdrop|ground|canvas';
const groundBehind = new RegExp(
  `^(?:[*_~\`"”’\\])]*[\\s,-]+\\p{L}+){0,2}?[*_~\`"”’\\])]*[\\s,-]+(?:${groundWord})\\b`,
  'iu',
);
const aroundBehind = /^[*_~`"”’]*\s+(?:\p{L}+\s+)?(?:surface|wall|area|field)\b/iu;
const groundBefore = new RegExp(`\\b(?:${groundWord})\\b(?!.*\\b(?:${groundWord})\\b)`, 'iu');
/** `a dog on a white background is red`: the dog is. */
const isPlace = /\b(?:on|against|over|of|to|from|in)\s+(?:an?|the)\s+(?:\p{L}+\s+)?$/iu;
/** `the colour of the background: red` */
const colourOf = /\b(?:colou?r|hue|shade|tint|tone)\s+of\s+(?:the|its)\s+(?:\p{L}+\s+)?$/iu;
const onBefore =
  /\b(?:on|against|over)\s+(?:(?:an?|the|plain|solid|flat|light|dark|pale|bright|simple)\s+)*[*_~`"“‘([]*$/iu;
const clauseEnd = /^[*_~`"”’')\]]*(?:$|[.,;:!?…\n]|\s+(?:and|but|while|with|for|[–—-])(?:\s|$))/iu;

/** Whether a colour is that of the background: `a red background`, `the ground behind it all is red`, `two dogs on red`. */
export function isGroundColour(term: Range, sentence: string, terms: readonly Term[]): boolean {
  const isNamedIn = (start: number, end: number) =>
    terms.some((other) => isNoun(other) && other.start >= start && other.end <= end);
  const before = sentence.slice(Math.max(0, term.start - 120), term.start);
  const after = sentence.slice(term.end, term.end + 60);
  const behind = groundBehind.exec(after);
  if (behind && !isNamedIn(term.end, term.end + behind[0].length)) return true;
  if (onBefore.test(before) && (clauseEnd.test(after) || aroundBehind.test(after))) return true;
  const ground = groundBefore.exec(before);
  if (!ground) return false;
  const between = before.slice(ground.index + ground[0].length);
  const ahead = before.slice(0, ground.index);
  if (isPlace.test(ahead) && !colourOf.test(ahead) && !/^\W*(?:that|which)\b/i.test(between)) return false;
  const next = terms.find((other) => isNoun(other) && other.start >= term.end);
  return (
    !isNamedIn(term.start - between.length, term.start) &&
    !(next && adjectives.test(sentence.slice(term.end, next.start)))
  );
}

/** What stands between a colour and the thing that it is said of: nothing, or other adjectives. */
const adjectives = /^[\s-]+(?:(?!(?:and|or|with|behind|in|on|for|while|but)\b)[\p{L}-]+\s+){0,2}$/iu;
