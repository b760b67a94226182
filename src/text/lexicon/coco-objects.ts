/** The 80 things of COCO (Lin et al., arXiv 1405.0312), in the order of the detectors' class numbers. */
export const cocoCategories = [
  ...['person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat', 'traffic light'],
  ...['fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep', 'cow'],
  ...['elephant', 'bear', 'zebra', 'giraffe', 'backpack', 'umbrella', 'handbag', 'tie', 'suitcase', 'frisbee'],
  ...['skis', 'snowboard', 'sports ball', 'kite', 'baseball bat', 'baseball glove', 'skateboard', 'surfboard'],
  ...['tennis racket', 'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple'],
  ...['sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch'],
  ...['potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse', 'remote', 'keyboard', 'cell phone'],
  ...['microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book', 'clock', 'vase', 'scissors', 'teddy bear'],
  ...['hair drier', 'toothbrush'],
] as const;

export type CocoCategory = (typeof cocoCategories)[number];

/** COCO's own groups of its categories, as ranges of {@link cocoCategories}. */
const groupEnds = [
  ['person', 1],
  ['vehicle', 9],
  ['outdoor', 14],
  ['animal', 24],
  ['accessory', 29],
  ['sports', 39],
  ['kitchen', 46],
  ['food', 56],
  ['furniture', 62],
  ['electronic', 68],
  ['appliance', 73],
  ['indoor', 80],
] as const;

export type CocoGroup = (typeof groupEnds)[number][0];

export function cocoGroup(category: CocoCategory): CocoGroup {
  const index = cocoCategories.indexOf(category);
  return groupEnds.find(([, end]) => index < end)![0];
}

/** What a word for a COCO thing says of it. */
export interface CocoWord {
  category: CocoCategory;
  /** The written form, lower case, with single spaces. */
  singular: string;
  plural: string;
  /** The word also names things that COCO's annotators leave out or count elsewhere: seeing none proves little. */
  loose: boolean;
}

// Words for each category, in the sense of CHAIR's mapping (Rohrbach et al., arXiv 1809.02156), gathered for this
// project. `one/many` where the plural is irregular, `~` for a space, `?` in front of a loose word.
const rows: Readonly<Record<CocoCategory, string>> = {
  person: `person/people man/men woman/women child/children boy girl kid baby toddler infant guy lady gentleman/gentlemen adult
    teenager teen youngster human individual pedestrian passenger driver rider cyclist bicyclist biker motorcyclist skier
    snowboarder skateboarder skater surfer swimmer hiker climber player batter ?pitcher catcher umpire referee goalie
    athlete jockey officer policeman/policemen policewoman/policewomen police~officer cop soldier firefighter fireman/firemen
    chef cook baker waiter waitress bartender worker employee farmer fisherman/fishermen cowboy businessman/businessmen
    businesswoman/businesswomen student teacher doctor nurse patient customer shopper vendor tourist traveler traveller
    commuter bystander onlooker spectator fan visitor guest diner musician guitarist singer performer dancer photographer
    bride groom mother father mom dad parent son daughter brother sister grandmother grandfather husband
    wife/wives friend crowd ?family/families ?audience ?somebody/somebody ?someone/someone ?team ?male ?female ?model
    ?baseball~player ?tennis~player`,
  bicycle: `bicycle bike mountain~bike tricycle unicycle`,
  car: `car automobile sedan hatchback suv jeep minivan van taxi taxicab cab coupe convertible limousine limo police~car
    sports~car station~wagon race~car`,
  motorcycle: `motorcycle motorbike moped motor~scooter motor~bike dirt~bike ?scooter`,
  airplane: `airplane aeroplane plane jet jetliner airliner biplane fighter~jet aircraft/aircraft jumbo~jet passenger~jet
    seaplane propeller~plane`,
  bus: `bus/buses minibus/minibuses double~decker school~bus/school~buses city~bus/city~buses tour~bus/tour~buses
    double-decker~bus/double-decker~buses double~decker~bus/double~decker~buses ?trolley ?coach/coaches`,
  train: `train locomotive steam~engine passenger~train freight~train subway~train commuter~train tram streetcar ?railcar
    ?train~car ?railway~car ?engine`,
  truck: `truck lorry/lorries pickup pickup~truck pick-up~truck fire~truck firetruck fire~engine dump~truck tow~truck
    garbage~truck semi~truck semi-truck delivery~truck food~truck tractor-trailer tanker~truck box~truck`,
  boat: `boat ship sailboat speedboat motorboat rowboat fishing~boat canoe kayak yacht ferry/ferries dinghy ?raft gondola
    tugboat barge houseboat lifeboat catamaran vessel watercraft/watercraft cruise~ship paddle~boat paddleboat`,
  'traffic light': `traffic~light traffic~signal stoplight stop~light ?signal~light ?street~light ?streetlight`,
  'fire hydrant': `fire~hydrant hydrant fireplug`,
  'stop sign': `stop~sign`,
  'parking meter': `parking~meter`,
  bench: `bench/benches park~bench/park~benches pew`,
  bird: `bird seagull gull goose/geese duck duckling swan pigeon dove sparrow robin crow raven owl eagle hawk falcon vulture
    parrot parakeet cockatoo macaw cockatiel heron egret stork pelican flamingo peacock ostrich/ostriches emu rooster hen chick penguin woodpecker finch/finches hummingbird bluebird blackbird kingfisher seabird songbird mallard cormorant puffin magpie ?chicken ?turkey ?crane`,
  cat: `cat kitten kitty/kitties feline tabby/tabbies house~cat`,
  dog: `dog puppy/puppies pup doggy/doggies doggie poodle terrier labrador golden~retriever retriever bulldog beagle
    dachshund chihuahua corgi collie greyhound husky/huskies dalmatian rottweiler schnauzer spaniel sheepdog german~shepherd
    pug hound mutt canine doberman pitbull border~collie`,
  horse: `horse pony/ponies foal colt stallion mare racehorse ?mustang ?donkey ?mule`,
  sheep: `sheep/sheep lamb ewe ?ram ?goat`,
  cow: `cow cattle/cattle bull calf/calves ox/oxen heifer ?buffalo/buffaloes ?bison/bison ?steer`,
  elephant: `elephant baby~elephant`,
  bear: `bear polar~bear grizzly~bear brown~bear black~bear bear~cub grizzly/grizzlies ?panda ?panda~bear`,
  zebra: `zebra`,
  giraffe: `giraffe`,
  backpack: `backpack knapsack rucksack ?book~bag ?pack`,
  umbrella: `umbrella parasol`,
  handbag: `handbag purse ?tote ?tote~bag ?shoulder~bag ?wallet ?briefcase ?clutch/clutches`,
  tie: `tie necktie neck~tie bow~tie bowtie`,
  suitcase: `suitcase luggage/luggage suit~case baggage/baggage carry-on ?trunk`,
  frisbee: `frisbee flying~disc flying~disk ?disc ?disk`,
  skis: `skis/skis ski/skis pair~of~skis/pairs~of~skis`,
  snowboard: `snowboard`,
  'sports ball': `sports~ball ?ball tennis~ball soccer~ball beach~ball
    golf~ball bowling~ball ?baseball ?basketball ?volleyball ?football`,
  kite: `kite`,
  'baseball bat': `baseball~bat`,
  'baseball glove': `baseball~glove baseball~mitt catcher's~mitt ?mitt`,
  skateboard: `skateboard skate~board longboard`,
  surfboard: `surfboard surf~board paddleboard boogie~board ?wakeboard`,
  'tennis racket': `tennis~racket tennis~racquet racket racquet`,
  bottle: `bottle wine~bottle water~bottle beer~bottle`,
  'wine glass': `wine~glass/wine~glasses wineglass/wineglasses glass~of~wine/glasses~of~wine glass~of~red~wine/glasses~of~red~wine
    glass~of~white~wine/glasses~of~white~wine champagne~glass/champagne~glasses ?goblet`,
  cup: `cup mug teacup coffee~cup coffee~mug paper~cup ?glass~of~water/glasses~of~water`,
  fork: `fork`,
  knife: `knife/knives butter~knife/butter~knives steak~knife/steak~knives pocketknife/pocketknives`,
  spoon: `spoon teaspoon tablespoon`,
  bowl: `bowl mixing~bowl salad~bowl`,
  banana: `banana bunch~of~bananas/bunches~of~bananas`,
  apple: `apple`,
  sandwich: `sandwich/sandwiches hamburger cheeseburger burger panini ?sub ?wrap`,
  orange: `orange ?tangerine ?mandarin ?clementine`,
  broccoli: `broccoli/broccoli broccoli~floret`,
  carrot: `carrot baby~carrot`,
  'hot dog': `hot~dog hotdog chili~dog corn~dog ?frankfurter ?sausage`,
  pizza: `pizza slice~of~pizza/slices~of~pizza pizza~slice`,
  donut: `donut doughnut ?bagel`,
  cake: `cake cupcake birthday~cake cheesecake wedding~cake chocolate~cake ?pancake ?shortcake ?pastry/pastries`,
  chair: `chair armchair rocking~chair office~chair wheelchair folding~chair lawn~chair highchair ?stool ?seat ?recliner`,
  couch: `couch/couches sofa loveseat settee futon love~seat`,
  'potted plant': `potted~plant houseplant house~plant pot~plant flower~pot ?plant ?pot~of~flowers/pots~of~flowers ?potted~flower ?potted~tree`,
  bed: `bed bunk~bed twin~bed king~bed hospital~bed`,
  'dining table': `dining~table dinner~table dining~room~table kitchen~table picnic~table ?table ?desk ?coffee~table`,
  toilet: `toilet urinal commode ?potty/potties ?lavatory/lavatories`,
  tv: `tv television television~set tv~set flat~screen flatscreen tv~screen ?monitor ?computer~monitor ?screen`,
  laptop: `laptop laptop~computer notebook~computer macbook ?computer ?notebook`,
  mouse: `mouse/mice computer~mouse/computer~mice wireless~mouse/wireless~mice`,
  remote: `remote remote~control wii~remote tv~remote wiimote ?game~controller ?video~game~controller ?controller`,
  keyboard: `keyboard computer~keyboard`,
  'cell phone': `cell~phone cellphone mobile~phone smartphone smart~phone iphone flip~phone ?phone ?telephone`,
  microwave: `microwave microwave~oven`,
  oven: `oven stove stovetop stove~top ?range`,
  toaster: `toaster`,
  sink: `sink bathroom~sink kitchen~sink washbasin wash~basin`,
  refrigerator: `refrigerator fridge ?freezer ?mini-fridge`,
  book: `book textbook cookbook paperback ?novel`,
  clock: `clock alarm~clock wall~clock clock~tower clocktower`,
  vase: `vase flower~vase`,
  scissors: `scissors/scissors pair~of~scissors/pairs~of~scissors shears/shears`,
  'teddy bear': `teddy~bear teddy/teddies teddybear stuffed~bear stuffed~teddy~bear ?stuffed~animal ?plush~toy`,
  'hair drier': `hair~drier hair~dryer hairdryer blow~dryer blow~drier`,
  toothbrush: `toothbrush/toothbrushes tooth~brush/tooth~brushes electric~toothbrush/electric~toothbrushes`,
};

function readRow(category: CocoCategory): CocoWord[] {
  return rows[category]
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [one, many] = entry.replace(/^\?/, '').replaceAll('~', ' ').split('/') as [string, string | undefined];
      return { category, singular: one, plural: many ?? `${one}s`, loose: entry.startsWith('?') };
    });
}

/** Every word for a COCO thing, category by category, the plainest first. */
export const cocoWords: readonly CocoWord[] = cocoCategories.flatMap(readRow);
