import { isKnownNoun, isPlural } from '../../../text/agreement.js';
import { mediumWords } from '../../../text/claims/about-picture.js';
import { parseCount } from '../../../text/lexicon/numbers.js';
import type { TaggedWord } from './tag-words.js';

/** A noun with what belongs to it. Places are those of words in the sentence. */
export interface NounPhrase {
  from: number;
  to: number;
  /** The noun, of as many words as it has: `street signs`, `bunches of grapes`. */
  head: TaggedWord[];
  determiner?: TaggedWord;
  /** The words of a count: `two`, `a pair of`. */
  number: TaggedWord[];
  /** What is counted, where that is not the things themselves: `kinds` of them. */
  sort?: TaggedWord[];
  /** Adjectives and participles before the noun. */
  modifiers: TaggedWord[];
  plural: boolean;
  /**
   * `thing`: can be seen; `medium`: the picture itself; `place`: a part of the picture; `quality`: a property of a thing
   * (`appearance`); `pronoun`: stands for another phrase.
   */
  kind: 'thing' | 'medium' | 'place' | 'quality' | 'pronoun';
}

const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

const places = list(
  'left right top bottom middle center centre corner foreground background backdrop side sides edge edges distance front back end ends part half portion section area quarter',
);
const qualities = list(`
  appearance texture look feel feeling atmosphere sense way manner style depth presence position location mood tone contrast
  impression composition arrangement setting setup design shape size color colour variety combination combination's
  ones lack addition expression posture detail details element elements aspect effect layout background's type types kind kinds sort
  overview visual beauty comfort quality nature theme environment moment context content contents glimpse
  illumination lighting balance harmony simplicity something anything everything nothing someone anyone total time times
  parts case fact reason result example idea concept way ways moodiness calmness charm vibe perspective focus emphasis
  feature features description scene number amount majority rest lot touch hint meaning message information
  structure formation pattern order form direction view thing things stuff way fuss
  performance data distribution status completion preference comparison dislike approval essence impact output precision
  choice option options degree degrees variation possibility probability percentage advantage disadvantage purpose intention
  relationship subject subjects difference similarity importance significance experience history culture story activity`);
const media = list(
  'meme drawing drawings cartoon artwork sketch painting canvas clipart clip-art art caption answer view shot snapshot frame render rendering',
);
/** `a pair of dogs` is dogs, and `two types of drinks` is drinks. */
const measures = list(
  'pair pairs couple number lot lots variety type types kind kinds sort sorts group set series dozens dozen hundreds bunch total plenty range selection collection array row assortment handful',
);
/** `two kinds of things` are not two things. */
const sorts = /^(?:types?|kinds?|sorts?|variet(?:y|ies))$/;
/** So much of something: `five bunches of grapes` are no five grapes. */
const portions =
  /^(?:bunch|bulb|head|slice|piece|loaf|bottle|cup|glass|mug|bowl|plate|basket|box|bag|jar|can|pack|packet|roll|stack|pile|ball|bar|ear|clove|stick|sheet|cluster|stalk|wedge|vase|bouquet|tray|carton|scoop)(?:s|es)?$|^loaves$/;
/** A pair of them is one. */
const twofold =
  /^(?:(?:sun|eye)?glasses|scissors|pants|goggles|shorts|jeans|trousers|binoculars|headphones|tongs|pliers|shears|tweezers|tights|leggings|pajamas|overalls)$/;
/** Of those, what is itself a number. */
const counting = list('pair couple dozen dozens hundreds');

/** One and many are spelt alike: the verb tells. */
const unchanging =
  /^(?:deer|moose|sheep|elk|bison|swine|squid|shrimp|salmon|trout|cod|tuna|\w*fish|(?:air|space|hover)?craft|series|species)$/;

/** A noun that names nothing to be seen: a part or a property of the picture, or the picture itself. */
export const isUnseen = (noun: string): boolean =>
  places.has(noun) || qualities.has(noun) || media.has(noun) || measures.has(noun) || mediumWords.has(noun);

/** The word of a noun that tells one from many: `bunches` of `bunches of grapes`. */
export const nounOf = ({ head }: Pick<NounPhrase, 'head'>): TaggedWord =>
  head[head.findIndex(({ lower }) => lower === 'of') - 1] ?? head.at(-1)!;

const isModifier = ({ part }: TaggedWord) => part === 'adjective' || part === 'participle' || part === 'gerund';

/** The noun phrases of a sentence, from left to right, none inside another. */
export function nounPhrases(words: readonly TaggedWord[]): NounPhrase[] {
  const found: NounPhrase[] = [];
  for (let at = 0; at < words.length; ) {
    const phrase = phraseAt(words, at);
    if (phrase) found.push(phrase);
    at = phrase ? phrase.to + 1 : at + 1;
  }
  return joinMeasures(words, found);
}

function phraseAt(words: readonly TaggedWord[], from: number): NounPhrase | undefined {
  const first = words[from]!;
  if (first.quoted) return undefined;
  if (
    first.part === 'pronoun' &&
    /^(?:it|they|he|she|them|him|her|these|those|this|that|both|which|who)(?:['’]\w+)?$/.test(first.lower)
  )
    return {
      from,
      to: from,
      head: [first],
      number: [],
      modifiers: [],
      plural: /^(?:they|them|these|those|both)/.test(first.lower),
      kind: 'pronoun',
    };
  let at = from;
  let determiner: TaggedWord | undefined;
  while (words[at]?.part === 'determiner' && (at === from || words[at]!.gap === '')) determiner = words[at++];
  const number: TaggedWord[] = [];
  while (words[at]?.part === 'number' && (at === from || words[at]!.gap === '') && !words[at]!.quoted)
    number.push(words[at++]!);
  const opened = at > from;
  const modifiers: TaggedWord[] = [];
  let nouns: TaggedWord[] = [];
  for (; at < words.length; at++) {
    const word = words[at]!;
    const next = words[at + 1];
    // `five × dogs`
    const touches = word.gap === '' || at === from || (word.gap === '×' && number.at(-1) === words[at - 1]);
    if (word.quoted) break;
    if (word.part === 'noun') {
      // of a list of nouns each is its own
      if (nouns.length > 0 && !touches) break;
      if (nouns.length === 0 && !touches && modifiers.length === 0) break;
      nouns.push(word);
    } else if (nouns.length > 0) break;
    else if (isModifier(word)) {
      if (!touches && modifiers.length === 0) break;
      if (word.part !== 'adjective' && !opened && modifiers.length === 0 && !startsPhrase(words, at)) return undefined;
      modifiers.push(word);
    } else if (word.part === 'adverb' && touches && next && isModifier(next)) continue;
    // `light and dark squares`, `a red and blue jacket`
    else if (
      /^(?:and|or)$/.test(word.lower) &&
      modifiers.length > 0 &&
      next?.part === 'adjective' &&
      leadsToNoun(words, at + 1)
    )
      continue;
    else break;
  }
  if (nouns.length === 0) {
    // `the left`, `the far right`, `on top`: a place without a noun
    const place = modifiers.at(-1);
    if (!place || !places.has(place.lower)) return undefined;
    nouns = [modifiers.pop()!];
  }
  // `light bulbs` are no bulbs that are light
  while (modifiers.length > 0 && isKnownNoun([modifiers.at(-1)!, ...nouns].map(({ lower }) => lower).join(' ')))
    nouns.unshift(modifiers.pop()!);
  const head = nouns.at(-1)!;
  // `sheep | 3` and `sheep: 3`, of tables and lists
  const cell = words[words.indexOf(head) + 1];
  if (number.length === 0 && cell?.part === 'number' && /^[|:=×]+$/.test(cell.gap) && endsItem(words, cell))
    number.push(cell);
  return {
    from,
    to: Math.max(words.indexOf(head), words.indexOf(number.at(-1) ?? head)),
    head: nouns,
    ...(determiner ? { determiner } : {}),
    number,
    modifiers,
    plural: isMany(number) ?? (isManyByForm(head.lower, determiner) || isManyByVerb(head, determiner, words)),
    kind:
      mediumWords.has(head.lower) || media.has(head.lower)
        ? 'medium'
        : places.has(head.lower) && nouns.length === 1
          ? 'place'
          : qualities.has(head.lower)
            ? 'quality'
            : 'thing',
  };
}

const endsItem = (words: readonly TaggedWord[], cell: TaggedWord): boolean => {
  const next = words[words.indexOf(cell) + 1];
  return next === undefined || next.gap !== '' || !(next.part === 'noun' || isModifier(next));
};

/** At the head of a sentence or list, `grilled cheese` is a thing; `holding a kite` is not. */
function startsPhrase(words: readonly TaggedWord[], at: number): boolean {
  return (
    words[at]!.part === 'participle' && (at === 0 || /[,:]/.test(words[at]!.gap)) && words[at + 1]?.part === 'noun'
  );
}

function leadsToNoun(words: readonly TaggedWord[], from: number): boolean {
  for (let at = from; at < Math.min(words.length, from + 4); at++) {
    if (words[at]!.part === 'noun') return true;
    if (!isModifier(words[at]!) && words[at]!.part !== 'adverb') return false;
  }
  return false;
}

/** `scissors`, `goggles` and their like are many though there is one. */
function isManyByForm(noun: string, determiner: TaggedWord | undefined): boolean {
  if (/['’]s$/.test(noun) || /^an?$/.test(determiner?.lower ?? '')) return false;
  return isPlural(noun) || (/[^s]s$/.test(noun) && isKnownNoun(noun));
}

/** `the moose are`, `those sheep`. */
function isManyByVerb(head: TaggedWord, determiner: TaggedWord | undefined, words: readonly TaggedWord[]): boolean {
  if (!unchanging.test(head.lower)) return false;
  const next = words.slice(words.indexOf(head) + 1).find(({ part }) => part !== 'adverb');
  return /^(?:these|those|some)$/.test(determiner?.lower ?? '') || /^(?:are|were|have)$/.test(next?.lower ?? '');
}

function isMany(number: readonly TaggedWord[]): boolean | undefined {
  if (number.length === 0) return undefined;
  const count = parseCount(number.map(({ lower }) => lower).join(' '));
  return count === null ? true : count !== 1;
}

/** `a pair of dogs`, `two types of drinks`, `five bunches of grapes`: one phrase, of the thing that is measured. */
function joinMeasures(words: readonly TaggedWord[], phrases: readonly NounPhrase[]): NounPhrase[] {
  const joined: NounPhrase[] = [];
  for (const phrase of phrases) {
    const before = joined.at(-1);
    const measure = before?.head.at(-1)?.lower;
    const joins = before && phrase.from === before.to + 2 && words[before.to + 1]!.lower === 'of';
    const bare = phrase.determiner === undefined && phrase.number.length === 0;
    if (joins && bare && portions.test(measure!) && phrase.kind === 'thing')
      joined[joined.length - 1] = {
        ...before,
        to: phrase.to,
        head: words.slice(words.indexOf(before.head[0]!), phrase.to + 1),
        kind: 'thing',
      };
    else if (joins && measures.has(measure!)) {
      const count =
        counting.has(measure!) && before.number.length === 0 && !twofold.test(phrase.head.at(-1)!.lower)
          ? words.slice(before.from, before.to + 1).filter((word) => !isModifier(word))
          : before.number;
      joined[joined.length - 1] = {
        ...phrase,
        from: before.from,
        ...(before.determiner ? { determiner: before.determiner } : {}),
        number: phrase.number.length > 0 ? phrase.number : count,
        ...(sorts.test(measure!) && before.number.length > 0 ? { sort: before.head } : {}),
        modifiers: [...before.modifiers, ...phrase.modifiers],
        plural: phrase.plural,
      };
    } else joined.push(phrase);
  }
  return joined;
}
