const rows = `computer: desktop computer, personal computer
cup: teacup, tea cup, coffee cup, coffee mug
needle: sewing needle
ruler: triangular ruler, set square
spool: spool of thread/spools of thread, reel of thread/reels of thread, thread spool
pancake: stack of pancakes/stacks of pancakes, pile of pancakes/piles of pancakes
pumpkin: jack-o'-lantern, jack-o-lantern, jack o'lantern, jack o' lantern, halloween pumpkin
planet: ringed planet
sandal: flip-flop, thong sandal
boat: motorboat, motor boat, powerboat
sailboat: sail boat
phone: cellphone, smart phone
television: television set
camera: digital camera, photo camera
movie-camera: video camera, camcorder
police-car: patrol car, police cruiser
monorail: monorail train
pizza: pizza slice, slice of pizza/slices of pizza
steak: cut of meat/cuts of meat
hamburger: cheeseburger
candy: wrapped candy, piece of candy/pieces of candy
popcorn: bucket of popcorn/buckets of popcorn
beer: mug of beer/mugs of beer, glass of beer/glasses of beer, pint of beer/pints of beer
cocktail: cocktail glass, martini glass
backpack: rucksack, knapsack
shirt: tee shirt
cap: baseball cap
coat: lab coat
trash-can: garbage can, trash bin, garbage bin, rubbish bin, dustbin
frisbee: flying disc, flying disk
gift: gift box, wrapped gift, wrapped present
clover: four-leaf clover
credit-card: bank card
pufferfish: puffer fish/puffer fish, blowfish/blowfish
seashell: sea shell, spiral shell
turtle: sea turtle
axe: hatchet
paintbrush: paint brush
pushpin: push pin, drawing pin
game-controller: video game controller, joypad
floppy-disk: diskette
disc: compact disc, optical disc
gas-pump: petrol pump
money-bag: sack of money/sacks of money, money sack
hourglass: sand timer, sand clock
bathtub: bath tub
chick: baby chick
rooster: cockerel
ferris-wheel: big wheel
plug: electric plug, power plug
puzzle: puzzle piece, jigsaw piece, piece of a puzzle/pieces of a puzzle
flag: checkered flag, chequered flag
vest: safety vest
helmet: army helmet, military helmet
leaf: maple leaf/maple leaves
book: open book
telephone: telephone receiver
umbrella: closed umbrella
truck: pickup truck, pick-up truck, delivery truck
boot: hiking boot
scooter: motor scooter, kick scooter
lock: open padlock
swimsuit: bathing suit
hippopotamus: hippopotamus/hippopotami
droplet: drop of water/drops of water, water drop, water droplet
watermelon: slice of watermelon/slices of watermelon, watermelon slice
salad: bowl of salad/bowls of salad, mixed salad
church: chapel
painting: framed picture, framed painting
crystal-ball: glass ball
sheep: ram`;

/**
 * What people call things beside the names that scenes give them (`lexicon/nouns.ts`): singular and plural, by the noun's
 * own singular. Models of few words are given the noun in their place.
 */
export const otherNames: ReadonlyMap<string, readonly (readonly [singular: string, plural: string])[]> = new Map(
  rows.split('\n').map((row) => {
    const [noun, names] = row.split(': ') as [string, string];
    return [noun, names.split(', ').map(pairOf)];
  }),
);

function pairOf(name: string): [string, string] {
  const [one, many] = name.split('/') as [string, string?];
  return [one, many ?? (/(?:s|x|sh|ch)$/.test(one) ? `${one}es` : `${one}s`)];
}
