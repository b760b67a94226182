import type { Range } from '../../text/range.js';

/** A run of tokens that is scored together, and the part of it whose rewards count. Token indices, half open. */
export interface Window {
  from: number;
  to: number;
  keepFrom: number;
  keepTo: number;
}

const overlap = 16;

/**
 * Cuts a long answer into windows of at most `room` tokens: whole sentences where they fit. A sentence that is longer
 * is cut between words, with an overlap, and each token's reward is taken from the window in which it lies further
 * from the edge. `tokens` are in reading order and cover the text.
 */
export function cutWindows(
  text: string,
  tokens: readonly Range[],
  sentences: readonly Range[],
  room: number,
): Window[] {
  const windows: Window[] = [];
  let from = 0;
  let to = 0;
  const close = () => {
    if (to > from) windows.push({ from, to, keepFrom: from, keepTo: to });
    from = to;
  };
  let sentence = 0;
  while (to < tokens.length) {
    while (sentence < sentences.length && sentences[sentence]!.end <= tokens[to]!.start) sentence++;
    const { start: first = Number.POSITIVE_INFINITY, end: limit = 0 } = sentences[sentence] ?? {};
    let end = to + 1;
    // white space between sentences belongs to none
    if (tokens[to]!.end > first) while (end < tokens.length && tokens[end]!.start < limit) end++;
    if (end - from > room) close();
    if (end - from > room) {
      windows.push(...slide(text, tokens, from, end, room));
      from = end;
    }
    to = end;
  }
  close();
  return windows;
}

function slide(text: string, tokens: readonly Range[], from: number, to: number, room: number): Window[] {
  const shared = Math.min(overlap, Math.floor(room / 4));
  const windows: Window[] = [];
  let window = { from, keepFrom: from };
  while (to - window.from > room) {
    const end = cutNear(text, tokens, window.from + room - shared, window.from + room, window.from + room);
    const next = cutNear(text, tokens, end - 2 * shared, end - shared, end - shared);
    const keep = cutNear(text, tokens, next, end, Math.floor((next + end) / 2));
    windows.push({ ...window, to: end, keepTo: keep });
    window = { from: next, keepFrom: keep };
  }
  windows.push({ ...window, to, keepTo: to });
  return windows;
}

/** The token index within [low, high] nearest to `wanted` that starts a word; else one that starts a character. */
function cutNear(text: string, tokens: readonly Range[], low: number, high: number, wanted: number): number {
  const startsCharacter = (index: number) => tokens[index]!.start >= tokens[index - 1]!.end;
  const startsWord = (index: number) =>
    startsCharacter(index) && (/\s/.test(text[tokens[index]!.start]!) || /\s/.test(text[tokens[index]!.start - 1]!));
  for (const fits of [startsWord, startsCharacter]) {
    for (let distance = 0; distance <= high - low; distance++) {
      if (wanted - distance >= low && fits(wanted - distance)) return wanted - distance;
      if (wanted + distance <= high && fits(wanted + distance)) return wanted + distance;
    }
  }
  return wanted;
}
