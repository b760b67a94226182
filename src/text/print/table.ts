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
  /** What its row begins with. */
  ofRow: readonly string[];
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
  'the and for with from that this are was has its per von und der die das mit pro les des est une con del los las por'.split(
    ' ',
  ),
);
/** What says the same of a value, by its stem. */
const synonyms = new Map(
  Object.entries({
    price: 'cost kost costs coute cuesta pric preis',
    depart: 'leave leav departure departur abfahrt',
    arrive: 'arriv arrival ankunft',
    open: 'opens start from doors',
    close: 'clos closing until till ends end',
    tax: 'vat mwst tva iva',
    qty: 'quantity quantite menge',
  }).flatMap(([word, others]) => others.split(' ').map((other) => [other, word] as const)),
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
  const joined = (word: string): number => {
    const whole = stems.get(stem(word));
    if (whole !== undefined) return whole;
    // `orangejuice`: the reader lost the space
    let best = 0;
    for (const [head, weight] of weighted)
      if (head.length >= 3 && word.length >= head.length + 3 && word.startsWith(head))
        best = Math.max(best, Math.min(weight, joined(word.slice(head.length))));
    return best;
  };
  return (label) => (label.length === 0 ? 0 : label.reduce((sum, word) => sum + joined(word), 0) / label.length);
}

/** The values of what was read, each with its labels. */
export function labelledValues(lines: readonly PrintedLine[]): LabelledValue[] {
  const rows = new Map<string, PrintedLine[]>();
  for (const line of withCents(lines)) rows.set(line.row, [...(rows.get(line.row) ?? []), line]);
  const read = [...rows.values()].map(readRow);
  const headers = read.filter(({ isHeader }) => isHeader);
  return read.flatMap(({ values, top }) =>
    values.map((value) => ({ ...value, ofColumn: columnLabel(value.x, top, headers) })),
  );
}

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

/** What belongs to the number before it: `kg` of `1.12 kg`, `x` of `2x`. */
const unitBehind = /^\s?(?:kg|mg|g|ml|cl|l|km|cm|mm|m|x|pcs?|uhr|kcal|kj|%|°c?)(?!\p{Ll})/iu;

interface Cell {
  words: string[];
  x: number;
  width: number;
}

function readRow(lines: readonly PrintedLine[]) {
  const sorted = [...lines].sort((a, b) => a.box[0] - b.box[0]);
  const values: Omit<LabelledValue, 'ofColumn' | 'codes'>[] = [];
  const cells: Cell[] = [];
  let label: string[] = [];
  let first: string[] = [];
  for (const { text, row, box } of sorted) {
    const [left, , right] = box;
    const at = (offset: number) => left + ((right - left) * offset) / Math.max(1, text.length);
    const found = findValues(text);
    cells.push({ words: labelWords(text, true), x: (left + right) / 2, width: right - left });
    let from = 0;
    // `Tickets 22 / students 14` names before, `41 tests, 2 failed` behind
    const startsHere = first.length === 0;
    const slashed = found.length > 1 && /\s?\/\s?/.test(text.slice(found[0]!.end, found[1]!.start));
    const namesBefore = label.length > 0 || labelWords(text.slice(0, found[0]?.start ?? 0)).length > 0;
    for (const [index, value] of found.entries()) {
      if (slashed && index > 0) from = Math.max(from, text.lastIndexOf('/', value.start));
      if (index === 0 || namesBefore) label = [...label, ...labelWords(text.slice(from, value.start))];
      if (first.length === 0) first = label;
      // `Filled 02/18/2026 Expires 02/18/2027`: what the line begins with is no name of the second
      const itsOwn = startsHere && index > 0 && label.length > 0;
      const until = found[index + 1]?.start ?? text.length;
      const dash = /^\s?[-–—]\s?$/;
      const after = found[index + 1];
      const before = found[index - 1];
      const end =
        value.kind === 'time' && after?.kind === 'time' && dash.test(text.slice(value.end, after.start))
          ? 'open'
          : value.kind === 'time' && before?.kind === 'time' && dash.test(text.slice(before.end, value.start))
            ? 'close'
            : undefined;
      const said = text.slice(value.end, until).replace(unitBehind, '');
      // `Tickets $22 advance / $27 door`
      const behind = labelWords(slashed ? said.split('/', 1)[0]! : said);
      const named = [...(index === 0 ? label : first), ...behind];
      values.push({
        value,
        row,
        x: at((value.start + value.end) / 2),
        label: slashed ? named : label.length > 0 ? label : first,
        ofRow: slashed ? named : itsOwn ? label : first,
        behind: namesBefore || slashed ? [] : behind,
        ...(end ? { end } : {}),
      });
      label = [];
      from = value.end + (unitBehind.exec(text.slice(value.end))?.[0].length ?? 0);
    }
    // what stands behind the value of a cell says nothing of the next
    label = found.length > 0 ? [] : [...label, ...labelWords(text)];
  }
  const codes = sorted.flatMap(({ text }) => findValues(text).filter(({ kind }) => kind === 'code'));
  const tokens = codes.flatMap(({ text }) => labelWords(text, true));
  const isHeader = cells.length > 1 && values.every(({ value }) => value.kind === 'code');
  return {
    values: values.map((value) => ({ ...value, codes: tokens })),
    cells,
    isHeader,
    top: Math.min(...lines.map(({ box }) => box[1])),
  };
}

/** The label nearest in x, of rows of labels over a value, else under it. */
function columnLabel(x: number, top: number, headers: readonly ReturnType<typeof readRow>[]): string[] {
  const over = headers.filter((header) => header.top < top).at(-1);
  const under = headers.find((header) => header.top > top);
  for (const header of [over, under]) {
    if (!header) continue;
    const near = [...header.cells].sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0]!;
    if (Math.abs(near.x - x) <= Math.max(0.04, near.width)) return near.words;
  }
  return [];
}

/** Values of one type that are printed in the same column or place of their rows. */
export const sameColumn = (a: LabelledValue, b: LabelledValue) =>
  sameType(a.value, b.value) && Math.abs(a.x - b.x) < 0.05;
