import { indefiniteArticle } from '../text/agreement.js';
import { likeCase } from '../text/capital.js';
import type { Caption } from './caption.js';
import type { Change } from './label-changes.js';

/** The changes, with `a` or `an` before a changed word put right. */
export function withArticles(caption: Caption, changes: readonly Change[]): Change[] {
  const repairs: Change[] = [];
  for (const change of changes) {
    const index = caption.words.findIndex(({ start }) => start === change.start);
    const word = caption.words[index];
    const article = caption.words[index - 1];
    if (
      !word?.joined ||
      !article ||
      article.quoted ||
      !/^an?$/.test(article.lower) ||
      !/^[\p{L}\p{N}]/u.test(change.text)
    )
      continue;
    if (changes.some(({ start, end }) => start < article.end && article.start < end)) continue;
    const wanted = likeCase(indefiniteArticle(change.text), article.text);
    if (wanted.toLowerCase() !== article.lower)
      repairs.push({ start: article.start, end: article.end, text: wanted, role: 'repair' });
  }
  return [...changes, ...repairs];
}
