import type { Range } from '../../text/range.js';

/**
 * Where each token of a byte-level BPE stands in the text, as UTF-16 offsets. `tokens` are the tokenizer's strings, in
 * which every character stands for one UTF-8 byte. Tokens that share a character (an emoji in four pieces) all get
 * that character. Returns null where the tokens are not the bytes of the text.
 */
export function alignTokens(text: string, tokens: readonly string[]): Range[] | null {
  // for each byte, the start and end of its character
  const starts: number[] = [];
  const ends: number[] = [];
  let offset = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let i = 0; i < bytes; i++) {
      starts.push(offset);
      ends.push(offset + character.length);
    }
    offset += character.length;
  }
  const ranges: Range[] = [];
  let byte = 0;
  for (const token of tokens) {
    const last = byte + token.length - 1;
    if (token.length === 0 || last >= starts.length) return null;
    ranges.push({ start: starts[byte]!, end: ends[last]! });
    byte = last + 1;
  }
  return byte === starts.length ? ranges : null;
}

/**
 * {@link alignTokens} for a BPE over characters, as Gemma has it: `▁` stands for a space, and `<0xF0>` for one byte of a
 * character that has no token.
 */
export function alignPieces(text: string, pieces: readonly string[]): Range[] | null {
  const ranges: Range[] = [];
  let offset = 0;
  /** Bytes of the character at `offset` that have had their pieces. */
  let taken = 0;
  for (const piece of pieces) {
    const start = offset;
    const byte = /^<0x([0-9A-F]{2})>$/.exec(piece);
    if (byte) {
      const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
      const bytes = Buffer.from(character);
      if (offset >= text.length || bytes[taken] !== Number.parseInt(byte[1]!, 16)) return null;
      ranges.push({ start, end: start + character.length });
      taken = (taken + 1) % bytes.length;
      if (taken === 0) offset += character.length;
      continue;
    }
    if (piece.length === 0 || taken > 0) return null;
    for (const unit of piece.split('')) {
      if (unit !== text[offset] && !(unit === '▁' && text[offset] === ' ')) return null;
      offset++;
    }
    ranges.push({ start, end: offset });
  }
  return taken === 0 && offset === text.length ? ranges : null;
}

/**
 * Token rewards from aligned tokens: white space around a token is left out, tokens of white space alone are dropped,
 * and tokens that share a character become one with the lowest reward.
 */
export function rewardsByRange(text: string, ranges: readonly Range[], rewards: readonly (number | null)[]) {
  const merged: { text: string; start: number; end: number; reward: number | null }[] = [];
  ranges.forEach((range, index) => {
    let { start, end } = range;
    while (start < end && /\s/.test(text[start]!)) start++;
    while (end > start && /\s/.test(text[end - 1]!)) end--;
    if (start === end) return;
    const reward = rewards[index] ?? null;
    const last = merged.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.text = text.slice(last.start, last.end);
      last.reward = last.reward === null ? reward : reward === null ? last.reward : Math.min(last.reward, reward);
    } else {
      merged.push({ text: text.slice(start, end), start, end, reward });
    }
  });
  return merged;
}
