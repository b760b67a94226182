const pairs: readonly (readonly [string, string])[] = [
  ['to the left of', 'to the right of'],
  ['on the left side of', 'on the right side of'],
  ['left-hand', 'right-hand'],
  ['top-left', 'top-right'],
  ['bottom-left', 'bottom-right'],
  ['upper-left', 'upper-right'],
  ['lower-left', 'lower-right'],
  ['on top of', 'underneath'],
  ['far away from', 'close to'],
  ['nowhere near', 'right next to'],
  ['next to', 'far from'],
  ['in front of', 'behind'],
  ['higher', 'lower'],
  ['above', 'below'],
  ['over', 'under'],
  ['left', 'right'],
  ['leftmost', 'rightmost'],
  ['top', 'bottom'],
  ['upper', 'lower'],
  ['inside', 'outside'],
  ['before', 'after'],
];

/** Relation phrases and their opposites, both ways, longest first. */
export const relationOpposites: ReadonlyMap<string, string> = new Map(
  [
    ...pairs.flatMap(
      ([one, other]) =>
        [
          [one, other],
          [other, one],
        ] as const,
    ),
    ['beneath', 'above'] as const,
    ['underneath', 'above'] as const,
    ['beside', 'far from'] as const,
    ['near', 'far from'] as const,
    ['up', 'down'] as const,
    ['down', 'up'] as const,
  ]
    .sort((a, b) => b[0].length - a[0].length)
    .filter(([phrase], index, all) => all.findIndex(([other]) => other === phrase) === index),
);
