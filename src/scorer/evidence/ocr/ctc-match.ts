import type { Column, TextLine } from './text-line.js';

/** What a character that a column does not list is taken to have. */
const unlisted = 1e-5;
/** Penalties where a text would begin or end in the middle of a number or of a word that was read. */
const insideNumber = -8;
/** With so few letters left over, it is another word (`BAKER` in `BAKERY`); with more, the reader lost a space. */
const fewLetters = 2;
const otherWord = -8;
const lostSpace = -1.5;

const isDigit = (character: string) => /^\p{N}$/u.test(character);
const isLetter = (character: string) => /^\p{L}$/u.test(character);
const isMark = (character: string) => character !== '' && !isDigit(character) && !isLetter(character);

/** Characters that print alike count as one: case, accents, kinds of points and dashes. */
export function foldCharacter(character: string): string {
  const folded = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  if (/^[.,:;·•']$/.test(folded)) return '.';
  if (/^[-‐-―−_~]$/.test(folded)) return '-';
  return folded;
}

/** What of a text is compared: letters and digits, and the marks between two digits. */
export function foldText(text: string): string[] {
  const characters = [...text.normalize('NFKC')];
  return characters
    .filter(
      (character, index) =>
        isDigit(character) ||
        isLetter(character) ||
        (isMark(character) &&
          !/\s/.test(character) &&
          isDigit(characters[index - 1] ?? '') &&
          isDigit(characters[index + 1] ?? '')),
    )
    .map(foldCharacter);
}

/** A line made ready: for each column, the log odds of characters against the likeliest. */
interface Prepared {
  /** Scores of texts asked for before. */
  known: Map<string, number>;
  columns: {
    best: string;
    odds: ReadonlyMap<string, number>;
    gap: number;
    loose: number;
    /** Log probability that it is no digit. */
    noDigit: number;
  }[];
}

const prepared = new WeakMap<TextLine, Prepared>();

function prepare(line: TextLine): Prepared {
  const known = prepared.get(line);
  if (known) return known;
  const made: Prepared = { known: new Map(), columns: line.columns.map(prepareColumn) };
  prepared.set(line, made);
  return made;
}

function prepareColumn(column: Column) {
  const top = column[0]?.[1] ?? 1;
  const sums = new Map<string, number>();
  let gap = 0;
  let loose = 0;
  let digits = 0;
  for (const [character, probability] of column) {
    if (isDigit(character)) digits += probability;
    if (character === '' || character === ' ') gap += probability;
    else {
      if (isMark(character)) loose += probability;
      const key = foldCharacter(character);
      sums.set(key, (sums.get(key) ?? 0) + probability);
    }
  }
  const odds = new Map([...sums].map(([key, sum]) => [key, Math.min(0, Math.log(sum / top))]));
  const against = (probability: number) => Math.min(0, Math.log(Math.max(probability, unlisted) / top));
  const noDigit = Math.log(Math.max(unlisted, 1 - digits));
  return { best: column[0]?.[0] ?? '', odds, gap: against(gap), loose: against(gap + loose), noDigit };
}

/**
 * How much less likely it is that a line of print says a text somewhere, than what was read: 0 where it was read just
 * so, in natural logarithms otherwise (CTC's best path, Graves et al. 2006, left free before and after the text).
 *
 * @param text As {@link foldText} gives it.
 */
export function matchScore(line: TextLine, text: readonly string[]): number {
  if (text.length === 0) return Number.NEGATIVE_INFINITY;
  const { columns, known } = prepare(line);
  const key = text.join('');
  const score = known.get(key) ?? bestPath(columns, text);
  if (known.size < maxKnown) known.set(key, score);
  return score;
}

/** Texts whose scores are kept for a line. */
const maxKnown = 2000;

function bestPath(columns: Prepared['columns'], text: readonly string[]): number {
  const miss = Math.log(unlisted);
  // the state before character i (a gap), and on character i
  let gaps = new Array<number>(text.length).fill(Number.NEGATIVE_INFINITY);
  let on = new Array<number>(text.length).fill(Number.NEGATIVE_INFINITY);
  let best = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < columns.length; t++) {
    const { odds, gap, loose } = columns[t]!;
    const enter = borderPenalty(columns, t - 1, -1, text[0]!);
    const nextGaps = new Array<number>(text.length).fill(Number.NEGATIVE_INFINITY);
    const nextOn = new Array<number>(text.length).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < text.length; i++) {
      const emit = odds.get(text[i]!) ?? miss;
      const entering =
        i === 0 ? enter : Math.max(gaps[i]!, text[i] === text[i - 1] ? Number.NEGATIVE_INFINITY : on[i - 1]!);
      nextOn[i] = Math.max(entering, on[i]!) + emit;
      if (i > 0) {
        const strict = /\p{N}/u.test(text[i]!) && /\p{N}/u.test(text[i - 1]!);
        nextGaps[i] = Math.max(gaps[i]!, on[i - 1]!) + (strict ? gap : loose);
      }
    }
    gaps = nextGaps;
    on = nextOn;
    const ended = on[text.length - 1]!;
    if (ended > best) best = Math.max(best, ended + borderPenalty(columns, t + 1, 1, text.at(-1)!));
  }
  return best;
}

/** Whether the neighbour, in a direction, of where a text begins or ends belongs to the same number or word. */
function borderPenalty(columns: Prepared['columns'], from: number, step: 1 | -1, edge: string): number {
  for (let t = from; t >= 0 && t < columns.length; t += step) {
    const { best, noDigit } = columns[t]!;
    if (best === '') continue;
    // `Cal1555`: where the 1 may as well be a letter, the number may begin behind it
    if (isDigit(best) && isDigit(edge)) return Math.max(insideNumber, 1.5 * noDigit);
    if (isLetter(best) && isLetter(edge)) return lettersOn(columns, t, step) <= fewLetters ? otherWord : lostSpace;
    // not after a comma: `Jun 6,2024` is two numbers
    if (/^[.:]$/.test(best) && isDigit(edge)) {
      const beyond = columns[t + step]?.best ?? '';
      const further = columns.slice(step > 0 ? t + 1 : Math.max(0, t - 3), step > 0 ? t + 4 : t);
      return isDigit(beyond) || further.some((column) => isDigit(column.best)) ? insideNumber : 0;
    }
    return 0;
  }
  return 0;
}

/** How many letters follow, in a direction, without a space. */
function lettersOn(columns: Prepared['columns'], from: number, step: 1 | -1): number {
  let count = 0;
  let last = '';
  for (let t = from; t >= 0 && t < columns.length; t += step) {
    const { best } = columns[t]!;
    // `Managerv8.5`: what goes on into a number is another word
    if (isDigit(best)) return fewLetters + 1;
    if (best !== '' && !isLetter(best)) break;
    if (best !== '' && best !== last) count++;
    last = best;
  }
  return count;
}
