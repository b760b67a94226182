import { nouns } from './nouns.js';

const rows = `computer: desktop computer, personal computer, notebook computer, laptop computer
cup: teacup, tea cup, coffee cup, coffee mug, cup of tea/cups of tea, cup of coffee/cups of coffee, mug of coffee/mugs of coffee
needle: sewing needle
ruler: triangular ruler, set square
spool: spool of thread/spools of thread, reel of thread/reels of thread, thread spool, bobbin, thread reel
pancake: stack of pancakes/stacks of pancakes, pile of pancakes/piles of pancakes
pumpkin: jack-o'-lantern, jack-o-lantern, jack o'lantern, jack o' lantern, halloween pumpkin, carved pumpkin
planet: ringed planet, saturn
sandal: flip-flop, thong sandal, flip flop
boat: motorboat, motor boat, powerboat
sailboat: sail boat
phone: cellphone, smart phone, cellular phone, mobile
television: television set, telly/tellies
camera: digital camera, photo camera
movie-camera: video camera, camcorder
police-car: patrol car, police cruiser
monorail: monorail train
pizza: pizza slice, slice of pizza/slices of pizza
steak: cut of meat/cuts of meat, piece of meat/pieces of meat
hamburger: cheeseburger, beefburger
candy: wrapped candy, piece of candy/pieces of candy
popcorn: bucket of popcorn/buckets of popcorn, box of popcorn/boxes of popcorn, bag of popcorn/bags of popcorn, tub of popcorn/tubs of popcorn
beer: mug of beer/mugs of beer, glass of beer/glasses of beer, pint of beer/pints of beer, beer glass, beer stein
cocktail: cocktail glass, martini glass, martini, tropical drink
backpack: rucksack, knapsack, schoolbag, school bag
shirt: tee shirt
cap: baseball cap, billed cap
coat: lab coat, laboratory coat, overcoat, jacket
trash-can: garbage can, trash bin, garbage bin, rubbish bin, dustbin, waste bin, waste basket, wastepaper basket
frisbee: flying disc, flying disk
gift: gift box, wrapped gift, wrapped present, gift-wrapped box
clover: four-leaf clover, four leaf clover, three-leaf clover
credit-card: bank card, payment card, debit card
pufferfish: puffer fish/puffer fish, blowfish/blowfish
seashell: sea shell, spiral shell, conch, conch shell
turtle: sea turtle
axe: hatchet, ax/axes
paintbrush: paint brush
pushpin: push pin, drawing pin, thumb tack
game-controller: video game controller, joypad, gaming controller, game pad
floppy-disk: diskette, floppy/floppies, floppy disc
disc: compact disc, optical disc, dvd, compact disk
gas-pump: petrol pump, fuel dispenser
money-bag: sack of money/sacks of money, money sack, bag of cash/bags of cash, sack of cash/sacks of cash
hourglass: sand timer, sand clock, hour glass
bathtub: bath tub
chick: baby chick, baby chicken, hatching chick
rooster: cockerel
ferris-wheel: big wheel, observation wheel
plug: electric plug, power plug, electrical plug
puzzle: puzzle piece, jigsaw piece, piece of a puzzle/pieces of a puzzle, jigsaw, jigsaw puzzle, jigsaw puzzle piece, piece of a jigsaw/pieces of a jigsaw
flag: checkered flag, chequered flag, triangular flag
vest: safety vest, high-visibility vest, hi-vis vest
helmet: army helmet, military helmet
leaf: maple leaf/maple leaves
book: open book
telephone: telephone receiver, handset
umbrella: closed umbrella, brolly/brollies
truck: pickup truck, pick-up truck, delivery truck, pick-up, pickup, box truck, articulated lorry/articulated lorries, moving truck
boot: hiking boot, cowboy boot, rain boot
scooter: motor scooter, kick scooter
lock: open padlock, closed padlock
swimsuit: bathing suit, bathing costume, one-piece swimsuit
hippopotamus: hippopotamus/hippopotami
droplet: drop of water/drops of water, water drop, water droplet, raindrop, rain drop
watermelon: slice of watermelon/slices of watermelon, watermelon slice
salad: bowl of salad/bowls of salad, mixed salad, garden salad, plate of salad/plates of salad
church: chapel, church building
painting: framed picture, framed painting
crystal-ball: glass ball
sheep: ram, lamb, ewe
dog: hound, pup
cat: kitten, tabby/tabbies
camel: two-humped camel, two-hump camel, bactrian camel, dromedary/dromedaries, one-humped camel
deer: stag
horse: pony/ponies, stallion, racehorse
monkey: chimp, chimpanzee
panda: giant panda
pig: hog
rabbit: hare, bunny rabbit
goat: billy goat
raccoon: racoon
llama: alpaca
boar: wild boar/wild boars, wild pig
bison: american bison/american bison
orangutan: orang-utan, orang utan
mammoth: woolly mammoth
moose: elk/elk
bird: songbird
duck: mallard
eagle: bald eagle
parrot: macaw
dove: peace dove
jellyfish: jelly fish/jelly fish
whale: sperm whale, humpback whale
seal: sea lion
oyster: oyster shell
crocodile: croc
snake: serpent
lizard: gecko
dinosaur: dino, sauropod, long-necked dinosaur, tyrannosaurus, t-rex, brontosaurus, brachiosaurus, diplodocus
bee: bumblebee, honey bee, bumble bee
ladybug: lady bug, lady beetle, ladybird beetle
cricket: grasshopper
fly: housefly/houseflies, house fly/house flies
worm: earthworm
tangerine: mandarin, clementine
kiwi: kiwi fruit, kiwifruit
melon: cantaloupe, honeydew melon
garlic: bulb of garlic/bulbs of garlic, head of garlic/heads of garlic
broccoli: head of broccoli/heads of broccoli, broccoli floret
chili: chilli/chillies, chili/chilies, chilli pepper, chile pepper
bell-pepper: sweet pepper, capsicum
pea-pod: peapod
bean: kidney bean
bread: loaf of bread/loaves of bread
cake: birthday cake, slice of cake/slices of cake, strawberry shortcake
cheese: cheese wedge, wedge of cheese/wedges of cheese, piece of cheese/pieces of cheese, chunk of cheese/chunks of cheese
cookie: chocolate chip cookie, choc chip cookie, chocolate-chip cookie
cupcake: muffin
egg: boiled egg
ice-cream: ice-cream cone
pie: slice of pie/slices of pie
lollipop: lolly/lollies
rice-ball: onigiri/onigiri
chocolate-bar: candy bar, chocolate candy bar
wine-glass: wineglass
juice-box: juice carton, drink box, beverage box
pudding: flan
honey-pot: honey jar, jar of honey/jars of honey
salt-shaker: salt cellar
ice-cube: block of ice/blocks of ice, cube of ice/cubes of ice
airplane: aircraft/aircraft, airliner, passenger jet, passenger plane, jet plane
car: sedan, motorcar, motor car
bicycle: pushbike, push bike
helicopter: chopper, copter
motorcycle: motor bike, motor-bike
rocket: space rocket, rocketship, space ship
tractor: farm tractor
train: locomotive, steam train, steam locomotive, bullet train
taxi: taxicab, taxi cab
ship: cruise ship, passenger ship, ocean liner
canoe: kayak, rowing boat, rowboat
tram: tram car, tramcar, trolley car
fire-truck: firetruck
van: mini bus, minivan
cable-car: gondola
sled: sledge, toboggan
shopping-cart: shopping trolley, supermarket trolley
roller-skate: rollerskate
wheel: tyre, tire
hammer: claw hammer
ladder: stepladder, step ladder
key: old key, antique key, old-fashioned key, vintage key, house key
saw: hand saw, handsaw
magnet: horseshoe magnet
knife: kitchen knife/kitchen knives, chef's knife/chef's knives
pickaxe: pick axe, pick-axe
gear: cogwheel, gear wheel, cog wheel
pen: fountain pen, ballpoint pen, ballpoint
crayon: wax crayon
plunger: toilet plunger
toolbox: tool box, tool chest
razor: safety razor
fire-extinguisher: extinguisher
toothbrush: tooth brush
guitar: acoustic guitar, electric guitar
violin: fiddle
drum: snare drum
microphone: mic, studio microphone
chair: armchair
toilet: lavatory/lavatories
mirror: hand mirror
mailbox: letterbox, letter box, post box, mail box
coffin: casket
house: cottage
tent: camping tent
school: school building
glasses: eye glasses/eye glasses
dress: gown
shoe: trainer, running shoe
jeans: denim jeans/denim jeans
handbag: hand bag
ring: engagement ring, diamond ring
top-hat: tophat
necktie: neck tie
goggles: safety goggles/safety goggles, ski goggles/ski goggles
tree: conifer, pine tree, fir tree, evergreen tree, deciduous tree, leafy tree, broadleaf tree, evergreen
hibiscus: hibiscus flower, hibiscus blossom
bouquet: bouquet of flowers/bouquets of flowers, bunch of flowers/bunches of flowers
sprout: young plant
lotus: lotus flower, lotus blossom
log: wooden log, piece of wood/pieces of wood
potted-plant: pot plant, houseplant, house plant
christmas-tree: xmas tree
moon: crescent moon, full moon
snowflake: snow flake
snowman: snow man/snow men
globe: earth globe, world globe
tornado: twister, whirlwind
island: desert island, tropical island
balloon: party balloon
trophy: trophy cup
teddy-bear: plush bear, stuffed bear, toy bear
football: soccerball
dartboard: dart board
alien: extraterrestrial
magic-wand: wand
pawn: chess piece
disco-ball: glitter ball, glitterball
yo-yo: yoyo
abacus: abacus/abaci
lamp: lightbulb, bulb, desk lamp
clock: alarm clock, wall clock
watch: wrist watch
keyboard: computer keyboard
headphones: headset
megaphone: bullhorn, loud hailer
magnifying-glass: magnifier
stopwatch: stop watch
satellite-dish: satellite antenna, dish antenna
projector: film projector, movie projector
lantern: paper lantern
teapot: tea pot
bottle: wine bottle, champagne bottle, bottle of wine/bottles of wine, bottle of champagne/bottles of champagne
diamond: gem stone, cut diamond
heart: love heart
suitcase: suit case
nest: bird's nest, bird nest
notebook: notepad
package: cardboard box, delivery box
pill: capsule
tooth: molar
eye: eyeball
urn: funeral urn
wind-chime: windchime`;

/**
 * What people call things beside the names that scenes give them (`lexicon/nouns.ts`): singular and plural, by the noun's
 * own singular. Models of few words are given the noun in their place.
 */
export const otherNames: ReadonlyMap<string, readonly (readonly [singular: string, plural: string])[]> = namesOf(rows);

function namesOf(text: string): Map<string, [string, string][]> {
  const names = new Map(
    text.split('\n').map((row) => {
      const [noun, others] = row.split(': ') as [string, string];
      return [noun, others.split(', ').map(pairOf)];
    }),
  );
  for (const { singular, category } of nouns)
    if (/^(?:mammal|bird|reptile)$/.test(category))
      names.set(singular, [...(names.get(singular) ?? []), pairOf(`${singular} face`), pairOf(`${singular} head`)]);
  return names;
}

function pairOf(name: string): [string, string] {
  const [one, many] = name.split('/') as [string, string?];
  return [one, many ?? (/(?:s|x|sh|ch)$/.test(one) ? `${one}es` : `${one}s`)];
}
