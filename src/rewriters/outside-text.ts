import type { FlaggedSpan } from '../text/flagged-span.js';
import { sentencesOf } from '../text/view/view.js';
import { splitWords } from '../text/words.js';

/**
 * The replacement of a span without the words around the span, where the model repeated them; null where it still holds
 * text from outside, which would then stand there twice or change what nobody flagged. White space is single.
 */
export function trimToSpan(response: string, span: FlaggedSpan, offered: string): string | null {
  if (offered === '' || offered === span.text) return offered;
  const before = fold(response.slice(Math.max(0, span.start - 4000), span.start)).trimStart();
  const after = fold(response.slice(span.end, span.end + 4000)).trimEnd();
  const head = repeatedHead(before, fold(offered));
  const tail = repeatedTail(after, fold(offered).slice(head));
  const replacement = offered.slice(head, offered.length - tail).trim();
  // nothing but repeated words: no deletion was asked for
  if (replacement === '') return null;
  return holdsOutsideText(response, span, offered, replacement) ? null : replacement;
}

/** A rewritten sentence without its neighbours, where they came along unchanged; null where changed ones did. */
export function trimToSentence(response: string, span: FlaggedSpan, offered: string): string | null {
  const before = response.slice(0, span.sentence[0]).trim();
  const after = response.slice(span.sentence[1]).trim();
  let sentence = offered;
  if (before && sentence.startsWith(before)) sentence = sentence.slice(before.length).trim();
  if (after && sentence.endsWith(after)) sentence = sentence.slice(0, -after.length).trim();
  const others = sentencesOf(response).filter(({ start }) => start !== span.sentence[0]);
  const repeats = others.some(({ start, end }) => end - start >= 12 && sentence.includes(response.slice(start, end)));
  return repeats ? null : sentence;
}

/** One space for white space, and lower case where that keeps the length. */
function fold(text: string): string {
  const folded = text.replace(/\s+/g, ' ');
  const lower = folded.toLowerCase();
  return lower.length === folded.length ? lower : folded;
}

const isWordCharacter = (character: string | undefined) =>
  character !== undefined && /[\p{L}\p{M}\p{N}]/u.test(character);

/** Length of the longest run of whole words before the span that the offer begins with. */
function repeatedHead(before: string, offer: string): number {
  const starts = splitWords(before).map((word) => word.start);
  for (const start of starts) {
    const run = before.slice(start);
    if (offer.startsWith(run) && !joins(run, offer)) return run.length;
  }
  return 0;
}

function joins(run: string, offer: string): boolean {
  return isWordCharacter(run.at(-1)) && isWordCharacter(offer[run.length]);
}

/** Length of the longest run of text after the span, to the end of a word or mark, that the offer ends with. */
function repeatedTail(after: string, offer: string): number {
  const ends = new Set(splitWords(after).map((word) => word.end));
  for (const mark of after.matchAll(/[^\s\p{L}\p{M}\p{N}]+/gu)) ends.add(mark.index + mark[0].length);
  for (const end of [...ends].sort((a, b) => b - a)) {
    const run = after.slice(0, end);
    if (end > offer.length || !offer.endsWith(run)) continue;
    if (isWordCharacter(run[0]) && isWordCharacter(offer[offer.length - end - 1])) continue;
    return end;
  }
  return 0;
}

const wordsOf = (text: string) => splitWords(text).map((word) => text.slice(word.start, word.end).toLowerCase());

function holdsOutsideText(response: string, span: FlaggedSpan, offered: string, replacement: string): boolean {
  const words = wordsOf(replacement);
  const all = wordsOf(offered);
  const old = ` ${wordsOf(span.text).join(' ')} `;
  const before = wordsOf(response.slice(span.sentence[0], span.start));
  const after = wordsOf(response.slice(span.end, span.sentence[1]));
  const text = ` ${words.join(' ')} `;
  const repeats = (run: string[]) =>
    run.length === 2 && text.includes(` ${run.join(' ')} `) && !old.includes(` ${run.join(' ')} `);
  if (repeats(before.slice(-2)) || repeats(after.slice(0, 2))) return true;
  if (after.length > 0 && /[.!?。！？]$/u.test(replacement) && !/[.!?。！？]/u.test(span.text) && words.length > 1)
    return true;
  if (all.length < 3) return false;
  // it runs from one end of the sentence to the other, and not all of that was repeated word for word
  const begins = before.length === 0 || all[0] === before[0];
  const ends = after.length === 0 || all.at(-1) === after.at(-1);
  const headLeft = before.length > 0 && words[0] === before[0];
  const tailLeft = after.length > 0 && words.at(-1) === after.at(-1);
  return begins && ends && (headLeft || tailLeft);
}
