import { isPlural, pluralize, singularize } from '../../text/agreement.js';

/** Things that are small in most pictures, in rows of sisters that look different; `~` is a blank. */
const rows = [
  'earring necklace bracelet wristwatch',
  'key coin',
  'screw nail',
  'bee butterfly dragonfly ladybug',
  'pen pencil marker crayon paintbrush',
  'pebble twig acorn pinecone',
  'fork spoon knife',
  'spider ant',
  'switch outlet',
] as const;
/** Small parts, which have no sister but a look of their own. */
const parts = new Set(
  'button badge nose ear eye beak paw tail collar bow ribbon bead logo star dot seed feather headlight taillight antenna faucet drain cap lid strap string lace pocket patch stripe spot speck leaf petal stem branch whisker tooth claw hoof horn bolt rivet peg hook clip pin plug cord wire bulb label letter number arrow knob handle hinge sticker tag numeral bracket latch vent eyebrow fingernail shoelace tassel zipper buckle nostril droplet berry bud lettering rim rivet emblem badge pendant handlebar headband wristband doorknob bulb pupil'.split(
    ' ',
  ),
);

const sisters = new Map<string, readonly string[]>();
for (const row of rows) {
  const names = row.split(' ');
  for (const name of names)
    sisters.set(
      name,
      names.filter((other) => other !== name),
    );
}

/** Whether a noun, in either number, names what is small in most pictures. */
export function isSmallThing(noun: string): boolean {
  const one = singularize(noun.toLowerCase());
  return sisters.has(one) || parts.has(one);
}

/** Other small things that might be in its place, in its number. */
export function smallSisters(noun: string): string[] {
  const found = sisters.get(singularize(noun.toLowerCase())) ?? [];
  return found.map((name) => (isPlural(noun) ? pluralize(name) : name));
}
