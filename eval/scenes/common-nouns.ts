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

export const isCommonNoun = (noun: string): boolean => common.has(noun);

/** One of the nouns. Drawn ones and absent ones must be picked alike, or the noun alone would tell which it is. */
export function pickNoun(random: () => number, nouns: readonly string[]): string {
  return pickWeighted(
    random,
    nouns.map((noun) => [noun, common.has(noun) ? 3 : 1] as const),
  );
}
