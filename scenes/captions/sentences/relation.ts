import type { Fact, Mention, Value } from '../fact.js';
import type { Direction } from '../geometry.js';
import { isPluralMention, nounPhrase } from '../noun-phrase.js';
import type { Piece } from '../pieces.js';
import type { Wording } from '../wording.js';
import { laterOpenings, openings } from './openings.js';
import { comparativeForms, farWords, nearWords, possessiveForms, relationForms } from './relation-words.js';
import { agree, claimOf, isAre, participles, type Sentence, said, standing, thereIs } from './sentence.js';

type Related = { subject: Mention; other: Mention };

/** "The dog is to the left of the car" and its like. */
export function relationSentence(fact: Extract<Fact, { kind: 'relation' }>, wording: Wording, key: string): Sentence {
  const { direction, subject, other } = fact;
  const way = wording.pick(`${key}.way`, ways);
  if (way === 'than') {
    const [before, word, after] = wording.pick(`${key}.than`, comparativeForms[direction.is]);
    const form: Piece[] = [before, claimOf('relation', word, direction, subject.groups, other.groups), after];
    return comparative(fact, form, wording, key);
  }
  if (way === 'has') return possessive(fact, direction, wording, key);
  const [before, word, after] = wording.pick(`${key}.relation`, relationForms[direction.is]);
  const relation: Piece[] = [before, claimOf('relation', word, direction, subject.groups, other.groups), after];
  return placedBy(fact, relation, 'relation', wording, key);
}

const ways = [...Array.from({ length: 9 }, () => 'placed' as const), 'than', 'has'] as const;

/** "The dog is next to the car", "the dog is nowhere near the car". */
export function distanceSentence(fact: Extract<Fact, { kind: 'distance' }>, wording: Wording, key: string): Sentence {
  const { near, subject, other } = fact;
  const text = wording.pick(`${key}.distance`, near.is ? nearWords : farWords);
  const relation = [claimOf('relation', text, near, subject.groups, other.groups)];
  return placedBy(fact, relation, near.is === near.good ? 'near' : 'far', wording, key);
}

const shapesOfSaying = [
  'is',
  'is',
  'is',
  'is',
  'stands',
  'stands',
  'there',
  'there',
  'there',
  'bare',
  'inverted',
  'inverted',
  'opening',
  'relative',
  'find',
  'its',
] as const;

function placedBy(
  { subject, other }: Related,
  relation: Piece[],
  name: string,
  wording: Wording,
  key: string,
): Sentence {
  const form = wording.pick(`${key}.form`, shapesOfSaying);
  const participle = wording.pick(`${key}.participle`, participles);
  const there = nounPhrase(subject, wording, `${key}.subject`);
  const object = nounPhrase(subject, wording, `${key}.subject`, { object: true });
  const landmark = nounPhrase(other, wording, `${key}.other`, { object: true });
  const plural = isPluralMention(subject);
  const new_ = subject.as === 'full';
  if (form === 'inverted' && subject.as !== 'pronoun') {
    const [one, many] = wording.pick(`${key}.verb`, [
      ...standing,
      ['there is', 'there are'],
      ['we see', 'we see'],
      ['you can see', 'you can see'],
    ] as const);
    const comma = /^(?:there|we|you)/.test(one) ? ', ' : ' ';
    return said(`${name}-inverted-${many}`, [...relation, ' ', ...landmark, comma, plural ? many : one, ' ', ...there]);
  }
  if (form === 'find') {
    const [before, between] = wording.pick(`${key}.find`, [
      ['look ', ' and you will see '],
      ['look ', " and you'll find "],
      ['if you look ', ', you will see '],
    ] as const);
    return said(`${name}-look`, [before, ...relation, ' ', ...landmark, between, ...object]);
  }
  if (new_ && (form === 'there' || form === 'opening')) {
    const opening = wording.pick(`${key}.opening`, key === 's0' || key === 'q' ? openings : laterOpenings);
    const start =
      form === 'there' ? thereIs(plural, wording.chance(`${key}.short`, 0.2)) : plural ? opening.many : opening.one;
    const shape = form === 'there' ? 'there' : opening.name;
    return said(
      `${name}-${shape}-${participle}`,
      [start, ...there, ' ', participle, ...relation, ' ', ...landmark],
      form === 'opening' && opening.whole,
    );
  }
  if (new_ && form === 'bare') {
    const headline = nounPhrase(subject, wording, `${key}.subject`, { bare: true });
    return said(`${name}-bare-${participle}`, [...headline, ' ', participle, ...relation, ' ', ...landmark], true);
  }
  if (new_ && form === 'relative') {
    const that = wording.pick(`${key}.that`, [' that ', ' which ', ', which ']);
    return said(`${name}-relative-${that}`, [
      thereIs(plural),
      ...there,
      that,
      isAre(subject),
      ' ',
      participle,
      ...relation,
      ' ',
      ...landmark,
    ]);
  }
  if (form === 'its' && !new_) {
    const finding = wording.pick(`${key}.found`, ['you can find ', 'we find ', 'I see ', 'you can see ']);
    return said(`${name}-found`, [finding, ...object, ' ', ...relation, ' ', ...landmark]);
  }
  if (form === 'stands') {
    const [one, many] = wording.pick(`${key}.verb`, standing);
    return said(`${name}-${many}`, [...there, ' ', plural ? many : one, ' ', ...relation, ' ', ...landmark]);
  }
  return said(`${name}-is-${participle}`, [
    ...there,
    ' ',
    isAre(subject),
    ' ',
    participle,
    ...relation,
    ' ',
    ...landmark,
  ]);
}

function comparative({ subject, other }: Related, relation: Piece[], wording: Wording, key: string): Sentence {
  const who = nounPhrase(subject, wording, `${key}.subject`);
  const landmark = nounPhrase(other, wording, `${key}.other`, { object: true });
  const participle = wording.pick(`${key}.participle`, ['', '', '', 'placed ', 'positioned ', 'located ']);
  return said(`relation-than-${participle}`, [
    ...who,
    ' ',
    isAre(subject),
    ' ',
    participle,
    ...relation,
    ' ',
    ...landmark,
  ]);
}

/** "The car has a dog to its left", "there is a car with a dog above it". */
function possessive({ subject, other }: Related, direction: Value<Direction>, wording: Wording, key: string): Sentence {
  const [before, word, own] = possessiveForms[direction.is];
  const what = nounPhrase(subject, wording, `${key}.subject`, { object: true });
  const owner = nounPhrase(other, wording, `${key}.other`);
  const many = isPluralMention(other);
  const claim = claimOf('relation', word, direction, subject.groups, other.groups);
  const place: Piece[] = own ? [before, many ? 'their ' : 'its ', claim] : [before, claim, many ? ' them' : ' it'];
  if (other.as === 'full' && wording.chance(`${key}.with`, 0.5))
    return said('relation-with', [thereIs(many), ...owner, ' with ', ...what, ...place]);
  return said('relation-has', [...owner, ' ', agree(other, 'has', 'have'), ' ', ...what, ...place]);
}

/** "The dog is between the cat and the car", "the dog is to the left of the cat and the car". */
export function betweenSentence(fact: Extract<Fact, { kind: 'between' }>, wording: Wording, key: string): Sentence {
  const { how, subject, others } = fact;
  const groups = others.flatMap((mention) => mention.groups);
  const direction = how.is === 'between' ? undefined : wording.pick(`${key}.relation`, relationForms[how.is]);
  const [before, word, after] = direction ?? [
    '',
    wording.pick(`${key}.between`, ['between', 'between', 'between', 'in between']),
    '',
  ];
  const relation: Piece[] = [before, claimOf('relation', word, how, subject.groups, groups), after];
  const both = how.is !== 'between' && wording.chance(`${key}.both`, 0.4) ? ' both ' : ' ';
  const [first, second] = others.map((mention, index) =>
    nounPhrase(mention, wording, `${key}.o${index}`, { object: true }),
  ) as [Piece[], Piece[]];
  const plural = isPluralMention(subject);
  const where: Piece[] = [...relation, both, ...first, ' and ', ...second];
  const who = nounPhrase(subject, wording, `${key}.subject`);
  const participle = wording.pick(`${key}.participle`, participles);
  const form = wording.pick(`${key}.form`, ['is', 'is', 'there', 'there', 'stands', 'inverted', 'bare']);
  if (subject.as === 'full' && form === 'there')
    return said(`between-there-${participle}`, [thereIs(plural), ...who, ' ', participle, ...where]);
  if (subject.as === 'full' && form === 'bare')
    return said(
      `between-bare-${participle}`,
      [...nounPhrase(subject, wording, `${key}.subject`, { bare: true }), ' ', participle, ...where],
      true,
    );
  const [one, many] = wording.pick(`${key}.verb`, standing);
  if (form === 'inverted' && subject.as !== 'pronoun')
    return said(`between-inverted-${many}`, [...where, ' ', plural ? many : one, ' ', ...who]);
  if (form === 'stands') return said(`between-${many}`, [...who, ' ', plural ? many : one, ' ', ...where]);
  return said(`between-is-${participle}`, [...who, ' ', isAre(subject), ' ', participle, ...where]);
}
