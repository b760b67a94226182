import { colourSynonyms } from '../../text/lexicon/colours.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { countedNoun } from '../../text/mentioned.js';
import type { Term, TermOf } from '../../text/terms.js';
import { askedNoun, colouredBy, coloursOf, type Knowledge, seenAs } from './knowledge.js';

/** What was seen says of a word: it is so, it is not so, or nothing. */
export type Verdict = 'supported' | 'contradicted' | 'unknown';

/** What is seen this surely is there; what is seen less surely than `faint` is not. */
const sure = 0.4;
const faint = 0.15;
/** In shares of the picture: what lies closer together is neither left nor right. */
const clear = 0.06;

/** What the things that were seen say of a word of a sentence: a second opinion beside the scorer's rewards. */
export function verdictOf(term: Term, sentence: string, terms: readonly Term[], knowledge: Knowledge): Verdict {
  if (knowledge.seen.length === 0) return 'unknown';
  switch (term.kind) {
    case 'noun':
      return nounVerdict(term, sentence, knowledge);
    case 'count':
      return countVerdict(term, sentence, terms, knowledge);
    case 'colour':
      return colourVerdict(term, sentence, terms, knowledge);
    case 'relation':
      return relationVerdict(term, terms, knowledge);
    case 'place':
      return placeVerdict(term, terms, knowledge);
    default:
      return 'unknown';
  }
}

const negation =
  /(?:\b(?:no|zero|not\s+an?|not\s+a\s+single|not\s+any|without(?:\s+an?|\s+any)?|neither|nor)|(?:n['’]t|\bnot|\bcannot)\s+(?:see|spot|find|show|contain|depict|include|have|be)?\s*(?:an?|any|the)?)\s+(?:[\p{L}-]+\s+){0,2}$/iu;

/** Whether the sentence says that the thing is not there. */
export const isNegated = (term: Term, sentence: string): boolean =>
  negation.test(sentence.slice(Math.max(0, term.start - 60), term.start));

function nounVerdict(term: TermOf<'noun'>, sentence: string, knowledge: Knowledge): Verdict {
  const confidence = seenAs(term.noun, knowledge)?.confidence ?? 0;
  const there: Verdict = confidence >= sure ? 'supported' : confidence < faint ? 'contradicted' : 'unknown';
  if (!isNegated(term, sentence) || there === 'unknown') return there;
  return there === 'supported' ? 'contradicted' : 'supported';
}

function countVerdict(term: TermOf<'count'>, sentence: string, terms: readonly Term[], knowledge: Knowledge): Verdict {
  const counted = countedNoun(term, sentence, terms);
  const noun = counted?.noun ?? askedNoun(terms, knowledge);
  const seen = noun && seenAs(noun, knowledge);
  if (term.value === null || !noun || isUnit(term, noun)) return 'unknown';
  if (!seen || seen.confidence < sure) return term.value === 0 && !seen ? 'supported' : 'unknown';
  const between = counted
    ? sentence.slice(Math.min(term.end, counted.end), Math.max(term.start, counted.start)).toLowerCase()
    : '';
  const groups = between.split(/[^\p{L}]+/u).flatMap((word) => seen.groups.get(colourSynonyms[word] ?? word) ?? []);
  return [seen.count, ...groups].includes(term.value) ? 'supported' : 'contradicted';
}

/** `a pair of scissors` is one thing, and `a pair of gloves` mostly. */
const isUnit = (term: Term, noun: Noun) =>
  /\bpair\b/i.test(term.text) && (noun.singular === noun.plural || inPairs.test(noun.singular));
const inPairs = /^(?:glove|sock|shoe|boot|sandal|ice-skate|roller-skate|cherry|maraca|crutch)$/;

function colourVerdict(
  term: TermOf<'colour'>,
  sentence: string,
  terms: readonly Term[],
  knowledge: Knowledge,
): Verdict {
  const about = colouredBy(term, sentence, terms, knowledge);
  if (typeof about === 'object' && (seenAs(about, knowledge)?.confidence ?? 0) < sure) return 'unknown';
  const seen = coloursOf(about, knowledge);
  if (seen.length === 0) return 'unknown';
  return seen.includes(term.colour) ? 'supported' : 'contradicted';
}

function relationVerdict(term: TermOf<'relation'>, terms: readonly Term[], knowledge: Knowledge): Verdict {
  const axis = term.axis === 'horizontal' ? 'x' : term.axis === 'vertical' ? 'y' : null;
  const things = terms.filter((other): other is TermOf<'noun'> => other.kind === 'noun');
  const before = things.filter(({ end }) => end <= term.start).at(-1);
  const after = things.find(({ start }) => start >= term.end);
  const [one, other] = [before && seenAs(before.noun, knowledge), after && seenAs(after.noun, knowledge)];
  if (!axis || !one?.centre || !other?.centre || one === other || Math.min(one.confidence, other.confidence) < sure)
    return 'unknown';
  const first = /\b(?:left|above|over|higher|top)\b/i.test(term.text);
  return judged(one.centre[axis] - other.centre[axis], first);
}

function placeVerdict(term: TermOf<'place'>, terms: readonly Term[], knowledge: Knowledge): Verdict {
  const things = terms.filter((other): other is TermOf<'noun'> => other.kind === 'noun');
  const named = things.length === 1 ? things[0]!.noun : askedNoun(terms, knowledge);
  const seen = named && seenAs(named, knowledge);
  if (!seen?.centre || seen.confidence < sure) return 'unknown';
  const verdicts = [
    /\bleft\b/i.test(term.text) ? judged(seen.centre.x - 0.5, true) : null,
    /\bright\b(?!\s+(?:in|at|near))/i.test(term.text) ? judged(seen.centre.x - 0.5, false) : null,
    /\b(?:top|upper)\b/i.test(term.text) ? judged(seen.centre.y - 0.5, true) : null,
    /\b(?:bottom|lower)\b/i.test(term.text) ? judged(seen.centre.y - 0.5, false) : null,
  ].filter((verdict) => verdict !== null);
  if (verdicts.length === 0) return 'unknown';
  return verdicts.includes('contradicted') ? 'contradicted' : verdicts.includes('unknown') ? 'unknown' : 'supported';
}

/** A difference that should be below nought, or above. */
function judged(difference: number, below: boolean): Verdict {
  if (Math.abs(difference) < clear) return 'unknown';
  return difference < 0 === below ? 'supported' : 'contradicted';
}
