import type { Range } from '../text/range.js';
import { splitWords } from '../text/words.js';
import { assertedWords } from './scope.js';

export interface CaptionWord extends Range {
  text: string;
  lower: string;
  /** Inside quotation marks: printed text, left alone by all types but OCR. */
  quoted: boolean;
  /** Says how things are: not denied, an alternative, a likeness or a guess. */
  asserted: boolean;
  /** Only blanks stand between it and the word before. */
  joined: boolean;
}

/** A caption and its words, with what stands in quotation marks known. */
export interface Caption {
  text: string;
  words: readonly CaptionWord[];
  quotes: readonly Range[];
}

// an apostrophe inside or at the end of a word is no quotation mark
const quotePattern = /"[^"\n]{1,200}"|“[^”\n]{1,200}”|(?<![\p{L}\p{N}])['‘][^'’\n]{1,100}['’](?![\p{L}\p{N}])/gu;

export function readCaption(text: string): Caption {
  const quotes = [...text.matchAll(quotePattern)].map(({ index, 0: quote }) => ({
    start: index + 1,
    end: index + quote.length - 1,
  }));
  // a quotation mark that has no other: what is printed is not sure
  if ((text.match(/"/g)?.length ?? 0) % 2 === 1)
    quotes.push({ start: text.indexOf('"'), end: text.lastIndexOf('"') + 1 });
  let last = 0;
  const words = splitWords(text).map(({ start, end }, index) => {
    const word = text.slice(start, end);
    const joined = index > 0 && /^[^\S\r\n]+$/.test(text.slice(last, start));
    last = end;
    return {
      start,
      end,
      text: word,
      lower: word.toLowerCase().replaceAll('’', "'"),
      quoted: quotes.some((quote) => quote.start <= start && end <= quote.end),
      asserted: true,
      joined,
    };
  });
  const asserted = assertedWords(text, words);
  return { text, words: words.map((word, at) => ({ ...word, asserted: asserted[at]! })), quotes };
}

/** The words of a caption in lower case; one spelling of gray stands for the other. */
export function wordsSaid({ words }: Caption): Set<string> {
  return new Set(words.map(({ lower }) => (lower === 'grey' ? 'gray' : lower)));
}

/** The lower-case word at a place of the same run of words (no punctuation between), or ''. */
export function neighbour({ words }: Caption, index: number, step: 1 | -1): string {
  const word = words[index + step];
  if (!word || word.quoted) return '';
  return (step === 1 ? word.joined : words[index]!.joined) ? word.lower : '';
}

/** Whether the words from `index` on are those of the phrase, in one run and outside quotation marks. */
export function matchesPhrase({ words }: Caption, index: number, phrase: readonly string[]): boolean {
  return phrase.every((part, offset) => {
    const word = words[index + offset];
    return word !== undefined && word.lower === part && !word.quoted && (offset === 0 || word.joined);
  });
}
