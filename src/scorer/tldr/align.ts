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
