import { numberWords, parseCount } from '../lexicon/numbers.js';
import { units } from '../lexicon/plain-words.js';
import { isUndrawn } from '../lexicon/undrawn-things.js';
import { matches } from '../matches.js';
import type { Range } from '../range.js';
import { findTerms, type TermOf } from '../terms.js';
import { medium } from './about-picture.js';
import type { Piece } from './restate.js';

/**
 * How many things or kinds of things there are in all, or of which of two there are more. Offsets are UTF-16; `start` and
 * `end` are those of the number, or of `more`.
 */
export type Tally = Range & { text: string } & (
    | { kind: 'things' | 'kinds'; value: number }
    | { kind: 'comparison'; more: boolean; nouns: readonly [TermOf<'noun'>, TermOf<'noun'>] }
  );

const number = `(?<number>${numberWords.slice(1).join('|')}|[1-9]\\d?)`;
const adjective = '(?:different |separate |individual |distinct |single |various |drawn )*';
const things = `${adjective}(?:things?|objects?|items?|elements?|subjects?)`;
const kinds = `${adjective}(?:kinds?|types?|sorts?|varieties)(?: of ${things})?`;
const shown = '(?: (?:shown|visible|here|present|drawn|depicted|pictured))?';
const says = '(?: ?[:=–—-]+ ?| (?:is|are|comes to|equals|of|amounts to) )(?:exactly )?';
const here = `(?: (?:in|on) (?:it|here|(?:the|this|that|your|our) (?:\\S+ )?(?:${medium}|canvas)))`;
const inAll = '(?:in total|in all|altogether|combined|overall|all told|all together|all in all)';
const shows =
  "(?:there(?:’s|'s| is| are)|shows?|contains?|depicts?|features?|includes?|has|holds?|displays?|presents?|see|count|get|find|spot|counted|found)";
const only = '(?: (?:exactly|only|just|precisely|a total of|in total|altogether))?';
const wordStart = '(?<![\\p{L}\\p{N}.,/-])';
const patternOf = (parts: readonly string[]) => parts.map((part) => new RegExp(wordStart + part, 'giu'));

const totals = patternOf([
  `${number} ${things}${shown}${here}?,? ${inAll}(?![\\p{L}])`,
  `(?:${inAll}|counting everything|a total of|total of)(?! of),? (?:[\\p{L}' ]{0,40} )?${number} ${things}(?! (?:of|that|which|per|each))\\b`,
  `(?:total|number|count) (?:number |count )?(?:of )?${things}${shown}${here}?${says}${number}(?![\\p{L}\\p{N}])`,
  `total ${things}${says}${number}(?![\\p{L}\\p{N}])`,
  `${things}(?: count)?,? ${inAll}${says}${number}(?![\\p{L}\\p{N}])`,
  `${shows}${only} ${number} ${things}${shown}(?:${here}|(?=\\W*$)|(?=:))`,
]);
const kindsOf = patternOf([
  `${number} ${kinds}(?! of\\b)${shown}(?![\\p{L}])`,
  `number of ${kinds}${shown}${here}?${says}${number}(?![\\p{L}\\p{N}])`,
  `${kinds}(?! of)${says}${number}(?![\\p{L}\\p{N}])`,
]);
const comparison = new RegExp(`${wordStart}(?<more>more|fewer|less) (?=\\p{L})`, 'giu');
const negated = /\b(?:no|not|never|neither|any|if|whether|would|could|should|each|per)\b|n['’]t\b/i;
const between = new RegExp(`^ than (?:there (?:are|is) )?(?:(?:${units}) of )?$`, 'i');
const byUnit = new RegExp(`^(?:(?:${units}) of )?$`, 'i');
/** Every tally has one of these words. */
const hint = /\b(?:things?|objects?|items?|elements?|subjects?|kinds?|types?|sorts?|varieties|more|fewer|less)\b/i;

/** What a sentence says of all things together. Nothing of what it denies or only supposes. */
export function talliesIn(said: string): Tally[] {
  if (said.length > 400 || !hint.test(said) || /\?["”')\]]*$/.test(said)) return [];
  const found: Tally[] = [];
  const add = (tally: Tally) => {
    const isNew = !found.some((other) => other.start < tally.end && tally.start < other.end);
    if (isNew && !negated.test(said.slice(Math.max(0, tally.start - 40), tally.start))) found.push(tally);
  };
  for (const [kind, patterns] of [
    ['kinds', kindsOf],
    ['things', totals],
  ] as const)
    for (const pattern of patterns)
      for (const match of matches(said, pattern)) {
        const text = match.groups!.number!;
        const start = match.index + placeOf(match[0], text);
        add({ kind, start, end: start + text.length, text, value: parseCount(text)! });
      }
  for (const match of matches(said, comparison)) {
    const text = match.groups!.more!;
    const from = match.index + match[0].length;
    const nouns = findTerms(said.slice(from, from + 90)).flatMap((term) =>
      term.kind === 'noun' ? [{ ...term, start: term.start + from, end: term.end + from }] : [],
    );
    const [one, other] = nouns;
    if (
      !one ||
      !other ||
      isUndrawn(one.noun) ||
      isUndrawn(other.noun) ||
      one.noun === other.noun ||
      !between.test(said.slice(one.end, other.start))
    )
      continue;
    if (!byUnit.test(said.slice(from, one.start))) continue;
    add({
      kind: 'comparison',
      start: match.index,
      end: match.index + text.length,
      text,
      more: /^more$/i.test(text),
      nouns: [one, other],
    });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Where the number of a match stands: at its head, or at its end. */
const placeOf = (matched: string, text: string) =>
  matched.startsWith(text) && !new RegExp(`\\P{L}${text}$`, 'u').test(matched) ? 0 : matched.lastIndexOf(text);

/** A tally in the plainest words, without a full stop, for a text in which the sentence stands at `offset`. */
export function tallyStatement(tally: Tally, offset: number): Piece[] {
  const at = (range: Range): Range => ({ start: range.start + offset, end: range.end + offset });
  if (tally.kind === 'comparison') {
    const [one, other] = tally.nouns;
    return ['there are ', at(tally), ' ', at(one), ' than ', at(other)];
  }
  const many = tally.value !== 1;
  return [many ? 'there are ' : 'there is ', at(tally), ` ${talliedNoun(tally.kind, many)} in all`];
}

/** What is counted, in the words of such a statement. */
export const talliedNoun = (kind: 'things' | 'kinds', many: boolean): string =>
  kind === 'things' ? (many ? 'things' : 'thing') : many ? 'kinds of things' : 'kind of thing';
