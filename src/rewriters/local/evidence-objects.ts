import type { Evidence } from '../../scorer/scorer.js';
import { indefiniteArticle, pluralize } from '../../text/agreement.js';
import { capitalize } from '../../text/capital.js';
import { colourClaims } from '../../text/coco-colours.js';
import { type CountClaim, countOf } from '../../text/coco-counts.js';
import { type CocoMention, findCocoMentions } from '../../text/coco-mentions.js';
import type { FlaggedSpan, SpanEdit } from '../../text/flagged-span.js';
import { type CocoCategory, type CocoGroup, cocoCategories, cocoGroup } from '../../text/lexicon/coco-objects.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { polarityHead } from '../../text/polarity.js';
import { spliceEdits } from '../../text/splice.js';
import type { RewriteRequest } from '../rewriter.js';
import { isOfItAlone, withoutPhrase } from './evidence-removal.js';
import { readsWell } from './reads-well.js';

/** Kinds of things that are easily taken for one another: what was seen may stand for what was named. */
const confusable = new Set<CocoGroup>(['animal', 'vehicle', 'food']);
const sureEnough = 0.8;

/**
 * What the boxes of a detector say of a flagged thing or count: the number that was seen; another thing of the same
 * kind that was seen and is not named; or the phrase removed. Null where the span names no thing that the detector knows.
 */
export function objectEdits(
  span: FlaggedSpan,
  { response, prompt }: Pick<RewriteRequest, 'response' | 'prompt'>,
  evidence: readonly Evidence[],
): SpanEdit[] | null {
  const mentions = findCocoMentions(response);
  const touched = (range: { start: number; end: number }) => range.start < span.end && range.end > span.start;
  const answered = prompt === undefined ? null : yesOrNoEdit(span, prompt, response, evidence);
  if (answered) return [answered];
  // that a colour is not there says not which one is
  if (evidence.length > 0 && colourClaims(response, mentions).some(touched)) return [];
  for (const mention of mentions) {
    if (mention.end < span.sentence[0] || mention.start > span.sentence[1]) continue;
    const claim = countOf(response, mention);
    if (claim && touched(claim) && !touched(mention))
      return countEdits(span, claim, response, evidence, mention.category);
    if (!touched(mention) && !(mention.negation && touched(mention.negation))) continue;
    if (mention.negation) return presentEdits(span, mention, response, seenOf(evidence, mention.category));
    return absentEdits(span, mention, mentions, response, evidence);
  }
  return null;
}

const seenOf = (evidence: readonly Evidence[], category: CocoCategory) =>
  evidence.filter(({ label, confidence }) => label === category && confidence >= 0.5).length;

const inWords = (count: number) => numberWords[count] ?? String(count);

/** Another number only where all that is seen is seen for sure, and is more than one: else the number stays, flagged. */
function countEdits(
  span: FlaggedSpan,
  claim: CountClaim,
  response: string,
  evidence: readonly Evidence[],
  category: CocoCategory,
): SpanEdit[] {
  const boxes = evidence.filter(({ label, confidence }) => label === category && confidence >= 0.5);
  if (boxes.length < 2 || boxes.length === claim.count || boxes.some(({ confidence }) => confidence < sureEnough))
    return [];
  const digits = /^\d/.test(response.slice(claim.start, claim.end));
  return [{ span: span.id, replacement: digits ? String(boxes.length) : inWords(boxes.length) }];
}

/** What is said not to be there, and is. */
function presentEdits(span: FlaggedSpan, mention: CocoMention, response: string, seen: number): SpanEdit[] {
  const [start, end] = span.sentence;
  const negation = mention.negation!;
  const no = response.slice(negation.start, negation.end);
  if (seen < 1 || !/^(?:no|zero|without)$/i.test(no)) return [];
  const positive = /^without$/i.test(no)
    ? 'with'
    : mention.plural
      ? inWords(Math.max(2, seen))
      : indefiniteArticle(mention.text);
  const next = /^\p{Lu}/u.test(no) ? capitalize(positive) : positive;
  const sentence = response.slice(start, negation.start) + next + response.slice(negation.end, end);
  return [{ span: span.id, replacement: sentence.replace(/\b(with|an?)\s+any\b/i, '$1'), sentence: true }];
}

function absentEdits(
  span: FlaggedSpan,
  mention: CocoMention,
  mentions: readonly CocoMention[],
  response: string,
  evidence: readonly Evidence[],
): SpanEdit[] {
  const named = new Set(mentions.map(({ category }) => category));
  const fresh = evidence.filter(({ label }) => isCategory(label) && !named.has(label));
  const edits: SpanEdit[] = [];
  const other = likeness(mention, fresh);
  if (other && mention.start >= span.start && mention.end <= span.end) {
    const name = mention.plural ? pluralize(other.label) : other.label;
    const replacement = response.slice(span.start, mention.start) + name + response.slice(mention.end, span.end);
    edits.push({ span: span.id, replacement });
  }
  // only the smallest phrase that holds the thing goes, and only where the rest reads; else the words stay, flagged
  const sentence = response.slice(...span.sentence);
  const removed = withoutPhrase(response, mention, span.sentence);
  if (removed.text !== null) {
    if (readsWell(sentence, removed.text)) edits.push({ span: span.id, replacement: removed.text, sentence: true });
  } else if (
    !fresh.some(
      ({ label, confidence }) => confidence >= 0.5 && cocoGroup(label as CocoCategory) === cocoGroup(mention.category),
    ) &&
    isOfItAlone(response, mention, span.sentence) &&
    isAside(response, mention, mentions, span.sentence)
  ) {
    edits.push({ span: span.id, replacement: '', sentence: true });
  } else if (removed.inList) {
    const edit = { span: span.id, replacement: '' };
    const { text } = spliceEdits(response, [span], [edit]);
    const left = text.slice(span.sentence[0], text.length - (response.length - span.sentence[1]));
    if (readsWell(sentence, left)) edits.push(edit);
  }
  return edits;
}

/** A sentence that the rest of the answer does without: there are others, none names the thing, and the next refers to nothing in it. */
function isAside(
  response: string,
  mention: CocoMention,
  mentions: readonly CocoMention[],
  [start, end]: readonly [number, number],
): boolean {
  const [ahead, behind] = [response.slice(0, start), response.slice(end)];
  return (
    /\p{L}{2}.*[.!?:]\s*$/su.test(ahead) &&
    mentions.every((other) => other === mention || other.category !== mention.category) &&
    !/^\s*(?:it|he|she|they|its|his|her|their|this|that|these|those|both|one|which|the\s+(?:other|animal|vehicle|person|creature))\b/iu.test(
      behind,
    )
  );
}

/** Something of the same kind that was seen, and no other of that kind. */
function likeness({ category }: CocoMention, fresh: readonly Evidence[]): Evidence | undefined {
  const group = cocoGroup(category);
  if (!confusable.has(group)) return undefined;
  const alike = fresh.filter(
    ({ label, confidence }) => confidence >= sureEnough && cocoGroup(label as CocoCategory) === group,
  );
  return new Set(alike.map(({ label }) => label)).size === 1 ? alike[0] : undefined;
}

const categories = new Set<string>(cocoCategories);
const isCategory = (label: string): label is CocoCategory => categories.has(label);

const question = /\b(?:is|are)\s+there\s+|\b(?:do|can)\s+you\s+see\s+/i;

/** A yes that should be a no, or the other way round, with its sentence. */
function yesOrNoEdit(
  span: FlaggedSpan,
  prompt: string,
  response: string,
  evidence: readonly Evidence[],
): SpanEdit | null {
  const [start, end] = span.sentence;
  const sentence = response.slice(start, end);
  if (!polarityHead.test(sentence) || !question.test(prompt)) return null;
  const [asked] = findCocoMentions(prompt);
  if (!asked) return null;
  const there = seenOf(evidence, asked.category) > 0;
  const thing = asked.text.toLowerCase();
  const answer = there
    ? `Yes, there ${asked.plural ? `are ${thing}` : `is ${indefiniteArticle(thing)} ${thing}`} in the image.`
    : `No, there ${asked.plural ? 'are' : 'is'} no ${thing} in the image.`;
  const short = sentence.replace(/[^\p{L}]/gu, '').length <= 3;
  return { span: span.id, replacement: short ? (there ? 'Yes' : 'No') : answer, ...(short ? {} : { sentence: true }) };
}
