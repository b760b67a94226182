import { pickWeighted } from './random.js';

/** The nouns of DESIGN.md section 7: the domain's core, met more often than the others. */
export const commonNouns: readonly string[] =
  `dog cat airplane car bicycle boat bus balloon banana apple bear bed bell bird cake book bread broccoli butterfly
  cactus camel camera candle carrot castle chair cheese cherry chicken clock cloud coconut cookie couch cow crab
  crocodile crown cucumber cupcake deer dolphin door dragon drum duck eagle egg elephant fire fish flamingo fox frog
  giraffe glasses grape guitar hamburger hammer helicopter horse house ice-cream jellyfish key kite koala ladder lemon
  lion lobster train monkey motorcycle mouse mushroom octopus onion owl palm-tree panda parrot peach pear penguin pig
  pineapple pizza potato rabbit rocket rooster sailboat scissors shark sheep snail snake spider strawberry sun tiger
  tomato tractor trophy truck turtle umbrella violin watermelon whale wolf`.split(/\s+/);

const common: ReadonlySet<string> = new Set(commonNouns);

/** Sixteen of them that look unlike each other: for models that are trained in minutes. */
const few: ReadonlySet<string> = new Set(
  `apple banana grape pineapple car airplane bicycle sailboat elephant penguin butterfly fish umbrella guitar key
  clock`.split(/\s+/),
);

export const nounSets = { common, few };

/** Scenes and captions of some nouns only. */
export type NounSet = keyof typeof nounSets;

export const isInSet = (set: NounSet | undefined, noun: string): boolean =>
  set === undefined || nounSets[set].has(noun);

/** One of the nouns. Drawn ones and absent ones must be picked alike, or the noun alone would tell which it is. */
export function pickNoun(random: () => number, nouns: readonly string[]): string {
  return pickWeighted(
    random,
    nouns.map((noun) => [noun, common.has(noun) ? 3 : 1] as const),
  );
}
