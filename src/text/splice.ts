import { indefiniteArticle, pluralize, singularize } from './agreement.js';
import type { AppliedEdit } from './applied-edit.js';
import { capitalize, isCapitalized, likeCase } from './capital.js';
import { countAgreement } from './count-agreement.js';
import { type Cut, cutsFor, lastComma } from './deletion.js';
import { applyEdits, diffWords } from './edits.js';
import type { FlaggedSpan, SpanEdit } from './flagged-span.js';
import { determinerPattern, governedNoun, isAdjectives, leadingCount } from './noun-phrase.js';
import type { Range } from './range.js';
import { wholeGraphemes } from './whole-graphemes.js';

export interface SplicedText {
  text: string;
  /** Everything that changed, with offsets of the old text, in order. */
  edits: AppliedEdit[];
  /** Maps an offset of the new text to the old one; inside an edit, to the edit's start. */
  toOriginal(offset: number): number;
}

/** A replacement that is under way, and what else it asks for. */
interface Replaced {
  span: FlaggedSpan;
  main: AppliedEdit;
  tidy: AppliedEdit[];
}

/**
 * Puts edits in place of their spans (one edit a span; the first counts) and tidies the edges: a/an, doubled spaces,
 * orphaned articles, conjunctions and prepositions after a deletion, the sentence's capital, and the number of the noun
 * and verb that a changed count governs. Everything else stays byte-identical, and every change is in `edits`. A span
 * is one of `flagSpans`; an edit of an unknown span is left out, and so is one that would meet an edit of its whole
 * sentence.
 */
export function spliceEdits(text: string, spans: readonly FlaggedSpan[], edits: readonly SpanEdit[]): SplicedText {
  const { whole, replaced, deleted } = sortOut(spans, edits);
  const mains = whole.flatMap(([span, replacement]) => sentencePatches(text, span, replacement));
  const tidy: AppliedEdit[] = [];
  for (const [span, replacement] of replaced) {
    const patches = replacementPatches(text, span, replacement);
    mains.push(patches.main);
    tidy.push(...patches.tidy);
  }
  mains.sort(inOrder);
  const cuts = clipped(cutsFor(text, deleted), mains);
  for (const cut of cuts) tidy.push(...tidyCut(text, cut));
  const all = merge([...mains, ...cuts.map((cut) => patch(text, cut.start, cut.end, ''))].sort(inOrder), tidy);
  const changed = wholeGraphemes(
    text,
    all.filter((edit) => edit.from !== edit.to),
  );
  return { text: applyEdits(text, changed), edits: changed, toOriginal: (offset) => mapBack(changed, offset) };
}

type Wanted = [span: FlaggedSpan, replacement: string];

function sortOut(spans: readonly FlaggedSpan[], edits: readonly SpanEdit[]) {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const sorted = { whole: [] as Wanted[], replaced: [] as Wanted[], deleted: [] as FlaggedSpan[] };
  const done = new Set<number>();
  const sentences = new Map<number, 'whole' | 'part'>();
  for (const edit of edits) {
    const span = byId.get(edit.span);
    if (!span || done.has(span.id)) continue;
    const scope = edit.sentence ? 'whole' : 'part';
    const taken = sentences.get(span.sentence[0]);
    if (taken === 'whole' || (taken === 'part' && scope === 'whole')) continue;
    done.add(span.id);
    sentences.set(span.sentence[0], scope);
    const replacement = edit.replacement.replace(/\s+/g, ' ').trim();
    if (edit.sentence) sorted.whole.push([span, edit.replacement.trim()]);
    else if (replacement === '') sorted.deleted.push(span);
    else sorted.replaced.push([span, replacement]);
  }
  sorted.deleted.sort(inOrder);
  return sorted;
}

const inOrder = (a: { start: number; end: number }, b: { start: number; end: number }) =>
  a.start - b.start || a.end - b.end;

function patch(text: string, start: number, end: number, to: string): AppliedEdit {
  return { start, end, from: text.slice(start, end), to };
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

/** Main edits, and of the tidying what does not run into them. A noun that was replaced itself takes the new number. */
function merge(mains: readonly AppliedEdit[], tidy: readonly AppliedEdit[]): AppliedEdit[] {
  const out: AppliedEdit[] = [];
  let last = 0;
  for (const main of mains) {
    if (main.start < last) continue;
    out.push({ ...main });
    last = main.end;
  }
  const kept = [...out];
  for (const extra of tidy) {
    const at = firstEndingAfter(kept, extra.start);
    const main = kept[at];
    if (!main || main.start >= extra.end) out.push(extra);
    else if (main.start === extra.start && main.end === extra.end) followNumber(main, extra);
  }
  out.sort(inOrder);
  return out.filter((edit, index) => index === 0 || edit.start >= out[index - 1]!.end);
}

function firstEndingAfter(edits: readonly AppliedEdit[], offset: number): number {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function followNumber(main: AppliedEdit, agreed: AppliedEdit): void {
  if (agreed.to === pluralize(agreed.from)) main.to = pluralize(main.to);
  else if (agreed.to === singularize(agreed.from)) main.to = singularize(main.to);
}

function sentencePatches(text: string, span: FlaggedSpan, replacement: string): AppliedEdit[] {
  const [start, end] = span.sentence;
  if (replacement === '') {
    const [cut] = cutsFor(text, [{ ...span, start, end }]);
    return [patch(text, cut!.start, cut!.end, '')];
  }
  return diffWords(text.slice(start, end), replacement).map((edit) => ({
    ...edit,
    start: edit.start + start,
    end: edit.end + start,
  }));
}

const word = "[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}'’-]*";
const wordBefore = new RegExp(`(?<![\\p{L}\\p{M}\\p{N}'’-])(${word})([^\\S\\r\\n]+)$`, 'u');
const wordAfter = new RegExp(`^[^\\S\\r\\n]*(${word})`, 'u');
const article = /^an?$/i;
const determined = new RegExp(`^(?:${determinerPattern}|no)(?:\\s|$)`, 'i');

function replacementPatches(text: string, span: FlaggedSpan, wanted: string): Replaced {
  const [sentenceStart] = span.sentence;
  let { start } = span;
  let replacement = withoutAddedStop(text, span, wanted);
  const tidy: AppliedEdit[] = [];
  const before = wordBefore.exec(text.slice(Math.max(sentenceStart, start - 60), start));
  const articleBefore = before && article.test(before[1]!) ? before : null;
  const to = leadingCount(replacement);
  let old = leadingCount(span.text);
  if (articleBefore && determined.test(replacement) && !/^single\b/i.test(replacement)) {
    start -= articleBefore[0].length;
    old ??= { count: 1, words: 0 };
  } else if (articleBefore) {
    const wantedArticle = likeCase(indefiniteArticle(replacement), articleBefore[1]!);
    const at = start - articleBefore[0].length;
    tidy.push(patch(text, at, at + articleBefore[1]!.length, wantedArticle));
  }
  if (old && to) {
    const rest = span.text.slice(0, 200).trim().split(/\s+/).slice(old.words).join(' ');
    const nounInside = rest !== '' && !isAdjectives(rest);
    const [wasMany, isMany] = [old.count !== 1, to.count !== 1];
    tidy.push(...countAgreement(text, { ...span, start, wasMany, isMany, nounInside }));
    if (article.test(replacement)) {
      const next = wordAfter.exec(text.slice(span.end, span.end + 60))?.[1];
      const noun = governedNoun(text, span.end, wasMany);
      const first = noun && next && text.slice(noun.start, noun.end) === next && wasMany ? singularize(next) : next;
      if (first) replacement = likeCase(indefiniteArticle(first), replacement.charAt(0));
    }
  }
  if (start === sentenceStart && isCapitalized(text.slice(start))) replacement = capitalize(replacement);
  return { span, main: withBreak(text, { start, end: span.end }, replacement), tidy };
}

/** A replacement of words that a line ended between: the line ends at the same word, or behind the only one. */
function withBreak(text: string, { start, end }: Range, replacement: string): AppliedEdit {
  const broken = /[^\S\r\n]*(?:\r\n|\r|\n)[^\S\r\n]*/.exec(text.slice(start, end));
  if (!broken) return patch(text, start, end, replacement);
  const words = replacement.split(' ');
  const wordsBefore = text
    .slice(start, start + broken.index)
    .trim()
    .split(/\s+/).length;
  if (words.length === 1)
    return text[end] === ' '
      ? patch(text, start, end + 1, replacement + broken[0])
      : patch(text, start, end, replacement);
  const at = Math.min(wordsBefore, words.length - 1);
  return patch(text, start, end, `${words.slice(0, at).join(' ')}${broken[0]}${words.slice(at).join(' ')}`);
}

/** Models like to end a replacement with a full stop, also in the middle of a sentence. */
function withoutAddedStop(text: string, span: FlaggedSpan, replacement: string): string {
  if (!replacement.endsWith('.') || replacement.indexOf('.') < replacement.length - 1 || span.end >= text.length)
    return replacement;
  if (span.text.endsWith('.') || (span.end >= span.sentence[1] && text[span.end] !== '.')) return replacement;
  return replacement.slice(0, -1);
}

/** Cuts that leave the replaced words alone. Both are in order. */
function clipped(cuts: readonly Cut[], mains: readonly AppliedEdit[]): Cut[] {
  const clear: Cut[] = [];
  for (const cut of cuts) {
    let { start, end } = cut;
    for (let at = firstEndingAfter(mains, start); at < mains.length && mains[at]!.start < end; at++) {
      const main = mains[at]!;
      if (main.start <= start) start = main.end;
      else end = main.start;
    }
    if (start < end) clear.push({ ...cut, start, end });
  }
  return clear;
}

const pluralVerb = new RegExp(`^((?:an?|one)\\s+(?:(?!and\\b|or\\b)${word}\\s+){1,4}?)(are|were|have)\\b`, 'iu');
const singularVerb: Readonly<Record<string, string>> = { are: 'is', were: 'was', have: 'has' };

/** The article, the capital and the verb beside what was cut. */
function tidyCut(text: string, cut: Cut): AppliedEdit[] {
  const { start, end } = cut;
  const [from, to] = cut.sentence;
  if (start < from || end >= to) return [];
  const patches: AppliedEdit[] = [];
  if (start === from && isCapitalized(text.slice(start))) {
    const first = String.fromCodePoint(text.codePointAt(end)!);
    patches.push(patch(text, end, end + first.length, capitalize(first)));
  }
  const before = wordBefore.exec(text.slice(Math.max(from, start - 12), start));
  const next = wordAfter.exec(text.slice(end, end + 60))?.[1];
  if (before && next && article.test(before[1]!)) {
    const at = start - before[0].length;
    patches.push(patch(text, at, at + before[1]!.length, likeCase(indefiniteArticle(next), before[1]!)));
  }
  const comma = lastComma(text, cut);
  if (comma) {
    const isListOfMore = /,[^,]*$/.test(text.slice(Math.max(from, comma.start - 60), comma.start));
    patches.push(
      patch(text, comma.start, comma.end, isListOfMore && /^,/.test(text.slice(start, end)) ? ', and' : ' and'),
    );
  }
  const left = text.slice(from, start);
  if (left.length < 100 && /\b(?:and|or)\b/i.test(text.slice(start, end))) {
    const verb = pluralVerb.exec(left + text.slice(end, Math.min(to, end + 100)));
    if (verb) {
      const at = verb[1]!.length < left.length ? from + verb[1]!.length : end + verb[1]!.length - left.length;
      patches.push(patch(text, at, at + verb[2]!.length, likeCase(singularVerb[verb[2]!.toLowerCase()]!, verb[2]!)));
    }
  }
  return patches;
}
