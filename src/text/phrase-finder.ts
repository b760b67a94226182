import { matches } from './matches.js';
import type { Range } from './range.js';

/** The beginnings of words: letters and digits behind none, though in `_marks_`. */
const heads = /(?<![\p{L}\p{M}\p{N}]_{0,2})[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;
const firstWord = /^[\p{L}\p{N}]+/u;

/**
 * Finds whole phrases of a long list in a text, in order and disjoint, of several at a place the longest. Letters may be large
 * or small, a space is any white space, and an apostrophe is of either kind. The time taken hardly grows with the list, which
 * that of a pattern of them all does.
 */
export function phraseFinder(phrases: Iterable<string>): (text: string) => Range[] {
  const byHead = new Map<string, string[]>();
  for (const phrase of new Set(phrases)) {
    const head = firstWord.exec(phrase.toLowerCase())![0];
    const alike = byHead.get(head);
    if (alike) alike.push(phrase);
    else byHead.set(head, [phrase]);
  }
  const patterns = new Map<string, RegExp>();
  const patternOf = (head: string, alike: readonly string[]): RegExp => {
    const known = patterns.get(head);
    if (known) return known;
    const longestFirst = [...alike].sort((a, b) => b.length - a.length).map(escaped);
    const made = new RegExp(`(?:${longestFirst.join('|')})(?!_{0,2}[\\p{L}\\p{M}\\p{N}])`, 'yiu');
    patterns.set(head, made);
    return made;
  };
  return (text) => {
    const found: Range[] = [];
    let reach = 0;
    for (const { index, 0: head } of matches(text, heads)) {
      const lower = head.toLowerCase();
      const alike = index < reach ? undefined : byHead.get(lower);
      if (!alike) continue;
      const pattern = patternOf(lower, alike);
      pattern.lastIndex = index;
      const match = pattern.exec(text);
      if (!match) continue;
      reach = index + match[0].length;
      found.push({ start: index, end: reach });
    }
    return found;
  };
}

/** A phrase as a part of a pattern. */
export const escaped = (phrase: string): string =>
  phrase
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/'/g, "['’]")
    .replaceAll(' ', '\\s+');
