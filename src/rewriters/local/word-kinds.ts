import { colourSynonyms, colours } from '../../text/lexicon/colours.js';
import { nouns } from '../../text/lexicon/nouns.js';
import { parseCount } from '../../text/lexicon/numbers.js';
import { relationOpposites } from '../../text/lexicon/relations.js';
import { sizeWords } from '../../text/lexicon/sizes.js';

export type WordKind = 'noun' | 'colour' | 'size' | 'count' | 'relation' | 'negation' | 'answer';

/** A word or phrase that can be exchanged for another of its kind. Offsets are within the text that was searched. */
export interface KnownWord {
  kind: WordKind;
  text: string;
  start: number;
  end: number;
  /** For a noun: its singular in the lexicon, and whether it stands in the plural. */
  noun?: string;
  plural?: boolean;
}

const nounForms = new Map<string, { noun: string; plural: boolean }>();
for (const { singular, plural, synonyms } of nouns) {
  for (const [one, many] of [[singular, plural] as const, ...synonyms]) {
    for (const form of [one, one.replaceAll('-', ' ')])
      if (!nounForms.has(form)) nounForms.set(form, { noun: singular, plural: false });
    for (const form of [many, many.replaceAll('-', ' ')])
      if (!nounForms.has(form)) nounForms.set(form, { noun: singular, plural: many !== one });
  }
}

const vague = new Set([
  'several',
  'multiple',
  'many',
  'a few',
  'few',
  'a group',
  'some',
  'a couple',
  'a pair',
  'couple',
  'pair',
]);
const sizes = new Set([...sizeWords.small, ...sizeWords.large]);
const colourWords = new Set<string>([...colours, ...Object.keys(colourSynonyms)]);
const places = new Set(['left', 'right', 'top', 'bottom', 'upper', 'lower', 'centre', 'center', 'middle', 'between']);

/** What kind a phrase of one to four words is, or null where it is none that we know. */
export function kindOf(phrase: string): Omit<KnownWord, 'start' | 'end'> | null {
  const text = phrase.toLowerCase().replace(/\s+/g, ' ');
  const noun = nounForms.get(text);
  if (noun) return { kind: 'noun', text: phrase, ...noun };
  if (colourWords.has(text)) return { kind: 'colour', text: phrase };
  if (sizes.has(text)) return { kind: 'size', text: phrase };
  if (text === 'yes') return { kind: 'answer', text: phrase };
  if (text === 'no' || text === 'not') return { kind: 'negation', text: phrase };
  if (relationOpposites.has(text) || places.has(text)) return { kind: 'relation', text: phrase };
  if (parseCount(text) !== null || vague.has(text)) return { kind: 'count', text: phrase };
  return null;
}

const wordPattern = /[\p{L}\p{N}'’-]+/gu;

/** The known words of a text, longest phrase first at each place, in order and disjoint. */
export function findKnownWords(text: string): KnownWord[] {
  const words = [...text.matchAll(wordPattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const found: KnownWord[] = [];
  for (let i = 0; i < words.length; ) {
    let length = Math.min(4, words.length - i);
    let known: Omit<KnownWord, 'start' | 'end'> | null = null;
    for (; length > 0; length--) {
      known = kindOf(text.slice(words[i]!.start, words[i + length - 1]!.end));
      if (known) break;
    }
    if (known) found.push({ ...known, start: words[i]!.start, end: words[i + length - 1]!.end });
    i += Math.max(1, length);
  }
  return found;
}
