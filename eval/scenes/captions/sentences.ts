import type { ClaimKind } from '../scene.js';
import type { Fact, Mention, Value } from './facts.js';
import type { Direction, Place } from './geometry.js';
import { colourWord, isPluralMention, joinList, nounForm, nounPhrase, sizeWord } from './noun-phrase.js';
import type { Piece } from './pieces.js';
import type { Wording } from './wording.js';

/** A sentence without its capital and full stop, and the name of its shape. `whole`: stands by itself only. */
export interface Sentence {
  pieces: Piece[];
  shape: string;
  whole: boolean;
}

const relationForms: Record<Direction, readonly (readonly [string, string, string])[]> = {
  left: [
    ['to the ', 'left', ' of'],
    ['', 'left', ' of'],
    ['on the ', 'left', ' side of'],
    ['on the ', 'left', ' of'],
    ['to the ', 'left', ' of'],
    ['at the ', 'left', ' of'],
    ['on the ', 'left-hand', ' side of'],
    ['further ', 'left', ' than'],
    ['just ', 'left', ' of'],
  ],
  right: [
    ['to the ', 'right', ' of'],
    ['', 'right', ' of'],
    ['on the ', 'right', ' side of'],
    ['on the ', 'right', ' of'],
    ['to the ', 'right', ' of'],
    ['at the ', 'right', ' of'],
    ['on the ', 'right-hand', ' side of'],
    ['further ', 'right', ' than'],
    ['just ', 'right', ' of'],
  ],
  above: [
    ['', 'above', ''],
    ['', 'above', ''],
    ['', 'over', ''],
    ['', 'higher', ' than'],
    ['', 'above', ''],
    ['somewhere ', 'above', ''],
    ['directly ', 'above', ''],
    ['higher ', 'up', ' than'],
    ['placed ', 'above', ''],
  ],
  below: [
    ['', 'below', ''],
    ['', 'beneath', ''],
    ['', 'under', ''],
    ['', 'lower', ' than'],
    ['', 'below', ''],
    ['somewhere ', 'below', ''],
    ['directly ', 'below', ''],
    ['lower ', 'down', ' than'],
    ['', 'underneath', ''],
  ],
};
// "higher up" and "lower down" differ in two words: the second never stands alone as the wrong one
const plainForms = (direction: Direction) =>
  relationForms[direction].filter(([before]) => before !== 'higher ' && before !== 'lower ');

const placeForms: Record<Place, readonly string[]> = {
  left: [
    'on the left',
    'on the left side',
    'at the left',
    'on the left-hand side',
    'towards the left',
    'in the left half',
  ],
  right: [
    'on the right',
    'on the right side',
    'at the right',
    'on the right-hand side',
    'towards the right',
    'in the right half',
  ],
  top: ['at the top', 'near the top', 'in the upper part', 'in the top half', 'towards the top', 'in the upper half'],
  bottom: [
    'at the bottom',
    'near the bottom',
    'in the lower part',
    'in the bottom half',
    'towards the bottom',
    'in the lower half',
  ],
  centre: ['in the centre', 'in the middle', 'in the center', 'at the centre', 'right in the middle', 'at the center'],
  'top left': [
    'in the top left corner',
    'in the upper left corner',
    'in the top-left corner',
    'at the top left',
    'in the upper left',
    'in the upper-left corner',
  ],
  'top right': [
    'in the top right corner',
    'in the upper right corner',
    'in the top-right corner',
    'at the top right',
    'in the upper right',
    'in the upper-right corner',
  ],
  'bottom left': [
    'in the bottom left corner',
    'in the lower left corner',
    'in the bottom-left corner',
    'at the bottom left',
    'in the lower left',
    'in the lower-left corner',
  ],
  'bottom right': [
    'in the bottom right corner',
    'in the lower right corner',
    'in the bottom-right corner',
    'at the bottom right',
    'in the lower right',
    'in the lower-right corner',
  ],
};
const placeWord =
  /left-hand|right-hand|top-left|top-right|bottom-left|bottom-right|upper-left|upper-right|lower-left|lower-right|left|right|top|bottom|upper|lower|centre|center|middle/g;
const ofPicture = ['', '', '', ' of the picture', ' of the image', ' of the scene', ' of the frame'];
const somewhere = [
  '',
  '',
  '',
  '',
  ' in the picture',
  ' in the image',
  ' in this picture',
  ' in the scene',
  ' here',
  ' in this image',
];
const participles = [
  '',
  '',
  '',
  '',
  'placed ',
  'located ',
  'positioned ',
  'shown ',
  'sitting ',
  'situated ',
  'seen ',
  'drawn ',
];

const openings: readonly (readonly [shape: string, singular: string, plural: string])[] = [
  ['there', 'there is ', 'there are '],
  ['there', 'there is ', 'there are '],
  ['there', 'there is ', 'there are '],
  ['theres', "there's ", 'there are '],
  ['i-see', 'I see ', 'I see '],
  ['i-can-see', 'I can see ', 'I can see '],
  ['we-see', 'we see ', 'we see '],
  ['we-can-see', 'we can see ', 'we can see '],
  ['you-can-see', 'you can see ', 'you can see '],
  ['picture-shows', 'the picture shows ', 'the picture shows '],
  ['image-shows', 'the image shows ', 'the image shows '],
  ['image-features', 'the image features ', 'the image features '],
  ['scene-contains', 'the scene contains ', 'the scene contains '],
  ['in-the-picture', 'in the picture there is ', 'in the picture there are '],
  ['in-this-image', 'in this image, there is ', 'in this image, there are '],
  ['in-the-image-we', 'in the image we see ', 'in the image we see '],
  ['picture-of', 'this is a picture of ', 'this is a picture of '],
  ['image-of', 'an image of ', 'an image of '],
  ['drawing-of', 'a drawing of ', 'a drawing of '],
  ['illustration', 'an illustration of ', 'an illustration of '],
  ['depicts', 'the illustration depicts ', 'the illustration depicts '],
  ['here', 'here is ', 'here are '],
  ['it-shows', 'it shows ', 'it shows '],
  ['displays', 'the picture displays ', 'the picture displays '],
  ['contains', 'the image contains ', 'the image contains '],
  ['has', 'the picture has ', 'the picture has '],
  ['notice', 'notice ', 'notice '],
  ['includes', 'the scene includes ', 'the scene includes '],
  ['shows', 'shows ', 'shows '],
  ['one-can-see', 'one can see ', 'one can see '],
  ['looks', 'it looks like there is ', 'it looks like there are '],
];

/** Says one fact in words. The same wording gives the same shape whatever the values are. */
export function sentenceOf(fact: Fact, wording: Wording, key: string): Sentence {
  const w = <T>(name: string, options: readonly T[]) => wording.pick(`${key}.${name}`, options);
  const phrase = (mention: Mention, name: string, options = {}) =>
    nounPhrase(mention, wording, `${key}.${name}`, options);
  const be = (mention: Mention) => (isPluralMention(mention) ? ' are ' : ' is ');
  switch (fact.kind) {
    case 'exists': {
      const plural = isPluralMention(fact.mentions[0]!);
      if (fact.mentions.length > 0 && wording.chance(`${key}.bare`, 0.16)) {
        return {
          pieces: joinList(
            fact.mentions.map((mention, i) => phrase(mention, `m${i}`, { bare: true })),
            wording,
            key,
          ),
          shape: `bare-${fact.mentions.length}`,
          whole: true,
        };
      }
      const list = joinList(
        fact.mentions.map((mention, i) => phrase(mention, `m${i}`)),
        wording,
        key,
      );
      if (fact.mentions.length === 1 && wording.chance(`${key}.passive`, 0.12)) {
        const verb = w('verb', ['can be seen', 'appear', 'visible', 'shown']);
        const tail =
          verb === 'can be seen'
            ? ` ${verb}`
            : verb === 'appear'
              ? plural
                ? ' appear'
                : ' appears'
              : `${plural ? ' are' : ' is'} ${verb}`;
        return { pieces: [...list, tail, w('where', somewhere)], shape: `exists-passive-${verb}`, whole: false };
      }
      const [shape, singular, many] = w('opening', openings);
      const where = /^(there|i|we|you|here|looks|one)/i.test(shape) ? w('where', somewhere) : '';
      return {
        pieces: [plural ? many : singular, ...list, where],
        shape: `${shape}-${fact.mentions.length}${where}`,
        whole: /^(an? |shows)/.test(singular),
      };
    }
    case 'absent': {
      const subject = fact.group === null ? [] : [fact.group];
      const no: Piece = { text: 'no', kind: 'existence', good: fact.no.good, subject };
      const noun = (plural: boolean): Piece => ({
        text: nounForm(fact.noun.is, plural, wording, `${key}.noun`),
        kind: 'object',
        good: fact.noun.good,
        subject,
      });
      if (!fact.no.is) {
        const word = nounForm(fact.noun.is, false, wording, `${key}.noun`);
        const one: Piece = { text: /^[aeiou]/.test(word) ? 'an' : 'a', kind: 'existence', good: true, subject };
        const some: Piece[] = fact.plural ? ['there are ', noun(true)] : ['there is ', one, ' ', noun(false)];
        return { pieces: [...some, w('where', somewhere)], shape: 'absent-denied', whole: false };
      }
      const form = w('form', ['there', 'there', 'there', 'not', 'see', 'visible', 'none']);
      const plural = fact.plural;
      const pieces: Piece[] =
        form === 'not'
          ? [
              plural ? 'there are ' : 'there is ',
              { ...no, text: 'not' } as Piece,
              plural ? ' any ' : ' a single ',
              noun(plural),
              w('where', somewhere),
            ]
          : form === 'see'
            ? [w('who', ['I see ', 'we see ', 'you can see ']), no, ' ', noun(plural), w('where', somewhere)]
            : form === 'visible'
              ? [
                  no,
                  ' ',
                  noun(plural),
                  plural ? ' are' : ' is',
                  w('seen', [' visible', ' shown', ' to be seen', ' present']),
                ]
              : form === 'none'
                ? [w('has', ['the picture has ', 'the image contains ', 'the scene includes ']), no, ' ', noun(plural)]
                : [plural ? 'there are ' : 'there is ', no, ' ', noun(plural), w('where', somewhere)];
      return { pieces, shape: `absent-${form}`, whole: false };
    }
    case 'relation': {
      const forms = plainForms(fact.direction.is);
      const [before, word, after] = w('relation', forms);
      const relation: Piece[] = [
        before,
        {
          text: word,
          kind: 'relation',
          good: fact.direction.good,
          subject: fact.subject.groups,
          object: fact.other.groups,
        },
        after,
      ];
      const shape = `${before}*${after}`;
      const comparative = after === ' than';
      const form = w('form', [
        'is',
        'is',
        'is',
        'is',
        'there',
        'there',
        'bare',
        'inverted',
        'see',
        'of-two',
        'opening',
        'found',
      ]);
      const other = phrase(fact.other, 'other', { object: true });
      const subject = phrase(fact.subject, 'subject');
      const participle = comparative ? '' : w('participle', participles);
      if (form === 'inverted' && !comparative && before !== 'placed ') {
        const verb = w('sits', [
          be(fact.subject),
          be(fact.subject),
          isPluralMention(fact.subject) ? ' sit ' : ' sits ',
          isPluralMention(fact.subject) ? ' there are ' : ' there is ',
        ]);
        return {
          pieces: [
            ...relation,
            ' ',
            ...other,
            /there/.test(verb) ? ',' : '',
            verb,
            ...phrase(fact.subject, 'subject', { object: true }),
          ],
          shape: `relation-inverted-${shape}`,
          whole: false,
        };
      }
      if (fact.subject.as === 'full' && (form === 'there' || form === 'see' || form === 'opening') && !comparative) {
        const [name, singular, many] =
          form === 'see'
            ? (['see', 'I can see ', 'I can see '] as const)
            : form === 'opening'
              ? w('which', openings)
              : (['there', 'there is ', 'there are '] as const);
        return {
          pieces: [
            isPluralMention(fact.subject) ? many : singular,
            ...subject,
            ' ',
            participle,
            ...relation,
            ' ',
            ...other,
          ],
          shape: `relation-${name}-${participle}${shape}`,
          whole: /^(an? |shows)/.test(singular),
        };
      }
      if (fact.subject.as === 'full' && form === 'bare' && !comparative) {
        return {
          pieces: [...phrase(fact.subject, 'subject', { bare: true }), ' ', participle, ...relation, ' ', ...other],
          shape: `relation-bare-${participle}${shape}`,
          whole: true,
        };
      }
      const verb =
        form === 'found' && !comparative
          ? w('be', [
              ' can be found ',
              ' can be seen ',
              isPluralMention(fact.subject) ? ' appear ' : ' appears ',
              isPluralMention(fact.subject) ? ' stand ' : ' stands ',
            ])
          : `${be(fact.subject)}${participle}`;
      return {
        pieces: [...subject, verb, ...relation, ' ', ...other],
        shape: `relation-is-${form}-${participle}${shape}`,
        whole: false,
      };
    }
    case 'distance': {
      const claim = (text: string): Piece => ({
        text,
        kind: 'relation' as ClaimKind,
        good: fact.near.good,
        subject: fact.subject.groups,
        object: fact.other.groups,
      });
      const words: Piece[] = fact.near.is
        ? w('near', [
            [claim('next to')],
            [claim('beside')],
            [claim('near')],
            [claim('close to')],
            [claim('right next to')],
          ])
        : w('far', [
            [claim('far from')],
            [claim('far away from')],
            [claim('well away from')],
            [claim('nowhere near')],
            [claim('far from')],
          ]);
      const form = w('form', ['is', 'is', 'there']);
      const there = form === 'there' && fact.subject.as === 'full';
      const pieces: Piece[] = there
        ? [
            isPluralMention(fact.subject) ? 'there are ' : 'there is ',
            ...phrase(fact.subject, 'subject'),
            ' ',
            ...words,
            ' ',
            ...phrase(fact.other, 'other', { object: true }),
          ]
        : [
            ...phrase(fact.subject, 'subject'),
            be(fact.subject),
            ...words,
            ' ',
            ...phrase(fact.other, 'other', { object: true }),
          ];
      return { pieces, shape: `distance-${there}`, whole: false };
    }
    case 'between': {
      const relation: Piece = {
        text: 'between',
        kind: 'relation',
        good: true,
        subject: fact.subject.groups,
        object: fact.others.flatMap((other) => other.groups),
      };
      const others: Piece[] = [
        ...phrase(fact.others[0], 'first', { object: true }),
        ' and ',
        ...phrase(fact.others[1], 'second', { object: true }),
      ];
      const there = fact.subject.as === 'full' && wording.chance(`${key}.there`, 0.4);
      const middle: Piece[] = [w('participle', participles), relation, ' ', ...others];
      return {
        pieces: there
          ? [
              isPluralMention(fact.subject) ? 'there are ' : 'there is ',
              ...phrase(fact.subject, 'subject'),
              ' ',
              ...middle,
            ]
          : [...phrase(fact.subject, 'subject'), be(fact.subject), ...middle],
        shape: `between-${there}`,
        whole: false,
      };
    }
    case 'compare': {
      const word = fact.larger.is
        ? w('larger', ['larger', 'bigger', 'larger'])
        : w('smaller', ['smaller', 'smaller', 'smaller']);
      const claim: Piece = {
        text: word,
        kind: 'size',
        good: fact.larger.good,
        subject: fact.subject.groups,
        object: fact.other.groups,
      };
      const much = w('much', ['', '', 'much ', 'clearly ']);
      return {
        pieces: [
          ...phrase(fact.subject, 'subject'),
          be(fact.subject),
          much,
          claim,
          ' than ',
          ...phrase(fact.other, 'other', { object: true }),
        ],
        shape: `compare-${much}`,
        whole: false,
      };
    }
    case 'place': {
      const place = placePieces(w('place', placeForms[fact.place.is]), fact.place, fact.subject.groups);
      const of = w('of', ofPicture);
      const form = w('form', ['is', 'is', 'there', 'first', 'bare', 'see']);
      const subject = phrase(fact.subject, 'subject');
      const full = fact.subject.as === 'full';
      const plural = isPluralMention(fact.subject);
      if (form === 'first') {
        const verb = w('verb', [
          plural ? ' there are ' : ' there is ',
          be(fact.subject),
          plural ? ' we see ' : ' we see ',
        ]);
        return {
          pieces: [
            ...place,
            of,
            /there|we/.test(verb) ? ',' : '',
            verb,
            ...phrase(fact.subject, 'subject', { object: true }),
          ],
          shape: `place-first-${of}`,
          whole: false,
        };
      }
      if (full && (form === 'there' || form === 'see')) {
        return {
          pieces: [form === 'see' ? 'I can see ' : plural ? 'there are ' : 'there is ', ...subject, ' ', ...place, of],
          shape: `place-${form}-${of}`,
          whole: false,
        };
      }
      if (full && form === 'bare')
        return {
          pieces: [...phrase(fact.subject, 'subject', { bare: true }), ' ', ...place, of],
          shape: `place-bare-${of}`,
          whole: true,
        };
      return {
        pieces: [...subject, be(fact.subject), w('participle', participles), ...place, of],
        shape: `place-is-${of}`,
        whole: false,
      };
    }
    case 'colour': {
      const claim: Piece = {
        text: colourWord(fact.colour.is, wording, `${key}.colour`),
        kind: 'colour',
        good: fact.colour.good,
        subject: fact.subject.groups,
      };
      const [before, after] = w('form', [
        [' ', ''],
        [' ', ''],
        [' ', ''],
        [' coloured ', ''],
        [' colored ', ''],
        [' ', ' in colour'],
        [' ', ' in color'],
      ] as const);
      const all = fact.subject.count.is > 1 && wording.chance(`${key}.all`, 0.3) ? ' all' : '';
      return {
        pieces: [...phrase(fact.subject, 'subject'), be(fact.subject).trimEnd(), all, before, claim, after],
        shape: `colour-is-${before}${after}${all}`,
        whole: false,
      };
    }
    case 'size': {
      const claim: Piece = {
        text: sizeWord(fact.size.is, wording, `${key}.size`),
        kind: 'size',
        good: fact.size.good,
        subject: fact.subject.groups,
      };
      const very = w('very', ['', '', 'quite ', 'very ', 'rather ']);
      return {
        pieces: [...phrase(fact.subject, 'subject'), be(fact.subject), very, claim],
        shape: `size-is-${very}`,
        whole: false,
      };
    }
    case 'ground': {
      const claim: Piece = {
        text: colourWord(fact.colour.is, wording, `${key}.colour`),
        kind: 'ground',
        good: fact.colour.good,
        subject: [],
      };
      const word = w('word', ['background', 'background', 'backdrop', 'ground']);
      const form = w('form', ['is', 'is', 'has', 'everything', 'against', 'colour']);
      const an = /^[aeiou]/.test(fact.colour.is) ? 'an ' : 'a ';
      const pieces: Piece[] =
        form === 'has'
          ? [w('what', ['the picture has ', 'the image has ', 'it has ', 'the scene has ']), an, claim, ` ${word}`]
          : form === 'everything'
            ? [
                w('all', ['everything is ', 'all of it is ', 'the objects are ']),
                w('on', ['on ', 'set on ', 'against ']),
                an,
                claim,
                ` ${word}`,
              ]
            : form === 'against'
              ? [w('against', ['set against ', 'on ', 'all against ']), an, claim, ` ${word}`]
              : form === 'colour'
                ? [`the colour of the ${word} is `, claim]
                : [`the ${word} is `, claim];
      return { pieces, shape: `ground-${form}`, whole: form === 'against' };
    }
  }
}

/** Marks the word or words of a place phrase that say where: `in the [top] [left] corner`. */
function placePieces(phrase: string, place: Value<Place>, subject: number[]): Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (const match of phrase.matchAll(placeWord)) {
    const word = match[0];
    if (word === 'right' && phrase.startsWith('in the middle', match.index + 6)) continue;
    for (const part of word.split('-')) {
      const start = match.index + (part === 'hand' ? word.length : word.indexOf(part));
      if (part === 'hand') continue;
      pieces.push(phrase.slice(last, start), {
        text: part,
        kind: 'position',
        good: place.good || !differs(part, place),
        subject,
      });
      last = start + part.length;
    }
  }
  return [...pieces, phrase.slice(last)];
}

function differs(word: string, { is, was }: Value<Place>): boolean {
  if (was === undefined || is === 'centre' || was === 'centre') return true;
  const axis = /top|upper|bottom|lower/.test(word) ? /top|bottom/ : /left|right/;
  return is.match(axis)?.[0] !== was.match(axis)?.[0];
}
