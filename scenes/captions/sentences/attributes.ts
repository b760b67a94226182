import type { Fact, Superlative } from '../fact.js';
import { colourWord, isPluralMention, nounPhrase, sizeWord } from '../noun-phrase.js';
import type { Piece } from '../pieces.js';
import type { Wording } from '../wording.js';
import { agree, claimOf, isAre, type Sentence, said } from './sentence.js';

/** "The dogs are red", "the dogs are all coloured red", "the colour of the dog is red". */
export function colourSentence(fact: Extract<Fact, { kind: 'colour' }>, wording: Wording, key: string): Sentence {
  const { subject, colour } = fact;
  const claim = claimOf('colour', colourWord(colour.is, wording, `${key}.colour`), colour, subject.groups);
  const who = nounPhrase(subject, wording, `${key}.subject`);
  const form = wording.pick(`${key}.form`, ['is', 'is', 'is', 'is', 'is', 'is', 'colour-of', 'has', 'every']);
  if (form === 'colour-of' && subject.as !== 'pronoun') {
    const word = wording.pick(`${key}.spelling`, ['colour', 'color']);
    return said('colour-of', [`the ${word} of `, ...who, ' is ', claim]);
  }
  if (form === 'every' && subject.count.is > 1 && subject.as === 'definite') {
    const all = wording.pick(`${key}.every`, subject.count.is === 2 ? ['both of '] : ['all of ', 'all ', 'all of ']);
    return said('colour-all-of', [all, ...who, ' are ', claim]);
  }
  const [verb, verbs] = wording.pick(`${key}.verb`, seeming);
  const [before, after] = wording.pick(`${key}.around`, around);
  const all =
    isPluralMention(subject) && wording.chance(`${key}.all`, 0.2) ? (subject.count.is === 2 ? 'both ' : 'all ') : '';
  const adverb = verb === 'is' && subject.count.is > 1 ? all : '';
  return said(`colour-${verb}-${before}${after}${adverb ? 'all' : ''}`, [
    ...who,
    ` ${agree(subject, verb, verbs)} ${adverb}${before}`,
    claim,
    after,
  ]);
}

const seeming: readonly (readonly [string, string])[] = [
  ...Array.from({ length: 8 }, () => ['is', 'are'] as const),
  ['looks', 'look'],
  ['appears', 'appear'],
];
const around: readonly (readonly [string, string])[] = [
  ...Array.from({ length: 8 }, () => ['', ''] as const),
  ['', ' in colour'],
  ['', ' in color'],
  ['completely ', ''],
  ['mostly ', ''],
];

/** "The dogs are small". */
export function sizeSentence(fact: Extract<Fact, { kind: 'size' }>, wording: Wording, key: string): Sentence {
  const { subject, size } = fact;
  const claim = claimOf('size', sizeWord(size.is, wording, `${key}.size`), size, subject.groups);
  const very = wording.pick(`${key}.very`, ['', '', '', 'quite ', 'very ', 'rather ', 'fairly ', 'pretty ']);
  const [verb, verbs] = wording.pick(`${key}.verb`, seeming);
  const after = wording.pick(`${key}.after`, ['', '', '', '', ' in size']);
  const who = nounPhrase(subject, wording, `${key}.subject`);
  return said(`size-${verb}-${very}${after}`, [...who, ` ${agree(subject, verb, verbs)} ${very}`, claim, after]);
}

/** "The dog is larger than the cat". */
export function compareSentence(fact: Extract<Fact, { kind: 'compare' }>, wording: Wording, key: string): Sentence {
  const { subject, other, larger } = fact;
  const word = wording.pick(
    `${key}.compare`,
    larger.is ? ['larger', 'bigger', 'larger'] : ['smaller', 'smaller', 'smaller'],
  );
  const claim = claimOf('size', word, larger, subject.groups, other.groups);
  const who = nounPhrase(subject, wording, `${key}.subject`);
  const whom = nounPhrase(other, wording, `${key}.other`, { object: true });
  const form = wording.pick(`${key}.form`, ['than', 'than', 'than', 'compared', 'of-both', 'in-size']);
  if (form === 'of-both' && subject.as === 'definite' && other.as === 'definite')
    return said('compare-of-both', [
      'of ',
      ...who,
      ' and ',
      ...whom,
      ', ',
      ...who.map(plainOf),
      ` ${isAre(subject)} `,
      claim,
    ]);
  if (form === 'compared')
    return said('compare-to', ['compared to ', ...whom, ', ', ...who, ` ${isAre(subject)} `, claim]);
  const much = wording.pick(`${key}.much`, ['', '', '', 'much ', 'clearly ', 'noticeably ', 'a lot ']);
  const size = form === 'in-size' ? ' in size' : '';
  return said(`compare-${much}${size}`, [...who, ` ${isAre(subject)} ${much}`, claim, size, ' than ', ...whom]);
}

/** The same words, claiming the same: a noun phrase said twice. */
const plainOf = (piece: Piece): Piece => (typeof piece === 'string' ? piece : { ...piece });

/** "There are more dogs than cats". */
export function moreSentence(fact: Extract<Fact, { kind: 'more' }>, wording: Wording, key: string): Sentence {
  const { subject, other, more } = fact;
  const claim = claimOf('count', more.is ? 'more' : 'fewer', more, subject.groups, other.groups);
  const many = (index: 0 | 1) => {
    const mention = index ? other : subject;
    const name = nounPhrase({ ...mention, count: { is: 2, good: true }, as: 'definite' }, wording, `${key}.m${index}`);
    return name.slice(2);
  };
  const opening = wording.pick(`${key}.opening`, [
    'there are ',
    'there are ',
    'I see ',
    'the picture has ',
    'the image shows ',
    'we can see ',
  ]);
  return said(`more-${opening}`, [opening, claim, ' ', ...many(0), ' than ', ...many(1)]);
}

const superlatives: Record<Superlative, readonly string[]> = {
  largest: ['largest', 'biggest', 'largest'],
  smallest: ['smallest', 'smallest', 'smallest'],
  leftmost: ['leftmost', 'leftmost', 'leftmost'],
  rightmost: ['rightmost', 'rightmost', 'rightmost'],
  highest: ['highest', 'topmost', 'highest'],
  lowest: ['lowest', 'bottommost', 'lowest'],
};

/** "The dogs are the largest objects", "the leftmost thing is the dog". */
export function extremeSentence(fact: Extract<Fact, { kind: 'extreme' }>, wording: Wording, key: string): Sentence {
  const { subject, superlative, others } = fact;
  const kind = superlative.is === 'largest' || superlative.is === 'smallest' ? 'size' : 'relation';
  const word = wording.pick(`${key}.superlative`, superlatives[superlative.is]);
  const claim = claimOf(kind, word, superlative, subject.groups, others);
  const who = nounPhrase(subject, wording, `${key}.subject`);
  const thing = wording.pick(`${key}.thing`, [' object', ' thing', ' item', ' object']);
  const things = isPluralMention(subject) ? `${thing}s` : thing;
  const where = wording.pick(`${key}.where`, ['', '', ' in the picture', ' in the image', ' here', ' of all']);
  if (subject.as !== 'pronoun' && wording.chance(`${key}.first`, 0.35))
    return said('extreme-first', [
      'the ',
      claim,
      things,
      where === ' of all' ? '' : where,
      ` ${isAre(subject)} `,
      ...who,
    ]);
  return said(`extreme-is${where}`, [...who, ` ${isAre(subject)} the `, claim, things, where]);
}
