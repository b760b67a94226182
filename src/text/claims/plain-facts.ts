import { indefiniteArticle, singularize } from '../agreement.js';
import { nouns } from '../lexicon/nouns.js';
import { parseCount } from '../lexicon/numbers.js';
import {
  finiteVerbs,
  generalNouns,
  joiningWords,
  participles,
  placeWords,
  plainAdjectives,
} from '../lexicon/plain-words.js';
import type { Range } from '../range.js';
import { splitWords } from '../words.js';
import { isColour, isSize, isThing } from './about-picture.js';
import { type ReadSentence, readClaims } from './claims.js';

/** Some of a text, as a text of its own, and the way back. Offsets are UTF-16. */
export interface Excerpt {
  readonly text: string;
  /** The runs of the whole text that a part of `text` was taken from; none for what was added to join them. */
  pieces(start: number, end: number): Range[];
}

/**
 * What a text says in plain words of the number, colour, size and place of things that a drawn scene may hold, as a text
 * of such statements alone. A clause is in it as a whole or not at all: one with a word that is none of that world's, or
 * that speaks of a kind of things and not of those in the picture, is not. Adjectives that claim nothing are left out.
 */
export function plainFacts(text: string, prompt?: string): Excerpt {
  const sentences = readClaims(text, prompt);
  const parsed = sentences.map((sentence) => parse(text, sentence));
  admitLists(parsed);
  const writer = new Writer(text);
  let last: Parsed | undefined;
  const alone = prompt !== undefined && parsed.length === 1;
  for (const one of parsed) {
    if (alone && one.segments.length > 0 && one.segments.every(({ clean }) => clean) && one.words <= 6)
      for (const segment of one.segments) segment.admitted = true;
    if (one.pointsBack && !(last && nothingBetween(text, last.range.end, one.range.start)))
      for (const segment of one.segments) segment.admitted = false;
    writer.sentence(one.segments);
    if (one.segments.some(({ admitted }) => admitted)) last = one;
  }
  return writer.excerpt();
}

type Kind =
  | 'thing'
  | 'number'
  | 'colour'
  | 'size'
  | 'place'
  | 'verb'
  | 'participle'
  | 'general'
  | 'joining'
  | 'print'
  | 'passed-over'
  | 'unknown';

interface Word extends Range {
  /** In small letters. */
  text: string;
  kind: Kind;
}

/** A run of a sentence between commas, conjunctions and what claims nothing. */
interface Segment {
  words: Word[];
  /** Holds no word of another world. */
  clean: boolean;
  verb: boolean;
  /** Names a thing, points at one, or speaks of the picture. */
  subject: boolean;
  admitted: boolean;
}

interface Parsed {
  range: Range;
  segments: Segment[];
  words: number;
  /** No segment has a verb: a heading, an item, a cell. */
  verbless: boolean;
  /** Begins with `it` or `they`. */
  pointsBack: boolean;
}

const phrases = new Map<string, string[][]>();
for (const { singular, plural, synonyms } of nouns) {
  for (const name of [singular, plural, ...synonyms.flat()]) {
    const words = name.toLowerCase().split(/[ -]/);
    if (words.length < 2) continue;
    const known = phrases.get(words[0]!);
    if (known) known.push(words);
    else phrases.set(words[0]!, [words]);
  }
}

const adjectiveEnd = /(?:ful|ous|ish|less|able|ible|ic|ical|ive|esque|some)$/;
const adverb = /^(?!fly$|jelly|butterfly|family$|only$)\p{L}{2,}ly$/u;
const numeral = /^\d{1,2}$/;

function kindOf(word: string): Kind {
  if (word === "it's" || word === "that's" || word === "there's" || word === "here's" || word === "they're")
    return 'joining';
  if (isColour(word)) return 'colour';
  if (isSize(word)) return 'size';
  if (numeral.test(word) || /^(?:lone|solitary|single)$/.test(word) || (parseCount(word) !== null && !joiningWords.has(word))) return 'number';
  if (isThing(word)) return 'thing';
  if (finiteVerbs.has(word)) return 'verb';
  if (participles.has(word)) return 'participle';
  if (placeWords.has(word)) return 'place';
  if (generalNouns.has(word)) return 'general';
  if (joiningWords.has(word)) return 'joining';
  if (plainAdjectives.has(word) || adverb.test(word)) return 'passed-over';
  const parts = word.split('-');
  if (parts.length > 1 && parts.every((part) => isColour(part) || /^colou?red$|^ish$/.test(part))) return 'colour';
  return 'unknown';
}

const separators = /[,;:.!?…]|\s[-–—]\s/;
const conjunctions = new Set(['while', 'whereas', 'but', 'and', 'or', 'which', 'who', 'whose', 'with']);

function parse(text: string, { sentence, about, words: kept, silent }: ReadSentence): Parsed {
  const said = text.slice(sentence.start, sentence.end);
  const all = splitWords(said).map(({ start, end }) => ({ start: start + sentence.start, end: end + sentence.start }));
  const none: Parsed = { range: sentence, segments: [], words: all.length, verbless: !finiteVerb(said), pointsBack: false };
  if (!about || kept.length === 0) return none;
  const words = classified(text, all, kept, silent);
  const segments: Segment[] = [];
  let run: (Word | null)[] = [];
  const close = () => {
    const own = run.filter((word) => word !== null);
    if (own.length > 0) segments.push(segmentOf(own));
    run = [];
  };
  let end = sentence.start;
  for (const word of words) {
    if (word === null) {
      close();
      continue;
    }
    const quoted = word.kind === 'print';
    if (!quoted && run.length > 0 && separators.test(text.slice(end, word.start))) close();
    else if (conjunctions.has(word.text) || (word.text === 'that' && run.at(-1)?.kind === 'thing')) close();
    run.push(word);
    end = word.end;
  }
  close();
  const verbless = segments.every(({ verb }) => !verb);
  const parsed = { ...none, segments, verbless, pointsBack: /^(?:it(?! looks like there)|they|them|both|these|those|all|each)\b(?! (?:holds?|shows?|contains?|features?|includes?|depicts?|displays?|presents?)\b)/i.test(said) };
  if (!verbless) admitClauses(segments);
  return parsed;
}

const finiteVerb = (said: string) => splitWords(said).some(({ start, end }) => finiteVerbs.has(said.slice(start, end).toLowerCase()));

/** The words of a sentence with their kinds; null where something stood that claims nothing. */
function classified(
  text: string,
  all: readonly Range[],
  kept: ReadSentence['words'],
  silent: readonly Range[],
): (Word | null)[] {
  const byStart = new Map(kept.map((word) => [word.start, word]));
  const printed = all.some(({ start, end }) => /^(?:sign|text|words?|says?|reads?|letters|printed|written)$/i.test(text.slice(start, end)));
  const words = all.map((range): Word | null => {
    const lower = text.slice(range.start, range.end).toLowerCase().replaceAll('’', "'");
    const word = byStart.get(range.start);
    if (silent.some(({ start, end }) => start <= range.start && range.start < end)) return null;
    if (word?.quoted) return { ...range, text: lower, kind: 'print' };
    const spelt = text.slice(range.start, range.end);
    if (printed && /^\p{Lu}[\p{Lu}\p{N}]+$/u.test(spelt)) return { ...range, text: lower, kind: 'print' };
    const kind = kindOf(lower);
    const passes = word ? !word.name : kind === 'general' || kind === 'joining';
    return { ...range, text: lower, kind: passes ? kind : 'unknown' };
  });
  words.forEach((word, index) => {
    if (!word) return;
    const before = words[index - 1];
    const after = words[index + 1];
    for (const phrase of phrases.get(word.text.split('-')[0]!) ?? []) {
      const run = words.slice(index, index + phrase.length);
      if (run.length === phrase.length && run.every((one, at) => one?.text === phrase[at]))
        for (const one of run) one!.kind = 'thing';
    }
    if (word.kind !== 'unknown' || byStart.get(word.start)?.name || !byStart.has(word.start)) return;
    const opens = before && /^(?:joining|number|colour|size|passed-over|verb)$/.test(before.kind);
    const describes = !after || /^(?:thing|colour|size|passed-over|general)$/.test(after.kind);
    if (adjectiveEnd.test(word.text) && opens && describes) word.kind = 'passed-over';
    else if (
      /^\p{L}{3,}ing$/u.test(word.text) &&
      before?.kind === 'thing' &&
      (!after || /^(?:in|on|at|near|next|above|below|behind|beside|between|together|and)$/.test(after.text))
    )
      word.kind = 'passed-over';
  });
  return words;
}

function segmentOf(words: Word[]): Segment {
  const said = words.map((word) => word.text).join(' ');
  const clean = words.every(({ kind }) => kind !== 'unknown') && !runsTogether(words) && !isBareSingular(words);
  const verb = words.some(({ kind, text }) => kind === 'verb' || linkingForms.test(text));
  const subject = words.some(
    ({ kind, text }) =>
      kind === 'thing' ||
      kind === 'general' ||
      /^(?:it|it's|they|they're|this|these|those|both|one|ones|there's|each|all|former|latter|background|backdrop|ground)$/.test(text),
  );
  return { words, clean: clean && !isOfKind(said, words), verb, subject, admitted: false };
}

const linkingForms = /^(?:be|see|spot|notice|find|there's|it's|that's|here's|they're|says?|reads?|make|observe|count)$/;

/** Two things beside one another make a name of something else: `dog food`, `bees fly`. */
function runsTogether(words: readonly Word[]): boolean {
  return words.some(({ kind, text, start }, index) => {
    const next = words[index + 1];
    if (kind !== 'thing' || next?.kind !== 'thing') return false;
    return !isName(words, index) && next.start - start - text.length <= 1;
  });
}

/** Whether a word and the next are of one name that the lexicon has. */
function isName(words: readonly Word[], index: number): boolean {
  for (let from = Math.max(0, index - 3); from <= index; from++) {
    for (const phrase of phrases.get(words[from]!.text) ?? []) {
      if (from + phrase.length > index + 1 && phrase.every((part, at) => words[from + at]?.text === part)) return true;
    }
  }
  return false;
}

const massNouns = new Set(
  'bread cheese garlic broccoli popcorn fire corn coral chicken fish deer sheep scissors glasses jeans shorts goggles headphones chopsticks bison moose dice shrimp squid sunglasses spectacles eyeglasses binoculars'.split(' '),
);

/** A thing in the singular that nothing introduces is part of a saying, a verb or a name. */
function isBareSingular(words: readonly Word[]): boolean {
  return words.some(({ kind, text }, index) => {
    if (kind !== 'thing' || massNouns.has(text)) return false;
    if (singularize(text) !== text || isName(words, index) || (index > 0 && isName(words, index - 1))) return false;
    let at = index - 1;
    while (at >= 0 && /^(?:passed-over|thing)$/.test(words[at]!.kind)) at--;
    const lead = words[at];
    return !(
      lead &&
      (/^(?:number|colour|size)$/.test(lead.kind) ||
        /^(?:a|an|the|this|that|no|one|its|their|each|every|another|other|any|single|some|same|left|right|top|bottom|upper|lower|middle|first|second|third|last|nearby|left-hand|right-hand|leftmost|rightmost|central)$/.test(lead.text))
    );
  });
}

/** Whether a clause speaks of a kind of things, of the past, or of what things can do, and not of what is to be seen. */
function isOfKind(said: string, words: readonly Word[]): boolean {
  if (/\b(?:was|were|did|had)\b/.test(said)) return true;
  if (/\b(?:can|could|do|does|don't|doesn't|can't|cannot)\b/.test(said) && !/\b(?:see|seen|spot|spotted|find|found|make out|made out|notice|noticed|count|counted|observe|observed|visible|shown|show|contain|include|depict|display|have|feature|present|read)\b/.test(said))
    return true;
  const at = words.findIndex(({ kind }) => kind === 'verb');
  if (at < 0) return false;
  const subject = words.slice(0, at);
  const predicate = words.slice(at + 1);
  if (subject.length === 0) return false;
  if (subject.some(({ kind, text }) => kind === 'general' || kind === 'print' || /^(?:there|here|i|we|you|it|this|these|those|they|both|one|ones|see|find|spot|notice)$/.test(text)))
    return false;
  if (predicate.some(({ kind, text }) => kind === 'participle' || /^(?:left|right|top|bottom|upper|lower|middle|center|centre|corner|side|half|foreground|background|here|there|visible|above|below|behind|beside|next|between|near|under|over|topmost|leftmost|rightmost|bottommost|front|section|largest|smallest|biggest|highest|lowest|part|portion|area)$/.test(text)))
    return false;
  const first = subject.find(({ kind }) => kind !== 'passed-over')!;
  const isIndefinite = /^(?:a|an|any|most|many|some|all|every|each|few)$/.test(first?.text ?? '');
  const isBare = !subject.some(({ kind, text }) => kind === 'number' || /^(?:the|this|these|those|that|no|its|their|both|another|other)$/.test(text));
  const toBeKind = /^(?:is|are)$/.test(words[at]!.text) && /^(?:a|an|the|one)$/.test(predicate[0]?.text ?? '');
  return isIndefinite || isBare || toBeKind;
}

/** Admits the clauses that are plain statements, with the parts of the sentence that hang on them. */
function admitClauses(segments: readonly Segment[]): void {
  let open = false;
  let pending: Segment[] = [];
  for (const segment of segments) {
    if (!segment.clean) {
      open = false;
      pending = [];
    } else if (segment.verb && (segment.subject || pending.some(({ subject }) => subject))) {
      for (const part of [...pending, segment]) part.admitted = true;
      pending = [];
      open = true;
    } else if (open) segment.admitted = true;
    else pending.push(segment);
  }
}

/** Headings, items and cells: all of a list, if nearly all of it is plain. */
function admitLists(sentences: readonly Parsed[]): void {
  for (let from = 0; from < sentences.length; ) {
    let to = from;
    while (to < sentences.length && sentences[to]!.verbless) to++;
    if (to === from) {
      from++;
      continue;
    }
    const run = sentences.slice(from, to);
    const plain = run.filter(isPlainItem);
    if (plain.length > 2 * (run.length - plain.length))
      for (const { segments } of plain) for (const segment of segments) segment.admitted = !isLabel(segment, segments);
    from = to;
  }
}

const amount = (segment: Segment) => segment.words.some(({ kind, text }) => /^(?:number|colour|size)$/.test(kind) || /^(?:a|an|the|no)$/.test(text));
const things = (segment: Segment) => segment.words.some(({ kind, text }) => kind === 'thing' || kind === 'general' || grounds.test(text));
const grounds = /^(?:background|backdrop|ground)$/;

function isPlainItem({ segments }: Parsed): boolean {
  return (
    segments.length > 0 &&
    segments.every(({ clean }) => clean) &&
    segments.some((segment) => things(segment) && amount(segment)) &&
    segments.every((segment) => things(segment) || !segment.words.some(({ kind }) => /^(?:number|colour|size)$/.test(kind)))
  );
}

/** `Airplanes: two brown airplanes`: the word before the colon only says what comes. */
const isLabel = (segment: Segment, all: readonly Segment[]) => all.length > 1 && !amount(segment) && things(segment) && segment === all[0];

function nothingBetween(text: string, from: number, to: number): boolean {
  const gap = text.slice(from, to);
  return gap.length < 300 && !splitWords(gap).some(({ start, end }) => isThing(gap.slice(start, end)));
}

/** Puts the excerpt together, and for each of its UTF-16 units where it came from. */
class Writer {
  readonly #whole: string;
  readonly #units: string[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  constructor(whole: string) {
    this.#whole = whole;
  }

  sentence(segments: readonly Segment[]): void {
    let last: number | undefined;
    segments.forEach((segment, index) => {
      if (!segment.admitted) return;
      const [begin, before] = [segment.words[0]!.start, last === undefined ? undefined : segments[last]!.words.at(-1)!.end];
      if (before === undefined) {
        if (this.#units.length > 0) this.#add(' ');
      } else if (last === index - 1) this.#copy(before, begin);
      else this.#add(segment.verb ? '. ' : ', ');
      this.#segment(segment.words);
      last = index;
    });
    if (last !== undefined) this.#add('.');
  }

  #segment(words: readonly Word[]): void {
    const kept = words.filter(({ kind }) => kind !== 'passed-over');
    kept.forEach((word, index) => {
      const before = kept[index - 1];
      if (before && words.indexOf(word) === words.indexOf(before) + 1) this.#copy(before.end, word.start);
      else if (before) this.#add(' ');
      const next = kept[index + 1];
      const nextDropped = next && words.indexOf(next) > words.indexOf(word) + 1;
      if (nextDropped && /^an?$/.test(word.text)) this.#put(indefiniteArticle(next.text), word);
      else this.#copy(word.start, word.end);
    });
  }

  #copy(start: number, end: number): void {
    for (let at = start; at < end; at++) this.#unit(this.#whole[at]!, at, at + 1);
  }

  #put(text: string, { start, end }: Range): void {
    for (const unit of text) this.#unit(unit, start, end);
  }

  #add(text: string): void {
    for (const unit of text) this.#unit(unit, -1, -1);
  }

  #unit(unit: string, from: number, to: number): void {
    this.#units.push(unit);
    this.#from.push(from);
    this.#to.push(to);
  }

  excerpt(): Excerpt {
    const text = this.#units.join('');
    const [from, to] = [Int32Array.from(this.#from), Int32Array.from(this.#to)];
    return {
      text,
      pieces(start, end) {
        const found: Range[] = [];
        for (let unit = Math.max(0, start); unit < Math.min(end, from.length); unit++) {
          if (from[unit]! < 0 || text[unit] === ' ') continue;
          const last = found.at(-1);
          if (last && from[unit]! <= last.end) last.end = Math.max(last.end, to[unit]!);
          else found.push({ start: from[unit]!, end: to[unit]! });
        }
        return found;
      },
    };
  }
}
