import type { Caption } from '../caption.js';
import type { Change } from '../label-changes.js';

/** All minimal edits of one type that a caption allows, each a set of changes; articles are put right by the caller. */
export type Rule = (caption: Caption, random: () => number) => Change[][];

/** The changes with the doubt of their kind on what is wrong in them: see {@link Change.doubt}. */
export const doubted = (changes: readonly Change[], doubt: number): Change[] =>
  changes.map((change) => (change.role === 'bad' ? { ...change, doubt } : change));

/** A change of the words from `first` to `last` of a caption. */
export function changeOf({ words }: Caption, first: number, last: number, text: string, role: Change['role'] = 'bad') {
  return { start: words[first]!.start, end: words[last]!.end, text, role };
}
