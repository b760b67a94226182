export interface Noun {
  singular: string;
  plural: string;
  /** Other words for it, singular then plural. */
  synonyms: [string, string][];
  /** What kind of thing it is: used to propose likely replacements. */
  category: NounCategory;
}

export type NounCategory =
  | 'mammal'
  | 'bird'
  | 'sea-life'
  | 'reptile'
  | 'insect'
  | 'fruit'
  | 'vegetable'
  | 'food'
  | 'vehicle'
  | 'tool'
  | 'music'
  | 'furniture'
  | 'building'
  | 'clothing'
  | 'plant'
  | 'nature'
  | 'toy'
  | 'device'
  | 'thing';

const rows: Record<NounCategory, string> = {
  mammal: `dog/dogs;puppy/puppies cat/cats;kitty/kitties bear/bears camel/camels cow/cows deer/deer elephant/elephants fox/foxes
    giraffe/giraffes horse/horses koala/koalas;koala~bear/koala~bears lion/lions monkey/monkeys mouse/mice panda/pandas;panda~bear/panda~bears pig/pigs;piglet/piglets rabbit/rabbits;bunny/bunnies
    sheep/sheep tiger/tigers wolf/wolves goat/goats hedgehog/hedgehogs kangaroo/kangaroos gorilla/gorillas hippopotamus/hippopotamuses;hippo/hippos
    rhinoceros/rhinoceroses;rhino/rhinos zebra/zebras raccoon/raccoons squirrel/squirrels;chipmunk/chipmunks bat/bats llama/llamas sloth/sloths skunk/skunks badger/badgers otter/otters boar/boars hamster/hamsters bison/bison beaver/beavers mammoth/mammoths unicorn/unicorns`,
  bird: `bird/birds chicken/chickens;hen/hens duck/ducks eagle/eagles flamingo/flamingos owl/owls parrot/parrots penguin/penguins rooster/roosters
    swan/swans peacock/peacocks turkey/turkeys chick/chicks dodo/dodos`,
  'sea-life': `crab/crabs dolphin/dolphins fish/fish jellyfish/jellyfish lobster/lobsters octopus/octopuses;octopus/octopi shark/sharks whale/whales shrimp/shrimps;prawn/prawns squid/squids
    seal/seals pufferfish/pufferfish seashell/seashells;shell/shells`,
  reptile: `crocodile/crocodiles;alligator/alligators frog/frogs snake/snakes turtle/turtles;tortoise/tortoises dragon/dragons lizard/lizards dinosaur/dinosaurs`,
  insect: `butterfly/butterflies snail/snails spider/spiders bee/bees;honeybee/honeybees ladybug/ladybugs;ladybird/ladybirds ant/ants caterpillar/caterpillars scorpion/scorpions cricket/crickets beetle/beetles mosquito/mosquitoes`,
  fruit: `banana/bananas apple/apples cherry/cherries coconut/coconuts grape/grapes lemon/lemons peach/peaches pear/pears pineapple/pineapples
    strawberry/strawberries watermelon/watermelons kiwi/kiwis mango/mangoes melon/melons tangerine/tangerines avocado/avocados`,
  vegetable: `broccoli/broccoli carrot/carrots cucumber/cucumbers mushroom/mushrooms;toadstool/toadstools onion/onions potato/potatoes tomato/tomatoes
    eggplant/eggplants;aubergine/aubergines pumpkin/pumpkins garlic/garlics;garlic~bulb/garlic~bulbs chestnut/chestnuts peanut/peanuts`,
  food: `bread/bread;loaf/loaves cake/cakes cheese/cheese cookie/cookies;biscuit/biscuits cupcake/cupcakes egg/eggs hamburger/hamburgers;burger/burgers ice-cream/ice-creams;ice~cream/ice~creams;ice~cream~cone/ice~cream~cones
    pizza/pizzas hot-dog/hot-dogs;hot~dog/hot~dogs;hotdog/hotdogs taco/tacos doughnut/doughnuts;donut/donuts pretzel/pretzels croissant/croissants sandwich/sandwiches lollipop/lollipops candy/candies;sweet/sweets pancake/pancakes popcorn/popcorn`,
  vehicle: `airplane/airplanes;plane/planes;aeroplane/aeroplanes;jet/jets car/cars;automobile/automobiles bicycle/bicycles;bike/bikes boat/boats;speedboat/speedboats bus/buses helicopter/helicopters motorcycle/motorcycles;motorbike/motorbikes rocket/rockets;rocket~ship/rocket~ships;spaceship/spaceships
    sailboat/sailboats;sailing~boat/sailing~boats;yacht/yachts tractor/tractors train/trains truck/trucks;lorry/lorries ambulance/ambulances taxi/taxis;cab/cabs scooter/scooters skateboard/skateboards ship/ships canoe/canoes tram/trams;streetcar/streetcars`,
  tool: `hammer/hammers scissors/scissors ladder/ladders key/keys axe/axes wrench/wrenches;spanner/spanners saw/saws magnet/magnets knife/knives broom/brooms bucket/buckets;pail/pails screwdriver/screwdrivers pencil/pencils paintbrush/paintbrushes`,
  music: `guitar/guitars violin/violins drum/drums trumpet/trumpets accordion/accordions banjo/banjos saxophone/saxophones;sax/saxes microphone/microphones piano/pianos`,
  furniture: `bed/beds chair/chairs couch/couches;sofa/sofas;settee/settees door/doors toilet/toilets bathtub/bathtubs;tub/tubs mirror/mirrors window/windows`,
  building: `castle/castles house/houses tent/tents church/churches hospital/hospitals factory/factories`,
  clothing: `crown/crowns glasses/glasses;spectacles/spectacles;eyeglasses/eyeglasses umbrella/umbrellas shirt/shirts;t-shirt/t-shirts dress/dresses shoe/shoes;sneaker/sneakers boot/boots sock/socks scarf/scarves glove/gloves jeans/jeans handbag/handbags;purse/purses backpack/backpacks ring/rings top-hat/top-hats;top~hat/top~hats`,
  plant: `cactus/cacti;cactus/cactuses palm-tree/palm-trees;palm~tree/palm~trees;palm/palms tree/trees sunflower/sunflowers tulip/tulips rose/roses clover/clovers;shamrock/shamrocks`,
  nature: `cloud/clouds fire/fires;flame/flames sun/suns moon/moons star/stars rainbow/rainbows snowflake/snowflakes volcano/volcanoes mountain/mountains snowman/snowmen globe/globes`,
  toy: `balloon/balloons kite/kites trophy/trophies teddy-bear/teddy-bears;teddy~bear/teddy~bears;teddy/teddies football/footballs;soccer~ball/soccer~balls basketball/basketballs baseball/baseballs die/dice;dice/dice robot/robots ghost/ghosts yo-yo/yo-yos puzzle/puzzles gift/gifts;present/presents`,
  device: `bell/bells book/books camera/cameras candle/candles clock/clocks lamp/lamps;light~bulb/light~bulbs television/televisions;tv/tvs;tv~set/tv~sets computer/computers;laptop/laptops phone/phones;smartphone/smartphones;mobile~phone/mobile~phones;cell~phone/cell~phones telephone/telephones battery/batteries watch/watches;wristwatch/wristwatches radio/radios telescope/telescopes microscope/microscopes`,
  thing: `teapot/teapots cup/cups;mug/mugs bottle/bottles spoon/spoons basket/baskets anchor/anchors envelope/envelopes diamond/diamonds;gem/gems;gemstone/gemstones;jewel/jewels heart/hearts medal/medals flag/flags bomb/bombs compass/compasses hourglass/hourglasses suitcase/suitcases skull/skulls feather/feathers bone/bones nest/nests`,
};

function parseNoun(row: string, category: NounCategory): Noun {
  const [[singular, plural], ...synonyms] = row
    .split(';')
    .map((pair) => pair.replaceAll('~', ' ').split('/') as [string, string]) as [
    [string, string],
    ...[string, string][],
  ];
  return { singular: singular!, plural: plural!, synonyms, category };
}

/** Every noun that the scenes can draw. */
export const nouns: readonly Noun[] = (Object.keys(rows) as NounCategory[]).flatMap((category) =>
  rows[category]
    .trim()
    .split(/\s+/)
    .map((row) => parseNoun(row, category)),
);
