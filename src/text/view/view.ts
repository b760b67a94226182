import { decodeNamedCharacterReference } from 'decode-named-character-reference';
import { LRUCache } from 'lru-cache';
import type { Range } from '../range.js';
import { splitSentences } from '../sentences.js';
import { leftOut } from './left-out.js';
import { readMarkdown } from './markdown.js';

/** The plain reading of an answer, and the way back. Offsets are UTF-16. */
export interface View {
  /**
   * White space is one space each; marks, quotes and brackets around words are gone, and so is what is no statement
   * about the picture. Where a paragraph, heading, list item, row or cell ends without a full stop, there is one.
   */
  readonly text: string;
  /** The run of the answer from which a part of `text` was read, with the marks inside it; empty for an added full stop. */
  toRaw(start: number, end: number): Range;
  /** The runs of the answer that a part of `text` was read from, without what lies between them. */
  pieces(start: number, end: number): Range[];
  /** The sentences of `text`, in order, as runs of the answer. */
  readonly sentences: readonly Range[];
}

const kept = new LRUCache<string, View>({ maxSize: 250_000, sizeCalculation: (_, key) => key.length + 64 });

/** The plain reading of an answer in Markdown, HTML or plain text. Never throws; time grows with the length. */
export function viewOf(answer: string): View {
  let view = kept.get(answer);
  if (!view) {
    view = read(answer);
    kept.set(answer, view);
  }
  return view;
}

/** The sentences of an answer as its readers see them: line breaks inside a paragraph end none, items and cells do. */
export function sentencesOf(answer: string): readonly Range[] {
  return viewOf(answer).sentences;
}

const gone = 1;
const goneBlock = 2;

function read(answer: string): View {
  const plain = withPlainSpaces(answer);
  const out = leftOut(plain);
  const mask = new Uint8Array(answer.length);
  for (const { start, end, block } of out) mask.fill(block ? goneBlock : gone, start, end);
  const writer = new Writer(answer);
  for (const part of readMarkdown(withoutLeftOut(plain, out))) {
    if (part.kind === 'end') writer.endSentence();
    else if (part.kind === 'cell') writer.endCell();
    else if (part.kind === 'soft' && mask[part.start] !== goneBlock) writer.space();
    else if (part.kind === 'soft') writer.endSentence();
    else if (part.kind === 'reference') writer.reference(part.start, part.end);
    else {
      for (let at = part.start; at < part.end; ) {
        if (mask[at] === 0) at = writer.take(at, part.end);
        else {
          if (mask[at] === goneBlock) writer.endSentence();
          else writer.leaveOut();
          while (at < part.end && mask[at] !== 0) at++;
        }
      }
    }
  }
  return writer.view();
}

/** The same length, with U+000A for every line break and U+0020 for other white space. */
export function withPlainSpaces(answer: string): string {
  const years = answer.replace(/^( *\d{4,9})[.)](?= )/gm, '$1,');
  if (/^[\n -~]*$/.test(answer)) return years;
  return years
    .replace(/\r\n/g, ' \n')
    .replace(/[\r\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/[\t\0\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]/g, ' ')
    .replace(
      /^( *)([•◦▪▫‣●○■□–—►▶▸▹▷◆◇❖✦✧★☆✓✔➤➔→·∙⁃]\ufe0f?|[0-9#*]\ufe0f?\u20e3|\[[xX✓✔]\]|(?![❌✖🚫⛔])\p{Extended_Pictographic}\ufe0f?)(?= )/gmu,
      (_, indent: string, mark: string) => `${indent}-${' '.repeat(mark.length - 1)}`,
    );
}

function withoutLeftOut(plain: string, out: readonly Range[]): string {
  const parts: string[] = [];
  let last = 0;
  for (const { start, end } of out) {
    parts.push(plain.slice(last, start), plain.slice(start, end).replace(/[^\n]/g, ' '));
    last = end;
  }
  parts.push(plain.slice(last));
  return parts.join('');
}

const wordCharacter = /[\p{L}\p{M}\p{N}]/u;
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/;
const joiner = /[\u200c\u200d]/;
const doubleQuote = /["“”„‟«»＂]/;
const singleQuote = /['‘’‚‛`´]/;
const bracket = /[()[\]{}（）［］【】〔〕「」『』〈〉《》]/;
const mark = /[*_~|#\\<>^]/;
const picture = /[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}]/u;
const pictureAt =
  /(?:[\p{Regional_Indicator}]{2}|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})*(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})*)*[\u{e0020}-\u{e007f}]*)/uy;
/** Before a quotation in which the quoted words are print. */
const print =
  /\b(?:says?|saying|said|reads?|reading|written|writing|print(?:s|ed)?|label(?:s|ed|led)?|labelled|marked|(?:en)?titled?|words?|texts?|letters|inscri\w+|captions?|phrase|message|spell\w*|sign(?:s|age)?|logo|banner|poster|headline|heading|slogan|plate|screen)\b[^.!?]{0,60}$/i;
const printedAfter =
  /^[^"“”'’\n]{1,60}["”'’]\s{1,3}(?:(?:is|are|was|were)\s+(?:printed|written|painted)|printed|written|signs?|labels?|logo|banner|poster|in\s+(?:\w+\s+)?letters|on\s+(?:it|a|the)\s*(?:sign|label)?)(?![\p{L}])/iu;
const sentenceEnd = /[.!?…。！？｡؟।]["'”’»]?$/;

/** Puts the view together, and for each of its UTF-16 units where in the answer it came from. */
class Writer {
  readonly #answer: string;
  readonly #units: string[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  /** Where sentences end whatever their last mark is. */
  readonly #breaks: number[] = [];
  #pending: '' | 'space' | 'cell' | 'end' = '';
  /** Something was left out since the last word. */
  #left = false;
  #printed = false;

  constructor(answer: string) {
    this.#answer = answer;
  }

  space(): void {
    if (this.#pending === '') this.#pending = 'space';
  }

  leaveOut(): void {
    this.space();
    this.#left = true;
  }

  endCell(): void {
    if (this.#pending !== 'end') this.#pending = 'cell';
  }

  endSentence(): void {
    this.#pending = 'end';
  }

  reference(start: number, end: number): void {
    const decoded = decoded1(this.#answer.slice(start, end));
    if (/^\s*$/.test(decoded) || doubleQuote.test(decoded) || bracket.test(decoded) || mark.test(decoded)) this.space();
    else for (const unit of decoded.split('')) this.#write(unit, start, end);
  }

  /** Reads what stands at an offset; where the next character is. */
  take(at: number, end: number): number {
    const answer = this.#answer;
    const code = answer.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)) {
      this.#write(answer[at]!, at, at + 1);
      return at + 1;
    }
    const character = String.fromCodePoint(answer.codePointAt(at)!);
    const next = at + character.length;
    if (/\s|\0/.test(character) && character !== '\ufeff') this.space();
    else if (character === '\u200b') this.space();
    else if (joiner.test(character) && !/[\p{Script=Latin}\p{N}\s]/u.test(answer[at - 1] ?? ' '))
      this.#write(character, at, next);
    else if (invisible.test(character)) return next;
    else if (doubleQuote.test(character)) this.#quote('"', at);
    else if (singleQuote.test(character)) this.#apostrophe(at);
    else if (bracket.test(character) || mark.test(character)) this.#lookThrough(at);
    else if (/[‐‑‒–−﹣－]/.test(character)) this.#write('-', at, next);
    else if (/[—―]/.test(character)) this.#dash(at);
    else if (picture.test(character)) {
      pictureAt.lastIndex = at;
      const found = pictureAt.exec(answer);
      this.space();
      return Math.min(Math.max(next, at + (found?.[0].length ?? 0)), Math.max(next, end));
    } else if (/[\ufe0e\ufe0f]/.test(character)) return next;
    else if (/[.,;:!?]/.test(character)) this.#punctuation(character, at);
    else for (let unit = at; unit < next; unit++) this.#write(answer[unit]!, unit, unit + 1);
    return next;
  }

  #isWord(at: number): boolean {
    if (at < 0 || at >= this.#answer.length) return false;
    const low = /[\udc00-\udfff]/.test(this.#answer[at]!) && at > 0 ? at - 1 : at;
    return wordCharacter.test(String.fromCodePoint(this.#answer.codePointAt(low)!));
  }

  /** Quotation marks are looked through, but around what is quoted from the picture. */
  #quote(plain: string, at: number): void {
    const opens = !this.#isWord(at - 1) && !/[.,!?]/.test(this.#answer[at - 1] ?? ' ');
    const printed = opens
      ? !this.#printed && (print.test(this.#recent(80)) || printedAfter.test(this.#answer.slice(at + 1, at + 110)))
      : this.#printed;
    if (!printed) {
      this.#lookThrough(at);
      return;
    }
    this.#printed = opens;
    this.#write(plain, at, at + 1);
  }

  #apostrophe(at: number): void {
    const [before, after] = [this.#isWord(at - 1), this.#isWord(at + 1)];
    if (this.#answer[at] === '`') this.#lookThrough(at);
    else if (before && after) this.#write("'", at, at + 1);
    else if (
      before &&
      /[sz]/i.test(this.#answer[at - 1]!) &&
      /['’]/.test(this.#answer[at]!) &&
      /^\s+\p{Ll}/u.test(this.#answer.slice(at + 1, at + 9)) &&
      !this.#printed &&
      this.#isPossessive(at)
    )
      this.#write("'", at, at + 1);
    else this.#quote("'", at);
  }

  /** Whether no quotation mark of this kind was opened before it in the line. */
  #isPossessive(at: number): boolean {
    const line = this.#answer.slice(Math.max(0, at - 120), at);
    return !/(?:^|[\s(])['‘](?=\S)[^'’]*$/.test(line);
  }

  #lookThrough(at: number): void {
    if (!this.#isWord(at - 1) || !this.#isWord(at + 1)) return;
    const answer = this.#answer;
    // dog(s) is one word
    if (
      /^\((?:s|es|r|n)\)/.test(answer.slice(at, at + 4)) ||
      (answer[at] === ')' && /\((?:s|es)$/.test(answer.slice(at - 3, at)))
    )
      return;
    this.space();
  }

  #dash(at: number): void {
    this.space();
    this.#write('-', at, at + 1);
    this.space();
  }

  /** A full stop or comma behind what was left out belongs to the words before, if they have none. */
  #punctuation(character: string, at: number): void {
    if (this.#pending === 'space' && this.#units.length > 0 && (this.#left || !this.#isWord(at - 1))) {
      const glued = this.#left || /[\s\u200b]/.test(this.#answer[at - 1]!) === false;
      if (glued && /[.,;:!?]/.test(this.#units.at(-1)!) && this.#left) return;
      if (glued) this.#pending = '';
    }
    if (this.#left && this.#units.length === 0) return;
    this.#write(character, at, at + 1);
  }

  #write(unit: string, from: number, to: number): void {
    if (this.#units.length > 0 && this.#pending !== '') this.#separate(from);
    this.#pending = '';
    this.#left = false;
    this.#add(unit, from, to);
  }

  #separate(next: number): void {
    const at = this.#to.at(-1)!;
    const last = this.#units.at(-1)!;
    if (this.#pending === 'cell') {
      if (/[\p{L}\p{M}\p{N}]/u.test(last)) this.#add(',', at, at);
    } else if (this.#pending === 'end') {
      this.#printed = false;
      if (/[:;,]/.test(last)) this.#units[this.#units.length - 1] = '.';
      else if (!sentenceEnd.test(this.#recent(2))) this.#add('.', at, at);
      this.#breaks.push(this.#units.length);
    }
    this.#add(' ', at, next);
  }

  #add(unit: string, from: number, to: number): void {
    this.#units.push(unit);
    this.#from.push(from);
    this.#to.push(to);
  }

  #recent(most: number): string {
    return this.#units.slice(-most).join('');
  }

  view(): View {
    const text = this.#units.join('');
    const [from, to] = [Int32Array.from(this.#from), Int32Array.from(this.#to)];
    const pieces = (start: number, end: number): Range[] => {
      const found: Range[] = [];
      for (let unit = Math.max(0, start); unit < Math.min(end, from.length); unit++) {
        const last = found.at(-1);
        if (from[unit]! >= to[unit]! || text[unit] === ' ') continue;
        if (last && from[unit]! <= last.end) last.end = Math.max(last.end, to[unit]!);
        else found.push({ start: from[unit]!, end: to[unit]! });
      }
      return found;
    };
    const toRaw = (start: number, end: number): Range => {
      const found = pieces(start, end);
      const empty = to[Math.min(start, to.length) - 1] ?? 0;
      return { start: found[0]?.start ?? empty, end: found.at(-1)?.end ?? empty };
    };
    const breaks = this.#breaks;
    let sentences: Range[] | undefined;
    return {
      text,
      pieces,
      toRaw,
      get sentences() {
        sentences ??= splitSentences(withBreaks(text, breaks))
          .map(({ start, end }) => toRaw(start, end))
          .filter(({ start, end }) => start < end);
        return sentences;
      },
    };
  }
}

function withBreaks(text: string, breaks: readonly number[]): string {
  if (breaks.length === 0) return text;
  const parts: string[] = [];
  let last = 0;
  for (const at of breaks) {
    parts.push(text.slice(last, at), '\n');
    last = at + 1;
  }
  parts.push(text.slice(last));
  return parts.join('');
}

function decoded1(reference: string): string {
  const body = reference.slice(1, -1);
  const numeric = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(body);
  if (!numeric) return decodeNamedCharacterReference(body) || reference;
  const code = numeric[1] ? Number.parseInt(numeric[1], 16) : Number(numeric[2]);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
}
