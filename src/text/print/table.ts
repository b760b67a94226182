import { findValues, foldInPlace, type PrintedValue, sameType } from './values.js';

/** A line of print. Lines with the same row stand beside one another; the box is `[left, top, right, bottom]`. */
export interface PrintedLine {
  text: string;
  row: string;
  box: readonly [number, number, number, number];
}

/** A printed value with what says of what it is. */
export interface LabelledValue {
  value: PrintedValue;
  row: string;
  /** Its middle, in the units of the boxes. */
  x: number;
  /** Words right before it; where there are none, those that its row begins with. */
  label: readonly string[];
  /** Of those, what stands in its own cell or the one before it, where the others stand far from there. */
  near: readonly string[];
  /** What its row begins with. */
  ofRow: readonly string[];
  /** How much that says of it, 0..1: little where other words stand between, in rows of two columns. */
  rowWeight: number;
  /** Further cells of a row that begins with it. */
  others?: readonly (readonly string[])[];
  /** The codes of its row. */
  codes: readonly string[];
  /** Right behind it: `41 tests`. */
  behind: readonly string[];
  /** Over or under it, in a row of labels. */
  ofColumn: readonly string[];
  /** Of two times with a dash between them: which one it is. */
  end?: 'open' | 'close';
}

const empty = new Set(
  (
    'the and for with from that this which are was has have been its per is of at on in by an or be as von und der die das mit pro ' +
    'les des est une con del los las por'
  ).split(' '),
);
/** Of two numbers of a row these say which is which, and not what the row is about. */
const ofAmounts = new Set('each per piece pcs unit qty usd eur gbp chf'.split(' '));
/** What says the same of a value, by its stem. */
const synonyms = new Map(
  Object.entries({
    price: 'cost kost costs coute cuesta pric preis fee fees',
    depart: 'leave leav departure departur abfahrt',
    arrive: 'arriv arrival ankunft',
    open: 'opens start from doors',
    close: 'clos closing until till ends end',
    tax: 'vat mwst tva iva',
    qty: 'quantity quantite menge',
    phone: 'tel telephon telefon telefono',
  }).flatMap(([word, others]) => others.split(' ').map((other) => [other, word] as const)),
);

/** What a bill asks for in the end, in the words that it may have. */
const totals = new Set(
  ['amountdue', 'totaldue', 'balancedue', 'grandtotal', 'totalamount', 'totalamountdue', 'totaltopay', 'topay'].concat([
    'amountpayable',
    'totalpayable',
    'amounttopay',
    'ordertotal',
    'invoicetotal',
  ]),
);

function stem(word: string): string {
  const bare = word.replace(/ß/g, 'ss').replace(/^(\p{L}{3,}?)(?:ies|es|ed|ing|s)$/u, '$1');
  return synonyms.get(bare) ?? synonyms.get(word) ?? bare;
}

/** The words of a run that say something, folded; codes and numbers too where asked for. */
export function labelWords(text: string, digits = false): string[] {
  const folded = foldInPlace(text).replace(/(?<=\p{L})0(?=\p{L}|$)|(?<![\p{L}\d])0(?=\p{L}{2})/gu, 'o');
  return [...folded.matchAll(digits ? /[\p{L}\d]+/gu : /\p{L}+/gu)]
    .map(({ 0: word }) => word)
    .filter((word) => word.length >= 2 && !empty.has(word));
}

/** Says of a text's words how well they name a label: 0 none of it, 1 all of it. */
export type Cover = (label: readonly string[]) => number;

/** @param weighted Words of the answer with how near they stand to the value, 0..1. */
export function coverOf(weighted: ReadonlyMap<string, number>): Cover {
  const stems = new Map<string, number>();
  for (const [word, weight] of weighted) stems.set(stem(word), Math.max(weight, stems.get(stem(word)) ?? 0));
  const pieces = piecesOf(stems, weighted);
  const known = new Map<string, number>();
  const ofWord = (word: string): number => {
    const whole = stems.get(stem(word)) ?? known.get(word);
    if (whole !== undefined) return whole;
    const found = word.length < shortGlued ? 0 : gluedCover(word, pieces);
    known.set(word, found);
    return found;
  };
  const total = stems.get('total') ?? 0;
  return (label) => {
    if (label.length === 0) return 0;
    const own = label.reduce((sum, word) => sum + ofWord(word), 0) / label.length;
    return total > own && totals.has(label.join('').replace(/f$/, '')) ? total : own;
  };
}

/** Shorter words were hardly read as one with others. */
const shortGlued = 6;
const longGlued = 60;
const fillers = 'the and for with from of is at on in by to our your which are has been a'.split(' ');

interface Piece {
  text: string;
  /** 0..1; null: it says nothing, and counts neither way. */
  weight: number | null;
}

/** What a run of letters without spaces may be made of, by the first letter. */
function piecesOf(stems: ReadonlyMap<string, number>, words: ReadonlyMap<string, number>): Map<string, Piece[]> {
  const found = new Map<string, number>();
  const add = (text: string, weight: number) => {
    if (text.length >= 3) found.set(text, Math.max(weight, found.get(text) ?? 0));
  };
  for (const [word, weight] of words) {
    add(word, weight);
    add(word.replace(/(?<=\p{L}{3})s$/u, ''), weight);
  }
  for (const [synonym, word] of synonyms) {
    const weight = stems.get(word);
    if (weight !== undefined) add(synonym, weight);
  }
  const byLetter = new Map<string, Piece[]>();
  const put = (piece: Piece) => byLetter.set(piece.text[0]!, [...(byLetter.get(piece.text[0]!) ?? []), piece]);
  for (const [text, weight] of [...found].slice(0, 100)) put({ text, weight });
  for (const text of fillers) if (!found.has(text)) put({ text, weight: null });
  return byLetter;
}

/**
 * How much of a word that the reader made of several (`ofwhichsugars`, `orangejuice`) is words of the answer: by letters,
 * words that say nothing left out; a single letter too much is a misreading.
 */
function gluedCover(word: string, pieces: ReadonlyMap<string, readonly Piece[]>): number {
  if (word.length > longGlued) return 0;
  // the best parting of the rest, from the last letter back: letters covered (weighted), said, and left over
  const best = Array.from({ length: word.length + 1 }, () => ({ covered: 0, said: 0, left: 0 }));
  const worth = (state: (typeof best)[number]) => state.said - state.left;
  for (let at = word.length - 1; at >= 0; at--) {
    const next = best[at + 1]!;
    let found = { ...next, left: next.left + 1 };
    for (const { text, weight } of pieces.get(word[at]!) ?? []) {
      if (!word.startsWith(text, at)) continue;
      const rest = best[at + text.length]!;
      const said = weight === null ? 0 : text.length;
      const state = { covered: rest.covered + said * (weight ?? 0), said: rest.said + said, left: rest.left };
      if (worth(state) > worth(found)) found = state;
    }
    best[at] = found;
  }
  const { covered, said, left } = best[0]!;
  // two or three letters more make another word: `subtotal` is no total
  if (said === 0 || (left > 1 && left < 4)) return 0;
  return covered / (left <= 1 ? said : word.length);
}

/** The values of what was read, each with its labels. */
export function labelledValues(lines: readonly PrintedLine[]): LabelledValue[] {
  const rows = new Map<string, PrintedLine[]>();
  for (const line of withPrefixes(withCents(lines.map(withPounds))))
    rows.set(line.row, [...(rows.get(line.row) ?? []), line]);
  const read = [...rows.values()].map(readRow);
  const headers = read.filter(({ isHeader }) => isHeader);
  return read.flatMap(({ values, top, cells }) =>
    values.map(({ second, ...value }) => {
      const { words: ofColumn, isTable } = columnLabel(value.x, top, headers, cells.length);
      return { ...value, ofColumn, rowWeight: second && !isTable ? 0.4 : 0.9 };
    }),
  );
}

/** A £ is often read as an f: `f95.84`, `Amountduef12,144.60`. */
const withPounds = (line: PrintedLine): PrintedLine => ({
  ...line,
  text: line.text.replace(/(?<![\d\p{Lu}])f(?=\d[\d,]*\.\d{2}(?!\d))/gu, '£'),
});

/** `EX` and `152` right behind it are one code: the reader takes wide spaces for the ends of lines. */
function withPrefixes(lines: readonly PrintedLine[]): PrintedLine[] {
  const taken = new Set<PrintedLine>();
  const joined = lines.flatMap((line) => {
    if (!/^\p{Lu}{2,3}$/u.test(line.text)) return [];
    const { box, row } = line;
    const wide = (box[2] - box[0]) / line.text.length;
    const digits = lines.find(
      (other) => other.row === row && /^\d{2,4}$/.test(other.text) && Math.abs(other.box[0] - box[2]) < 1.5 * wide,
    );
    if (!digits) return [];
    taken.add(line).add(digits);
    return [{ ...line, text: `${line.text} ${digits.text}`, box: [box[0], box[1], digits.box[2], box[3]] as const }];
  });
  return taken.size === 0 ? [...lines] : [...lines.filter((line) => !taken.has(line)), ...joined];
}

/** Where a sentence ends inside of a line, also where the space behind it was lost. */
const sentenceEnd = /(?<=\p{Ll}{2})[.!?]\s?(?=\p{Lu})/gu;
const lastSentence = (text: string) => text.slice([...text.matchAll(sentenceEnd)].at(-1)?.index ?? 0);
const firstSentence = (text: string) => text.split(sentenceEnd, 1)[0]!;

/** `$3` with a small `49` to the right of it is a price of 3.49. */
function withCents(lines: readonly PrintedLine[]): PrintedLine[] {
  const taken = new Set<PrintedLine>();
  const joined = lines.flatMap((line) => {
    if (!/^[$€£]\s?\d{1,4}$/.test(line.text)) return [];
    const { box } = line;
    const cents = lines.find(
      (other) =>
        /^\d{2}$/.test(other.text) &&
        Math.abs(other.box[0] - box[2]) < 0.05 &&
        Math.min(other.box[3], box[3]) - Math.max(other.box[1], box[1]) > 0.3 * (other.box[3] - other.box[1]),
    );
    if (!cents) return [];
    taken.add(line).add(cents);
    return [{ ...line, text: `${line.text}.${cents.text}` }];
  });
  return taken.size === 0 ? [...lines] : [...lines.filter((line) => !taken.has(line)), ...joined];
}

const timesSign = /^\s?[x×*]\s?(?=\p{L})/iu;
/** `3 × Trail backpack 30L`: what is counted names the price behind it. */
const opensWithCount = (text: string, [count, ...others]: readonly PrintedValue[]): boolean =>
  count !== undefined &&
  count.kind === 'number' &&
  count.start === 0 &&
  count.end <= 3 &&
  /^\s?[x×*]\s?\p{L}{3}/iu.test(text.slice(count.end)) &&
  others.every(({ kind }) => kind === 'measure' || kind === 'code' || kind === 'amount');

/** What belongs to the number before it: `kg` of `1.12 kg`, `x` of `2x`. */
const unitBehind =
  /^\s?(?:kg|mg|g|ml|cl|l|km|cm|mm|m|x|pcs?|uhr|[ap]\.?m\.?|[kmgt]b|kwh|hrs?|h|min|sec|kcal|kj|%|°c?)(?!\p{Ll})/iu;

interface Cell {
  words: string[];
  x: number;
  width: number;
}

function readRow(lines: readonly PrintedLine[]) {
  const sorted = [...lines].sort((a, b) => a.box[0] - b.box[0]);
  const values: (Omit<LabelledValue, 'ofColumn' | 'codes' | 'rowWeight'> & { second: boolean })[] = [];
  const cells: Cell[] = [];
  let label: string[] = [];
  let first: string[] = [];
  let near: string[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const { text, row, box } of sorted) {
    const [left, , right] = box;
    const wide = (right - left) / Math.max(1, text.length);
    // another cell of labels opens far behind the last one
    if (labelWords(text).length > 0) {
      if (left - until > 2.5 * wide) near = [];
      until = right;
    }
    const at = (offset: number) => left + ((right - left) * offset) / Math.max(1, text.length);
    const found = findValues(text);
    cells.push({ words: labelWords(text, true), x: (left + right) / 2, width: right - left });
    let from = 0;
    // `Tickets 22 / students 14` names before, `41 tests, 2 failed` behind
    const startsHere = first.length === 0;
    const slashed = found.length > 1 && /\s?\/\s?/.test(text.slice(found[0]!.end, found[1]!.start));
    const counted = opensWithCount(text, found);
    const namesBefore = counted || label.length > 0 || labelWords(text.slice(0, found[0]?.start ?? 0)).length > 0;
    for (const [index, value] of found.entries()) {
      if (slashed && index > 0) from = Math.max(from, text.lastIndexOf('/', value.start));
      if (index === 0 || namesBefore) {
        const before = text.slice(from, value.start);
        const last = lastSentence(before);
        label = [...(last === before ? label : []), ...labelWords(last)];
        near = [...(last === before ? near : []), ...labelWords(last)];
      }
      if (first.length === 0) first = label;
      // `Filled 02/18/2026 Expires 02/18/2027`: what the line begins with is no name of the second
      const itsOwn = startsHere && index > 0 && label.length > 0;
      if (label.every((word) => ofAmounts.has(word))) label = [];
      const next = found[index + 1]?.start ?? text.length;
      const dash = /^\s?[-–—]\s?$/;
      const after = found[index + 1];
      const before = found[index - 1];
      const end =
        value.kind === 'time' && after?.kind === 'time' && dash.test(text.slice(value.end, after.start))
          ? 'open'
          : value.kind === 'time' && before?.kind === 'time' && dash.test(text.slice(before.end, value.start))
            ? 'close'
            : undefined;
      const said = firstSentence(text.slice(value.end, next).replace(unitBehind, ''));
      // `Tickets $22 advance / $27 door`
      const behind = labelWords(slashed ? said.split('/', 1)[0]! : said);
      const named = [...(index === 0 ? label : first), ...behind];
      values.push({
        value,
        row,
        x: at((value.start + value.end) / 2),
        label: slashed ? named : label.length > 0 ? label : first,
        near: slashed || near.length === label.length ? [] : near,
        ofRow: slashed ? named : itsOwn ? label : first,
        behind: (namesBefore && !(counted && index === 0)) || slashed ? [] : behind,
        second: label.length > 0 && label !== first,
        ...(end ? { end } : {}),
      });
      label = [];
      near = [];
      from = value.end + (unitBehind.exec(text.slice(value.end))?.[0].length ?? 0);
    }
    // what stands behind the value of a cell says nothing of the next
    label = found.length > 0 ? [] : [...label, ...labelWords(text)];
    if (counted && found.every(({ kind }) => kind !== 'amount')) {
      label = labelWords(text.slice(found[0]!.end).replace(timesSign, ''), true);
      if (first.length === 0) first = label;
    }
    near = found.length > 0 ? [] : [...near, ...labelWords(text)];
  }
  const [opening] = values;
  if (opening && opening.label.length === 0 && cells[0]?.words.every((word) => /\d/.test(word))) {
    // `12:43  Ashford  RE 549`: what stands behind names it
    const [named, ...others] = sorted
      .slice(1)
      .filter(({ text }) => findValues(text).length === 0 && labelWords(text).length > 0)
      .map(({ text }) => labelWords(text));
    if (named) Object.assign(opening, { label: named, ofRow: named, others });
  }
  const codes = sorted.flatMap(({ text }) => findValues(text).filter(({ kind }) => kind === 'code'));
  const tokens = codes.flatMap(({ text }) => labelWords(text, true));
  // a model may have a number in its name: `Aria 3`
  const numbered = values.filter(({ value }) => value.kind !== 'code');
  const isNamed =
    cells.length > 2 &&
    numbered.length === 1 &&
    numbered[0]!.value.kind === 'number' &&
    cells.every(({ words }) => words.some((word) => /\p{L}{2}/u.test(word)));
  const isHeader = cells.length > 1 && (numbered.length === 0 || isNamed);
  return {
    values: values.map((value) => ({ ...value, codes: tokens })),
    cells,
    isHeader,
    top: Math.min(...lines.map(({ box }) => box[1])),
  };
}

/**
 * The label nearest in x, of rows of labels over a value, else under it; and whether those head a table of such rows:
 * `Starters  Mains` are no columns of a row of four cells.
 */
function columnLabel(
  x: number,
  top: number,
  headers: readonly ReturnType<typeof readRow>[],
  cells: number,
): { words: string[]; isTable: boolean } {
  const over = headers.filter((header) => header.top < top).at(-1);
  const under = headers.find((header) => header.top > top);
  for (const header of [over, under]) {
    if (!header) continue;
    const near = [...header.cells].sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0]!;
    if (Math.abs(near.x - x) <= Math.max(0.04, near.width))
      return { words: near.words, isTable: header.cells.length >= cells - 1 };
  }
  return { words: [], isTable: false };
}

/** Values of one type that are printed in the same column or place of their rows. */
export const sameColumn = (a: LabelledValue, b: LabelledValue) =>
  sameType(a.value, b.value) && Math.abs(a.x - b.x) < 0.05;
