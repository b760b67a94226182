import { LRUCache } from 'lru-cache';
import { parseCount } from '../lexicon/numbers.js';
import { relationOpposites } from '../lexicon/relations.js';
import { matches } from '../matches.js';
import type { Range } from '../range.js';
import { splitWords } from '../words.js';
import { isColour, isSize, isThing, mediumWords, readSentences } from './about-picture.js';
import { isNoCount, namesIn, phrasesWithoutClaim } from './exclusions.js';

export type ClaimKind =
  | 'thing'
  | 'number'
  | 'attribute'
  | 'relation'
  | 'place'
  | 'print'
  | 'name'
  | 'action'
  | 'polarity';

/**
 * A run of words that says something of this picture which could be false. Offsets are UTF-16 into the text.
 *
 * `print` is what the answer quotes as printed; `name` is a name, price, date, time or measure, which only a scorer
 * that reads or knows can check. `of` and `with` are places in the list of claims: the thing that a number, attribute,
 * place or action is said of; for a relation its subject and its other end.
 */
export interface Claim extends Range {
  kind: ClaimKind;
  text: string;
  sentence: Range;
  of?: number;
  with?: number;
}

/** A sentence in which something is claimed, and its words that a scorer may judge: claims and what joins them. */
interface Reading {
  sentence: Range;
  words: ReadWord[];
}

interface ReadWord extends Range {
  text: string;
  content: boolean;
  name: boolean;
  quoted: boolean;
}

/** A sentence: whether it is about the picture, its words that may be judged, and its runs that claim nothing. */
export interface ReadSentence extends Reading {
  about: boolean;
  /** It stands where the picture is spoken of. */
  section: boolean;
  silent: Range[];
}

const joining = new Set(
  `the is are was were be been being am it its they their them he she his her this that these those there here and or but with of
  to in on at by for from as so than then also too very quite rather fairly completely all both each any some i we you one ones
  which who whose that's there's it's has have had do does did can could not while whereas although though along together plus
  well appears appear appearing seems seem looks look looking shows show shown showing depicts depicted contains contain features
  features include includes displays displayed presents visible seen see view only just exactly total entire whole same other another
  clearly mostly overall additionally moreover furthermore besides addition however indeed finally what looks like`.split(
    /\s+/,
  ),
);
const quotation = /["“«]([^"“”«»\n]{1,160})["”»]|(?<![\p{L}\p{N}])['‘]([^'‘’\n]{1,80})['’](?![\p{L}\p{N}])/gu;
const polarity = /^(?:no|not|none|never|without|nothing|yes|nor|neither|\p{L}+n['’]t|cannot)$/iu;
const articles = /^(?:an?)$/i;
const relationWords =
  /\b(?:(?:directly |right |just |immediately |close |far )?(?:to the (?:left|right) of|on the (?:left|right)(?:-hand)? side of|on top of|in front of|next to|close to|far (?:away )?from|adjacent to|nowhere near|above|below|beneath|underneath|behind|beside|between|under|over|near|inside|outside|against|around|among|on|in|at|with|holding|wearing|riding|left of|right of))\b/gi;
const placeWords =
  /\b(?:(?:top|bottom|upper|lower)(?:[- ](?:left|right))?|left(?:most|-hand)?|right(?:most|-hand)?|middle|cent(?:er|re)|corner|foreground|background|backdrop|side)\b/gi;

/** Readings kept, in characters of their texts: each answer is read for what it claims and for what it does not. */
const keptText = 100_000;
const keptReadings = new LRUCache<string, readonly ReadSentence[]>({
  maxSize: keptText,
  sizeCalculation: (_, key) => Math.min(keptText, key.length + 64),
});

/** The sentences of a text with the words that describe its picture; `prompt` is the question that it answers. */
export function readClaims(text: string, prompt?: string): readonly ReadSentence[] {
  const key = prompt === undefined ? text : `${text}\0${prompt}`;
  const known = keptReadings.get(key) ?? readAnew(text, prompt);
  keptReadings.set(key, known);
  return known;
}

function readAnew(text: string, prompt: string | undefined): ReadSentence[] {
  const all = splitWords(text);
  const readings: ReadSentence[] = [];
  let at = 0;
  for (const { start, end, about, section } of readSentences(text, prompt)) {
    while (at < all.length && all[at]!.start < start) at++;
    const from = at;
    while (at < all.length && all[at]!.end <= end) at++;
    if (!about) {
      readings.push({ sentence: { start, end }, about, section, words: [], silent: silentIn(text, start, end) });
      continue;
    }
    const said = text.slice(start, end);
    const words = all.slice(from, at).map((word) => ({ start: word.start - start, end: word.end - start }));
    const quotes = matches(said, quotation).map(({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
    }));
    const inQuote = makeWithin(quotes);
    const silent = phrasesWithoutClaim(said)
      .sort((a, b) => a.start - b.start)
      .filter((phrase) => !inQuote(phrase));
    const names = namesIn(said, words);
    const within = makeWithin(silent);
    const inQuotes = makeWithin(quotes);
    const kept = words.flatMap((word, index) => {
      const spelt = said.slice(word.start, word.end);
      const lower = spelt.toLowerCase();
      const quoted = inQuotes(word);
      const number = /^\p{N}/u.test(spelt) || (parseCount(lower) !== null && !articles.test(lower) && lower !== 'no');
      const silentNumber = number && !quoted && isNoCount(said, word);
      if (within(word)) return [];
      if (!quoted && mediumWords.has(lower)) return [];
      if (!quoted && isModifier(said, words, index)) return [];
      if (!quoted && lower === 'one' && /^\s(?:of|can|could|another|by|may|might)\b/i.test(said.slice(word.end)))
        return [];
      const name = !quoted && (names.has(index) || silentNumber);
      return [
        {
          start: word.start + start,
          end: word.end + start,
          text: spelt,
          content: !joining.has(lower) && !articles.test(lower),
          name,
          quoted,
        },
      ];
    });
    readings.push({
      sentence: { start, end },
      about,
      section,
      words: kept.some(({ content }) => content) ? kept : [],
      silent: silent.map((run) => ({ start: run.start + start, end: run.end + start })),
    });
  }
  return readings;
}

const silentIn = (text: string, start: number, end: number): Range[] =>
  phrasesWithoutClaim(text.slice(start, end))
    .map((run) => ({ start: run.start + start, end: run.end + start }))
    .sort((a, b) => a.start - b.start);

/** A thing that only tells what kind another one is: `apple` in `apple pie`. */
function isModifier(said: string, words: readonly Range[], index: number): boolean {
  const [word, next] = [words[index]!, words[index + 1]];
  if (!next || said.slice(word.end, next.start) !== ' ') return false;
  const [first, second] = [said.slice(word.start, word.end), said.slice(next.start, next.end)];
  return (
    isThing(first) &&
    isThing(second) &&
    !isColour(first) &&
    first.toLowerCase() !== second.toLowerCase() &&
    !/^(?:leaves|flies|stars|bears|ducks|drums|rings|waves|plants|watches|lies|fish)$/i.test(second) &&
    !isThing(`${first} ${second}`) &&
    !isThing(`${first}-${second}`) &&
    !/s$/.test(first)
  );
}

/** Asks of ranges in reading order whether one of those given holds their beginning. */
function makeWithin(ranges: readonly Range[]): (word: Range) => boolean {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  let at = 0;
  let reach = -1;
  return ({ start }) => {
    while (at < sorted.length && sorted[at]!.start <= start) reach = Math.max(reach, sorted[at++]!.end);
    return start < reach;
  };
}

/**
 * The words of a text that claim something of its picture, with what joins them, in reading order; a scorer has nothing
 * to say of any other word. `names` takes in names, prices, dates and measures, for scorers that read or know.
 */
export function claimed(text: string, prompt?: string, { names = false }: { names?: boolean } = {}): Range[] {
  return readClaims(text, prompt).flatMap(({ words }) =>
    words.filter(({ name }) => names || !name).map(({ start, end }) => ({ start, end })),
  );
}

/** The words of a text that claim nothing of its picture: all that {@link claimed} leaves. */
export function unclaimed(text: string, prompt?: string, options: { names?: boolean } = {}): Range[] {
  const kept = new Set(claimed(text, prompt, options).map(({ start }) => start));
  return splitWords(text).filter(({ start }) => !kept.has(start));
}

/** {@link unclaimed} for scorers that read or know: names, prices, dates and measures are claims to them. */
export const unclaimedWithNames = (text: string, prompt?: string): Range[] => unclaimed(text, prompt, { names: true });

/**
 * What a text claims of its picture, in reading order: plain text in, offsets out. `prompt` is the question that the
 * text answers. Greetings, offers, questions, orders, general knowledge, what is only possible, comparisons, sayings
 * and moods claim nothing; in doubt a word claims nothing either.
 */
export function claimsOf(text: string, prompt?: string): Claim[] {
  const claims: Claim[] = [];
  for (const { sentence, words } of readClaims(text, prompt)) {
    const first = claims.length;
    const phrases = phraseKinds(text.slice(sentence.start, sentence.end), sentence.start);
    let last: (Claim & { until: number }) | undefined;
    for (const word of words) {
      const found = phrases(word);
      const lower = word.text.toLowerCase();
      if (!word.content && !found && !articles.test(lower) && !polarity.test(lower)) continue;
      const kind = word.quoted ? 'print' : word.name ? 'name' : found && !isThing(lower) ? found.kind : kindOf(lower);
      const joined =
        last &&
        last.kind === kind &&
        (kind === 'print' || kind === 'name'
          ? word.start - last.end <= 2
          : found !== undefined && found.end === last.until);
      if (joined && last) {
        last.end = word.end;
        last.text = text.slice(last.start, last.end);
        continue;
      }
      if (!word.content && !found && kind === 'thing') continue;
      const claim: Claim = { kind, start: word.start, end: word.end, text: word.text, sentence };
      claims.push(claim);
      last = Object.assign(claim, { until: found?.end ?? -1 });
    }
    linkClaims(text, claims, first);
  }
  return claims.map(({ kind, start, end, text: said, sentence, of, with: other }) => ({
    kind,
    start,
    end,
    text: said,
    sentence,
    ...(of === undefined ? {} : { of }),
    ...(other === undefined ? {} : { with: other }),
  }));
}

function kindOf(word: string): ClaimKind {
  if (polarity.test(word)) return 'polarity';
  if (isThing(word) && !isColour(word)) return 'thing';
  if (
    /^\p{N}/u.test(word) ||
    parseCount(word) !== null ||
    /^(?:several|many|few|more|fewer|dozens|hundreds)$/.test(word)
  )
    return 'number';
  if (isColour(word) || isSize(word) || adjective.test(word)) return 'attribute';
  if (/(?:ing|ed)$/.test(word)) return 'action';
  return 'thing';
}
const adjective =
  /^(?:(?:wooden|metal|golden|silver|striped|spotted|round|square|tall|short|long|old|young|new|dark|light|bright|empty|full|open|closed|wet|dry|happy|sad|smiling|colou?rful|fluffy|furry|shiny|beige|tan|teal|turquoise|maroon|cream|plain|patterned|similar|identical|different)|\p{L}{3,}(?:ful|ous|ish|less|y-|-colou?red))$/u;

/** Relations and places of a sentence, asked for words in reading order. */
function phraseKinds(said: string, start: number): (word: Range) => { kind: ClaimKind; end: number } | undefined {
  const found = [
    ...matches(said, relationWords).map((match) => ({ kind: 'relation' as ClaimKind, match })),
    ...matches(said, placeWords).map((match) => ({ kind: 'place' as ClaimKind, match })),
  ]
    .map(({ kind, match }) => ({ kind, start: start + match.index, end: start + match.index + match[0].length }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let at = 0;
  return (word) => {
    while (at < found.length && found[at]!.end <= word.start) at++;
    const phrase = found[at];
    if (!phrase || phrase.start > word.start) return undefined;
    // a plain preposition is no claim unless it relates two things
    return phrase.kind === 'relation' &&
      /^(?:on|in|at|with)$/i.test(said.slice(phrase.start - start, phrase.end - start)) &&
      !relationOpposites.has(said.slice(phrase.start - start, phrase.end - start))
      ? undefined
      : phrase;
  };
}

/** Tells each claim of a sentence which thing it is about. */
function linkClaims(text: string, claims: Claim[], from: number): void {
  const isThingAt = (index: number) => claims[index]?.kind === 'thing' && index >= from;
  let before: number | undefined;
  const after: (number | undefined)[] = [];
  let next: number | undefined;
  for (let index = claims.length - 1; index >= from; index--) {
    after[index] = next;
    if (isThingAt(index)) next = index;
  }
  for (let index = from; index < claims.length; index++) {
    const claim = claims[index]!;
    if (isThingAt(index)) {
      before = index;
      continue;
    }
    const following = after[index];
    const adjacent =
      following !== undefined &&
      claims
        .slice(index + 1, Math.min(following, index + 6))
        .every(({ kind }) => kind === 'attribute' || kind === 'number') &&
      /^[\s\p{L}-]*$/u.test(text.slice(claim.end, claims[following]!.start)) &&
      !/\b(?:is|are|and|with|of)\b/.test(text.slice(claim.end, claims[following]!.start));
    const of =
      claim.kind === 'relation'
        ? before
        : claim.kind === 'number' || claim.kind === 'attribute' || claim.kind === 'polarity'
          ? adjacent
            ? following
            : (before ?? following)
          : (before ?? following);
    if (of !== undefined) claim.of = of;
    if (claim.kind === 'relation' && following !== undefined) claim.with = following;
  }
}
