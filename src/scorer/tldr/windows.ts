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
 * Cuts a long answer into windows of at most `room` tokens: whole sentences where they fit; a sentence that is longer
 * is cut with an overlap, and each token's reward is taken from the window in which it lies further from the edge.
 */
export function cutWindows(tokens: readonly Range[], sentences: readonly Range[], room: number): Window[] {
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
    const limit = sentences[sentence]?.end ?? Number.POSITIVE_INFINITY;
    let end = to + 1;
    while (end < tokens.length && tokens[end]!.start < limit) end++;
    if (end - from <= room) {
      to = end;
      continue;
    }
    close();
    if (end - from > room) {
      windows.push(...slide(from, end, room));
      from = end;
    }
    to = end;
  }
  close();
  return windows;
}

function slide(from: number, to: number, room: number): Window[] {
  const shared = Math.min(overlap, Math.floor(room / 4));
  const windows: Window[] = [];
  for (let start = from; start < to; start += room - shared) {
    const end = Math.min(start + room, to);
    windows.push({
      from: start,
      to: end,
      keepFrom: start === from ? start : start + Math.floor(shared / 2),
      keepTo: end,
    });
    if (end === to) break;
  }
  windows.forEach((window, index) => {
    const next = windows[index + 1];
    if (next) window.keepTo = next.keepFrom;
  });
  return windows;
}
