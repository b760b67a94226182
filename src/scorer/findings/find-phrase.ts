import type { Range } from '../../text/range.js';
import { splitWords } from '../../text/words.js';
import { type FoldedText, foldText } from './fold-text.js';

/** Phrases longer than this are not looked for by edit distance. */
const longestFuzzy = 160;
/** One edit is forgiven for so many characters. */
const charactersPerEdit = 8;
/** A text of more words than this is not searched by edit distance. */
const mostWords = 5000;

export interface PhraseFinder {
  /**
   * Where a phrase stands: letter by letter, else without regard to case, white space and kinds of quotes, else by edit
   * distance (one edit for 8 characters, none in digits, and only where one place is nearest). Where it stands more than
   * once, the place inside `context` is taken, else the first that was not taken before. Null where it is nowhere.
   */
  find(phrase: string, context?: string): Range | null;
}

export function phraseFinder(text: string): PhraseFinder {
  const folded = foldText(text);
  const words = splitWords(text);
  const taken = new Set<string>();

  function choose(places: readonly Range[], context: string | undefined): Range | null {
    const around = context ? contextOf(text, folded, context) : [];
    const inside = places.filter(({ start, end }) => around.some((range) => range.start <= start && end <= range.end));
    const fresh = (place: Range) => !taken.has(`${place.start}:${place.end}`);
    const place = inside.find(fresh) ?? inside[0] ?? places.find(fresh) ?? places[0];
    if (!place) return null;
    taken.add(`${place.start}:${place.end}`);
    return place;
  }

  return {
    find(offered, context) {
      const phrase = offered.trim();
      if (phrase === '') return null;
      const exact = choose(occurrences(text, phrase, text), context);
      if (exact) return exact;
      const alike = choose(foldedPlaces(text, folded, phrase), context);
      if (alike) return alike;
      const near = nearest(text, words, phrase);
      return near && choose([near], context);
    },
  };
}

function contextOf(text: string, folded: FoldedText, context: string): Range[] {
  const exact = occurrences(text, context.trim(), text);
  return exact.length > 0 ? exact : foldedPlaces(text, folded, context);
}

/** Every place of a phrase that cuts no word in two. `source` is the text by which words are told. */
function occurrences(text: string, phrase: string, source: string): Range[] {
  const places: Range[] = [];
  if (phrase === '') return places;
  for (let start = text.indexOf(phrase); start >= 0; start = text.indexOf(phrase, start + 1)) {
    const end = start + phrase.length;
    if (!cutsWord(source, start) && !cutsWord(source, end)) places.push({ start, end });
    if (places.length >= 1000) break;
  }
  return places;
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const inWord = /[\p{L}\p{M}\p{N}]/u;

function cutsWord(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  if (/[\ud800-\udbff]/.test(text[at - 1]!) && /[\udc00-\udfff]/.test(text[at]!)) return true;
  const [before, after] = [text[at - 1]!, text[at]!];
  return inWord.test(before) && inWord.test(after) && !unspaced.test(before) && !unspaced.test(after);
}

function foldedPlaces(text: string, folded: FoldedText, phrase: string): Range[] {
  const bare = foldText(phrase).text.trim();
  const stripped = bare.replace(/^["'.,;:!?…\s]+|["'.,;:!?…\s]+$/gu, '');
  for (const wanted of new Set([bare, stripped])) {
    const places = occurrences(folded.text, wanted, folded.text).map(({ start, end }) => ({
      start: folded.starts[start]!,
      end: folded.ends[end - 1]!,
    }));
    if (places.length > 0) return places.filter(({ start, end }) => end > start && end <= text.length);
  }
  return [];
}

/** The run of words that is nearest to the phrase, if one is near enough and no other is as near. */
function nearest(text: string, words: readonly Range[], phrase: string): Range | null {
  const wanted = foldText(phrase).text.trim();
  const limit = Math.floor(wanted.length / charactersPerEdit);
  const count = splitWords(phrase).length;
  if (limit === 0 || count === 0 || wanted.length > longestFuzzy || words.length > mostWords) return null;
  const digits = digitsOf(wanted);
  let best: { place: Range; distance: number } | null = null;
  let tied = false;
  for (let first = 0; first < words.length; first++) {
    for (let length = Math.max(1, count - 1); length <= count + 1; length++) {
      const last = words[first + length - 1];
      if (!last) break;
      const place = { start: words[first]!.start, end: last.end };
      if (Math.abs(place.end - place.start - wanted.length) > limit) continue;
      const found = foldText(text.slice(place.start, place.end)).text;
      if (digitsOf(found) !== digits) continue;
      const distance = editDistance(found, wanted, Math.min(limit, best?.distance ?? limit));
      if (distance > limit) continue;
      if (best && distance === best.distance) tied = true;
      if (best && distance >= best.distance) continue;
      best = { place, distance };
      tied = false;
    }
  }
  return best && !tied ? best.place : null;
}

const digitsOf = (text: string): string => text.replace(/[^\p{N}]+/gu, ' ').trim();

/** Levenshtein's distance; anything over `limit` comes back as more than it. */
export function editDistance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      const value = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      next.push(value);
      least = Math.min(least, value);
    }
    if (least > limit) return limit + 1;
    row = next;
  }
  return row[other.length]!;
}
