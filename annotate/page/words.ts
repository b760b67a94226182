import type { Range } from '../../src/text/range.js';
import { splitWords } from '../../src/text/words.js';
import { disjoint, type Flag, type Mark, overlaps, undecided, type Work, withMark } from '../work.js';

/** What the page does with words and marks: pure functions over offsets, without a page. */

/** A run of words by their numbers, both included. */
export interface Cursor {
  from: number;
  to: number;
}

/** A part of the text as it is drawn; all parts one after the other are the text. */
export interface Piece extends Range {
  text: string;
  /** The number of the word; null between words. */
  word: number | null;
}

/** Neighbouring pieces that are drawn as one: a mark, a flag that nobody decided, or plain text. */
export interface Group {
  pieces: Piece[];
  mark?: Mark;
  flag?: Flag;
}

/** What is drawn of an answer, in order. Marks and flags may begin and end inside words. */
export function groupsOf(response: string, flags: readonly Flag[], marks: readonly Mark[]): Group[] {
  const open = undecided(flags, marks);
  const special = disjoint<Range & { mark?: Mark; flag?: Flag }>(
    [
      ...marks.map((mark) => ({ start: mark.start, end: mark.end, mark, ...flagOf(flags, mark) })),
      ...open.map((flag) => ({ start: flag.start, end: flag.end, flag })),
    ],
    response.length,
  );
  const words = splitWords(response);
  const groups: Group[] = [];
  let word = 0;
  const piecesOf = (from: number, to: number): Piece[] => {
    const pieces: Piece[] = [];
    const put = (start: number, end: number, number: number | null) => {
      if (end > start) pieces.push({ start, end, text: response.slice(start, end), word: number });
    };
    let at = from;
    while (word < words.length && words[word]!.start < to) {
      const { start, end } = words[word]!;
      put(at, Math.max(at, start), null);
      put(Math.max(at, start), Math.min(end, to), word);
      at = Math.max(at, Math.min(end, to));
      if (end > to) break;
      word++;
    }
    put(at, to, null);
    return pieces;
  };
  let at = 0;
  for (const { start, end, mark, flag } of special) {
    if (start > at) groups.push({ pieces: piecesOf(at, start) });
    groups.push({ pieces: piecesOf(start, end), ...(mark ? { mark } : {}), ...(flag ? { flag } : {}) });
    at = end;
  }
  if (at < response.length) groups.push({ pieces: piecesOf(at, response.length) });
  return groups;
}

const flagOf = (flags: readonly Flag[], mark: Range): { flag?: Flag } => {
  const flag = flags.find((one) => overlaps(one, mark));
  return flag ? { flag } : {};
};

/** The words that a range touches; undefined where it touches none. */
export function cursorOver(words: readonly Range[], range: Range): Cursor | undefined {
  const from = words.findIndex((word) => overlaps(word, range));
  if (from < 0) return undefined;
  let to = from;
  while (to + 1 < words.length && overlaps(words[to + 1]!, range)) to++;
  return { from, to };
}

/** What the keys act on: the mark or flag under the cursor, else the words themselves. */
export interface Target extends Range {
  text: string;
  mark?: Mark;
  flag?: Flag;
}

export function targetOf(
  response: string,
  words: readonly Range[],
  cursor: Cursor,
  flags: readonly Flag[],
  { marks }: Work,
): Target | undefined {
  const first = words[cursor.from];
  const last = words[cursor.to];
  if (!first || !last) return undefined;
  const range = { start: first.start, end: last.end };
  const mark = marks.find((one) => overlaps(one, range));
  const flag = flags.find((one) => overlaps(one, mark ?? range));
  const inside = (outer: Range | undefined) => {
    const over = outer && cursorOver(words, outer);
    return over !== undefined && over.from <= cursor.from && cursor.to <= over.to;
  };
  const own = inside(mark) ? mark : inside(flag) ? flag : undefined;
  const { start, end } = own ?? range;
  return { start, end, text: response.slice(start, end), ...(mark ? { mark } : {}), ...(flag ? { flag } : {}) };
}

export type Decision = Pick<Mark, 'decision' | 'replacement'>;

/** The work with the target decided. Type and severity that were said before stay. */
export function decide(work: Work, target: Target, { decision, replacement }: Decision): Work {
  const { start, end, text, mark, flag } = target;
  const kept = decision === 'wrong' && mark?.decision === 'wrong' ? mark : undefined;
  const type = kept?.type ?? flag?.type;
  const made: Mark = {
    start,
    end,
    text,
    decision,
    source: flag ? 'flag' : 'person',
    ...(decision === 'wrong' && replacement !== undefined ? { replacement } : {}),
    ...(decision === 'wrong' && type ? { type } : {}),
    ...(kept?.severity ? { severity: kept.severity } : {}),
  };
  return { ...work, marks: withMark(work.marks, made) };
}

/** Takes back what was said about the target. */
export const clear = (work: Work, target: Range): Work => ({
  ...work,
  marks: work.marks.filter((mark) => !overlaps(mark, target)),
});

/** Sets the type or the severity; what nobody decided yet becomes wrong by it. */
export function describe(work: Work, target: Target, change: Partial<Pick<Mark, 'type' | 'severity'>>): Work {
  const decided = target.mark?.decision === 'wrong' ? work : decide(work, target, { decision: 'wrong' });
  return {
    ...decided,
    marks: decided.marks.map((mark) => {
      if (!overlaps(mark, target)) return mark;
      const { type, severity, ...rest } = { ...mark, ...change };
      return { ...rest, ...(type ? { type } : {}), ...(severity ? { severity } : {}) };
    }),
  };
}

/** Moves an edge of the target by a word; undefined where it would run into another mark, or leave no word. */
export function resize(
  { response, words }: { response: string; words: readonly Range[] },
  work: Work,
  target: Target,
  edge: 'start' | 'end',
  by: 1 | -1,
): { work: Work; cursor: Cursor } | undefined {
  const over = cursorOver(words, target);
  if (!over) return undefined;
  const cursor = { from: over.from + (edge === 'start' ? by : 0), to: over.to + (edge === 'end' ? by : 0) };
  const first = words[cursor.from];
  const last = words[cursor.to];
  if (!first || !last || cursor.from > cursor.to) return undefined;
  const range = { start: first.start, end: last.end };
  if (work.marks.some((mark) => overlaps(mark, range) && !overlaps(mark, target))) return undefined;
  const text = response.slice(range.start, range.end);
  const mark: Mark = {
    ...(target.mark ?? { decision: 'wrong', source: target.flag ? 'flag' : 'person' }),
    ...range,
    text,
  };
  return { work: { ...clear(work, target), marks: withMark(clear(work, target).marks, mark) }, cursor };
}

/** The whole answer is right: what nobody decided was a false alarm. */
export function allRight(work: Work, flags: readonly Flag[]): Work {
  let next = work;
  for (const flag of undecided(flags, work.marks)) {
    const { start, end, text } = flag;
    next = { ...next, marks: withMark(next.marks, { start, end, text, decision: 'right', source: 'flag' }) };
  }
  return { ...next, verdict: next.marks.some(({ decision }) => decision === 'wrong') ? next.verdict : 'good' };
}

/** The work as it is handed in: without a verdict of the person's own, the one that the marks amount to. */
export function finished(work: Work, flags: readonly Flag[]): Work {
  const { skipReason: _, ...rest } = work;
  const wrong = work.marks.some(({ decision }) => decision === 'wrong');
  const verdict = work.verdict ?? (wrong ? 'bad' : undecided(flags, work.marks).length === 0 ? 'good' : null);
  return { ...rest, status: 'done', verdict };
}

/** The next flag or mark from the cursor on, undecided flags only where asked; around the end once. */
export function nextStop(
  { words, flags, work }: { words: readonly Range[]; flags: readonly Flag[]; work: Work },
  cursor: Cursor,
  step: 1 | -1,
  onlyOpen: boolean,
): Cursor | undefined {
  const stops = [...undecided(flags, work.marks), ...(onlyOpen ? [] : work.marks)]
    .flatMap((range) => cursorOver(words, range) ?? [])
    .sort((a, b) => a.from - b.from);
  if (stops.length === 0) return undefined;
  const ahead = step === 1 ? stops.find(({ from }) => from > cursor.to) : stops.findLast(({ to }) => to < cursor.from);
  return ahead ?? (step === 1 ? stops[0] : stops.at(-1));
}
