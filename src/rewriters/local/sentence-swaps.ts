import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { parseCount } from '../../text/lexicon/numbers.js';
import { spliceEdits } from '../../text/splice.js';
import { findTerms, type Term } from '../../text/terms.js';
import type { Knowledge } from './knowledge.js';
import { agreeFirstVerb, agreeLaterMentions } from './later-mentions.js';
import type { Swap } from './swap.js';
import { nounSwapsTo, pointsBack, swapsFor } from './swaps.js';
import { verdictOf } from './witness.js';

/** At most this many edits are proposed for one span: the more are tried, the likelier one passes by chance. */
const maxAlternatives = 6;
/** Of each word, this many guesses are paired with those of another word. */
const pairedGuesses = 3;
/** Known words of one span that are tried, from its first on: more than that is no slip of a word. */
const maxTerms = 12;
/** A change of two words is this much less likely than one of either. */
const pairPenalty = 1;

interface Guess {
  swaps: Swap[];
  /** Lower is likelier. */
  cost: number;
  /** What was seen speaks against a word that it changes. */
  against: boolean;
}

/**
 * Edits of one span, best guess first: each known word changed alone, then two of them together. An
 * edit that needs words outside the span (`to the` of `to the left of`, a verb that must follow the number) comes as an
 * edit of the whole sentence in which nothing else differs.
 */
export function sentenceSwaps(
  response: string,
  span: FlaggedSpan,
  known: Knowledge,
  fits: (term: Term) => boolean = () => true,
): SpanEdit[] {
  const knowledge = { ...known, until: span.sentence[1] };
  const sentence = response.slice(...span.sentence);
  const here: FlaggedSpan = {
    ...span,
    id: 1,
    start: span.start - span.sentence[0],
    end: span.end - span.sentence[0],
    sentence: [0, sentence.length],
  };
  const terms = findTerms(sentence);
  const touched = terms
    .filter((term) => term.start < here.end && here.start < term.end && fits(term))
    .filter((term) => verdictOf(term, sentence, terms, knowledge) !== 'supported')
    .slice(0, maxTerms);
  const edits = new Map<string, SpanEdit>();
  // what is seen wrongly elsewhere in the sentence keeps no word from being put right
  const before = speaksAgainst(sentence, knowledge);
  for (const { swaps, against } of likeliest(guesses(touched, sentence, terms, knowledge))) {
    if (edits.size >= maxAlternatives) break;
    const edit = asEdit(sentence, here, swaps);
    if (edit && speaksAgainst(resultOf(sentence, here, edit), knowledge) <= before - (against ? 1 : 0))
      edits.set(`${edit.sentence ?? false}:${edit.replacement}`, { ...edit, span: span.id });
  }
  edits.delete('false:');
  return [...edits.values()];
}

/** How many words of a sentence what was seen speaks against. */
function speaksAgainst(sentence: string, knowledge: Knowledge): number {
  const terms = findTerms(sentence);
  return terms.filter((term) => verdictOf(term, sentence, terms, knowledge) === 'contradicted').length;
}

const resultOf = (sentence: string, span: FlaggedSpan, edit: SpanEdit) =>
  edit.sentence ? edit.replacement : spliceEdits(sentence, [span], [{ ...edit, span: span.id }]).text;

function guesses(touched: readonly Term[], sentence: string, terms: readonly Term[], knowledge: Knowledge): Guess[][] {
  const sure = terms.filter((term) => !touched.includes(term));
  return touched.map((term) => {
    const against = verdictOf(term, sentence, terms, knowledge) === 'contradicted';
    return swapsFor(term, sentence, term.kind === 'noun' ? sure : terms, knowledge).map((swap, index) => ({
      swaps: [swap, ...laterMentions(term, swap, sentence, terms)],
      cost: index,
      against,
    }));
  });
}

/** A thing that becomes another one does so wherever the sentence points back to it. */
function laterMentions(term: Term, { about }: Swap, sentence: string, terms: readonly Term[]): Swap[] {
  if (term.kind !== 'noun' || !about || pointsBack(term, sentence)) return [];
  return terms.flatMap((other) =>
    other.kind === 'noun' && other.noun === term.noun && other.start >= term.end && pointsBack(other, sentence)
      ? nounSwapsTo(about, other, sentence).slice(0, 1)
      : [],
  );
}

function likeliest(byTerm: readonly Guess[][]): Guess[] {
  const singles = byTerm.flat();
  const pairs: Guess[] = [];
  byTerm.forEach((first, index) => {
    for (const second of byTerm.slice(index + 1)) {
      for (const one of first.slice(0, pairedGuesses)) {
        for (const other of second.slice(0, pairedGuesses)) {
          const [a, b] = [one.swaps[0]!, other.swaps[0]!];
          if (one.swaps.some((x) => other.swaps.some((y) => x.start < y.end && y.start < x.end))) continue;
          const together = a.about !== undefined && a.about === b.about ? 2 : 0;
          pairs.push({
            swaps: [...one.swaps, ...other.swaps],
            cost: one.cost + other.cost + pairPenalty - together,
            against: one.against || other.against,
          });
        }
      }
    }
  });
  return [...singles, ...pairs].sort((a, b) => a.cost - b.cost);
}

/** The smallest edit that turns the sentence into what the swaps make of it, or null where they change nothing. */
function asEdit(sentence: string, span: FlaggedSpan, swaps: readonly Swap[]): SpanEdit | null {
  const wanted = applySwaps(sentence, swaps);
  if (wanted === sentence) return null;
  for (const replacement of [swappedSpan(span, swaps), betweenEnds(sentence, span, wanted)]) {
    if (replacement === null || replacement === span.text || replacement.trim() === '') continue;
    const edit = { span: span.id, replacement };
    if (spliceEdits(sentence, [span], [edit]).text === wanted) return edit;
  }
  return { span: span.id, replacement: wanted, sentence: true };
}

/** Swaps are spliced one by one from the right, so that each is tidied up by itself and the offsets before it hold. */
function applySwaps(sentence: string, swaps: readonly Swap[]): string {
  return [...swaps].sort((a, b) => b.start - a.start).reduce(applySwap, sentence);
}

function applySwap(sentence: string, { start, end, text: replacement, counts }: Swap): string {
  // one dog or no dog: nothing else changes
  if (/^no$/i.test(replacement) && parseCount(sentence.slice(start, end)) === 1) {
    return sentence.slice(0, start) + replacement + sentence.slice(end);
  }
  const noun = counts && nounAt(sentence, counts.start);
  const count = parseCount(replacement);
  const tail = noun && sentence.slice(noun.end);
  const agreed = noun && count !== null ? agreeLaterMentions(tail!, noun.noun, count > 1) : tail;
  const whole = noun ? sentence.slice(0, noun.end) + agreed : sentence;
  // splicing alone looks for the noun of a count by grammar: a known one is shown to it as the last word
  const cut = noun && !/^\s+(is|are|was|were|has|have)\b/i.test(agreed!) ? noun.end : whole.length;
  const head = whole.slice(0, cut);
  const span: FlaggedSpan = { id: 1, start, end, text: head.slice(start, end), reward: 0, sentence: [0, cut] };
  const spliced = spliceEdits(head, [span], [{ span: 1, replacement }]).text;
  return spliced + (count === null ? whole.slice(cut) : agreeFirstVerb(whole.slice(cut), count > 1));
}

/** The first known noun from an offset on. */
function nounAt(sentence: string, from: number): { end: number; noun: Noun } | undefined {
  const noun = findTerms(sentence.slice(from, from + 80)).find((term) => term.kind === 'noun');
  return noun && { end: from + noun.end, noun: noun.noun };
}

/** The span's own text with the swaps put in, where they lie inside it. */
function swappedSpan(span: FlaggedSpan, swaps: readonly Swap[]): string | null {
  if (swaps.some(({ start, end }) => start < span.start || end > span.end)) return null;
  let text = span.text;
  for (const { start, end, text: replacement } of [...swaps].sort((a, b) => b.start - a.start)) {
    text = text.slice(0, start - span.start) + replacement + text.slice(end - span.start);
  }
  return text;
}

/** What stands in place of the span, where the sentence around it is unchanged. */
function betweenEnds(sentence: string, span: FlaggedSpan, wanted: string): string | null {
  const [before, after] = [sentence.slice(0, span.start), sentence.slice(span.end)];
  const fits = wanted.length >= before.length + after.length && wanted.startsWith(before) && wanted.endsWith(after);
  return fits ? wanted.slice(before.length, wanted.length - after.length) : null;
}
