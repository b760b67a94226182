import type { CocoMention } from './coco-mentions.js';
import { cocoWords } from './lexicon/coco-objects.js';
import { numberWords, parseCount } from './lexicon/numbers.js';
import type { Range } from './range.js';
import { sentenceAt, splitSentences } from './sentences.js';

/** A count that a text gives of a thing. Offsets are those of the number's own words. */
export interface CountClaim extends Range {
  count: number;
  /** So many are said to be in the whole picture; else at least so many. */
  exact: boolean;
}

const number = `${numberWords.slice(1, 13).join('|')}|\\d{1,2}|a\\s+pair\\s+of|a\\s+couple\\s+of|pair\\s+of|couple\\s+of|a\\s+single|single`;
const before = new RegExp(
  `(?:^|[^\\p{L}\\p{N}.,:/$€£-])(?<number>${number})\\s+(?:(?!of\\b|in\\b|on\\b|and\\b|or\\b|with\\b|at\\b|the\\b|to\\b)[\\p{L}-]+\\s+){0,3}$`,
  'iu',
);
const existential =
  /\b(?:there\s+(?:is|are|was|were)|there['’]s|(?:image|picture|photo|photograph|scene)\s+(?:shows|has|features|contains|depicts|includes)|(?:i|we|you)\s+(?:can\s+)?see|total\s+of|exactly|only|just)\s+(?:(?:a\s+total\s+of|exactly|only|just|about)\s+)?$/iu;
const vague =
  /\b(?:at\s+least|about|around|approximately|over|more\s+than|up\s+to|nearly|almost|or|of\s+the|another)\s+$/iu;
const restricted =
  /^\s*(?:$|[.;!?]|,?\s+(?:in|on)\s+(?:the|this)\s+(?:image|picture|photo|photograph|scene)\b|,?\s+(?:visible|present|shown|in\s+total|altogether)\b)/iu;

/** Words that have another form where there are several. */
const singulars = new Set(
  cocoWords.filter(({ singular, plural }) => singular !== plural).map(({ singular }) => singular),
);

/**
 * The number that a text gives of a mentioned thing, or null: `two` of `two brown dogs`. One of something says that one is
 * there, not that there is no other, unless the text says `only one`.
 *
 * @param sentences Of the text, where they are known already.
 */
export function countOf(
  text: string,
  mention: CocoMention,
  sentences: readonly Range[] = splitSentences(text),
): CountClaim | null {
  const sentence = sentenceAt(sentences, mention.start);
  const from = Math.max(sentence?.start ?? 0, mention.start - 80);
  const lead = text.slice(from, mention.start);
  const found = before.exec(lead);
  if (!found) return null;
  const words = found.groups!.number!;
  const count = parseCount(words.replace(/^(pair|couple)/i, 'a $1'));
  if (count === null || count < 1 || count > 12) return null;
  // of `a five car train` the cars are no more than a measure
  if (count > 1 && singulars.has(mention.text.toLowerCase())) return null;
  const start = from + found.index + found[0].indexOf(words);
  const ahead = text.slice(Math.max(sentence?.start ?? 0, start - 60), start);
  if (vague.test(ahead)) return null;
  const only = /\b(?:only|just|exactly|total\s+of)\s+$/iu.test(ahead) || /single$/i.test(words);
  if (count === 1 && !only) return null;
  const exact =
    only ||
    (existential.test(ahead) &&
      restricted.test(text.slice(mention.end, Math.min(sentence?.end ?? text.length, mention.end + 60))));
  return { start, end: start + words.length, count, exact };
}
