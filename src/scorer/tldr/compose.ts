import type { Range } from '../../text/range.js';

/** A text in normal form C, and what of the original each of its UTF-16 units stands for. */
export interface Composed {
  text: string;
  /** For each unit of `text`. */
  starts: number[];
  ends: number[];
}

/** A character, and all behind it that composition may draw into it: marks, and the vowels and tails of Hangul. */
const cluster = /.[\p{M}\u1161-\u1175\u11a8-\u11c2\u{16d67}]*/gsu;

/**
 * What a tokenizer with an NFC normalizer (Qwen's) reads in the place of a text. Where a run of characters is composed into
 * others, each of these stands for the whole run.
 *
 * @returns null where composing the runs one by one does not compose the text: its units cannot be put to places.
 */
export function compose(text: string): Composed | null {
  const composed = { text: text.normalize('NFC'), starts: [] as number[], ends: [] as number[] };
  let built = '';
  for (const { 0: run, index: start } of text.matchAll(cluster)) {
    const whole = run.normalize('NFC');
    for (let unit = 0; unit < whole.length; unit++) {
      composed.starts.push(whole === run ? start + unit : start);
      composed.ends.push(whole === run ? start + unit + 1 : start + run.length);
    }
    built += whole;
  }
  return built === composed.text ? composed : null;
}

type Align = (text: string, tokens: readonly string[]) => Range[] | null;

/** An alignment that also places the tokens of a text that the tokenizer composed first. */
export const orComposed =
  (align: Align): Align =>
  (text, tokens) => {
    const plain = align(text, tokens);
    if (plain) return plain;
    const composed = compose(text);
    const ranges = composed && align(composed.text, tokens);
    return (
      ranges?.map(({ start, end }) => ({ start: composed!.starts[start]!, end: composed!.ends[end - 1]! })) ?? null
    );
  };
