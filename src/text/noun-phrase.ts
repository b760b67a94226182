import { isKnownNoun, isPlural } from './agreement.js';
import { colourSynonyms, colours } from './lexicon/colours.js';
import { parseCount } from './lexicon/numbers.js';
import { sizeWords } from './lexicon/sizes.js';
import type { Range } from './range.js';

const adjectiveWords = [
  ...colours,
  ...Object.keys(colourSynonyms),
  ...sizeWords.small,
  ...sizeWords.large,
  ...'dark light bright pale single striped shiny round old young other same different tall short long whole'.split(
    ' ',
  ),
];
const adjectives: ReadonlySet<string> = new Set(adjectiveWords);
/** The adjectives as an alternation for patterns. */
export const adjectivePattern = `(?:${adjectiveWords.join('|')})`;
/** Articles, numbers and quantities that open a noun phrase, as an alternation. */
export const determinerPattern =
  '(?:an?|the|one|two|three|four|five|six|seven|eight|nine|ten|\\d{1,4}|some|several|many|another|his|her|its|their)';

const stops = new Set(
  (
    'is are was were be has have had can and or but of in on at to the a an with without near next left right above ' +
    'below under over between behind beside from by that which who while where it they there than as not here visible ' +
    'present alone together high low up down far close too also only in'
  ).split(' '),
);

/** Whether every word is a plain adjective: a colour, a size and the like. */
export function isAdjectives(phrase: string): boolean {
  return phrase
    .trim()
    .split(/[\s,]+/)
    .every((word) => adjectives.has(word.toLowerCase()) || /^(and|or|very)$/i.test(word));
}

/** The count that a phrase begins with, in words or digits; `several` and its like are 3 and so more than one. */
export function leadingCount(phrase: string): { count: number; words: number } | null {
  const words = phrase.trim().split(/\s+/, 4);
  for (let length = Math.min(3, words.length); length > 0; length--) {
    const lead = words.slice(0, length).join(' ');
    const count = /^(several|many|some|multiple|few|a few|numerous)$/i.test(lead) ? 3 : parseCount(lead);
    if (count !== null) return { count, words: length };
  }
  return null;
}

/**
 * The noun that a count governs: `trees` in `two tall palm trees near a lake`, counted from the end of the count, at
 * most five words on. `many`: whether the count is of more than one now.
 */
export function governedNoun(text: string, from: number, many: boolean): Range | null {
  const tail = text.slice(from, from + 120);
  let found: Range | null = null;
  let offset = 0;
  for (let words = 0; words < 5; words++) {
    const match = /^([^\S\r\n]+)([\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*)/u.exec(tail.slice(offset));
    if (!match) break;
    const word = match[2]!;
    if (stops.has(word.toLowerCase()) || (found && endsPhrase(text.slice(found.start, found.end), word, many))) break;
    const start = from + offset + match[1]!.length;
    offset += match[0].length;
    found = { start, end: start + word.length };
  }
  return found && !adjectives.has(text.slice(found.start, found.end).toLowerCase()) ? found : null;
}

/** Whether the noun is complete before the next word: that is a verb or opens something else. */
function endsPhrase(word: string, next: string, many: boolean): boolean {
  if (isKnownNoun(`${word} ${next}`)) return false;
  if (adjectives.has(word.toLowerCase())) return false;
  if (many && isPlural(word)) return true;
  if (isKnownNoun(word)) return !isKnownNoun(next) && !(many && isPlural(next));
  if (isKnownNoun(next)) return false;
  return /(ing|ly)$/i.test(next) || (!many && /[^s]s$/i.test(next) && !/(ed|ing|y)$/i.test(word));
}
