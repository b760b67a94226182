import { createRequire } from 'node:module';
import { DetectiveError } from '../src/base/errors.js';
import { nouns } from '../src/text/lexicon/nouns.js';
import { finishIcon } from './finish.js';
import { missingArt } from './missing-art.js';
import type { Finish, Style } from './scene.js';

/** Icon names of the nouns whose icon is not named like the noun, and of those that have several good icons. */
const iconNames: Readonly<Record<string, string>> = {
  dog: 'dog dog-face',
  cat: 'cat cat-face black-cat',
  cow: 'cow cow-face',
  horse: 'horse horse-face',
  pig: 'pig pig-face',
  mouse: 'mouse mouse-face',
  bear: 'bear polar-bear',
  rabbit: 'rabbit rabbit-face',
  tiger: 'tiger tiger-face',
  monkey: 'monkey monkey-face',
  dragon: 'dragon dragon-face',
  camel: 'camel two-hump-camel',
  sheep: 'ewe ram',
  squirrel: 'chipmunk',
  chick: 'baby-chick front-facing-baby-chick',
  whale: 'whale spouting-whale',
  pufferfish: 'blowfish',
  seashell: 'spiral-shell',
  dinosaur: 'sauropod t-rex',
  bee: 'honeybee',
  ladybug: 'lady-beetle',
  caterpillar: 'bug',
  apple: 'red-apple green-apple',
  cherry: 'cherries',
  grape: 'grapes',
  kiwi: 'kiwi-fruit',
  peanut: 'peanuts',
  pumpkin: 'jack-o-lantern',
  bread: 'bread baguette-bread',
  cake: 'birthday-cake shortcake',
  cheese: 'cheese-wedge',
  pancake: 'pancakes',
  egg: 'egg cooking',
  'ice-cream': 'ice-cream soft-ice-cream',
  airplane: 'airplane small-airplane',
  car: 'automobile oncoming-automobile',
  taxi: 'taxi oncoming-taxi',
  boat: 'speedboat motor-boat',
  bus: 'bus oncoming-bus',
  truck: 'delivery-truck pickup-truck',
  train: 'locomotive train bullet-train',
  scooter: 'motor-scooter kick-scooter',
  tram: 'tram tram-car',
  saw: 'carpentry-saw',
  knife: 'kitchen-knife',
  key: 'key old-key',
  piano: 'musical-keyboard',
  couch: 'couch-and-lamp',
  microphone: 'microphone studio-microphone',
  house: 'house house-with-garden',
  castle: 'castle japanese-castle',
  shirt: 't-shirt',
  shoe: 'running-shoe mans-shoe',
  boot: 'hiking-boot womans-boot',
  sock: 'socks',
  glove: 'gloves boxing-glove',
  umbrella: 'umbrella closed-umbrella',
  tree: 'deciduous-tree evergreen-tree',
  clover: 'four-leaf-clover shamrock',
  moon: 'crescent-moon full-moon',
  sun: 'sun sun-with-face',
  star: 'star glowing-star',
  globe: 'globe-showing-americas globe-showing-europe-africa',
  fire: 'fire',
  football: 'soccer-ball',
  die: 'game-die',
  puzzle: 'puzzle-piece',
  gift: 'wrapped-gift',
  bird: 'bird',
  book: 'closed-book blue-book green-book orange-book open-book',
  clock: 'alarm-clock mantelpiece-clock',
  lamp: 'light-bulb',
  computer: 'laptop desktop-computer',
  phone: 'mobile-phone',
  mushroom: 'mushroom brown-mushroom',
  cup: 'hot-beverage teacup-without-handle',
  bottle: 'bottle-with-popping-cork baby-bottle',
  diamond: 'gem-stone',
  heart: 'red-heart heart-suit',
  medal: 'sports-medal military-medal',
  flag: 'triangular-flag chequered-flag',
  hourglass: 'hourglass-done hourglass-not-done',
  suitcase: 'luggage',
  nest: 'nest-with-eggs empty-nest',
  'yo-yo': 'yo-yo',
  tent: 'tent circus-tent',
  turtle: 'turtle',
  glasses: 'glasses sunglasses',
  kite: 'kite',
  bathtub: 'bathtub',
  telephone: 'telephone telephone-receiver',
  trumpet: 'trumpet postal-horn',
  chili: 'hot-pepper',
  steak: 'cut-of-meat',
  bean: 'beans',
  blueberry: 'blueberries',
  cocktail: 'cocktail-glass tropical-drink',
  beer: 'beer-mug clinking-beer-mugs',
  'juice-box': 'beverage-box',
  salad: 'green-salad',
  pudding: 'custard',
  'salt-shaker': 'salt',
  'ice-cube': 'ice',
  'fire-truck': 'fire-engine',
  'police-car': 'police-car oncoming-police-car',
  van: 'minibus',
  'cable-car': 'aerial-tramway mountain-cableway',
  ufo: 'flying-saucer',
  wheelchair: 'manual-wheelchair',
  pickaxe: 'pick',
  chain: 'chains',
  ruler: 'straight-ruler triangular-ruler',
  pushpin: 'pushpin round-pushpin',
  pen: 'pen fountain-pen',
  needle: 'sewing-needle',
  'fishing-rod': 'fishing-pole',
  bolt: 'nut-and-bolt',
  lock: 'locked unlocked',
  maraca: 'maracas',
  'trash-can': 'wastebasket',
  mailbox: 'closed-mailbox-with-raised-flag closed-mailbox-with-lowered-flag postbox',
  vest: 'safety-vest',
  cap: 'billed-cap',
  helmet: 'military-helmet rescue-workers-helmet',
  sandal: 'womans-sandal thong-sandal',
  swimsuit: 'one-piece-swimsuit',
  leaf: 'maple-leaf fallen-leaf leaf-fluttering-in-wind',
  sprout: 'seedling',
  log: 'wood',
  planet: 'ringed-planet',
  island: 'desert-island',
  dartboard: 'bullseye',
  alien: 'alien alien-monster',
  pawn: 'chess-pawn',
  'disco-ball': 'mirror-ball',
  doll: 'nesting-dolls',
  'game-controller': 'video-game',
  frisbee: 'flying-disc',
  disc: 'optical-disk dvd',
  headphones: 'headphone',
  megaphone: 'megaphone loudspeaker',
  'magnifying-glass': 'magnifying-glass-tilted-left magnifying-glass-tilted-right',
  plug: 'electric-plug',
  'satellite-dish': 'satellite-antenna',
  projector: 'film-projector',
  calendar: 'calendar tear-off-calendar spiral-calendar',
  lantern: 'red-paper-lantern',
  'gas-pump': 'fuel-pump',
  bowl: 'bowl-with-spoon',
  gravestone: 'headstone',
  painting: 'framed-picture',
  spool: 'thread',
  urn: 'funeral-urn',
  vase: 'amphora',
  mousetrap: 'mouse-trap',
  ticket: 'ticket admission-tickets',
  coat: 'coat lab-coat',
  newspaper: 'newspaper rolled-up-newspaper',
  notebook: 'notebook notebook-with-decorative-cover',
  rat: 'rat',
};

interface IconSet {
  icons: Record<string, { body: string; left?: number; top?: number; width?: number; height?: number }>;
  aliases?: Record<string, { parent: string }>;
  width?: number;
  height?: number;
}

const loaded = new Map<Style, IconSet>();

function iconSet(style: Style): IconSet {
  let set = loaded.get(style);
  if (!set) {
    const name = `@iconify-json/${style}`;
    try {
      set = createRequire(import.meta.url)(`${name}/icons.json`) as IconSet;
    } catch (cause) {
      throw missingArt(name, cause);
    }
    loaded.set(style, set);
  }
  return set;
}

function find(set: IconSet, name: string) {
  return set.icons[name] ?? set.icons[set.aliases?.[name]?.parent ?? ''];
}

/** The icons of a noun in one set, most usual first. Empty where the set has none. */
export function iconsOf(noun: string, style: Style): string[] {
  const set = iconSet(style);
  return (iconNames[noun] ?? noun).split(' ').filter((name) => find(set, name) !== undefined);
}

/** The nouns that all styles can draw. */
export function drawableNouns(styles: readonly Style[]): readonly string[] {
  const key = styles.join();
  let found = drawable.get(key);
  if (!found) {
    found = nouns
      .map((noun) => noun.singular)
      .filter((noun) => styles.every((style) => iconsOf(noun, style).length > 0));
    drawable.set(key, found);
  }
  return found;
}

const drawable = new Map<string, readonly string[]>();

/** One icon as an SVG document. */
export function iconSvg(name: string, style: Style, finish?: Finish): string {
  const set = iconSet(style);
  const icon = find(set, name);
  if (!icon) throw new DetectiveError('bad-argument', `the icon set ${style} has no icon "${name}"`);
  const width = icon.width ?? set.width ?? 16;
  const height = icon.height ?? set.height ?? 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${width} ${height}" width="512" height="${Math.round((512 * height) / width)}">${finish ? finishIcon(icon.body, width, finish) : icon.body}</svg>`;
}
