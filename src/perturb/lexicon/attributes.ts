/**
 * Words for how a thing looks, by kind; of one kind, at most one is true of a thing. `/` parts words that are too close
 * to be told apart in a picture.
 */
const kinds = {
  colour:
    'red/crimson green/turquoise/teal blue/navy/turquoise/teal yellow/gold/golden purple/violet/lavender orange/tan pink brown/tan/beige/maroon black white/beige/cream/silver/gray/grey gray/grey/silver',
  material:
    'wooden/wood metal/metallic/steel/aluminum/aluminium/iron/brass/copper plastic stone/brick/concrete/cement/marble glass leather cardboard/paper rubber ceramic/porcelain wicker',
  size: 'large/big/huge/giant/enormous/larger/bigger small/little/tiny/mini/miniature/smaller',
  height: 'tall/high/long short',
  fill: 'empty full',
  opening: 'open closed',
  water: 'wet dry',
  age: 'old/older/elderly/vintage/antique young/younger/new/modern',
  weather: 'sunny/clear cloudy/overcast/foggy/gray rainy snowy',
  light: 'dark/dim bright/sunlit',
  dirt: 'clean dirty/messy/muddy',
  pattern: 'striped checkered/checked/plaid spotted/dotted floral',
  shape: 'round/circular square rectangular triangular',
} as const;

export type AttributeKind = keyof typeof kinds;

const groups: readonly { kind: AttributeKind; words: readonly string[] }[] = Object.entries(kinds).flatMap(
  ([kind, row]) => row.split(' ').map((words) => ({ kind: kind as AttributeKind, words: words.split('/') })),
);

export const smallWords: ReadonlySet<string> = new Set([
  'small',
  'little',
  'tiny',
  'mini',
  'miniature',
  'smallish',
  'smaller',
]);

/** The kind of look that a word names, or null. */
export function attributeKind(word: string): AttributeKind | null {
  return groups.find(({ words }) => words.includes(word))?.kind ?? null;
}

/** Words of the same kind that cannot be true together with the word, the plainest of each. */
export function otherAttributes(word: string): string[] {
  const own = groups.filter(({ words }) => words.includes(word));
  const close = new Set(own.flatMap(({ words }) => words));
  return groups
    .filter(({ kind, words }) => kind === own[0]?.kind && !words.some((other) => close.has(other)))
    .map(({ words }) => words[0]!);
}

/** Whether two words name looks that one thing cannot have both of. */
export function exclude(one: string, other: string): boolean {
  return (
    attributeKind(one) !== null &&
    attributeKind(one) === attributeKind(other) &&
    !groups.some(({ words }) => words.includes(one) && words.includes(other))
  );
}
