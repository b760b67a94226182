import { countWord } from '../counting.js';
import type { Fact, Mention } from '../fact.js';
import { colourWord, isCountedByUnit, isPluralMention, joinList, nounForm, nounPhrase } from '../noun-phrase.js';
import type { ClaimPiece, Piece } from '../pieces.js';
import { placePieces } from '../sentences/place-pieces.js';
import { placeForms } from '../sentences/relation-words.js';
import { claimOf, isAre } from '../sentences/sentence.js';
import type { Wording } from '../wording.js';

/** Sentences of chat models that the plain captions do not have; null where the fact has none of these. */
export function looseSentence(fact: Fact, wording: Wording, key: string): Piece[] | null {
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  switch (fact.kind) {
    case 'exists': {
      const things = joinList(
        fact.mentions.map((mention, index) => nounPhrase(mention, wording, `${key}.m${index}`)),
        wording,
        key,
      );
      const [only, more] = fact.mentions;
      if (only && !more && wording.chance(`${key}.counted`, 0.45)) {
        const counted = countedSentence(only, wording, key);
        if (counted) return counted;
      }
      return [w('open', opens), ...things, w('close', closes)];
    }
    case 'absent': {
      const { noun, no, groups } = fact;
      if (!no.is) return null;
      const claim = (text: string): ClaimPiece => claimOf('existence', text, no, groups);
      const name = (plural: boolean) =>
        claimOf('object', nounForm(noun.is, plural || isCountedByUnit(noun.is), wording, `${key}.noun`), noun, groups);
      const none: readonly Piece[][] = [
        [claim('not'), ' a single ', name(false), w('seen', [' is there', ' in sight', ' is shown', ' to be found'])],
        ['you will look for ', name(true), ' ', claim('in vain')],
        [claim('none'), ' of the things shown is a ', name(false)],
        ['what is ', claim('missing'), ' is a ', name(false)],
        [name(true), ' are ', claim('absent'), w('from', ['', ' from the picture', ' from the scene', ' here'])],
        ['it has ', claim('no'), ' ', name(true), ' at all'],
        ['the scene is ', claim('free'), ' of ', name(true)],
        [claim('nothing'), ' here is a ', name(false)],
        ['the picture comes ', claim('without'), ' any ', name(true)],
      ];
      return w('none', none);
    }
    case 'colour': {
      const { subject, colour } = fact;
      const who = nounPhrase(subject, wording, `${key}.subject`);
      const claim = claimOf('colour', colourWord(colour.is, wording, `${key}.colour`), colour, subject.groups);
      const many = isPluralMention(subject);
      const forms: readonly Piece[][] = [
        [...who, many ? ' come in ' : ' comes in ', claim],
        [...who, many ? ' have a ' : ' has a ', claim, w('tint', [' tint', ' hue', ' tone', ' shade', ' colour'])],
        [
          ...who,
          many ? ' are ' : ' is ',
          w('done', ['painted', 'tinted', 'coloured', 'shaded', 'drawn in', 'done in', 'kept in', 'filled with']),
          ' ',
          claim,
        ],
        ['the colour chosen for ', ...who, ' is ', claim],
        [claim, ' is the colour of ', ...who],
        [...who, many ? ' wear ' : ' wears ', 'a ', claim, ' coat'],
      ];
      return w('tinted', forms.slice(0, subject.as === 'pronoun' ? 3 : 5));
    }
    case 'ground': {
      const claim = claimOf('ground', colourWord(fact.colour.is, wording, `${key}.colour`), fact.colour, []);
      const forms: readonly Piece[][] = [
        ['the whole thing sits on ', claim],
        ['behind it all there is nothing but ', claim],
        ['the canvas is ', claim],
        ['the area behind them is ', claim],
        ['it was all placed on a field of ', claim],
        ['the setting is plain ', claim],
        ['a ', claim, ' backdrop fills the rest'],
      ];
      return w('behind', forms);
    }
    case 'place': {
      const { subject, place } = fact;
      const who = nounPhrase(subject, wording, `${key}.subject`);
      const where = placePieces(w('place', placeForms[place.is]), place, subject.groups);
      const be = isAre(subject);
      const forms: readonly Piece[][] = [
        [...who, ` ${be} over `, ...where],
        ['over ', ...where, ` ${be} `, ...who],
        ['look ', ...where, ' and you will find ', ...who],
        [...where, ', ', ...who, isPluralMention(subject) ? ' have been put' : ' has been put'],
        [...who, isPluralMention(subject) ? ' occupy a spot ' : ' occupies a spot ', ...where],
      ];
      return w('placed', forms);
    }
    default:
      return null;
  }
}

const opens = [
  'someone drew ',
  'what you get is ',
  'we are looking at ',
  'this one has ',
  'it is all about ',
  'my eyes find ',
  'the artist drew ',
  'the artist chose ',
  'the subject is ',
  'the cast: ',
  'on the canvas: ',
  'shown: ',
  'seen here: ',
  'it is made up of ',
  'the arrangement brings together ',
  'we have ',
  'you have got ',
  'there you have ',
  'it boils down to ',
  'featured are ',
  'the frame holds ',
];
const closes = [
  '',
  '',
  '',
  '',
  ' on a plain ground',
  ' and little else',
  ', nothing more',
  ', as simple icons',
  ' in all',
  ' altogether',
];

function countedSentence(only: Mention, wording: Wording, key: string): Piece[] | null {
  if (isCountedByUnit(only.noun.is) || only.size || only.colour) return null;
  const { is: count } = only.count;
  const number = claimOf(
    'count',
    wording.chance(`${key}.digits`, 0.5) ? String(count) : countWord(count),
    only.count,
    only.groups,
  );
  const noun = claimOf(
    'object',
    nounForm(only.noun.is, count !== 1, wording, `${key}.m0.noun`),
    only.noun,
    only.groups,
  );
  const nouns = claimOf('object', nounForm(only.noun.is, true, wording, `${key}.m0.noun`), only.noun, only.groups);
  const be = count === 1 ? 'is' : 'are';
  const forms: readonly Piece[][] = [
    [
      number,
      ' ',
      noun,
      wording.pick(`${key}.more`, [', no more and no fewer', ', not one more', ', neither more nor less']),
    ],
    ['all told, there ', be, ' ', number, ' ', noun],
    ['in total, ', number, ' ', noun, count === 1 ? ' appears' : ' appear'],
    ['if you count the ', nouns, ', you get ', number],
    ['count of ', nouns, ': ', number],
    ['altogether ', number, ' ', noun],
    ['exactly ', number, ' of the things ', be, ' ', noun],
    ['the ', nouns, ' come to ', number],
  ];
  return wording.pick(`${key}.forms`, forms);
}
