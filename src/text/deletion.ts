import { isKnownNoun, isPlural } from './agreement.js';
import type { FlaggedSpan } from './flagged-span.js';
import { graphemeEnd } from './graphemes.js';
import { adjectivePattern, determinerPattern, isAdjectives } from './noun-phrase.js';
import type { Range } from './range.js';

/** What is cut out of the text, and the sentence that it is in. */
export interface Cut extends Range {
  sentence: readonly [number, number];
}

/**
 * What to cut so that deleted words leave no loose ends: their article and adjectives, a conjunction or comma of a list,
 * a preposition without an object, empty brackets, doubled spaces, an emptied line. Spans are in order; cuts too, and
 * disjoint. A cut never leaves its sentence but for white space.
 */
export function cutsFor(text: string, spans: readonly FlaggedSpan[]): Cut[] {
  const phrases: Cut[] = [];
  for (const span of spans) {
    const phrase = takePhrase(text, span);
    const last = phrases.at(-1);
    if (last && last.sentence[0] === phrase.sentence[0] && isJoint(text, last.end, phrase.start))
      last.end = Math.max(last.end, phrase.end);
    else phrases.push(phrase);
  }
  const cuts: Cut[] = [];
  for (const phrase of phrases) {
    let cut = takeSpaces(text, takeEmptied(text, takeJoints(text, phrase)));
    const last = cuts.at(-1);
    if (last && cut.start <= last.end) {
      cut = { ...cut, start: last.start, end: Math.max(cut.end, last.end) };
      cuts[cuts.length - 1] = takeSpaces(text, takeEmptied(text, cut));
    } else cuts.push(cut);
  }
  return cuts;
}

function isJoint(text: string, from: number, to: number): boolean {
  return to <= from || (to - from < 12 && /^\s*[,;]?\s*(?:and|or|&)?\s*$/i.test(text.slice(from, to)));
}

const window = 120;
const before = (text: string, cut: Cut) => text.slice(Math.max(cut.sentence[0], cut.start - window), cut.start);
const after = (text: string, cut: Cut) => text.slice(cut.end, Math.min(cut.sentence[1], cut.end + window));

const headless =
  /^\s*(?:$|[.,;:!?…)\]}"”’»*_~`<]|[–—-](?=\s)|(?:and|or|but|is|are|was|were|has|have|of|to|in|on|at|with|next|near|above|below|under|behind|beside|while|that|which|who)\b)/iu;
const lead = new RegExp(`(?:^|\\s)(?:${determinerPattern}\\s+)?(?:${adjectivePattern}\\s+)*$`, 'iu');
/** `five electric` of `five electric pianos`: one more word than the known adjectives, and no verb (`one chases cats`). */
const wideLead = new RegExp(
  `(?:^|\\s)${determinerPattern}\\s+(?:${adjectivePattern}\\s+)*(?!(?:and|or|of|with|in|on|at|to|is|are|more|[\\p{L}-]+(?:s|ing))\\b)[\\p{L}-]+\\s+(?:${adjectivePattern}\\s+)*$`,
  'iu',
);
const positions = /\b(?:left|right|top|bottom|side|middle|cent(?:er|re)|corner|front|next|above|below|under)$/i;

/** The words with the article and adjectives that would stand without a noun. */
function takePhrase(text: string, span: FlaggedSpan): Cut {
  const cut: Cut = { start: span.start, end: span.end, sentence: span.sentence };
  if ((span.text.length < window && isAdjectives(span.text)) || positions.test(span.text.slice(-40))) return cut;
  const tail = after(text, cut);
  const head = /[\p{L}\p{M}\p{N}'’-]+$/u.exec(span.text.slice(-60))?.[0] ?? '';
  const next = /^\s+([\p{L}\p{M}\p{N}'’-]+)/u.exec(tail)?.[1];
  if (!headless.test(tail) && !(isKnownNoun(head) && next !== undefined && !isKnownNoun(next))) return cut;
  const ahead = before(text, cut);
  const words = (wideLead.exec(ahead) ?? lead.exec(ahead))?.[0].trimStart();
  if (words) cut.start -= words.length;
  const unit = /^(?:group|bunch|pair|couple|set|lot)s?$/i.test(head) ? /^\s+of(?=\s)/.exec(tail) : null;
  if (unit) cut.end += unit[0].length;
  return cut;
}

const relative = /(,?)\s+(?:which|that|who)\s+(?:is|are|was|were)\s+$/i;
const joinBefore =
  /(?:,?\s+(?:(?:and\s+)?(?:on\s+top\s+of\s+(?:that|it|this)|besides(?:\s+that)?|to\s+top\s+it\s+off|for\s+good\s+measure|last\s+but\s+not\s+least|finally|lastly),?|(?:and|or|but)(?:\s+also)?|plus|as\s+well\s+as|(?:along|together)\s+with|alongside|accompanied\s+by|in\s+addition\s+to)|;)\s+$/i;
const commaBefore = /,\s+$/;
const joinAfter = new RegExp(
  `^(?:\\s*,?\\s+(?:and|or|plus|as\\s+well\\s+as)\\s+|[,;]\\s+(?=${determinerPattern}\\b))`,
  'i',
);
const adjectiveAfter = /^(?:,|,?\s+(?:and|or|but))\s+(?!(?:an?|the|one|two|three|it|there)\b)(?=\p{L})/iu;
const adjectiveBefore = new RegExp(`(?<=\\b${adjectivePattern})(?:,|,?\\s+(?:and|or|but))\\s+$`, 'i');
const introduction = /^(?:in|on|at|to|from|with|here|near|next|above|below|under|behind)\b[^,]*,\s+$/i;
const preposition =
  /(?:^|\s)(?:(?:(?:to|on|at) the )?(?:left|right|far left|far right|top|bottom|side)(?: side)? of|on top of|in front of|next to|close to|far from|away from|in|on|at|with|by|near|under|below|above|over|behind|beside|beneath|inside|between|of|from|to)\s+$/i;
const nounPhrase = new RegExp(`^${determinerPattern}\\b`, 'i');

/** The cut with what joined it to the rest of its sentence. */
function takeJoints(text: string, phrase: Cut): Cut {
  const cut = takeBrackets(text, phrase);
  if (cut !== phrase) return cut;
  const left = before(text, cut);
  const right = after(text, cut);
  const words = text.slice(cut.start, Math.min(cut.end, cut.start + window));
  const closed = /^\s*(?:[.;:!?…)\]]|[–—-](?=\s)|$)/.test(right);
  const which = relative.exec(left);
  if (which && (closed || right.startsWith(','))) {
    cut.start -= which[0].length;
    if (which[1] && right.startsWith(',')) cut.end++;
    return cut;
  }
  if (isAdjectives(words)) {
    const join = adjectiveBefore.exec(left);
    const next = adjectiveAfter.exec(right);
    if (join) cut.start -= join[0].length;
    else if (next) cut.end += next[0].length;
    return cut;
  }
  const verb = /^\s+(?:is|are|was|were|has|have|can)\b/i.test(right);
  const next = joinAfter.exec(right);
  const object = preposition.exec(left);
  const join = joinBefore.exec(left);
  if (
    object &&
    !join &&
    nounPhrase.test(words) &&
    (closed || (next && !/\bwith\s+$/i.test(object[0])) || right.startsWith(',')) &&
    cut.start - object[0].length > cut.sentence[0]
  ) {
    cut.start -= object[0].length;
    return cut;
  }
  const comma = introduction.test(left) ? null : commaBefore.exec(left);
  if (join && (next || closed || (verb && !join[0].startsWith(';')) || right.startsWith(',')))
    cut.start -= join[0].length;
  else if (comma && (next || closed)) cut.start -= comma[0].length;
  else if (comma && right.startsWith(',')) {
    cut.start -= comma[0].length;
    cut.end++;
  } else if (next) {
    cut.end += next[0].length;
    cut.start += sharedArticle(words, after(text, cut));
  }
  if (cut.start === cut.sentence[0]) cut.end += /^\s*[,;:]\s*/.exec(after(text, cut))?.[0].length ?? 0;
  return cut;
}

/**
 * The comma that becomes `and` where the last of a list goes: of `a cat, a dog and a bee` is left `a cat and a dog`. Null
 * where no such list ends there.
 */
export function lastComma(text: string, cut: Cut): Range | null {
  if (!/^,?\s+and\s+/i.test(text.slice(cut.start, cut.end)) || /^\s*[\p{L}\p{N},]/u.test(after(text, cut))) return null;
  const found = beforeLast.exec(before(text, cut));
  if (!found || /\b(?:and|or|is|are|was|were|has|have|which|that|who)\b/i.test(found[2]!)) return null;
  const start = cut.start - found[0].length + found[1]!.length;
  return { start, end: start + 1 };
}

/** Two parts of a list, with the comma between them. */
const beforeLast = new RegExp(
  `((?:^|[\\s(])${determinerPattern}\\s[^,;:.!?()]{2,50}),(\\s+${determinerPattern}\\s[^,;:.!?()]{2,50})$`,
  'iu',
);

/** The article that two nouns shared stays with the second: `a cat or dog`. */
function sharedArticle(words: string, rest: string): number {
  const article = /^(?:an?|the)\s+(?=\S)/i.exec(words);
  const noun = /^[\p{L}\p{M}'’-]+/u.exec(rest)?.[0];
  return article && noun && !nounPhrase.test(rest) && !isPlural(noun) ? article[0].length : 0;
}

const pairs = new Map(['()', '[]', '{}', '""', "''", '“”', '‘’', '«»'].map((pair) => [pair[0]!, pair[1]!]));

/** Brackets, quotation marks and marks of emphasis around nothing go too. */
function takeBrackets(text: string, cut: Cut): Cut {
  const marks = /([*_~`])\1{0,2}$/.exec(text.slice(Math.max(cut.sentence[0], cut.start - 3), cut.start))?.[0];
  if (marks && text.startsWith(marks, cut.end) && cut.end + marks.length <= cut.sentence[1])
    return takeBrackets(text, { ...cut, start: cut.start - marks.length, end: cut.end + marks.length });
  const open = text[cut.start - 1];
  if (open === undefined || cut.start <= cut.sentence[0] || pairs.get(open) !== text[cut.end]) return cut;
  if (cut.end >= cut.sentence[1]) return cut;
  return { ...cut, start: cut.start - 1, end: cut.end + 1 };
}

/** A sentence of which no word is left goes whole; a line that it stood alone on goes too. */
function takeEmptied(text: string, cut: Cut): Cut {
  const [from, to] = cut.sentence;
  if (cut.start - from > 16 || to - cut.end > 16) return cut;
  const rest = `${text.slice(from, Math.max(from, cut.start))} ${text.slice(Math.min(to, cut.end), to)}`;
  if (!/^\s*(?:[-*+•–—]|\d{1,3}[.)])?[^\p{L}\p{N}\p{Extended_Pictographic}]*$/u.test(rest)) return cut;
  let { start, end } = withMarks(text, Math.min(from, cut.start), Math.max(to, cut.end));
  const line = start - linePrefix.exec(text.slice(Math.max(0, start - 40), start))![0].length;
  const ownLine =
    (line === 0 || /[\r\n]/.test(text[line - 1]!)) &&
    /^[^\S\r\n]*\|?[^\S\r\n]*(?:[\r\n]|$)/.test(text.slice(end, end + 40));
  if (ownLine) {
    start = line;
    const after = /^[^\S\r\n]*\|?[^\S\r\n]*(?:\r\n|[\r\n]|$)/.exec(text.slice(end, end + 42))!;
    end += after[0].length;
    if (end === text.length && !/[\r\n]$/.test(after[0]) && start > 0) start -= text.endsWith('\r\n', start) ? 2 : 1;
  }
  return { ...cut, start, end };
}

/** What a line begins with beside its words: the mark of a list, heading, quotation or row. */
const linePrefix = /[^\S\r\n]*(?:>[^\S\r\n]*)*(?:(?:[-*+•–—]|#{1,6}|\d{1,3}[.)])[^\S\r\n]+|\|[^\S\r\n]*)?$/;
const opening = /(?:[*_~`"'“‘«([]|<\w{1,10}>)+$/;
const closing = /^(?:[*_~`"'”’»)\]]|<\/\w{1,10}>)+/;

/** An emptied sentence with the emphasis, quotation marks, brackets or tags around it. */
function withMarks(text: string, start: number, end: number): Range {
  const open = opening.exec(text.slice(Math.max(0, start - 24), start))?.[0];
  if (!open) return { start, end };
  const close = closing.exec(text.slice(end, end + 24))?.[0];
  if (close) return { start: start - open.length, end: end + close.length };
  const closesInside = text.slice(start, end).split(open).length === 2;
  return closesInside ? { start: start - open.length, end } : { start, end };
}

const blank = /[^\S\r\n]/;

/** One of two spaces goes, and a space before a mark or at the end of a line. */
function takeSpaces(text: string, cut: Cut): Cut {
  let { start, end } = cut;
  if (start === end) return cut;
  const opened = start === 0 || /[\s([{“‘«]/.test(text[start - 1]!);
  if (end < text.length && blank.test(text[end]!) && !isMarked(text, end) && opened)
    while (end < text.length && blank.test(text[end]!) && !isMarked(text, end)) end++;
  else if (end >= text.length || /[.,;:!?…)\]}\r\n]/.test(text[end]!))
    while (start > 0 && blank.test(text[start - 1]!)) start--;
  return { ...cut, start, end };
}

/** A space with a combining mark on it is no space. */
function isMarked(text: string, at: number): boolean {
  return graphemeEnd(text, at) > at + 1;
}
