import { singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, neighbour, wordsSaid } from '../caption.js';
import { choose } from '../choose.js';
import { type AttributeKind, attributeKind, otherAttributes, smallWords } from '../lexicon/attributes.js';
import { isPainted } from '../lexicon/free-colours.js';
import { isAnimal, isNoun, isPerson } from '../lexicon/nouns.js';
import { isNamedAgain, isRepeated, isSaidAgain } from '../mentions.js';
import { isDeterminer, isNumber, modifiedNoun } from '../noun-phrases.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Visual attribute: a colour, material, size or state of a thing becomes another of its kind that the caption does not
 * name. Words that call something small belong to the small-object type.
 */
export const attribute: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (!isAttribute(caption, index) || !word.asserted || smallWords.has(word.lower)) return [];
    if (isRepeated(caption, index) || isSaidAgain(caption, index, modifiedNoun(caption, index)!)) return [];
    const said = wordsSaid(caption);
    const others = [...otherAttributes(word.lower), ...(word.lower === 'short' ? ['long'] : [])].filter(
      (other) => !said.has(other) && fits(other, caption, index),
    );
    const other = choose(random, word.lower === 'red' && neighbour(caption, index, 1) === 'wine' ? ['white'] : others);
    return other === undefined
      ? []
      : [
          doubted(
            [changeOf(caption, index, index, likeCase(other, word.text))],
            doubtOfLook(caption, word.lower, modifiedNoun(caption, index)!),
          ),
        ];
  });

/**
 * Whether the word says how the noun after it looks, and is no part of a name or of a mixture (black and white).
 *
 * @param options.once Whether to take `the black pot` of a later sentence too, where no other pot is named.
 */
export function isAttribute(caption: Caption, index: number, { once = false } = {}): boolean {
  const word = caption.words[index]!;
  if (word.quoted || attributeKind(word.lower) === null) return false;
  const before = neighbour(caption, index, -1);
  const after = neighbour(caption, index, 1);
  if (/^(dark|light|bright)$/.test(word.lower) && attributeKind(after) === 'colour') return false;
  if (/^(very|too|so|how|more|most|a-little)$/.test(before) || comparative.test(after)) return false;
  // bluish grey: one colour in two words
  if (attributeKind(word.lower) === 'colour' && [before, after].some((other) => attributeKind(other) === 'colour'))
    return false;
  // a white and black cat: which part has which colour is not said
  if (after === 'and' && attributeKind(caption.words[index + 2]?.lower ?? '') !== null) return false;
  if (before === 'and' && attributeKind(caption.words[index - 2]?.lower ?? '') !== null) return false;
  const noun = modifiedNoun(caption, index);
  // a spectrum of brown hues is no one colour
  if (noun !== null && /^(?:hues|shades|tones|tints|accents|undertones)$/.test(caption.words[noun]!.lower))
    return false;
  if (after === '' || noun === null || pictures.test(caption.words[noun]!.lower)) return false;
  if (
    ambiguous.has(word.lower) &&
    !(isDeterminer(before) || isNumber(before) || attributeKind(before) !== null || before === 'with')
  )
    return false;
  if (
    comparative.test(word.lower) ||
    /^(?:lime|navy|royal|sky|olive|forest|baby|hot|mint|army|burnt|off|brick|blood|toilet|wrapping|construction)$/.test(
      before,
    )
  )
    return false;
  // the black one: told from another by its look
  if (before === 'the' && word.start >= (splitSentences(caption.text)[0]?.end ?? 0))
    if (
      !once ||
      /^(?:ones?|side|half|part|area|section)s?$/.test(caption.words[noun]!.lower) ||
      isNamedAgain(caption, noun)
    )
      return false;
  if (before === 'off' || (attributeKind(word.lower) !== 'age' && isPersonAt(caption, index))) return false;
  if (names.has(`${word.lower} ${after}`)) return false;
  return index === 0 || !/^\p{Lu}/u.test(word.text) || word.text === word.text.toUpperCase();
}

const doubtOfKind: Readonly<Record<AttributeKind, number>> = {
  ...{ colour: 3, material: 2, pattern: 1, opening: 1, shape: 2, age: 2, fill: 2, dirt: 3 },
  ...{ size: 3, height: 3, water: 4, light: 4, weather: 6 },
};

/** A car may have any colour, a branch few. */
export const doubtOfLook = ({ words }: Caption, look: string, noun: number): number => {
  const kind = attributeKind(look);
  return kind === 'colour' && isPainted(words[noun]!.lower) ? 0 : doubtOfKind[kind ?? 'weather'];
};

/** What a picture is, and not what is in it. */
const pictures = /^(?:shot|view|image|photo|photograph|picture|angle|scene|lines?)$/;

/** A little higher: no look of a thing. */
export const comparative =
  /^(?:high|low|larg|small|bigg|tall|long|short|dark|light|bright|clos|furth|farth|wid|thick|thinn|narrow|old|young)er$/;

function isPersonAt(caption: Caption, index: number): boolean {
  return isPerson(caption.words[modifiedNoun(caption, index) ?? index]!.lower);
}

/** Words that are verbs, nouns or adverbs as well: taken only right after what opens a noun phrase. */
const ambiguous = new Set(
  'open closed long clear dry wet light bright dark clean empty full short square round glass stone brick concrete metal wood plastic leather orange gold silver high'.split(
    ' ',
  ),
);

/** Things whose name has the word in it. */
const names = new Set(
  'long time|long way|long exposure|long distance|long list|long line|long row|stone age|high school|high chair|full moon|short pants|glass window|glass door|glass windows|wine glass|orange juice|big ben|green onion|green onions|red onion|red onions|red cabbage|white rice|brown rice|black pepper|white wine|green tea|brown sugar|dark chocolate|white chocolate|black tea|orange slice|orange slices|green beans|black bear|polar bear|brown bear|white house|grand piano|new york|square table|light bulb|black board|green pepper|red pepper|large group|large crowd|large number|large variety|big group|big crowd|large amount|new year|young people|old man|clear day|bright day|clear sky|square plate|high table|dark night|short distance|large body|green grass|green field|open field|open fields|open air|open space|open area'.split(
    '|',
  ),
);

/** Whether the noun after the word at `index` could look so. */
export function fits(
  other: string,
  caption: Caption,
  index: number,
  at = modifiedNoun(caption, index) ?? index,
): boolean {
  const noun = singularize(caption.words[at]!.lower.replace(/['’]s$/, ''));
  const kind = attributeKind(other);
  if (kind === 'water' && /^(?:sheen|look|appearance|texture|season|ink|air)$/.test(noun)) return false;
  if (kind === 'colour' && noun === 'sky' && /\b(?:cloudless|clear|bright|sunny|day|daytime)\b/i.test(caption.text))
    return other === 'blue';
  // a shadow, the underside of something: as light as what casts it
  if (
    kind === 'colour' &&
    /^(?:shadow|underside|haze|glow|reflection|light|lighting|highlight|streak|grain|area|section|part)$/.test(noun)
  )
    return false;
  if (kind === 'colour') {
    const before = neighbour(caption, index, -1);
    if (/^(?:dark|light|bright|deep|pale)$/.test(before) && /^(?:black|white)$/.test(other)) return false;
    if (/^(?:vibrant|vivid|bright|striking|neon)$/.test(before) && /^(?:black|white|gray|brown)$/.test(other))
      return false;
    if (
      other !== 'green' &&
      lush.test(caption.text.slice(Math.max(0, caption.words[index]!.start - 40), caption.words[index]!.start))
    )
      return false;
    return coloursOf(caption, shades.test(noun) ? shadedThing(caption, index) : at)?.test(other) ?? true;
  }
  if (
    kind === 'material' &&
    (grounds.test(noun) || /^(?:stainless|silver|gold|golden|chrome)$/.test(neighbour(caption, index, -1)))
  )
    return false;
  if (kind === 'material' && soft.test(noun)) return false;
  if (
    /^(?:size|height)$/.test(kind ?? '') &&
    fills.test(caption.text.slice(caption.words[index]!.start, caption.words[index]!.start + 160))
  )
    return false;
  // what fills the picture is not small
  if (
    smallWords.has(other) &&
    /\b(?:dominat\p{L}+|towering|prominent\p{L}*|imposing)\b[^.,;]{0,24}$/iu.test(
      caption.text.slice(0, caption.words[index]!.start),
    )
  )
    return false;
  if (kind === 'size' && /^(?:paragraph|text|typeface|font|print)$/.test(noun)) return false;
  if (kind === 'weather')
    return (
      /^(?:day|sky|weather|morning|afternoon|evening)$/.test(noun) &&
      /^(?:sunny|cloudy)$/.test(other) &&
      (caption.text.match(weather)?.length ?? 0) < 2
    );
  if (kind === 'age' && other === 'young') return isPerson(noun);
  if (kind === 'age') return isNoun(noun) && !/^(?:girl|boy|child|baby|toddler|kid|infant|elder|couple)$/.test(noun);
  if (kind === 'light' && /^(?:day|sunny|morning|afternoon|sky|scene)$/.test(noun)) return false;
  if (kind === 'light' && /\bsunny\b/i.test(caption.text)) return false;
  if (kind === 'light') return !/^(?:hair|fur|skin|eye|eyebrow|complexion|beard|coat|chocolate|liquid)$/.test(noun);
  if (
    /^(?:size|height)$/.test(kind ?? '') &&
    /^(?:size|height)$/.test(attributeKind(neighbour(caption, index, -1)) ?? '')
  )
    return false;
  if (kind === 'height') return !/^(?:cloud|ceiling)$/.test(noun) && (other !== 'tall' || !lengths.test(noun));
  return onlyOf[other]?.test(noun) ?? true;
}

/** As large as that. */
const fills =
  /^[^.]*\b(?:entire|whole|length|most of|much of|takes? up|taking up|fill\p{L}*|dominat\p{L}*|spacious|area|enough|stretch\p{L}*|tower\p{L}*)\b/iu;

/** Plants in full leaf. */
const lush = /\b(?:lush|verdant)\b[^.]*$/i;

const weather =
  /\b(?:radiant|sun\p{L}*|snow\p{L}*|rain\p{L}*|cloud\p{L}*|overcast|foggy|shadows?|glow|bright|clear)\b/giu;

/** A rich brown hue: the colour is of something said before. */
const shades = /^(?:hue|shade|tone|colou?r|tint|sheen|coat)$/;

function shadedThing({ words }: Caption, index: number): number {
  for (let at = index - 1; at >= Math.max(0, index - 8); at--)
    if (natural.some(([things]) => things.test(singularize(words[at]!.lower)))) return at;
  return index;
}

/** The colours that a thing has in pictures, of those that have few; others would be told to be wrong without looking. */
const natural: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:hair|beard|mustache|moustache|eyebrow|goatee|bun|ponytail|braid)$/, /^(?:black|brown|gray|white|red)$/],
  [/^(?:fur|mane|muzzle|snout|hoof|paw|fleece|whisker|coat|skin|hide)$/, /^(?:black|brown|gray|white)$/],
  [/^(?:horn|antler|tusk|hoof|beak|claw)$/, /^(?:black|brown|gray|white|yellow)$/],
  [/^(?:wood|timber|plank|lumber)$/, /^(?:black|brown|gray|white)$/],
  [/^(?:eye)$/, /^(?:blue|green|brown|black)$/],
  [/^(?:tooth|fang|tusk|smoke|steam|snow|ice|milk|salt)$/, /^(?:white|gray|yellow|brown)$/],
  [/^sky$/, /^(?:blue|gray|orange|pink)$/],
  [/^cloud$/, /^(?:gray|white|orange|pink|black)$/],
  [/^tire$/, /^(?:black|gray|white)$/],
  [/^(?:lip)$/, /^(?:red|pink|purple|black)$/],
  [/^(?:cherry|strawberry|tomato|pepper|berry|grape|pear|onion|olive)$/, /^(?:red|green|yellow|purple|black|white)$/],
  [/^(?:leaf|foliage|tree|bush|shrub|vine|plant|branch)$/, /^(?:green|yellow|brown|red|orange)$/],
  [
    /^(?:grass|moss|herb|sprig|garnish|parsley|basil|cilantro|mint|lettuce|spinach|kale|vegetable|stem|fern|hedge|greenery|lawn|palm|weed|vegetation|field|meadow)$/,
    /^(?:green|yellow|brown)$/,
  ],
  [/^(?:water|ocean|sea|lake|river|wave)$/, /^(?:blue|green|gray|brown)$/],
  [
    /^(?:sand|soil|dirt|mud|ground|mulch|rock|stone|gravel|road|asphalt|pavement|sidewalk|path|pebble|boulder|mountain|hill|trunk|bark|twig|log|terrain|tarmac)$/,
    /^(?:brown|gray|black|white)$/,
  ],
  [
    /^(?:spaghetti|noodle|pasta|rice|meat|bread|cheese|sauce|soup|cracker|toast|bun|crust|sandwich|pizza|chicken|beef|pork|potato|fry|bean|seed|nut|stew|egg|steak|sausage|dough)$/,
    /^(?:red|yellow|brown|white|orange|black|green)$/,
  ],
  [/^sunflower$/, /^yellow$/],
  [/^(?:petal|flower|blossom|bloom|rose|tulip)$/, /^(?:red|yellow|white|pink|purple|orange|blue)$/],
];
/** Marks and parts that are as their animal is. */
const bodyParts =
  /^(?:spot|stripe|patch|ear|nose|tail|beak|paw|claw|leg|feather|wing|head|face|neck|belly|chest|back|marking|tongue|horn|body|mouth|hoof|foot|tuft)$/;
const creatures =
  /\b(?:forehead|underbelly|horns?|tail|hooves|fur|feathers?|beak|paws?|snout|muzzle|animal|canine|feline|bird|leopard|puppy|kitten)\b/i;

function coloursOf(caption: Caption, at: number): RegExp | undefined {
  // a patch of dirt is as dirt is
  const of =
    /^(?:patch|piece|pile|stack|blanket|layer|bed|mound|cluster|bunch|strip|block)$/.test(
      singularize(caption.words[at]!.lower),
    ) &&
    neighbour(caption, at, 1) === 'of' &&
    caption.words[at + 2]?.joined
      ? at + 2
      : at;
  const noun = singularize(caption.words[of]!.lower);
  if (isAnimal(noun)) return furColours;
  if (bodyParts.test(noun) && (creatures.test(caption.text) || caption.words.some(({ lower }) => isAnimal(lower))))
    return furColours;
  return natural.find(([things]) => things.test(noun))?.[1];
}

/** A blue dog would be told without the picture. */
const furColours = /^(?:brown|black|white|gray)$/;

/** What lies flat is of few materials. */
const grounds =
  /^(?:road|street|path|pathway|patio|sidewalk|ground|grass|field|bar|curb|hinge|wire|letter|surface|tile|floor|wall|fence|gate|pole|building)$/;

/** What is of cloth, paper or film, or has no sister of wood. */
const soft =
  /^(?:wrapping|wrap|wrapper|sheet|film|cloth|fabric|curtain|cushion|pillow|blanket|towel|sleeve|shirt|dress|skirt|hat|cap|strap|leash|rope|string|hose|tarp|canopy|cover|covering|liner|glove|lace|cord|cable|tape|straw)$/;

/** What is long where it is not short. */
const lengths = /^(?:hair|beard|sleeve|skirt|dress|fur|tail|neck|leg|arm|mane|coat|shirt|pant|nail|bob|cut|boot|stem)$/;

const onlyOf: Readonly<Record<string, RegExp>> = {
  leather: /^(couch|sofa|chair|bag|purse|jacket|seat|suitcase|bench|stool)$/,
  wicker: /^(basket|chair|table|stool|bench|furniture)$/,
  glass: /^(bottle|jar|vase|bowl|window|door|table|cup|container|plate|pitcher|tabletop|panel)$/,
  stone:
    /^(wall|building|bench|table|statue|sculpture|fireplace|bridge|house|tower|pillar|column|arch|countertop|structure|fountain)$/,
  rubber: /^(tire|boot|ball|duck|mat|glove|hose)$/,
  ceramic: /^(bowl|plate|cup|mug|vase|pot|figurine|sink|planter|dish)$/,
  brick: /^(?:wall|building|house|column|tower|chimney|path|walkway|pillar|arch)$/,
  plastic:
    /^(?:chair|table|bench|stool|box|crate|bucket|basket|bowl|cup|plate|tray|bottle|bag|container|toy|fork|spoon|knife|frame|sign|barrel|shelf|handle|fence|bin|planter|pot|vase)$/,
  cardboard: /^(box|sign|tube|container)$/,
};
