import type { Direction, Place } from '../geometry.js';

/** Before the claiming word, the word, after it. Entry by entry the four directions say it alike. */
export type RelationForm = readonly [string, string, string];

const sideways = (side: string): readonly RelationForm[] => [
  ['to the ', side, ' of'],
  ['', side, ' of'],
  ['on the ', side, ' side of'],
  ['on the ', side, ' of'],
  ['to the ', side, ' of'],
  ['to the ', side, ' of'],
  ['on the ', `${side}-hand`, ' side of'],
  ['to the ', side, ' side of'],
  ['', side, ' of'],
  ['off to the ', side, ' of'],
  ['towards the ', side, ' of'],
  ['somewhere to the ', side, ' of'],
];
const upright = (words: readonly string[]): readonly RelationForm[] =>
  words.map((phrase) => {
    const word = phrase.split(' ').at(-1)!;
    return [phrase.slice(0, phrase.length - word.length), word, ''];
  });

export const relationForms: Record<Direction, readonly RelationForm[]> = {
  left: sideways('left'),
  right: sideways('right'),
  above: upright([
    'above',
    'above',
    'over',
    'above',
    'somewhere above',
    'above',
    'up above',
    'over',
    'over',
    'above',
    'above',
    'above',
  ]),
  below: upright([
    'below',
    'below',
    'under',
    'beneath',
    'somewhere below',
    'underneath',
    'down below',
    'under',
    'underneath',
    'beneath',
    'below',
    'below',
  ]),
};

const sidewaysThan = (side: string): readonly RelationForm[] => [
  ['further to the ', side, ' than'],
  ['further ', side, ' than'],
  ['farther to the ', side, ' than'],
  ['more to the ', side, ' than'],
];
const uprightThan = (word: string, adverb: string): readonly RelationForm[] => [
  ['', word, ' than'],
  ['', word, ' than'],
  ['', `${word} ${adverb}`, ' than'],
  ['', word, ' in the picture than'],
];

export const comparativeForms: Record<Direction, readonly RelationForm[]> = {
  left: sidewaysThan('left'),
  right: sidewaysThan('right'),
  above: uprightThan('higher', 'up'),
  below: uprightThan('lower', 'down'),
};

/** Seen from the other thing: "has a dog to its left". */
export const possessiveForms: Record<Direction, readonly [before: string, word: string, own: boolean]> = {
  left: [' to ', 'left', true],
  right: [' to ', 'right', true],
  above: [' ', 'above', false],
  below: [' ', 'below', false],
};

export const nearWords = [
  'next to',
  'beside',
  'near',
  'close to',
  'right next to',
  'right by',
  'adjacent to',
  'alongside',
];
export const farWords = [
  'far from',
  'far away from',
  'well away from',
  'nowhere near',
  'a long way from',
  'not near',
  'not close to',
  'far from',
];

const cornerNames = (vertical: readonly [string, string], side: string) => {
  const [plain, high] = vertical;
  return [
    `in the ${plain} ${side} corner`,
    `in the ${high} ${side} corner`,
    `in the ${plain}-${side} corner`,
    `at the ${plain} ${side}`,
    `in the ${high} ${side}`,
    `in the ${high}-${side} corner`,
    `in the ${high} ${side}-hand corner`,
    `in the ${plain} ${side}`,
    `in the ${plain} ${side} part`,
    `on the ${high} ${side}`,
    `towards the ${plain} ${side} corner`,
    `near the ${plain} ${side} corner`,
    `in the ${plain} ${side} area`,
    `in the corner at the ${plain} ${side}`,
  ];
};
const sides = (side: string) => [
  `on the ${side}`,
  `on the ${side}`,
  `on the ${side} side`,
  `at the ${side}`,
  `on the ${side}-hand side`,
  `towards the ${side}`,
  `in the ${side} half`,
  `in the ${side} part`,
  `toward the ${side} side`,
  `over on the ${side}`,
  `to the ${side}`,
  `at the ${side} side`,
  `in the ${side} half`,
  `near the ${side} side`,
];
const ends = (plain: string, high: string) => [
  `at the ${plain}`,
  `at the ${plain}`,
  `near the ${plain}`,
  `in the ${high} part`,
  `in the ${plain} half`,
  `towards the ${plain}`,
  `in the ${high} half`,
  `in the ${plain} part`,
  `toward the ${plain}`,
  `close to the ${plain}`,
  `in the ${high} area`,
  `in the ${high} section`,
  `in the ${plain} half`,
  `on the ${plain} side`,
];

export const placeForms: Record<Place, readonly string[]> = {
  left: sides('left'),
  right: sides('right'),
  top: ends('top', 'upper'),
  bottom: ends('bottom', 'lower'),
  centre: [
    'in the centre',
    'in the middle',
    'in the center',
    'at the centre',
    'right in the middle',
    'at the center',
    'in the middle',
    'in the very middle',
    'around the middle',
    'near the center',
    'near the centre',
    'in the middle',
    'in the center',
    'close to the centre',
  ],
  'top left': cornerNames(['top', 'upper'], 'left'),
  'top right': cornerNames(['top', 'upper'], 'right'),
  'bottom left': cornerNames(['bottom', 'lower'], 'left'),
  'bottom right': cornerNames(['bottom', 'lower'], 'right'),
};

export const ofPicture = [
  ...Array.from({ length: 4 }, () => ''),
  ' of the picture',
  ' of the image',
  ' of the scene',
  ' of the frame',
  ' of the drawing',
] as const;
