import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import type { Noun } from '../../text/lexicon/nouns.js';
import { parseCount } from '../../text/lexicon/numbers.js';
import { countedNoun } from '../../text/mentioned.js';
import { spliceEdits } from '../../text/splice.js';
import { findTerms, type Term } from '../../text/terms.js';
import type { RewriteRequest } from '../rewriter.js';
import { evidenceEdits } from './evidence.js';
import { type Knowledge, seenAs } from './knowledge.js';
import { readsWell } from './reads-well.js';
import { sentenceSwaps } from './sentence-swaps.js';
import { tallyEdits } from './tally-edits.js';
import { isNegated, verdictOf } from './witness.js';
import { yesNoEdits } from './yes-no.js';

/** What the sentence around the span allows and was not tried yet, best guess first, the deletion last. */
export function proposals(span: FlaggedSpan, request: RewriteRequest, knowledge: Knowledge): SpanEdit[] {
  const sentence = request.response.slice(...span.sentence);
  const tried = new Set(
    request.rejected.filter(({ text }) => text === span.text || text === sentence).map((edit) => edit.replacement),
  );
  const doubted = span.reward > (knowledge.unclear && speaksOfThings(span, sentence) ? surelyWrong : wrongEnough);
  const edits =
    evidenceEdits(span, request) ??
    (doubted ? null : yesNoEdits(span, request, knowledge)) ??
    (doubted ? clearCounts(span, request, knowledge) : wordEdits(span, request, knowledge));
  return edits.filter(({ replacement }) => !tried.has(replacement));
}

/**
 * A word that is only doubted stays, flagged: a limit of .2 puts a little more right, and changes more right answers of others
 * (docs/harm.md).
 */
const wrongEnough = 0.12;
/**
 * Where something in the picture was not made out, the limit for names and numbers of things and for a yes or no. Of the foreign
 * sets' answers it leaves 8 more wrong ones as they are, and keeps 10 from another wrong text, 4 right ones among them.
 */
const surelyWrong = 0.05;

const speaksOfThings = (span: FlaggedSpan, sentence: string): boolean =>
  findTerms(sentence).some(
    ({ kind, start, end }) =>
      /^(?:noun|count|negation|answer)$/.test(kind) &&
      start + span.sentence[0] < span.end &&
      span.start < end + span.sentence[0],
  );

/**
 * A number is mended up to this reward where more of the thing is seen than it says, each this surely. Fewer is no proof: some
 * may be hidden or tiny.
 */
const miscounted = { reward: 0.35, confidence: 0.8 };

function wordEdits(span: FlaggedSpan, request: RewriteRequest, knowledge: Knowledge): SpanEdit[] {
  const tallies = tallyEdits(span, request, knowledge);
  if (tallies) return tallies;
  const { response } = request;
  const edits = sentenceSwaps(response, span, knowledge);
  if (!mayBeDeleted(span, response, knowledge)) return edits;
  // the words go alone where a sentence is left, else the whole sentence
  return [...edits, { span: span.id, replacement: '', ...(leavesSentence(span, response) ? {} : { sentence: true }) }];
}

/** A wrong number of what is seen beyond doubt, as the number that is seen. */
function clearCounts(span: FlaggedSpan, request: RewriteRequest, knowledge: Knowledge): SpanEdit[] {
  if (span.reward > miscounted.reward) return [];
  const clear = ({ least }: { least: number }) => least >= miscounted.confidence;
  if (tallyEdits(span, request, knowledge)) return [];
  const sentence = request.response.slice(...span.sentence);
  const terms = findTerms(sentence);
  return sentenceSwaps(request.response, span, knowledge, (term) => {
    // `a bike` is no number: there may be two
    if (term.kind !== 'count' || term.style === 'article' || term.value === null) return false;
    const noun = countedNoun(term, sentence, terms);
    if (!noun || noun.start < term.end || /\p{L}/u.test(sentence.slice(term.end, noun.start))) return false;
    const seen = seenAs(noun.noun, knowledge);
    if (asksForSome(request.prompt, noun.noun)) return false;
    return (
      seen !== undefined &&
      seen.count > term.value &&
      clear(seen) &&
      verdictOf(term, sentence, terms, knowledge) === 'contradicted'
    );
  }).slice(0, 1);
}

/** Whether a question is about some of a kind of things alone: `How many medals hang on a ribbon?` */
function asksForSome(prompt: string | undefined, noun: Noun): boolean {
  const names = [noun.singular, noun.plural, ...noun.synonyms.flat()].map((name) => name.replaceAll('-', '[ -]'));
  const asked = new RegExp(`\\b(?:${names.join('|')})\\b(?<rest>[^?.!;\\n]*)`, 'i').exec(prompt ?? '');
  return (
    asked !== null &&
    !/^\s*(?:$|,|\)|are|is|do|does|can|could|in\b|on the (?:picture|image)|there|here|you|and|or|please|pls|total|altogether)/i.test(
      asked.groups!.rest!,
    )
  );
}

function leavesSentence(span: FlaggedSpan, response: string): boolean {
  const [start, end] = span.sentence;
  const { text } = spliceEdits(response, [span], [{ span: span.id, replacement: '' }]);
  return readsWell(response.slice(start, end), text.slice(start, text.length - (response.length - end)));
}

/**
 * A known word that what was seen speaks against, or, where nothing is known of it, an unknown one that stands where a noun
 * does. A number or colour that does not stand before its noun says all that its place says: it stays. Other words are not
 * what an answer gets wrong.
 */
function mayBeDeleted(span: FlaggedSpan, response: string, knowledge: Knowledge): boolean {
  const [start, end] = span.sentence;
  const sentence = response.slice(start, end);
  const terms = findTerms(sentence);
  const known = terms.filter((term) => term.start + start < span.end && term.end + start > span.start);
  if (known.length > 0) {
    const seenOtherwise = (term: Term) => verdictOf(term, sentence, terms, knowledge) === 'contradicted';
    return known.every(
      (term) =>
        (knowledge.seen.length === 0 || seenOtherwise(term)) &&
        term.kind !== 'negation' &&
        !isNegated(term, sentence) &&
        (!/^(?:count|colour)$/.test(term.kind) ||
          /^[*_~`"”’)\]]*(?:\s+|-)[*_~`"“‘([]*\p{L}/u.test(sentence.slice(term.end))),
    );
  }
  // `2-3`, `ten-speed`: a number in them says something else than how many there are
  if (
    knowledge.seen.length > 0 ||
    /\d/.test(span.text) ||
    span.text.split(/[-‑–—/]/).some((part) => parseCount(part) !== null)
  )
    return false;
  return /\b(an?|the|no|\d+|one|two|three|four|five|six)\s+$/i.test(response.slice(start, span.start));
}
