import { isKnownNoun, isPlural } from '../../../text/agreement.js';
import { isColour, isSize, isThing } from '../../../text/claims/about-picture.js';
import { parseCount } from '../../../text/lexicon/numbers.js';
import type { Range } from '../../../text/range.js';
import { splitWords } from '../../../text/words.js';

/** Parts of speech, as far as the cut into claims tells them apart. */
export type Part =
  | 'determiner'
  | 'number'
  | 'adjective'
  | 'adverb'
  | 'noun'
  | 'pronoun'
  | 'there'
  | 'be'
  | 'auxiliary'
  | 'verb'
  | 'gerund'
  | 'participle'
  | 'preposition'
  | 'joint'
  | 'other';

/** A word of a sentence; offsets are UTF-16 into the text that holds the sentence. */
export interface TaggedWord extends Range {
  text: string;
  lower: string;
  /** As it is spelt inside a sentence: without the capital of a sentence's first word. */
  plain: string;
  part: Part;
  /** Stands in quotation marks. */
  quoted: boolean;
  /** Punctuation that stands between it and the word before. */
  gap: string;
}

type Tagger = (text: string) => { tags: ReadonlySet<string>; start: number; end: number }[];
let tagger: Promise<Tagger> | undefined;

/** Loaded once, when the first answer is cut. */
async function loadTagger(): Promise<Tagger> {
  const { default: nlp } = await import('compromise/two');
  return (text) =>
    (nlp(text).json({ offset: true }) as { terms: Term[] }[]).flatMap(({ terms }) =>
      terms.flatMap(({ tags, offset }) =>
        offset && offset.length > 0
          ? [{ tags: new Set(tags), start: offset.start, end: offset.start + offset.length }]
          : [],
      ),
    );
}
interface Term {
  tags: string[];
  offset?: { start: number; length: number };
}

const closed: Readonly<Record<string, Part>> = Object.fromEntries(
  (
    [
      [
        'determiner',
        'a an the this that these those some any no each every both all another other its his her their my your our either neither',
      ],
      ['be', 'is are was were be been being am appears appear seems seem looks look'],
      ['auxiliary', 'has have had do does did can could may might will would shall should must'],
      [
        'pronoun',
        'it they he she them him we us i you who which what itself themselves himself herself nothing something everything anything someone everyone',
      ],
      [
        'joint',
        'and or but nor while whereas although though because as if than so since how what when where why whether',
      ],
      [
        'preposition',
        'of in on at to from by with without into onto over under above below beneath underneath behind beside besides between among around through across along against near inside outside towards toward upon within off up down out for about past beyond amid alongside opposite like atop throughout',
      ],
      [
        'adverb',
        'not very quite rather too also only just partially slightly mostly fully almost nearly here oh well alright okay please',
      ],
      ['other', 'according yes yeah yep nope hello hi thanks sure'],
      ['number', 'several many few multiple numerous single'],
      [
        'adjective',
        'left right top bottom upper lower middle central leftmost rightmost front rear far bright dark light plain',
      ],
    ] as const
  ).flatMap(([part, words]) => words.split(' ').map((word) => [word, part])),
);

/** From compromise's tags, the first that is there. */
const byTag: readonly [string, Part][] = [
  ['Determiner', 'determiner'],
  ['Possessive', 'noun'],
  ['Pronoun', 'pronoun'],
  ['Preposition', 'preposition'],
  ['Conjunction', 'joint'],
  ['Value', 'number'],
  ['Adjective', 'adjective'],
  ['Adverb', 'adverb'],
  ['Copula', 'be'],
  ['Auxiliary', 'auxiliary'],
  ['Gerund', 'gerund'],
  ['Participle', 'participle'],
  ['PastTense', 'participle'],
  ['Verb', 'verb'],
  ['Noun', 'noun'],
];

/** `says STOP`, without quotation marks. */
const lettering =
  /(?<=\b(?:says?|said|saying|reads?|reading|spells?|spelling|label(?:l?ed|s)?)\s+(?:[*_]{1,3})?)(?:\p{Lu}[\p{Lu}\p{N}]+|\p{N}+)(?:[ -](?:\p{Lu}[\p{Lu}\p{N}]+|\p{N}+))*(?![\p{L}\p{N}])/gu;
const quotation = /["“«]([^"“”«»\n]{1,160})["”»]|(?<![\p{L}\p{N}])['‘]([^'‘’\n]{1,80})['’](?![\p{L}\p{N}])/gu;

/** The words of one sentence with their parts of speech (compromise's tags, mended by this package's lexicons). */
export async function tagWords(text: string, { start, end }: Range): Promise<TaggedWord[]> {
  tagger ??= loadTagger();
  const tag = await tagger;
  const said = text.slice(start, end);
  const quotes = [...said.matchAll(quotation), ...said.matchAll(lettering)].map(
    ({ index, 0: { length } }) => [index, index + length] as const,
  );
  // commas between items keep lists apart; quoted words would only mislead the tagger
  const terms = tag(said);
  let at = 0;
  let last = 0;
  const words = splitWords(said).map((word): TaggedWord => {
    while (at < terms.length && terms[at]!.end <= word.start) at++;
    let term = terms[at];
    for (let next = at; next < terms.length && terms[next]!.start < word.end; next++) term = terms[next];
    const spelt = said.slice(word.start, word.end);
    const gap = said.slice(last, word.start).replace(/["“”'‘’\s]+/g, '');
    last = word.end;
    return {
      start: start + word.start,
      end: start + word.end,
      text: spelt,
      lower: spelt.toLowerCase(),
      plain: spelt,
      part: partOf(spelt, term && term.start < word.end ? term.tags : new Set()),
      quoted: quotes.some(([from, to]) => word.start >= from && word.end <= to),
      gap,
    };
  });
  const [first, second] = words;
  // two capitals in a row begin a name
  if (first && first.text !== first.text.toUpperCase() && !(second?.gap === '' && /^\p{Lu}/u.test(second.text)))
    first.plain = first.lower;
  mend(words);
  return words;
}

function partOf(word: string, tags: ReadonlySet<string>): Part {
  const lower = word.toLowerCase();
  if (lower === 'there' || lower === "there's" || lower === 'there’s') return 'there';
  if (/^(?:it|he|she|they|that|this|these|those|here|what|who|let)['’](?:s|re)$/.test(lower)) return 'pronoun';
  if (/['’]s$/.test(lower)) return 'noun';
  if (/n['’]t$/.test(lower)) return /^(?:is|are|was|were|ai)/.test(lower) ? 'be' : 'auxiliary';
  const known = Object.hasOwn(closed, lower) ? closed[lower] : undefined;
  if (known) return known;
  // the noun of `a pair of dogs`
  if (/^(?:pairs?|couple)$/.test(lower)) return 'noun';
  if (/^\p{N}/u.test(word) || parseCount(lower) !== null) return 'number';
  if (isColour(lower) || isSize(lower)) return 'adjective';
  const found = byTag.find(([tag]) => tags.has(tag))?.[1];
  if (/-/.test(lower) && /(?:ed|shaped|colou?red|style|like|looking|sized|themed|drawn|painted|piece)$/.test(lower))
    return 'adjective';
  // `short, sweet and simple`
  const looks = found === 'adjective' && !isPlural(lower);
  if (isThing(lower) && found !== 'gerund' && !looks) return 'noun';
  if (found === 'participle' || (found === 'verb' && /ed$/.test(lower))) return 'participle';
  return found ?? (/^\p{L}/u.test(word) ? 'noun' : 'other');
}

/** What the neighbours tell: a noun between an article and a noun is one, a verb behind `the` is none. */
function mend(words: TaggedWord[]): void {
  words.forEach((word, index) => {
    const [before, after] = [words[index - 1], words[index + 1]];
    const joined = after !== undefined && after.gap === '';
    const opens = before !== undefined && word.gap === '' && /^(?:determiner|number|adjective)$/.test(before.part);
    if (word.part === 'verb' && opens && before.lower !== 'that' && before.lower !== 'those' && before.lower !== 'all')
      word.part = 'noun';
    // `pea pods`
    if (
      word.part === 'verb' &&
      before?.part === 'noun' &&
      word.gap === '' &&
      isKnownNoun(`${before.lower} ${word.lower}`)
    )
      word.part = 'noun';
    // `twelve face cards`
    const [count, thing] = [words[index - 2], before];
    if (
      word.part === 'verb' &&
      /[^s]s$/.test(word.lower) &&
      thing?.part === 'noun' &&
      word.gap === '' &&
      count?.part === 'number' &&
      !/^(?:one|1|single)$/.test(count.lower) &&
      !isPlural(thing.lower)
    )
      word.part = 'noun';
    // `more kites than cars`
    if (
      /^(?:more|fewer)$/.test(word.lower) &&
      joined &&
      /^(?:noun|adjective)$/.test(after.part) &&
      words.slice(index + 2, index + 7).some(({ lower }) => lower === 'than')
    )
      word.part = 'number';
    if (word.part === 'adverb' && /^(?:dark|light|bright|pale|deep)$/.test(word.lower)) word.part = 'adjective';
    // `orange` and its like are things where no thing follows
    if (
      word.part === 'adjective' &&
      opens &&
      isThing(word.lower) &&
      !(joined && /^(?:noun|adjective)$/.test(after.part))
    )
      word.part = 'noun';
    if (word.part === 'determiner' && /^(?:that|this|these|those|all|both|its|his|her)$/.test(word.lower)) {
      const heads = joined && /^(?:noun|adjective|number|determiner|gerund|participle|adverb)$/.test(after.part);
      if (!heads) word.part = 'pronoun';
    }
    if (word.lower === 'one' && !(joined && /^(?:noun|adjective)$/.test(after.part))) word.part = 'pronoun';
    // `are decorated with …`
    if (
      word.part === 'adjective' &&
      /ed$/.test(word.lower) &&
      before?.part === 'be' &&
      joined &&
      after.part === 'preposition'
    )
      word.part = 'participle';
    // `the top right shows a hand`
    if (
      word.part === 'noun' &&
      /^(?:shows|presents|displays|depicts|features|contains|captures|represents|indicates|suggests|holds|covers|faces|rests|stands)$/.test(
        word.lower,
      ) &&
      joined &&
      /^(?:determiner|number)$/.test(after.part)
    )
      word.part = 'verb';
    // `suggests that this area is …`
    if (word.lower === 'that' && joined && after.part === 'determiner') word.part = 'joint';
  });
}
