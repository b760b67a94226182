import type { AppliedEdit } from '../agent/correction.js';
import { indefiniteArticle, isKnownNoun, isPlural, pluralize, singularize } from './agreement.js';
import { applyEdits, diffWords } from './edits.js';
import type { FlaggedSpan, SpanEdit } from './flagged-span.js';
import { parseCount } from './lexicon/numbers.js';

export interface SplicedText {
  text: string;
  /** Everything that changed, with offsets of the old text, in order. */
  edits: AppliedEdit[];
  /** Maps an offset of the new text to the old one; inside an edit, to the edit's start. */
  toOriginal(offset: number): number;
}

/**
 * Puts edits in place of their spans (one edit a span; the first counts) and tidies the edges: a/an, doubled spaces,
 * orphaned articles and conjunctions after a deletion, the sentence's capital, and the number of the noun and verb that
 * a changed count governs. Everything else stays byte-identical, and every change is in `edits`.
 */
export function spliceEdits(text: string, spans: readonly FlaggedSpan[], edits: readonly SpanEdit[]): SplicedText {
  const patches: AppliedEdit[] = [];
  const byId = new Map(spans.map((span) => [span.id, span]));
  const done = new Set<number>();
  for (const edit of edits) {
    const span = byId.get(edit.span);
    if (!span || done.has(span.id)) continue;
    done.add(span.id);
    for (const patch of patchesFor(text, span, edit)) addPatch(patches, patch, text);
  }
  const changed = patches.filter((patch) => patch.from !== patch.to);
  return { text: applyEdits(text, changed), edits: changed, toOriginal: (offset) => mapBack(changed, offset) };
}

function mapBack(edits: readonly AppliedEdit[], offset: number): number {
  let shift = 0;
  for (const edit of edits) {
    const start = edit.start + shift;
    if (offset < start) break;
    if (offset < start + edit.to.length) return edit.start;
    shift += edit.to.length - (edit.end - edit.start);
  }
  return offset - shift;
}

/** Keeps the list in order and disjoint: a patch that would run into an earlier one is dropped. */
function addPatch(patches: AppliedEdit[], patch: AppliedEdit, text: string): void {
  if (patches.some((other) => patch.start < other.end && other.start < patch.end)) return;
  if (patches.some((other) => other.start === patch.start && other.end === patch.end)) return;
  patches.push({ ...patch, from: text.slice(patch.start, patch.end) });
  patches.sort((a, b) => a.start - b.start || a.end - b.end);
}

function patchesFor(text: string, span: FlaggedSpan, edit: SpanEdit): AppliedEdit[] {
  if (edit.sentence) return sentencePatches(text, span, edit.replacement);
  const replacement = edit.replacement.replace(/\s+/g, ' ').trim();
  return replacement === '' ? deletionPatches(text, span) : replacementPatches(text, span, replacement);
}

function sentencePatches(text: string, span: FlaggedSpan, replacement: string): AppliedEdit[] {
  const [start, end] = span.sentence;
  const trimmed = replacement.trim();
  if (trimmed === '') return [patch(text, ...widenDeletion(text, start, end, span.sentence), '')];
  return diffWords(text.slice(start, end), trimmed).map((edit) => ({
    ...edit,
    start: edit.start + start,
    end: edit.end + start,
  }));
}

function patch(text: string, start: number, end: number, to: string): AppliedEdit {
  return { start, end, from: text.slice(start, end), to };
}

const wordBefore = /([\p{L}\p{N}'’-]+)(\s+)$/u;
const wordAfter = /^(\s+)([\p{L}\p{N}'’-]+)/u;

function replacementPatches(text: string, span: FlaggedSpan, wanted: string): AppliedEdit[] {
  const { start, end } = span;
  const patches: AppliedEdit[] = [];
  let replacement = wanted;
  const before = wordBefore.exec(text.slice(Math.max(0, start - 60), start));
  const after = wordAfter.exec(text.slice(end, end + 80));
  if (/^(a|an)$/i.test(replacement) && after) {
    replacement = matchCase(indefiniteArticle(nounAfterFlip(text, end, 1) ?? after[2]!), replacement);
  }
  const to = leadingCount(replacement);
  if (leadingCount(span.text) !== null && to !== null) patches.push(...agreementPatches(text, span, to));
  if (before && /^(a|an)$/i.test(before[1]!)) {
    const articleEnd = start - before[2]!.length;
    const articleStart = articleEnd - before[1]!.length;
    if (
      /^(an?|the|one|two|three|four|five|six|seven|eight|nine|ten|several|some|no)\s/i.test(`${replacement} `) ||
      (/^\d/.test(replacement) && to !== 1)
    ) {
      return [patch(text, articleStart, end, capitalAt(text, span, replacement, articleStart)), ...patches];
    }
    const article = matchCase(indefiniteArticle(replacement), before[1]!);
    if (article !== before[1]) patches.push(patch(text, articleStart, articleEnd, article));
  }
  patches.push(patch(text, start, end, capitalAt(text, span, replacement, start)));
  return patches;
}

function capitalAt(text: string, span: FlaggedSpan, replacement: string, at: number): string {
  const first = text.charAt(at);
  const isCapital = first !== first.toLowerCase();
  if (at === span.sentence[0] && isCapital) return replacement.charAt(0).toUpperCase() + replacement.slice(1);
  return replacement;
}

function matchCase(word: string, like: string): string {
  const first = like.charAt(0);
  return first !== first.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** The count that a phrase begins with; several and its like count as more than one. */
function leadingCount(phrase: string): number | null {
  const words = phrase.trim().split(/\s+/);
  for (let length = Math.min(3, words.length); length > 0; length--) {
    const lead = words.slice(0, length).join(' ');
    if (/^(several|many|some|multiple|few|a few)$/i.test(lead)) return 3;
    const count = parseCount(lead);
    if (count !== null) return count;
  }
  return null;
}

/** The first word after a count as it will read once the noun has the number `to`. */
function nounAfterFlip(text: string, end: number, to: number): string | null {
  const found = governedNoun(text, end);
  if (!found) return null;
  const first = /^\s+([\p{L}\p{N}'’-]+)/u.exec(text.slice(end))![1]!;
  return found.start === end + (text.slice(end).length - text.slice(end).trimStart().length)
    ? to === 1
      ? singularize(first)
      : pluralize(first)
    : first;
}

const stops = new Set(
  'is are was were has have and or of in on at to the a an with near next left right above below under over between from by that which while it they there'.split(
    ' ',
  ),
);
const sizesAndColours = new Set(
  'red green blue yellow purple violet orange pink brown black white gray grey small large big tiny little huge dark light bright single'.split(
    ' ',
  ),
);

/** The noun that a count governs: a noun of the lexicon among the next words, else the first that is no adjective. */
function governedNoun(text: string, end: number): { start: number; end: number } | null {
  const words: { start: number; end: number; text: string }[] = [];
  const tail = text.slice(end, end + 90);
  for (let offset = 0; words.length < 4; ) {
    const match = /^(\s+)([\p{L}\p{N}'’-]+)/u.exec(tail.slice(offset));
    if (!match || stops.has(match[2]!.toLowerCase())) break;
    const start = end + offset + match[1]!.length;
    offset += match[0].length;
    words.push({ start, end: start + match[2]!.length, text: match[2]!.toLowerCase() });
  }
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (next && isKnownNoun(`${word.text} ${next.text}`)) return next;
    if (isKnownNoun(word.text)) return word;
  }
  return words.find((word) => !sizesAndColours.has(word.text)) ?? null;
}

const verbs = [
  ['is', 'are'],
  ['was', 'were'],
  ['has', 'have'],
  ['does', 'do'],
  ["there's", 'there are'],
  ['sits', 'sit'],
  ['stands', 'stand'],
  ['appears', 'appear'],
] as const;

/** Noun and verb follow a count that went from one to many or back. */
function agreementPatches(text: string, span: FlaggedSpan, to: number): AppliedEdit[] {
  const patches: AppliedEdit[] = [];
  const many = to !== 1;
  const unit = /^\s+of\b/.exec(text.slice(span.end));
  const inside = /\s/.test(span.text) && parseCount(span.text) === null;
  const noun = inside
    ? { start: span.end, end: span.end }
    : governedNoun(text, unit ? span.end + unit[0].length : span.end);
  if (unit && /(pair|couple|group)$/i.test(span.text))
    patches.push(patch(text, span.end, span.end + unit[0].length, ''));
  if (noun && !inside) {
    const word = text.slice(noun.start, noun.end);
    const wanted = many ? (isPlural(word) ? word : pluralize(word)) : singularize(word);
    if (wanted !== word) patches.push(patch(text, noun.start, noun.end, wanted));
  }
  const lead = text.slice(span.sentence[0], span.start);
  const there = /\bthere(\s+(is|are|was|were)|['’]s)(\s+only|\s+also)?\s+(an?\s+)?$/i.exec(lead);
  if (there) {
    const verb = /(is|are|was|were|['’]s)(?=(\s+only|\s+also)?\s+(an?\s+)?$)/i.exec(lead)!;
    const at = span.sentence[0] + verb.index;
    const word = verb[0].toLowerCase();
    const wanted = many
      ? ({ is: 'are', was: 'were', "'s": ' are', '’s': ' are' }[word] ?? word)
      : ({ are: 'is', were: 'was' }[word] ?? word);
    if (wanted !== word) patches.push(patch(text, at, at + verb[0].length, wanted));
  } else if (noun && /^(the|in (the|this) (picture|image|scene),?)?\s*(an?\s+)?$/i.test(lead)) {
    const verb = /^\s+([\p{L}'’]+)/u.exec(text.slice(noun.end, noun.end + 24));
    const pair = verb && verbs.find(([one, more]) => (many ? one : more) === verb[1]!.toLowerCase());
    if (verb && pair) {
      const at = noun.end + verb[0].length - verb[1]!.length;
      patches.push(patch(text, at, at + verb[1]!.length, pair[many ? 1 : 0]));
    }
  }
  return patches;
}

function deletionPatches(text: string, span: FlaggedSpan): AppliedEdit[] {
  const [start, end] = widenDeletion(text, span.start, span.end, span.sentence);
  const patches = [patch(text, start, end, '')];
  if (start === span.sentence[0] && end < span.sentence[1]) {
    const first = text.charAt(start);
    const next = text.charAt(end);
    if (first !== first.toLowerCase() && next !== next.toUpperCase())
      patches.push(patch(text, end, end + 1, next.toUpperCase()));
  }
  const before = wordBefore.exec(text.slice(Math.max(0, start - 12), start));
  const after = /^\s*([\p{L}\p{N}'’-]+)/u.exec(text.slice(end, end + 40));
  if (before && after && /^(a|an)$/i.test(before[1]!) && start === span.start) {
    const article = matchCase(indefiniteArticle(after[1]!), before[1]!);
    const articleEnd = start - before[2]!.length;
    if (article !== before[1]) patches.push(patch(text, articleEnd - before[1]!.length, articleEnd, article));
  }
  return patches;
}

/** Takes in what a deletion leaves without a noun: articles, a conjunction, one of two spaces, a space before a mark. */
function widenDeletion(text: string, from: number, to: number, sentence: readonly [number, number]): [number, number] {
  let [start, end] = [from, to];
  const headless = () =>
    end >= sentence[1] ||
    /^\s*([.,;:!?)\]]|$|(and|or|is|are|was|were|of|to|in|on|at|with|next|above|below|under|while|that|which)\b)/iu.test(
      text.slice(end, Math.min(end + 40, sentence[1])),
    );
  const lead = () => text.slice(Math.max(sentence[0], start - 80), start);
  if (headless()) {
    const adjectives =
      /((^|\s)(an?|the|one|two|three|four|five|six|\d+)(\s+(red|green|blue|yellow|purple|orange|pink|brown|black|white|gr[ae]y|small|large|big|tiny|little|huge|single))*\s+)$/iu.exec(
        lead(),
      );
    if (adjectives) start -= adjectives[0].length - (/^\s/.test(adjectives[0]) ? 1 : 0);
    const tail = text.slice(end, Math.min(end + 40, sentence[1]));
    const joined = /((,?\s+(and|or))|,)\s+$/iu.exec(lead());
    const next = /^\s*(,\s*)?(and|or)\s+/iu.exec(tail);
    if (joined && /^\s*([.,;:!?)\]]|$)/u.test(tail)) start -= joined[0].length;
    else if (joined && next) start -= joined[0].length;
    else if (next) end += next[0].length;
  }
  const spaceBefore = start > 0 && /[^\S\r\n]/.test(text[start - 1]!);
  const spaceAfter = end < text.length && /[^\S\r\n]/.test(text[end]!);
  if (spaceAfter && (spaceBefore || start === 0 || /[\r\n]/.test(text[start - 1]!)))
    while (end < text.length && /[^\S\r\n]/.test(text[end]!)) end++;
  else if (spaceBefore && (end >= text.length || /[.,;:!?)\]\r\n]/.test(text[end]!)))
    while (start > 0 && /[^\S\r\n]/.test(text[start - 1]!)) start--;
  return [start, end];
}
