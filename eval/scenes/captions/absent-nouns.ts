import { nouns } from '../../../src/text/lexicon/nouns.js';
import { pick } from '../random.js';
import type { Scene } from '../scene.js';

/** Nouns that can be said of one and the same picture: a parrot is a bird, a sailboat is a boat. */
const overlapping = `bird chicken duck eagle flamingo owl parrot penguin rooster swan peacock turkey chick dodo
chicken rooster chick turkey
fish shark whale dolphin pufferfish
boat sailboat ship canoe
ship sailboat
bear panda koala teddy-bear
mouse hamster
squirrel hamster
car taxi ambulance
truck ambulance
train tram
motorcycle scooter
phone telephone
tree palm-tree
cake cupcake
house church castle
shoe boot
watermelon melon
insect ladybug beetle
watch clock
pig boar
cow bison
elephant mammoth
horse unicorn
dinosaur lizard dragon crocodile
hamburger sandwich
shirt dress
seashell snail
mountain volcano
guitar banjo
computer television
cup teapot
star sun
ring diamond
lobster shrimp
octopus squid
wolf dog fox
egg nest
candy lollipop
bag handbag backpack suitcase
tulip rose
book envelope`
  .split('\n')
  .map((line) => line.split(' '));

const alike = new Map<string, Set<string>>();
for (const [head, ...others] of overlapping) {
  for (const other of others) {
    for (const [one, two] of [
      [head!, other],
      [other, head!],
    ] as const) {
      if (!alike.has(one)) alike.set(one, new Set());
      alike.get(one)!.add(two);
    }
  }
}

const names = nouns.map((noun) => noun.singular);
const categoryOf = new Map(nouns.map((noun) => [noun.singular, noun.category]));
const namesOf = new Map(
  [...new Set(categoryOf.values())].map((category) => [
    category,
    names.filter((name) => categoryOf.get(name) === category),
  ]),
);

/** Whether the noun can be said of something in the scene. */
export function couldBeSaid(scene: Scene, noun: string): boolean {
  return scene.groups.some((group) => group.noun === noun || (alike.get(group.noun)?.has(noun) ?? false));
}

/** A noun of which there is nothing in the scene; with `like`, one of its category where there is one. */
export function pickAbsentNoun(scene: Scene, random: () => number, like?: string): string {
  const category = like === undefined ? undefined : categoryOf.get(like);
  const pool = category === undefined ? names : namesOf.get(category)!;
  for (let tries = 0; tries < 12; tries++) {
    const noun = pick(random, pool);
    if (!couldBeSaid(scene, noun)) return noun;
  }
  return pick(
    random,
    names.filter((noun) => !couldBeSaid(scene, noun)),
  );
}
