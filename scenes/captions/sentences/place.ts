import type { Fact } from '../fact.js';
import { isPluralMention, nounPhrase } from '../noun-phrase.js';
import type { Wording } from '../wording.js';
import { laterOpenings, openings } from './openings.js';
import { placePieces } from './place-pieces.js';
import { ofPicture, placeForms } from './relation-words.js';
import { isAre, participles, type Sentence, said, standing, thereIs } from './sentence.js';

const forms = [
  'is',
  'is',
  'is',
  'stands',
  'stands',
  'there',
  'there',
  'opening',
  'first',
  'first',
  'first',
  'bare',
  'holds',
  'find',
] as const;

/** "The dog is on the left", "In the top left corner there is a dog", "The upper half of the picture holds two dogs". */
export function placeSentence(fact: Extract<Fact, { kind: 'place' }>, wording: Wording, key: string): Sentence {
  const { subject, place } = fact;
  const phrase = wording.pick(`${key}.place`, placeForms[place.is]);
  const of = wording.pick(`${key}.of`, ofPicture);
  const where = [...placePieces(phrase, place, subject.groups), of];
  const form = wording.pick(`${key}.form`, forms);
  const who = nounPhrase(subject, wording, `${key}.subject`);
  const whom = nounPhrase(subject, wording, `${key}.subject`, { object: true });
  const participle = wording.pick(`${key}.participle`, participles);
  const [one, many] = wording.pick(`${key}.verb`, standing);
  const plural = isPluralMention(subject);
  if (form === 'first' && subject.as !== 'pronoun') {
    const [there, are] = wording.pick(`${key}.first`, firsts);
    const comma = /^(?:there|we|I|you)/.test(there) ? wording.pick(`${key}.comma`, [', ', ', ', ' ']) : ' ';
    return said(`place-first-${there}${of}`, [...where, comma, plural ? are : there, ' ', ...whom]);
  }
  if (form === 'holds' && subject.as === 'full' && of && phrase.startsWith('in the ')) {
    const holds = wording.pick(`${key}.holds`, [' contains ', ' holds ', ' has ', ' shows ', ' features ']);
    return said(`place-holds-${holds}`, [
      'the ',
      ...placePieces(phrase.slice(7), place, subject.groups),
      of,
      holds,
      ...whom,
    ]);
  }
  if (subject.as === 'full' && (form === 'there' || form === 'opening')) {
    const opening = wording.pick(`${key}.opening`, key === 's0' || key === 'q' ? openings : laterOpenings);
    const start =
      form === 'there' ? thereIs(plural, wording.chance(`${key}.short`, 0.2)) : plural ? opening.many : opening.one;
    const shape = form === 'there' ? 'there' : opening.name;
    return said(
      `place-${shape}-${participle}`,
      [start, ...who, ' ', participle, ...where],
      form === 'opening' && opening.whole,
    );
  }
  if (subject.as === 'full' && form === 'bare') {
    const headline = nounPhrase(subject, wording, `${key}.subject`, { bare: true });
    return said(`place-bare-${participle}${of}`, [...headline, ' ', participle, ...where], true);
  }
  if (form === 'find') {
    const finding = wording.pick(`${key}.found`, [
      'you can find ',
      'we find ',
      'I see ',
      'you can see ',
      "you'll see ",
    ]);
    return said(`place-find-${finding}`, [finding, ...whom, ' ', ...where]);
  }
  if (form === 'stands') return said(`place-${many}${of}`, [...who, ' ', plural ? many : one, ' ', ...where]);
  return said(`place-is-${participle}${of}`, [...who, ' ', isAre(subject), ' ', participle, ...where]);
}

const firsts: readonly (readonly [string, string])[] = [
  ['there is', 'there are'],
  ['there is', 'there are'],
  ["there's", 'there are'],
  ['is', 'are'],
  ['is', 'are'],
  ['we see', 'we see'],
  ['I see', 'I see'],
  ['you can see', 'you can see'],
  ['we find', 'we find'],
  ['sits', 'sit'],
  ['stands', 'stand'],
  ['appears', 'appear'],
];
