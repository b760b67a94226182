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
    rhinoceros/rhinoceroses;rhino/rhinos zebra/zebras raccoon/raccoons squirrel/squirrels;chipmunk/chipmunks bat/bats llama/llamas sloth/sloths skunk/skunks badger/badgers otter/otters boar/boars hamster/hamsters bison/bison beaver/beavers mammoth/mammoths unicorn/unicorns
    donkey/donkeys moose/moose ox/oxen rat/rats orangutan/orangutans`,
  bird: `bird/birds chicken/chickens;hen/hens duck/ducks eagle/eagles flamingo/flamingos owl/owls parrot/parrots penguin/penguins rooster/roosters
    swan/swans peacock/peacocks turkey/turkeys chick/chicks dodo/dodos
    dove/doves;pigeon/pigeons goose/geese`,
  'sea-life': `crab/crabs dolphin/dolphins fish/fish jellyfish/jellyfish lobster/lobsters octopus/octopuses;octopus/octopi shark/sharks whale/whales shrimp/shrimps;prawn/prawns squid/squids
    seal/seals pufferfish/pufferfish seashell/seashells;shell/shells
    oyster/oysters coral/corals`,
  reptile: `crocodile/crocodiles;alligator/alligators frog/frogs snake/snakes turtle/turtles;tortoise/tortoises dragon/dragons lizard/lizards dinosaur/dinosaurs`,
  insect: `butterfly/butterflies snail/snails spider/spiders bee/bees;honeybee/honeybees ladybug/ladybugs;ladybird/ladybirds ant/ants caterpillar/caterpillars scorpion/scorpions cricket/crickets beetle/beetles mosquito/mosquitoes
    cockroach/cockroaches;roach/roaches fly/flies worm/worms`,
  fruit: `banana/bananas apple/apples cherry/cherries coconut/coconuts grape/grapes lemon/lemons peach/peaches pear/pears pineapple/pineapples
    strawberry/strawberries watermelon/watermelons kiwi/kiwis mango/mangoes melon/melons tangerine/tangerines avocado/avocados
    olive/olives lime/limes blueberry/blueberries`,
  vegetable: `broccoli/broccoli carrot/carrots cucumber/cucumbers mushroom/mushrooms;toadstool/toadstools onion/onions potato/potatoes tomato/tomatoes
    eggplant/eggplants;aubergine/aubergines pumpkin/pumpkins garlic/garlics;garlic~bulb/garlic~bulbs chestnut/chestnuts peanut/peanuts
    chili/chilis;chili~pepper/chili~peppers;hot~pepper/hot~peppers bell-pepper/bell-peppers;bell~pepper/bell~peppers pea-pod/pea-pods;pea~pod/pea~pods bean/beans`,
  food: `bread/bread;loaf/loaves cake/cakes cheese/cheese cookie/cookies;biscuit/biscuits cupcake/cupcakes egg/eggs hamburger/hamburgers;burger/burgers ice-cream/ice-creams;ice~cream/ice~creams;ice~cream~cone/ice~cream~cones
    pizza/pizzas hot-dog/hot-dogs;hot~dog/hot~dogs;hotdog/hotdogs taco/tacos doughnut/doughnuts;donut/donuts pretzel/pretzels croissant/croissants sandwich/sandwiches lollipop/lollipops candy/candies;sweet/sweets pancake/pancakes popcorn/popcorn
    bagel/bagels burrito/burritos dumpling/dumplings pie/pies waffle/waffles steak/steaks rice-ball/rice-balls;rice~ball/rice~balls moon-cake/moon-cakes;moon~cake/moon~cakes;mooncake/mooncakes tamale/tamales chocolate-bar/chocolate-bars;chocolate~bar/chocolate~bars;bar~of~chocolate/bars~of~chocolate cocktail/cocktails beer/beers;beer~mug/beer~mugs wine-glass/wine-glasses;wine~glass/wine~glasses;glass~of~wine/glasses~of~wine juice-box/juice-boxes;juice~box/juice~boxes salad/salads pudding/puddings;custard/custards honey-pot/honey-pots;honey~pot/honey~pots;pot~of~honey/pots~of~honey salt-shaker/salt-shakers;salt~shaker/salt~shakers ice-cube/ice-cubes;ice~cube/ice~cubes`,
  vehicle: `airplane/airplanes;plane/planes;aeroplane/aeroplanes;jet/jets car/cars;automobile/automobiles bicycle/bicycles;bike/bikes boat/boats;speedboat/speedboats bus/buses helicopter/helicopters motorcycle/motorcycles;motorbike/motorbikes rocket/rockets;rocket~ship/rocket~ships;spaceship/spaceships
    sailboat/sailboats;sailing~boat/sailing~boats;yacht/yachts tractor/tractors train/trains truck/trucks;lorry/lorries ambulance/ambulances taxi/taxis;cab/cabs scooter/scooters skateboard/skateboards ship/ships canoe/canoes tram/trams;streetcar/streetcars
    ferry/ferries fire-truck/fire-trucks;fire~truck/fire~trucks;fire~engine/fire~engines police-car/police-cars;police~car/police~cars van/vans;minibus/minibuses cable-car/cable-cars;cable~car/cable~cars ufo/ufos;flying~saucer/flying~saucers satellite/satellites parachute/parachutes sled/sleds;sleigh/sleighs wheelchair/wheelchairs shopping-cart/shopping-carts;shopping~cart/shopping~carts roller-skate/roller-skates;roller~skate/roller~skates wheel/wheels monorail/monorails ice-skate/ice-skates;ice~skate/ice~skates`,
  tool: `hammer/hammers scissors/scissors ladder/ladders key/keys axe/axes wrench/wrenches;spanner/spanners saw/saws magnet/magnets knife/knives broom/brooms bucket/buckets;pail/pails screwdriver/screwdrivers pencil/pencils paintbrush/paintbrushes
    pickaxe/pickaxes clamp/clamps gear/gears;cog/cogs chain/chains hook/hooks ruler/rulers paperclip/paperclips;paper~clip/paper~clips pushpin/pushpins;thumbtack/thumbtacks pen/pens crayon/crayons plunger/plungers toolbox/toolboxes razor/razors sponge/sponges syringe/syringes thermometer/thermometers stethoscope/stethoscopes test-tube/test-tubes;test~tube/test~tubes needle/needles safety-pin/safety-pins;safety~pin/safety~pins fishing-rod/fishing-rods;fishing~rod/fishing~rods;fishing~pole/fishing~poles fire-extinguisher/fire-extinguishers;fire~extinguisher/fire~extinguishers shield/shields dagger/daggers crutch/crutches boomerang/boomerangs toothbrush/toothbrushes brick/bricks bolt/bolts lock/locks;padlock/padlocks`,
  music: `guitar/guitars violin/violins drum/drums trumpet/trumpets accordion/accordions banjo/banjos saxophone/saxophones;sax/saxes microphone/microphones piano/pianos
    flute/flutes maraca/maracas`,
  furniture: `bed/beds chair/chairs couch/couches;sofa/sofas;settee/settees door/doors toilet/toilets bathtub/bathtubs;tub/tubs mirror/mirrors window/windows
    trash-can/trash-cans;trash~can/trash~cans;wastebasket/wastebaskets mailbox/mailboxes;postbox/postboxes coffin/coffins fountain/fountains`,
  building: `castle/castles house/houses tent/tents church/churches hospital/hospitals factory/factories
    school/schools mosque/mosques stadium/stadiums hut/huts ferris-wheel/ferris-wheels;ferris~wheel/ferris~wheels roller-coaster/roller-coasters;roller~coaster/roller~coasters`,
  clothing: `crown/crowns glasses/glasses;spectacles/spectacles;eyeglasses/eyeglasses umbrella/umbrellas shirt/shirts;t-shirt/t-shirts dress/dresses shoe/shoes;sneaker/sneakers boot/boots sock/socks scarf/scarves glove/gloves jeans/jeans handbag/handbags;purse/purses backpack/backpacks ring/rings top-hat/top-hats;top~hat/top~hats
    coat/coats necktie/neckties;tie/ties kimono/kimonos bikini/bikinis vest/vests cap/caps helmet/helmets sandal/sandals shorts/shorts swimsuit/swimsuits sari/saris goggles/goggles lipstick/lipsticks ribbon/ribbons briefcase/briefcases`,
  plant: `cactus/cacti;cactus/cactuses palm-tree/palm-trees;palm~tree/palm~trees;palm/palms tree/trees sunflower/sunflowers tulip/tulips rose/roses clover/clovers;shamrock/shamrocks
    leaf/leaves hibiscus/hibiscuses bouquet/bouquets sprout/sprouts;seedling/seedlings lotus/lotuses log/logs potted-plant/potted-plants;potted~plant/potted~plants christmas-tree/christmas-trees;christmas~tree/christmas~trees rock/rocks;stone/stones;boulder/boulders`,
  nature: `cloud/clouds fire/fires;flame/flames sun/suns moon/moons star/stars rainbow/rainbows snowflake/snowflakes volcano/volcanoes mountain/mountains snowman/snowmen globe/globes
    comet/comets planet/planets tornado/tornadoes droplet/droplets;water~drop/water~drops island/islands`,
  toy: `balloon/balloons kite/kites trophy/trophies teddy-bear/teddy-bears;teddy~bear/teddy~bears;teddy/teddies football/footballs;soccer~ball/soccer~balls basketball/basketballs baseball/baseballs die/dice;dice/dice robot/robots ghost/ghosts yo-yo/yo-yos puzzle/puzzles gift/gifts;present/presents
    volleyball/volleyballs dartboard/dartboards alien/aliens joystick/joysticks crystal-ball/crystal-balls;crystal~ball/crystal~balls magic-wand/magic-wands;magic~wand/magic~wands pawn/pawns;chess~pawn/chess~pawns disco-ball/disco-balls;disco~ball/disco~balls;mirror~ball/mirror~balls firecracker/firecrackers doll/dolls game-controller/game-controllers;game~controller/game~controllers;gamepad/gamepads abacus/abacuses frisbee/frisbees`,
  device: `bell/bells book/books camera/cameras candle/candles clock/clocks lamp/lamps;light~bulb/light~bulbs television/televisions;tv/tvs;tv~set/tv~sets computer/computers;laptop/laptops phone/phones;smartphone/smartphones;mobile~phone/mobile~phones;cell~phone/cell~phones telephone/telephones battery/batteries watch/watches;wristwatch/wristwatches radio/radios telescope/telescopes microscope/microscopes
    keyboard/keyboards printer/printers floppy-disk/floppy-disks;floppy~disk/floppy~disks disc/discs;cd/cds headphones/headphones megaphone/megaphones;loudspeaker/loudspeakers magnifying-glass/magnifying-glasses;magnifying~glass/magnifying~glasses movie-camera/movie-cameras;movie~camera/movie~cameras;film~camera/film~cameras stopwatch/stopwatches plug/plugs satellite-dish/satellite-dishes;satellite~dish/satellite~dishes projector/projectors calendar/calendars lantern/lanterns gas-pump/gas-pumps;gas~pump/gas~pumps;fuel~pump/fuel~pumps`,
  thing: `teapot/teapots cup/cups;mug/mugs bottle/bottles spoon/spoons basket/baskets anchor/anchors envelope/envelopes diamond/diamonds;gem/gems;gemstone/gemstones;jewel/jewels heart/hearts medal/medals flag/flags bomb/bombs compass/compasses hourglass/hourglasses suitcase/suitcases skull/skulls feather/feathers bone/bones nest/nests
    bowl/bowls cigarette/cigarettes clipboard/clipboards coin/coins credit-card/credit-cards;credit~card/credit~cards gravestone/gravestones;tombstone/tombstones;headstone/headstones money-bag/money-bags;money~bag/money~bags;bag~of~money/bags~of~money newspaper/newspapers notebook/notebooks scroll/scrolls package/packages;parcel/parcels painting/paintings pill/pills receipt/receipts spool/spools tooth/teeth brain/brains ear/ears nose/noses eye/eyes ticket/tickets bookmark/bookmarks urn/urns vase/vases;amphora/amphoras mousetrap/mousetraps;mouse~trap/mouse~traps wind-chime/wind-chimes;wind~chime/wind~chimes chopsticks/chopsticks`,
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
