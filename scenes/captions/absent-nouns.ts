import { nouns } from '../../src/text/lexicon/nouns.js';
import { isInSet, pickNoun } from '../common-nouns.js';
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
tulip rose hibiscus lotus bouquet
rose sunflower hibiscus lotus bouquet
sunflower hibiscus lotus bouquet
hibiscus lotus bouquet
lotus bouquet
book envelope notebook newspaper
notebook newspaper scroll
bird dove goose
dove duck chicken
goose duck swan
car police-car van
police-car taxi van
taxi van
van bus
truck fire-truck van
ambulance fire-truck
boat ferry
ship ferry
sailboat ferry
mouse rat
rat hamster
cow ox
bison ox
deer moose
monkey orangutan gorilla
orangutan gorilla
tree christmas-tree potted-plant
palm-tree christmas-tree potted-plant island
leaf clover sprout
clover sprout
sprout potted-plant
cap helmet top-hat
helmet top-hat
shoe sandal
boot sandal
shoe roller-skate ice-skate
boot roller-skate ice-skate
roller-skate ice-skate
glasses goggles wine-glass magnifying-glass
handbag briefcase money-bag
backpack briefcase
suitcase briefcase
pencil pen crayon paintbrush
pen crayon paintbrush
crayon paintbrush
hammer pickaxe axe
pickaxe axe
mountain island
camera movie-camera projector
movie-camera projector
shirt vest coat kimono sari
dress kimono sari swimsuit
vest coat
kimono sari coat
bikini swimsuit
jeans shorts
candy chocolate-bar
cake pie pudding moon-cake
cupcake pie pudding moon-cake
pie moon-cake pizza
fish fishing-rod
pea-pod bean
chili bell-pepper
lime lemon tangerine
lemon tangerine
package gift
keyboard computer piano
joystick game-controller
star comet
moon planet
globe planet
tram cable-car monorail
train monorail roller-coaster
monorail cable-car roller-coaster
rocket ufo satellite
alien robot ghost ufo
wheel gear ferris-wheel
bicycle wheel
doll teddy-bear
ice-cube diamond
clock stopwatch
watch stopwatch
envelope mailbox
trash-can basket bucket
needle syringe pushpin safety-pin
pushpin safety-pin
beer cup cocktail wine-glass
wine-glass cocktail cup
juice-box cup
bottle beer
spoon bowl
bowl cup salad
vase cup urn
vase urn bottle
sandwich burrito taco
burrito taco
tooth bone
hook anchor
bolt gear
lock key
fire firecracker
bag money-bag
painting mirror
rock gravestone
church school mosque
house hut school
castle mosque stadium
insect cockroach fly
beetle cockroach
bee fly
worm snake caterpillar
kite parachute
parachute umbrella
snowflake comet
volcano island
heart pill
football volleyball basketball baseball
volleyball basketball
disc frisbee
egg rice-ball
bread bagel
doughnut bagel
pancake waffle
shell oyster
seashell oyster coral
microphone maraca
boomerang axe
medal coin
crystal-ball disco-ball
television projector printer`
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
  const known = (noun: string) => isInSet(scene.nouns, noun);
  const pool = (category === undefined ? names : namesOf.get(category)!).filter(known);
  for (let tries = 0; pool.length > 0 && tries < 12; tries++) {
    const noun = pickNoun(random, pool);
    if (!couldBeSaid(scene, noun)) return noun;
  }
  return pickNoun(
    random,
    names.filter((noun) => known(noun) && !couldBeSaid(scene, noun)),
  );
}
