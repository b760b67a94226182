import { article } from '../counting.js';
import type { Fact } from '../fact.js';
import { colourWord } from '../noun-phrase.js';
import type { Wording } from '../wording.js';
import { claimOf, type Sentence, said } from './sentence.js';

type Ground = Extract<Fact, { kind: 'ground' }>;

const words = ['background', 'background', 'background', 'backdrop', 'background', 'ground'];
const holders = ['the picture has ', 'the image has ', 'it has ', 'the scene has ', 'this image has '];
const wholes = ['everything is ', 'all of it is ', 'the objects are ', 'the scene is ', 'it is all '];

/** "The background is blue". */
export function groundSentence({ colour }: Ground, wording: Wording, key: string): Sentence {
  const text = colourWord(colour.is, wording, `${key}.colour`);
  const claim = claimOf('ground', text, colour, []);
  const word = wording.pick(`${key}.word`, words);
  const a = `${article(text)} `;
  const form = wording.pick(`${key}.form`, [
    'is',
    'is',
    'is',
    'is',
    'has',
    'everything',
    'against',
    'colour',
    'there',
    'in-colour',
  ]);
  switch (form) {
    case 'has':
      return said('ground-has', [wording.pick(`${key}.what`, holders), a, claim, ` ${word}`]);
    case 'everything':
      return said('ground-everything', [
        wording.pick(`${key}.all`, wholes),
        wording.pick(`${key}.on`, ['on ', 'set on ', 'against ', 'placed on ']),
        a,
        claim,
        ` ${word}`,
      ]);
    case 'against':
      return said(
        'ground-against',
        [wording.pick(`${key}.against`, ['set against ', 'all against ', 'all on ']), a, claim, ` ${word}`],
        true,
      );
    case 'colour':
      return said('ground-colour', [
        `the ${wording.pick(`${key}.spelling`, ['colour', 'color'])} of the ${word} is `,
        claim,
      ]);
    case 'there':
      return said('ground-there', ['there is ', a, claim, ` ${word}`]);
    case 'in-colour':
      return said('ground-in-colour', [
        `the ${word} is `,
        claim,
        wording.pick(`${key}.in`, [' in colour', ' in color']),
      ]);
    default:
      return said('ground-is', [`the ${word} is `, claim]);
  }
}

/** "… on a blue background": hung on the sentence before. */
export function groundTail({ colour }: Ground, wording: Wording, key: string): Sentence {
  const text = colourWord(colour.is, wording, `${key}.colour`);
  const before = wording.pick(`${key}.tail`, [
    ' on ',
    ' on ',
    ' against ',
    ', all on ',
    ' set against ',
    ', set on ',
    ' over ',
    ', with ',
  ]);
  return said(`tail-ground${before}`, [
    before,
    `${article(text)} `,
    claimOf('ground', text, colour, []),
    ` ${wording.pick(`${key}.word`, words)}`,
  ]);
}
