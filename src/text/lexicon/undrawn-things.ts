import type { Noun, NounCategory } from './nouns.js';

/** Things that no scene draws (`NAME` or `NAME/PLURAL`), behind `>` the drawn things that somebody may call so. */
const rows: Partial<Record<NounCategory, string>> = {
  mammal: `walrus/walruses>seal otter; hyena>dog wolf; armadillo>hedgehog turtle; anteater>badger; platypus/platypuses>beaver duck;
    wombat>bear koala hamster; guinea pig>hamster mouse rat; polar bear>bear panda; porcupine>hedgehog; meerkat>squirrel otter;
    leopard>tiger lion cat; cheetah>tiger lion cat; jaguar>tiger lion cat; panther>cat tiger; lynx/lynxes>cat; antelope>deer goat; gazelle>deer goat;
    reindeer/reindeer>deer moose; ferret>otter skunk badger; weasel>otter skunk; baboon>monkey gorilla orangutan`,
  bird: `ostrich/ostriches>bird goose turkey dodo; crow>bird eagle dove; raven>bird eagle; seagull>bird dove goose; woodpecker>bird parrot;
    hummingbird>bird parrot; pelican>bird duck swan goose; stork>bird swan flamingo goose; vulture>bird eagle turkey; hawk>eagle bird; falcon>eagle bird;
    sparrow>bird chick; toucan>parrot bird; heron>bird flamingo swan; emu>dodo bird turkey; robin>bird; canary/canaries>bird chick`,
  'sea-life': `starfish/starfish>star; seahorse>fish dragon; stingray>fish; eel>snake fish worm; clam>oyster seashell; mussel>oyster seashell;
    clownfish/clownfish>fish pufferfish; goldfish/goldfish>fish; swordfish/swordfish>fish shark dolphin; sea urchin>hedgehog pufferfish; tadpole>frog fish`,
  insect: `dragonfly/dragonflies>fly butterfly bee mosquito; moth>butterfly; wasp>bee; centipede>caterpillar worm; tarantula>spider;
    mantis/mantises>cricket; firefly/fireflies>fly bee beetle; slug>snail worm`,
  reptile: `chameleon>lizard; iguana>lizard dragon; toad>frog; salamander>lizard; cobra>snake; komodo dragon>lizard dragon`,
  fruit: `plum>cherry peach grape blueberry olive; apricot>peach tangerine; fig>pear eggplant; pomegranate>apple; raspberry/raspberries>strawberry grape;
    blackberry/blackberries>grape blueberry; cranberry/cranberries>cherry; papaya>melon mango; grapefruit>tangerine lemon melon; nectarine>peach; dragon fruit>hibiscus kiwi; passion fruit>kiwi`,
  vegetable: `radish/radishes>tomato cherry strawberry onion; cabbage>salad broccoli lotus; cauliflower>broccoli; celery stick>broccoli; artichoke>lotus; leek>onion sprout;
    beetroot>onion; turnip>onion garlic; zucchini>cucumber; courgette>cucumber; sweet potato/sweet potatoes>potato; corn cob>banana carrot; ear of corn/ears of corn>banana carrot; asparagus spear>cucumber`,
  food: `sausage>hot-dog; fried egg>egg; omelette>egg pancake; sushi roll>rice-ball; bowl of noodles/bowls of noodles>salad bowl; bowl of soup/bowls of soup>salad bowl;
    plate of spaghetti/plates of spaghetti>salad; bag of chips/bags of chips>popcorn; baguette>bread croissant; brownie>chocolate-bar cake; macaron>cookie hamburger; gingerbread man/gingerbread men>cookie;
    milk carton>juice-box; marshmallow>ice-cube; meatball>potato; ketchup bottle>bottle; jar of jam/jars of jam>honey-pot; wedding cake>cake cupcake; slice of toast/slices of toast>bread; drumstick>steak drum`,
  vehicle: `hot air balloon>balloon parachute; submarine>boat ship whale; bulldozer>tractor truck; excavator>tractor truck; crane>tractor; forklift>tractor truck; hovercraft>boat ship;
    tank>tractor; drone>helicopter ufo satellite; blimp>balloon airplane ufo; tricycle>bicycle wheelchair; camper van>van bus; caravan>van bus; hang glider>kite parachute airplane; glider>airplane kite;
    wagon>shopping-cart truck; trailer>truck van; snowmobile>sled motorcycle; jet ski>boat motorcycle; surfboard>skateboard; unicycle>bicycle wheel; stroller>shopping-cart wheelchair; pram>shopping-cart wheelchair; segway>scooter`,
  tool: `shovel>spoon broom; spade>spoon broom; rake>broom; chainsaw>saw; chisel>screwdriver knife; pliers/pliers>scissors clamp wrench; crowbar>hook wrench;
    tape measure>ruler; paint roller>paintbrush broom; wheelbarrow>shopping-cart; flashlight>lamp lantern; torch/torches>lamp lantern candle fire; stapler>clamp paperclip; eraser>brick sponge; pencil sharpener>pencil; highlighter>pen crayon; sword>dagger knife; bow and arrow/bows and arrows>kite;
    cannon>bomb telescope; rifle>trumpet; pistol>plug; spatula>spoon broom; whisk>broom spoon; ladle>spoon; rolling pin>log; corkscrew>screwdriver; tweezers/tweezers>scissors chopsticks; comb>ruler; hairbrush/hairbrushes>paintbrush broom; hair dryer>plug megaphone`,
  music: `harp>violin guitar; cello>violin guitar; clarinet>flute; tuba>trumpet saxophone; trombone>trumpet; ukulele>guitar banjo; xylophone>piano keyboard ladder; tambourine>drum maraca; harmonica>piano; bagpipes/bagpipes>accordion; gong>bell drum disc; cymbal>disc ufo; record player>disc; metronome>clock`,
  furniture: `pillow>bed couch; cushion>bed couch; bookshelf/bookshelves>ladder book; wardrobe>door; dresser>door; stool>chair; bench/benches>chair couch bed; rocking chair>chair; shower head>fountain; washing machine>camera radio; refrigerator>door; fridge>door;
    oven>television radio; microwave>television radio; toaster>radio; vacuum cleaner>broom; fireplace>fire; chandelier>lamp candle lantern; curtain>window dress; rug>kimono; carpet>kimono; blanket>bed; crib>bed; hammock>boat bed`,
  building: `igloo>hut tent snowman house; lighthouse>castle church rocket; windmill>ferris-wheel house; skyscraper>castle factory hospital school house; pagoda>castle church mosque; pyramid>tent mountain; water tower>castle factory satellite; barn>house hut; greenhouse>house;
    carousel>ferris-wheel tent; circus tent>tent; statue>pawn trophy; obelisk>rocket; garage>house hut; hotel>hospital school; post office>hospital school; treehouse>hut house tree`,
  clothing: `belt>watch ribbon; bow tie>necktie ribbon butterfly candy; sweater>shirt coat; hoodie>shirt coat; jumper>shirt coat; cardigan>coat shirt; skirt>dress; cowboy hat>cap top-hat; beanie>cap helmet; turban>helmet; apron>dress shirt; bracelet>ring watch; necklace>ring diamond; earring>ring diamond; high heel>shoe boot sandal; slipper>shoe sandal; mitten>glove; wallet>handbag briefcase; sun hat>cap top-hat; tiara>crown; pyjamas/pyjamas>shirt; tuxedo>coat shirt; blazer>coat shirt; bib>vest`,
  plant: `daisy/daisies>sunflower hibiscus rose lotus bouquet tulip; orchid>hibiscus lotus rose tulip; lily/lilies>hibiscus lotus tulip; dandelion>sunflower; daffodil>sunflower tulip hibiscus; poppy/poppies>hibiscus tulip rose; lavender sprig>bouquet; bamboo stalk>log palm-tree sprout; fern>leaf palm-tree; pine cone>pineapple chestnut; acorn>chestnut; bonsai tree>tree potted-plant; wreath/wreaths>clover leaf; cherry blossom>hibiscus rose lotus; ivy leaf/ivy leaves>leaf; water lily/water lilies>lotus`,
  nature: `lightning bolt>bolt; waterfall>fountain; iceberg>ice-cube mountain diamond; sand dune>mountain; puddle>droplet; canyon>mountain; geyser>fountain volcano; meteor>comet rock`,
  toy: `rocking horse>horse; toy train>train; spinning top>yo-yo; building block>brick die; slingshot>boomerang; tennis racket>guitar magnifying-glass; tennis ball>baseball football; golf ball>baseball; golf club>hook crutch; baseball bat>bat log; bowling ball>bomb crystal-ball; bowling pin>bottle pawn; rugby ball>football; hockey stick>hook crutch boomerang; ping pong paddle>magnifying-glass lollipop spoon; playing card>credit-card calendar ticket; chessboard>puzzle; jack-in-the-box/jack-in-the-boxes>gift; pinata/pinatas>donkey llama; sandcastle>castle; seesaw>clamp; trampoline>drum; snow globe>crystal-ball globe; party hat>cap; confetti popper>firecracker; dumbbell>bone; jump rope>chain ribbon; dreamcatcher>wind-chime`,
  device: `calculator>keyboard phone computer abacus radio game-controller receipt; remote control>phone telephone; router>radio; walkie-talkie>phone radio; typewriter>printer keyboard; cash register>printer computer; traffic light>lamp lantern; street lamp>lamp lantern; parking meter>gas-pump; binoculars/binoculars>telescope microscope camera; hard drive>floppy-disk disc; usb stick>lipstick battery; vhs tape>floppy-disk; cassette>floppy-disk radio; gramophone>trumpet megaphone; thermostat>thermometer clock; smoke detector>disc; smartwatch/smartwatches>watch; webcam>camera eye; scanner>printer; fax machine>printer telephone; jukebox/jukeboxes>radio; sewing machine>spool needle; hearing aid>ear`,
  thing: `kettle>teapot urn; frying pan>magnifying-glass banjo; saucepan>bowl cup; fork>spoon chopsticks; plate>disc bowl frisbee; jug>cup vase beer; pitcher>vase cup beer; barrel>bucket trash-can drum; crate>package brick; birdcage>lantern bird; fish tank>fish; picture frame>painting mirror window; paint palette>cookie; easel>painting ladder; candle holder>candle; matchbox/matchboxes>package; ashtray>bowl cigarette; pipe>saxophone; fishing net>basket; bird feeder>hut house; watering can>teapot bucket; flower pot>potted-plant bucket urn vase; garden gnome>snowman; scarecrow>crutch; horseshoe>magnet; handcuffs/handcuffs>ring glasses chain; treasure chest>toolbox briefcase coffin; mop>broom; soap bar>sponge brick; towel>ribbon; shampoo bottle>bottle; perfume bottle>bottle; baby bottle>bottle; pacifier>ring; diaper>shorts; doghouse>hut house; fire hydrant>fire-extinguisher mailbox gas-pump; stop sign>medal; traffic cone>ice-cream; bus stop>bus; park bench>chair; garden hose>snake; lawn mower>tractor; hot tub>bathtub; sink>bathtub toilet; swimming pool>bathtub; ironing board>skateboard; clothes hanger>hook boomerang; laundry basket>basket; spider web>spider nest; beehive>nest honey-pot bee; anthill>ant mountain; dog leash/dog leashes>chain; saddle>horse; cradle>bed; podium>trophy; gavel>hammer`,
};

/** A common thing that no drawn scene holds, with the singular names of the drawn things that somebody may call so. */
export interface UndrawnThing extends Noun {
  mistakenFor: readonly string[];
}

/** What scenes never draw: where everything that a picture holds was seen for certain, none of these is in it. */
export const undrawnThings: readonly UndrawnThing[] = Object.entries(rows).flatMap(([category, text]) =>
  text
    .split(';')
    .map((row) => row.trim())
    .map((row) => {
      const [name, near = ''] = row.split('>') as [string, string?];
      const [singular, plural = /(?:s|x|sh|ch)$/.test(singular!) ? `${singular}es` : `${singular}s`] = name.split('/');
      return {
        singular: singular!,
        plural,
        synonyms: [],
        category: category as NounCategory,
        mistakenFor: near.split(' ').filter(Boolean),
      };
    }),
);

export const isUndrawn = (noun: Noun): noun is UndrawnThing => 'mistakenFor' in noun;
