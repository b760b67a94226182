import type { Range } from './range.js';
import { sentenceAt, splitSentences } from './sentences.js';
import { splitWords } from './words.js';

/** A word of a text that can be looked up in what is printed in a picture. Offsets are UTF-16. */
export interface PrintedClaim extends Range {
  text: string;
  kind: 'number' | 'word';
  /** How it may be printed: as it stands, or in another usual form. */
  forms: string[];
  /** Words that were found together (a quotation, a name) have the same number. */
  group: number;
  quoted: boolean;
  /** The text says that it is printed: what is not found is wrong. Otherwise only what is found can be judged. */
  asserted: boolean;
}

const quotation =
  /(?:["“„«]([^"“”„«»\n]{1,120})["”“»])|「([^「」\n]{1,120})」|(?<![\p{L}\p{N}])['‘]([^'‘’\n]{1,80})['’](?![\p{L}\p{N}])/gu;
/** Words that say that what follows, or what stands by, is printed. */
const readingContext =
  /\b(?:signs?|signage|reads?|reading|says?|saying|said|labell?ed|labels?|titled?|named|called|words?|text|letters|lettering|inscription|messages?|posters?|banners?|boards?|billboard|screens?|displays?|displayed|dialog|app|receipts?|invoice|bill|ticket|menu|logo|brand|branded|printed|written|writing|marked|plate|licen[cs]e|numbers?|numbered|codes?|price[ds]?|costs?|paid|total|tax|sum|amount|balance|account|dated?|times?|hours|gate|flight|platform|track|route|bus|line|limit|speed|order|version|phone|call|page|room|exit|street|avenue|road|store|storefront|shop|temperature|humidity|percent|sale|discount|off)\b/iu;
const numberShape = /\d/;
/** A number in such a form stands on something printed, whatever the text says around it. */
const printedNumber = /\d[.,:/-]\d|\d{3,}|^\p{L}+-?\d|\d\p{L}+$/u;
const currencyBefore = /[$€£¥#№]\s?$/u;
const unitAfter = /^\s?(?:%|°|º|percent\b|am\b|pm\b|a\.m\.|p\.m\.|mph\b|km\/?h\b|USD\b|EUR\b|dollars\b|cents\b)/iu;
/** Capitalised words that are seldom what is printed. */
const seldomPrinted = new Set(
  (
    'i the a an this that these those it its he she they we you there here his her their our my in on at by for from with to of and or but if as so ' +
    'when while where who what which how why also next below above under over near behind beside between yes no not one two three four five six ' +
    'image picture photo photograph scene english french german spanish italian chinese japanese korean arabic american british european asian african ' +
    'according overall additionally however both each every all some most several other another first second finally based'
  ).split(' '),
);
const months = 'january february march april may june july august september october november december'.split(' ');

/** What stands in quotation marks, without them. */
export function findQuotations(text: string): Range[] {
  return [...text.matchAll(quotation)].map((match) => {
    const inner = match[1] ?? match[2] ?? match[3]!;
    const start = match.index + match[0].indexOf(inner, 1);
    return { start, end: start + inner.length };
  });
}

/**
 * The words of a text that may be printed in its picture: what stands in quotation marks, numbers of every kind, and
 * names (capitalised inside a sentence, or all in capitals).
 *
 * @param quotes Where the text's quotations are, if their marks are not in it any more.
 */
export function findPrintedClaims(text: string, quotes: readonly Range[] = findQuotations(text)): PrintedClaim[] {
  const sentences = splitSentences(text);
  const claims: PrintedClaim[] = [];
  let group = 0;
  let lastName = -10;
  let nextQuote = 0;
  const contexts = new Map<number, boolean>();
  splitWords(text).forEach(({ start, end }, index) => {
    const word = text.slice(start, end);
    if (!/[\p{L}\p{N}]/u.test(word)) return;
    while (nextQuote < quotes.length && quotes[nextQuote]!.end <= start) nextQuote++;
    const quoted = quotes[nextQuote];
    const quote = quoted && start >= quoted.start && end <= quoted.end ? nextQuote : -1;
    const sentence = sentenceAt(sentences, start) ?? { start: 0, end: text.length };
    const before = text.slice(Math.max(sentence.start, start - 12), start);
    const after = text.slice(end, end + 12);
    const isNumber = numberShape.test(word);
    if (quote < 0 && !isNumber && !isName(word, start === sentence.start || /["“(]\s*$/.test(before), after)) return;
    const joined = lastName === index - 1 && /^[\s&'’-]*$/.test(text.slice(claims.at(-1)?.end ?? 0, start));
    if (quote >= 0 || !joined) group++;
    if (quote < 0) lastName = index;
    const context =
      contexts.get(sentence.start) ??
      readingContext.test(text.slice(sentence.start, Math.min(sentence.end, sentence.start + 2000)));
    contexts.set(sentence.start, context);
    const shaped = currencyBefore.test(before) || unitAfter.test(after) || printedNumber.test(word);
    claims.push({
      start,
      end,
      text: word,
      kind: isNumber ? 'number' : 'word',
      forms: formsOf(word, after, isNumber),
      group: quote >= 0 ? -1 - quote : group,
      quoted: quote >= 0,
      asserted: quote >= 0 || (isNumber ? shaped || (context && !countsThings(after)) : context),
    });
  });
  return claims;
}

/** `two` of `2 dogs`: a number before a plain plural counts what is in the picture. */
function countsThings(after: string): boolean {
  const next = /^\s+(\p{Ll}+s)\b/u.exec(after)?.[1];
  return next !== undefined && !verbs.has(next);
}

const verbs = new Set(
  'is was has goes runs leaves does shows says reads appears stands comes starts ends departs arrives applies hangs costs stops connects continues belongs as its this plus'.split(
    ' ',
  ),
);

function isName(word: string, opens: boolean, after: string): boolean {
  if (!/^\p{Lu}/u.test(word) || word.length < 2) return false;
  const lower = word.toLowerCase().replace(/['’].*$/, '');
  if (seldomPrinted.has(lower) && (word !== word.toUpperCase() || word.length < 3)) return false;
  if (word === word.toUpperCase()) return true;
  return !opens || /^\s+\p{Lu}/u.test(after);
}

const shortForms = new Map(
  Object.entries({
    avenue: 'Ave',
    street: 'St',
    road: 'Rd',
    boulevard: 'Blvd',
    drive: 'Dr',
    lane: 'Ln',
    square: 'Sq',
    highway: 'Hwy',
    company: 'Co',
    limited: 'Ltd',
    incorporated: 'Inc',
    corporation: 'Corp',
    department: 'Dept',
    doctor: 'Dr',
    saint: 'St',
    mount: 'Mt',
  }),
);

/** How a word may be printed: `7:30` before PM also as `19:30`, `1,200` as `1200`, `$5` as `5.00`, `March` as `Mar`. */
function formsOf(word: string, after: string, isNumber: boolean): string[] {
  const forms = [word.replace(/['’]s$/u, '')];
  if (!isNumber) {
    const month = months.indexOf(word.toLowerCase());
    if (month >= 0) forms.push(word.slice(0, 3));
    const short = shortForms.get(word.toLowerCase());
    return short === undefined ? forms : [...forms, short];
  }
  const half = /^\s?(a|p)\.?m\b/i.exec(after);
  const time = /^(\d{1,2})(?::(\d{2}))?$/.exec(word);
  if (half && time) {
    const hour = (Number(time[1]) % 12) + (/p/i.test(half[1]!) ? 12 : 0);
    const minutes = time[2] ?? '00';
    const mark = `${half[1]!.toUpperCase()}M`;
    if (time[2] === undefined) forms.splice(0, 1, `${word}${mark}`, `${word}:00${mark}`);
    forms.push(`${hour}:${minutes}`, `${String(hour).padStart(2, '0')}:${minutes}`);
  }
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(word)) forms.push(word.replaceAll(',', ''));
  if (/^\d{4,}$/.test(word)) forms.push(word.replace(/\B(?=(?:\d{3})+$)/g, ','));
  if (/^\d+$/.test(word)) forms.push(`${word}.00`);
  if (/^\d+[.,]00$/.test(word)) forms.push(word.slice(0, -3));
  const date = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{2,4})$/.exec(word);
  if (date) forms.push(...datesLike(date[1]!, date[3]!, date[4]!));
  return [...new Set(forms)];
}

/** The same three numbers of a date in other orders and forms. */
function datesLike(a: string, b: string, c: string): string[] {
  const [year, ...rest] = a.length === 4 ? [a, b, c] : [c, a, b];
  const [first, second] = rest.map((part) => part.padStart(2, '0')) as [string, string];
  const bare = (part: string) => String(Number(part));
  return ['-', '/', '.'].flatMap((mark) => [
    [year, first, second].join(mark),
    [first, second, year].join(mark),
    [bare(first), bare(second), year].join(mark),
    [first, second, year.slice(-2)].join(mark),
  ]);
}
