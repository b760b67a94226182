import type { UndrawnThing } from '../lexicon/undrawn-things.js';
import type { Range } from '../range.js';

/** Some of a text, as a text of its own, and the way back. Offsets are UTF-16. */
export interface Excerpt {
  readonly text: string;
  /** The runs of the whole text that a part of `text` was taken from, in its order; none for what was added to join them. */
  pieces(start: number, end: number): Range[];
  /** Runs of the whole that claim something in any case. */
  readonly sure: readonly Range[];
  /** Parts of `text` that the whole says are not so. */
  readonly denied: readonly Range[];
  /** Names in the whole of what it says is there, and no scene draws. They are not in `text`. */
  readonly undrawn: readonly UndrawnName[];
}

export interface UndrawnName extends Range {
  noun: UndrawnThing;
}

/** An excerpt of an excerpt, as one of the whole. */
export const within = (outer: Excerpt, inner: Excerpt): Excerpt => ({
  text: inner.text,
  pieces: (start, end) => inner.pieces(start, end).flatMap((piece) => outer.pieces(piece.start, piece.end)),
  sure: inner.sure.flatMap(({ start, end }) => outer.pieces(start, end)),
  denied: inner.denied,
  undrawn: inner.undrawn.flatMap(({ start, end, noun }) =>
    outer.pieces(start, end).map((piece) => ({ ...piece, noun })),
  ),
});

/** Puts an excerpt together, and for each of its UTF-16 units where it came from. */
export class ExcerptWriter {
  readonly #whole: string;
  readonly #units: string[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #sure: Range[] = [];
  readonly #denied: Range[] = [];
  readonly #undrawn: UndrawnName[] = [];

  constructor(whole: string) {
    this.#whole = whole;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** Of the excerpt so far, in UTF-16 units. */
  get length(): number {
    return this.#units.length;
  }

  /** A run of the whole as it is. */
  copy({ start, end }: Range): void {
    for (let at = start; at < end; at++) this.#unit(this.#whole[at]!, at, at + 1);
  }

  /** The quotation mark that stands at an offset of the whole, if one does. */
  copyQuote(at: number): void {
    if (/["']/.test(this.#whole[at] ?? '')) this.copy({ start: at, end: at + 1 });
  }

  /** Other words for a run of the whole. */
  put(text: string, { start, end }: Range): void {
    for (const unit of text.split('')) this.#unit(unit, start, end);
  }

  /** Says of a run of the whole that it claims something in any case. */
  claim(range: Range): void {
    this.#sure.push(range);
  }

  /** Says that the whole denies what was written from here on. */
  deny(from: number): void {
    this.#denied.push({ start: from, end: this.length });
  }

  /** Leaves out a name of the whole that no scene draws. */
  leaveOut(name: UndrawnName): void {
    this.#undrawn.push(name);
  }

  /** What stands for nothing in the whole. */
  add(text: string): void {
    for (const unit of text.split('')) this.#unit(unit, -1, -1);
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
      sure: this.#sure,
      denied: this.#denied,
      undrawn: this.#undrawn,
      pieces(start, end) {
        const found: Range[] = [];
        for (let unit = Math.max(0, start); unit < Math.min(end, from.length); unit++) {
          if (from[unit]! < 0 || text[unit] === ' ') continue;
          const last = found.at(-1);
          if (last && from[unit]! >= last.start && from[unit]! <= last.end) last.end = Math.max(last.end, to[unit]!);
          else found.push({ start: from[unit]!, end: to[unit]! });
        }
        return found;
      },
    };
  }
}
