import type { Range } from '../range.js';
import { dottedPhone, isSameLongNumber, longNumberPatterns } from './long-numbers.js';

/** What a printed or claimed value is: only values of one kind are compared, and only they stand in for one another. */
export type ValueKind = 'date' | 'time' | 'percent' | 'amount' | 'measure' | 'number' | 'code';

/** One component of a date or time as it is written, with the number that it says. */
export interface ValuePart extends Range {
  name: 'year' | 'month' | 'day' | 'clock';
  value: number;
  /** A month that is written as a word: `March`, `Mar`. */
  named?: boolean;
}

/** A value in a text. Offsets are UTF-16. */
export interface PrintedValue extends Range {
  kind: ValueKind;
  text: string;
  /** What it may say, one of them: 1.200 is 1200 or 1.2. Empty for dates and codes. */
  numbers: number[];
  /** Of a measure: its unit, in one spelling. */
  unit?: string;
  /** Of a time: whether it says which half of the day it is in. */
  half?: boolean;
  /** Of dates: every way to read them, 03/04 in both orders. */
  readings?: readonly Partial<Record<'year' | 'month' | 'day', number>>[];
  /** Of a date or time, in reading order. */
  parts: ValuePart[];
}

const months = [
  'january,januar,janvier,enero,jan,ene,janv',
  'february,februar,fevrier,febrero,feb,fev,fevr',
  'march,marz,maerz,mars,marzo,mar,mrz',
  'april,avril,abril,apr,avr,abr',
  'may,mai,mayo',
  'june,juni,juin,junio,jun',
  'july,juli,juillet,julio,jul,juil',
  'august,aout,agosto,aug,ago',
  'september,septembre,septiembre,setiembre,sep,sept',
  'october,oktober,octobre,octubre,oct,okt',
  'november,novembre,noviembre,nov',
  'december,dezember,decembre,diciembre,dec,dez,dic',
].map((names) => names.split(','));
const monthNumber = new Map(months.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));
/** The short ones end where their letters do; the long ones also where the reader lost the space behind them. */
const month = `(?<month>${[...monthNumber.keys()]
  .sort((a, b) => b.length - a.length)
  .map((name) => (name.length > 4 ? name : `${name}(?![a-z])`))
  .join('|')})\\.?`;
/** The English name of a month, 1 to 12, as long or short as another. */
export function monthLike(number: number, like: string): string {
  const name = months[number - 1]![0]!;
  const short = like.replace('.', '').length <= 3 && name.length > 3;
  const cased = like[0] === like[0]?.toLowerCase() ? name : name[0]!.toUpperCase() + name.slice(1);
  return short ? cased.slice(0, 3) + (like.endsWith('.') ? '.' : '') : cased;
}

const year4 = '(?:19|20)\\d{2}';
/** Behind a day and a month the year may be a slip. */
const anyYear = '[12]\\d{3}';
/** A year is followed by no digit, unless a time was glued to it: `19/05/1612:01`. */
const afterYear = '(?!:\\d)(?!\\d(?!\\d?:\\d{2}))';
const datePatterns = [
  new RegExp(`(?<![\\d./-])(?<year>${year4})[-./](?<month>\\d{1,2})[-./](?<day>\\d{1,2})(?!\\d)(?![-/]\\d)`, 'dg'),
  new RegExp(
    `(?<![\\d./-])(?<a>\\d{1,2})(?<mark>[-./])(?<b>\\d{1,2})\\k<mark>(?<year>${year4}${afterYear}|\\d{2}${afterYear})`,
    'dg',
  ),
  new RegExp(
    `(?<!\\d)(?<!\\d[.,:/-])(?<day>\\d{1,2})(?:st|nd|rd|th|\\.|er)?\\s*(?:(?:of|de)\\s+)?${month}(?:,?\\s*(?:(?:of|de|del)\\s+)?(?<year>${anyYear})(?!\\d|:))?`,
    'dg',
  ),
  new RegExp(
    `(?<![a-z])${month}\\s*(?:the\\s+)?(?<day>\\d{1,2})(?:st|nd|rd|th)?(?![\\d:]|[.,]\\d\\d?(?!\\d))(?:,?\\s*(?<year>${year4})(?!\\d|:))?`,
    'dg',
  ),
  new RegExp(`(?<![a-z])${month},?\\s*(?<year>${year4})(?!\\d|:)`, 'dg'),
  new RegExp(`(?<![\\d./-])(?<month>0?[1-9]|1[0-2])[/.](?<year>${year4})(?!\\d|[./:])`, 'dg'),
  new RegExp(
    `(?<!\\d[.,:/-]?|[$€£#]|[a-z]-?)(?<year>${year4})(?![\\d:]|[.,/-]\\d|-?[a-z]|\\s?(?:${unitNames()})(?![a-z]))`,
    'dg',
  ),
];
/** `4m 32s`, `1 h 20 min`. */
const durationPattern = /(?<![\d.,:])\d{1,3}\s?(?:h|m|min)\s?\d{1,2}\s?(?:s|m|min|sec)(?![a-z\d])/dg;
const timePattern =
  /(?<!\d[.,:/]?)(?<hour>\d{1,2})(?:(?::|\s?h\s?)(?<minute>\d{2})(?::\d{2})?|\.(?<point>\d{2})(?=\s?(?:[ap]\.?m\b|uhr)))?(?!\d)\s?(?<half>[ap]\.?\s?m\b\.?)?/dg;
const percentPattern =
  /(?<![\d.,])(?<number>\d+(?:[.,]\d+)?)\s?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b|por ciento\b)/dg;
const grouped = "\\d{1,3}(?:[ '’]\\d{3}(?!\\d))+(?:[.,]\\d{1,2})?(?!\\d)|\\d+(?:[.,]{1,2}\\d+)*";
const numberPattern = new RegExp(
  `(?<before>[$€£¥]\\s?|(?:usd|eur|gbp|chf)\\s?)?(?<!\\d[.,]?)(?<number>${grouped})(?:(?<after>\\s?(?:[€£¥]|usd\\b|eur\\b|gbp\\b|chf\\b|euros?\\b|dollars?\\b|pounds?\\b|yuan\\b|元))|\\s?(?<unit>${unitNames()})(?![a-z0-9]))?`,
  'dg',
);
/** Letters and digits in one, or digits with marks between them that make no number. */
const codePattern =
  /(?<![\p{Script=Latin}\d])(?:(?:[A-Z]{2}|[A-Z]\d) \d{2,4}(?!\d|[.,:]\d)|[\p{Script=Latin}\d]+(?:(?:-|(?<=\d)[./](?=\d))[\p{Script=Latin}\d]+)*)(?![\p{Script=Latin}\d])/dgu;
/** A measure that was read as one with the word before it: `oil500ml`. */
const gluedMeasure = /(?<=[a-z]{2}|\d\s?x)(?<number>\d+(?:[.,]\d+)?)(?<unit>kg|mg|ml|(?:g|cl|l)(?![a-z]))(?!\d)/dg;

function unitNames(): string {
  return 'kilograms?|kilometers?|kilometres?|kilos?|grams?|grammes?|gramm|liters?|litres?|meters?|metres?|miles?|minutes?|seconds?|inches|degrees|hours?|kg|mg|g|ml|cl|l|km/?h|kmh|km|cm|mm|mph|mi|m|kcal|kj|hpa|mbar|°\\s?[cf]?|º\\s?[cf]?|℃|℉|ghz|mhz|gb|mb|kb|kwh|kw|mah|ms|min|s|h|oz|lbs?|ft|px|ops/s';
}

const oneSpelling: readonly (readonly [pattern: RegExp, unit: string])[] = [
  [/^(?:kilograms?|kilos?)$/, 'kg'],
  [/^(?:grams?|grammes?|gramm)$/, 'g'],
  [/^(?:lit(?:er|re)s?)$/, 'l'],
  [/^(?:kilomet(?:er|re)s?)$/, 'km'],
  [/^(?:met(?:er|re)s?)$/, 'm'],
  [/^(?:miles?|mi)$/, 'mile'],
  [/^(?:minutes?|min)$/, 'min'],
  [/^(?:seconds?|s)$/, 's'],
  [/^(?:hours?|h)$/, 'h'],
  [/^(?:km\/?h)$/, 'km/h'],
  [/^(?:degrees|°|º|[°º]\s?c|℃)$/, '°c'],
  [/^(?:[°º]\s?f|℉)$/, '°f'],
];
const unitOf = (unit: string) => oneSpelling.find(([pattern]) => pattern.test(unit))?.[1] ?? unit;

/** Stands for what was read as a value already: in no pattern. */
const taken = '\uffff';
const untaken = /[^\uffff]+/g;

/** Lower case without accents, unit for unit of UTF-16: offsets hold. */
export function foldInPlace(text: string): string {
  return text.replace(/[\u0080-\uffff]|[A-Z]/g, (character) => {
    if (/^[°º℃℉]$/.test(character)) return character;
    const folded = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    return folded.length === 1 ? folded : character;
  });
}

/**
 * The dates, times, percentages, amounts of money, measures, numbers and codes of a text, in reading order and disjoint,
 * also where a reader lost the spaces between them (`03/14/202618:42`, `VAT20%241.50`).
 */
export function findValues(text: string): PrintedValue[] {
  const values: PrintedValue[] = [];
  let rest = foldInPlace(text);
  let claimed: Range[] = [];
  const take: Take = (value, until = value.end) => {
    values.push({ ...value, text: text.slice(value.start, value.end) });
    claimed.push({ start: value.start, end: until });
  };
  /** What was read as a value is no part of the next kind of value. */
  const pass = (read: () => void) => {
    read();
    rest = masked(rest, claimed);
    claimed = [];
  };
  const each = (pattern: RegExp, read: (match: RegExpMatchArray, take: Take) => void) =>
    pass(() => {
      for (const match of rest.matchAll(pattern)) read(match, take);
    });
  each(dottedPhone, takeCode);
  for (const pattern of datePatterns) each(pattern, takeDate);
  for (const pattern of [...longNumberPatterns, durationPattern]) each(pattern, takeCode);
  each(timePattern, takeTime);
  each(percentPattern, takePercent);
  each(gluedMeasure, takeNumber);
  pass(() => {
    for (const { start, end, isWord } of codesOf(text, rest))
      if (isWord) claimed.push({ start, end });
      else take({ kind: 'code', start, end, numbers: [], parts: [] });
  });
  each(numberPattern, takeNumber);
  return values.sort((a, b) => a.start - b.start);
}

function masked(text: string, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of ranges) {
    parts.push(text.slice(from, start), taken.repeat(end - start));
    from = end;
  }
  return parts.join('') + text.slice(from);
}

/** `until`: where what was read as one with the value ends. */
type Take = (value: Omit<PrintedValue, 'text'>, until?: number) => void;

function takeCode(match: RegExpMatchArray, take: Take): void {
  const [start, end] = match.indices![0]!;
  take({ kind: 'code', start, end, numbers: [], parts: [] });
}

function takeDate(match: RegExpMatchArray, take: Take): void {
  const groups = match.groups!;
  const at = match.indices!.groups!;
  const parts: ValuePart[] = [];
  const part = (name: ValuePart['name'], key: string, value: number, named = false) =>
    parts.push({ name, start: at[key]![0], end: at[key]![1], value, ...(named ? { named } : {}) });
  const year =
    groups.year === undefined ? undefined : Number(groups.year.length === 2 ? `20${groups.year}` : groups.year);
  let readings: NonNullable<PrintedValue['readings']>[number][];
  if (groups.a !== undefined) {
    const [a, b] = [Number(groups.a), Number(groups.b)];
    readings = [
      { year: year!, month: a, day: b },
      { year: year!, month: b, day: a },
    ].filter(isDate);
    // 11/24/2025 has its month first; of 03/04/2025 either may be
    part(b > 12 ? 'month' : 'day', 'a', a);
    part(b > 12 ? 'day' : 'month', 'b', b);
  } else {
    const named = groups.month !== undefined && /[a-z]/.test(groups.month);
    const number = groups.month === undefined ? undefined : (monthNumber.get(groups.month) ?? Number(groups.month));
    const day = groups.day === undefined ? undefined : Number(groups.day);
    readings = [
      {
        ...(year === undefined ? {} : { year }),
        ...(number === undefined ? {} : { month: number }),
        ...(day === undefined ? {} : { day }),
      },
    ].filter((reading) => named || isDate(reading));
    if (number !== undefined) part('month', 'month', number, named);
    if (day !== undefined) part('day', 'day', day);
  }
  // 01/55/2025 is a date all the same: one that cannot be
  if (readings.length === 0) {
    const [start, end] = match.indices![0]!;
    if (groups.year?.length === 4) take({ kind: 'date', start, end, numbers: [], readings, parts: [] });
    return;
  }
  if (year !== undefined) part('year', 'year', year);
  parts.sort((a, b) => a.start - b.start);
  take({ kind: 'date', start: parts[0]!.start, end: parts.at(-1)!.end, numbers: [], readings, parts });
}

function isDate({ month = 1, day = 1 }: { month?: number; day?: number }): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function takePercent(match: RegExpMatchArray, take: Take): void {
  const [start, end] = match.indices!.groups!.number!;
  take({ kind: 'percent', start, end, numbers: readNumber(match.groups!.number!), parts: [] });
}

function takeTime(match: RegExpMatchArray, take: Take): void {
  const { hour: hours, minute, point, half } = match.groups!;
  const hour = Number(hours);
  const minutes = Number(minute ?? point ?? 0);
  if ((minute ?? point ?? half) === undefined) return;
  // 8:75 is a time all the same: one that cannot be
  const real = hour <= 24 && minutes <= 59 && !(half && (hour < 1 || hour > 12));
  const [start] = match.indices![0]!;
  const last = match.indices!.groups!.minute ?? match.indices!.groups!.point ?? match.indices!.groups!.hour!;
  const end = last[1];
  const said = half ? (hour % 12) * 60 + minutes + (half.startsWith('p') ? 720 : 0) : hour * 60 + minutes;
  take(
    {
      kind: 'time',
      start,
      end,
      numbers: real ? [said] : [],
      half: half !== undefined || hour > 12 || hour === 0,
      parts: [{ name: 'clock', start, end, value: said }],
    },
    match.indices![0]![1],
  );
}

function takeNumber(match: RegExpMatchArray, take: Take): void {
  const { before, after, unit, number } = match.groups!;
  const [start, end] = match.indices!.groups!.number!;
  const numbers = readNumber(number!);
  const measured = unit === undefined || numbers.length === 0 ? {} : { unit: unitOf(unit) };
  const money = before !== undefined || after !== undefined || /[.,]\d{2}$/.test(number!);
  const kind = numbers.length === 0 ? 'code' : unit !== undefined ? 'measure' : money ? 'amount' : 'number';
  take({ kind, start, end, numbers, ...measured, parts: [] });
}

/** `1,200.50`, `1.200,50`, `1 200`, `6,.50`: what the digits may say. Of more than that they say nothing (a version, an address). */
function readNumber(written: string): number[] {
  const text = written.replace(/[ '’]/g, '').replace(/[.,]([.,])/g, '$1');
  const marks = [...text.matchAll(/[.,]/g)].map(({ 0: mark }) => mark);
  if (marks.length === 0) return [Number(text)];
  const [whole, last] = [text.slice(0, text.search(/[.,]\d*$/)), text.slice(text.search(/[.,]\d*$/) + 1)];
  const thousands = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/.test(text) ? [Number(text.replace(/[.,]/g, ''))] : [];
  const groups = marks.slice(0, -1);
  const plain =
    groups.length === 0 ||
    (new Set(groups).size === 1 && groups[0] !== marks.at(-1) && /^\d{1,3}(?:[.,]\d{3})+$/.test(whole));
  return [...thousands, ...(plain ? [Number(`${whole.replace(/[.,]/g, '')}.${last}`)] : [])];
}

const plainUnit = new RegExp(`^\\d+(?:[.,]\\d+)?(?:${unitNames()})$`);

/** Codes of what is left of a text; `0live` and `500ml` are none, `GateB42Seat` holds one. */
function codesOf(text: string, rest: string): (Range & { isWord: boolean })[] {
  const left = rest.replace(untaken, (run, at: number) => text.slice(at, at + run.length));
  const parted: (Range & { isWord: boolean })[] = [];
  for (const match of left.matchAll(codePattern)) {
    let from = match.index;
    const end = match.index + match[0].length;
    const run = match[0];
    if (plainUnit.test(run.toLowerCase())) continue;
    // `B42Seat17C`, `gateB42`: a capital behind digits or small letters opens a new word
    const cuts = [
      ...run.matchAll(
        /(?<=\d)(?=\p{Lu}\p{Ll})|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Ll}{3})(?=\d)|(?<=(?<!\p{L})(?:on|at|to|no|is|of|by|for|in|which))(?=\d)|(?<=[1-9]|\d\d)(?=\p{Ll}{4})/gu,
      ),
    ].map(({ index }) => match.index + index);
    for (const cut of [...cuts, end]) {
      const piece = left.slice(from, cut);
      const isWord = readZero.test(piece) && !/[1-9]/.test(piece);
      if (isWord || isCode(piece)) parted.push({ start: from, end: cut, isWord });
      from = cut;
    }
  }
  return parted;
}

/** A reader's 0 for o. */
const readZero = /^(?:0\p{Ll}{2,}|\p{L}{2,}0\p{L}*)(?:0\p{L}*)*$/u;

function isCode(piece: string): boolean {
  if (!/\d/.test(piece) || piece.length < 2) return false;
  // `15Apr2026`, `1842ops/s` are others
  if (plainUnit.test(piece.toLowerCase()) || /^\d{3,}ops$/.test(piece) || /^\d+(?:[.,]\d+)*$|^\d+x$/i.test(piece))
    return false;
  return /\p{L}/u.test(piece) || /\d[-/]\d/.test(piece);
}

const bare = (text: string) =>
  text
    .toUpperCase()
    .replace(/[\s./-]/g, '')
    .replaceAll('O', '0');

/** Whether two values say the same, as far as both say it: 3 April for 03.04.2026, 7:30 PM for 19:30, 1,200 for 1200. */
export function sameValue(a: PrintedValue, b: PrintedValue): boolean {
  if (isLongNumber(a) && isLongNumber(b)) return isSameLongNumber(a.text, b.text);
  if (a.kind === 'code' || b.kind === 'code') return bare(a.text) === bare(b.text);
  if (a.kind === 'date' && b.kind === 'date')
    return a.readings!.some((one) => b.readings!.some((other) => agrees(one, other)));
  if (a.kind === 'date' || b.kind === 'date') return bare(a.text) === bare(b.text);
  const equal = a.numbers.some((one) => b.numbers.includes(one));
  if (a.kind === 'time' && b.kind === 'time') return equal || (!(a.half && b.half) && twelve(a) === twelve(b));
  if (a.kind === 'time' || b.kind === 'time') return false;
  if (a.kind === 'measure' && b.kind === 'measure' && a.unit !== b.unit) return false;
  if ((a.kind === 'percent') !== (b.kind === 'percent') && !(a.kind === 'number' || b.kind === 'number')) return false;
  return equal;
}

/** Minutes into half a day; of an impossible time like those of no other. */
const twelve = ({ numbers: [minutes = Number.NaN] }: PrintedValue) => minutes % 720;

function agrees(
  one: Partial<Record<'year' | 'month' | 'day', number>>,
  other: Partial<Record<'year' | 'month' | 'day', number>>,
): boolean {
  return (['year', 'month', 'day'] as const).every(
    (key) => one[key] === undefined || other[key] === undefined || one[key] === other[key],
  );
}

/** Whether one may be given in place of the other: values of the same kind, measures of the same unit, codes of the same form. */
export function sameType(a: PrintedValue, b: PrintedValue): boolean {
  if (isLongNumber(a) && isLongNumber(b)) return true;
  if (a.kind !== b.kind) return (a.kind === 'number' && isCountLike(b)) || (b.kind === 'number' && isCountLike(a));
  if (a.kind === 'measure') return a.unit === b.unit;
  if (a.kind === 'code') return shape(a.text) === shape(b.text);
  return true;
}

/** The number of a phone or an account, whatever its groups. */
export const isLongNumber = ({ kind, text }: PrintedValue) =>
  (kind === 'code' || kind === 'number') && /^[+(]{0,2}\d(?:[\s()./-]{0,4}\d){6,}$/.test(text);
/** A round amount may be printed without its currency. */
const isCountLike = ({ kind, text }: PrintedValue) => kind === 'amount' && !/[.,]\d{2}$/.test(text);
const shape = (text: string) =>
  text
    .replace(/\s/g, '')
    .replace(/\p{L}+/gu, 'X')
    .replace(/\d+/g, (digits) => '9'.repeat(Math.min(digits.length, 3)));
