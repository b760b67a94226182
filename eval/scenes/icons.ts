import { createRequire } from 'node:module';
import { DetectiveError } from '../../src/errors.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import type { Style } from './scene.js';

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
      throw new DetectiveError(
        'missing-dependency',
        `the icon set ${name} is not installed: run \`npm install ${name}\``,
        {
          cause,
        },
      );
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
export function drawableNouns(styles: readonly Style[]): string[] {
  return nouns.map((noun) => noun.singular).filter((noun) => styles.every((style) => iconsOf(noun, style).length > 0));
}

/** One icon as an SVG document. */
export function iconSvg(name: string, style: Style): string {
  const set = iconSet(style);
  const icon = find(set, name);
  if (!icon) throw new DetectiveError('bad-argument', `the icon set ${style} has no icon "${name}"`);
  const width = icon.width ?? set.width ?? 16;
  const height = icon.height ?? set.height ?? 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${width} ${height}" width="512" height="${Math.round((512 * height) / width)}">${icon.body}</svg>`;
}
