import { pluralize, singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { attributeKind } from '../lexicon/attributes.js';
import { isPerson, type NounKind, nounOf, sisterNouns } from '../lexicon/nouns.js';
import { isDeterminer, isNumber, isWholeNoun } from '../noun-phrases.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Object identification: a thing becomes another of its kind, in the same number, that the caption does not name. Every
 * mention of it does, so that the twin does not contradict itself.
 */
export const object: Rule = (caption, random) =>
  caption.words.flatMap((_, index) => {
    const changes = swapThing(caption, index, random);
    return changes ? [doubted(changes, doubtOfThing(caption, index))] : [];
  });

/** Kinds whose sisters stand in the same places and do the same; of openings, barriers and single things few do. */
const safe =
  /^(?:pets|herds|wild|insects|sea|birds|fowl|poultry|vehicles|headwear|neckwear|tops|bottoms|trousers|shoes|bags|cases|tableware|vessels|toys|fruit|berries|vegetables|drinks|adults|children)$/;
const unsafe = /^(?:openings|barriers|buildings|rooms|waters|monuments|sports|blooms|thing)$/;

/** What a thing is made of, or holds, may not fit its sister; what is capped has a cap. */
const composed =
  /\b(?:made (?:up )?of|consist\p{L}* of|compos\p{L}* of|construct\p{L}*|carved|built|capped|attached|support(?:s|ed)|filled|full of)\b/iu;

function doubtOfThing(caption: Caption, index: number): number {
  const { kind, plural } = mentionAt(caption, index)!;
  const { start, end } = caption.words[index]!;
  const hangs = composed.test(caption.text.slice(Math.max(0, start - 60), end + 100)) ? 5 : 0;
  return hangs + (safe.test(kind) ? 0 : unsafe.test(kind) ? 4 : 1) + (kind === 'openings' ? 2 : 0) + (plural ? 2 : 0);
}

/** With more mentions than these a change is no small one. */
const mostMentions = 4;

interface Mention {
  first: number;
  last: number;
  phrase: string;
  kind: NounKind;
  /** The plainest name of the thing, in the singular. */
  name: string;
  plural: boolean;
}

/** The thing whose first mention, of one or two words, begins at `index`, swapped for a sister at each mention. */
export function swapThing(caption: Caption, index: number, random: () => number): Change[] | null {
  const mention = mentionAt(caption, index);
  if (!mention) return null;
  const mentions = caption.words.flatMap((_, at) => {
    const other = mentionAt(caption, at);
    return other?.name === mention.name ? [other] : [];
  });
  const owner = new RegExp(`^${mention.name}(?:['’]s|s['’])$`);
  if (caption.words.some(({ lower }) => owner.test(lower))) return null;
  // a fire hydrant: the hydrant
  const head = mention.phrase.split(' ')[1];
  if (
    head !== undefined &&
    caption.words.some(
      ({ lower, start }, at) =>
        singularize(lower) === singularize(head) && !mentions.some(({ last }) => last === at) && start >= 0,
    )
  )
    return null;
  if (mentions[0]!.first !== index || mentions.length > mostMentions) return null;
  if (!mentions.every((each) => canSwap(caption, each)) || isKnownByNow(caption, mention)) return null;
  const other = choose(
    random,
    sisterNouns(mention.name, caption.text).filter(
      (other) => canFly(mention.kind, other, caption.text) && canStand(other, caption.text),
    ),
  );
  if (other === undefined) return null;
  return mentions.map(({ first, last, plural }) => {
    const old = caption.text.slice(caption.words[first]!.start, caption.words[last]!.end);
    return changeOf(caption, first, last, likeCase(plural ? pluralize(other) : other, old));
  });
}

function mentionAt(caption: Caption, index: number): Mention | null {
  for (const length of [2, 1]) {
    const words = caption.words.slice(index, index + length);
    if (words.length < length || words.some(({ quoted }, at) => quoted || (at > 0 && !words[at]!.joined))) continue;
    const phrase = words.map(({ lower }) => lower).join(' ');
    if (length === 1 && nounOf(`${neighbour(caption, index, -1)} ${phrase}`)) return null;
    const noun = nounOf(phrase);
    const [before, after] = [neighbour(caption, index, -1), neighbour(caption, index, 1)];
    // an orange wall is no fruit
    if (noun && (attributeKind(phrase) === null || (isDeterminer(before) && after !== 'and')))
      return {
        first: index,
        last: index + length - 1,
        phrase,
        kind: noun.kind,
        name: noun.names[0]!,
        plural: noun.plural,
      };
  }
  return null;
}

function canSwap(caption: Caption, { first, last, kind, name, plural }: Mention): boolean {
  const { text, words } = caption;
  if (!isWholeNoun(caption, first, last) || isName(caption, first)) return false;
  if (!plural && isVerbToo.test(name) && !hasDeterminer(caption, first)) return false;
  if (words.slice(first, last + 1).some(({ asserted }) => !asserted)) return false;
  if (isPerson(name) && /\b(he|she|his|her|him|hers|himself|herself|their|themselves)\b/i.test(text)) return false;
  const before = text.slice(Math.max(0, words[first]!.start - 60), words[first]!.start);
  const after = text.slice(words[last]!.end, words[last]!.end + 60);
  if (
    /\b(?:barbed|wire|wired|chain-link|mesh|wing-backed|high-backed|upholstered|swivel|open-toed|high-top|strappy)\b/i.test(
      before + after,
    ) &&
    /^(?:barriers|seats|shoes)$/.test(kind)
  )
    return false;
  if (kind === 'devices' && /\b(?:brand|logo|label(?:ed|led)?|channel|samsung|sony|lg|apple|canon|nikon)\b/i.test(text))
    return false;
  if (name === 'bench' && /\b(?:platform|waiting|park|wait|shelter)\b/i.test(before + after)) return false;
  if (name === 'ball' && !/\b(?:play|throw|kick|catch|hold|bounc|toss|roll|grass|toy)\p{L}*\b/iu.test(before + after))
    return false;
  if (
    /^(?:cars?|windows?|buildings)$/.test(words[last]!.lower) &&
    /\b(?:traffic|street|lanes?|several|many|rows?|numerous|various)\b/i.test(before + after)
  )
    return false;
  if (kind === 'openings' && plural) return false;
  if (
    name === 'clock' &&
    /\b(?:post|pole|tower|sided|building|street|sidewalk|informative|shows|showing|reads)\b/i.test(text)
  )
    return false;
  if (kind === 'thing' && /^ of\b/.test(after)) return false;
  if (
    /\b(?:trolley|cable|train|railroad|race|rail|street|tram|toy|sleeper|dining) $/i.test(before) &&
    kind === 'vehicles'
  )
    return false;
  // what is hit in a game
  if (/\bball$/.test(name) && /\b(?:hit|serv|swing|rack?quet|racket|bat|strik|return|volley)\p{L}*\b/iu.test(text))
    return false;
  if (kind === 'papers' && /\bread(?:s|ing)? (?:\p{L}+ ){0,2}$/iu.test(before)) return false;
  if (hasItsOwn[kind]?.test(text.slice(Math.max(0, words[first]!.start - 120), words[last]!.end + 200))) return false;
  if (kind === 'surfaces' && (/\b(?:at|around) (?:\p{L}+ ){0,3}$/iu.test(before) || /^top\b/.test(after))) return false;
  // other cars: what was told before is one too
  if (/\b(?:other|another|additional|more|similar|else) (?:\p{L}+ )?$/iu.test(before)) return false;
  if (/\b(?:security|surveillance|traffic|safety|emergency|fire|public) $/i.test(before)) return false;
  if (kind === 'surfaces' && /\b(?:round|circular|oval|folding|dining|picnic|pool) (?:\p{L}+ )?$/iu.test(before))
    return false;
  // they look into it, or it is what takes the picture
  if (/^(?:camera|mirror)$/.test(name) && /\b(?:at|into|toward|towards|facing|to|from) (?:\p{L}+ )?$/iu.test(before))
    return false;
  // a blanket of snow is no blanket
  if (/^ of\b/.test(after) && /^(?:bedding|waters|herds|papers|headwear|monuments|tops)$/.test(kind)) return false;
  if (kind === 'hung' && !/\bwall\b/i.test(text)) return false;
  // of wood: what it is made of may not fit its sister
  if (madeOf.test(before))
    return /\b(?:wooden|wood|metal)(?: \p{L}+)? $/iu.test(before) && /^(?:surfaces|seats|openings)$/.test(kind);
  if (kind === 'thing' && own.test(before + after)) return false;
  return (
    kind !== 'sports' ||
    /\b(play|plays|playing|a game of|game of)$/i.test(
      text.slice(Math.max(0, words[first]!.start - 40), words[first]!.start).trim(),
    )
  );
}

/** What only trees, buildings, roads and the like have or are. */
const own =
  /\b(?:green|greenery|grow\p{L}*|shady?|nature|natural|graz\p{L}+|bouquets?|arrangement|lush|verdant|canopy|bare|leafless|leafy|leaves|foliage|branch(?:es)?|trunks?|bark|roots?|palm|pine|oak|evergreen|blooming|petals?|stems?|story|stories|storey|floors|windows?|brick|roof(?:s|ed)?|paved|asphalt|cobblestone|traffic|lanes?|parked|driv\p{L}+|intersection|fluffy|wispy|puffy|sky|jagged|rugged|craggy|snow-capped|perched|feathers?|wings?|beak|flying|flames?|lit|wick|potted|rim|full of|filled|railroad|rails?|tracks?|passengers?|steam|wax|striped|beneath|under|covered)\b/iu;

const isVerbToo =
  /^(?:bear|saw|duck|drum|book|table|plate|bench|box|coat|cap|vest|tie|shovel|hammer|camera|bag|bottle|bowl|park|glass|house|post|train|bridge|pot|fence|rose|lamp|mirror)$/;

const madeOf =
  /\b(?:wooden|wood|metal|metallic|stone|brick|glass|leather|plastic|concrete|steel|ceramic|porcelain|marble|paper|cardboard|furry|leafy|woven|knitted|horned|striped|spotted|feathered|winged|brimmed|toothed|pitched)\b(?: \p{L}+){0,2} $/iu;

/** Words that tell of parts or uses that only this thing has: none of its sisters can be in its place. */
const hasItsOwn: Partial<Readonly<Record<NounKind, RegExp>>> = {
  herds:
    /\b(?:saddle|reins|harness|carriage|rider|riders|riding|bridle|udder|udders|wool|antlers?|humps?|milk|shepherd|mare|foal|stallion|calf|lambs?|jockey|polo|bull)\b/i,
  pets: /\b(?:leash|puppy|puppies|kitten|kittens|retriever|terrier|shepherd|spaniel|poodle|tabby|bulldog|canine|feline|barking|whiskers|breed)\b/i,
  wild: /\b(?:trunk|tusks?|cub|cubs|pouch|stripes)\b/i,
  vehicles: /\b(?:aboard|passengers?|route|public|transit|station|double-decker|parking lots?|seats?)\b/i,
  boards: /\b(?:skat\p{L}+|surf\p{L}+|snowboard\p{L}+|waves?|ramp|snow|slope|ocean)\b/iu,
  headwear:
    /\b(?:safety|shields?|riders?|driver|player|racer|pilot|visor|brim|bill|jewels?|bottles?|jars?|lids?|pens?|tubes?)\b/i,
  tops: /\b(?:fur|tail|paws?|retriever|goats?|deer|horse|dog|cat|canine|mane|snout|button-up|pockets?|hood|collar(?:s|ed)?|sleeves?|sleeved|long-sleeved|short-sleeved)\b/i,
  dishware: /\b(?:licen[sc]e|soup|noodles?|cereal|rice|stew|salad|filled|brimming|rim)\b/i,
  bottoms: /\b(?:kilts?)\b/i,
  cycles: /\b(?:cycl\p{L}+|bik(?:ing|ers?)|pedals?|engine|exhaust|handlebars)\b/iu,
  blooms: /\b(?:petals?|florets)\b/i,
  bedding: /\b(?:bed|beds|covered|covers)\b/i,
  hand: /\b(?:fl(?:y|ies|ying|ew|own)|string|rain|raining|frisbees?|tail|air)\b/i,
  waters: /\b(?:waves?|swim\p{L}*|beach|boats?|tide|shore)\b/iu,
  craft:
    /\b(?:float\p{L}*|river|lake|wings?|sails?|propellers?|rotors?|runway|airport|water|dock|engines?|cockpit)\b/iu,
  birds: /\b(?:feathers? on its head|talons|owlet)\b/i,
  fowl: /\b(?:ducklings|cygnets|necks?)\b/i,
  containers: /\b(?:slung|shoulders?|straps?|carr\p{L}+|handles?|zipper|lid)\b/iu,
  openings: /\b(?:courtyard|cent(?:er|re)|stands?|freestanding|knob|handle|hinges|panes?)\b/i,
  buildings: /\b(?:cows?|horses?|animals|hay|steeple|cross|blades|turrets?|altar|floors|stories|storey)\b/i,
  trades: /\b(?:fire|hose|uniform|uniforms|helmet|makeup|kitchen)\b/i,
  rooms:
    /\b(?:toilet|sink|stove|oven|bed|shower|bathtub|books|waiter|desks|refrigerator|mirror|counter|cabinets|shelves)\b/i,
  fixtures: /\b(?:faucet|shower|flush|fire|tap|drain|lid|seat)\b/i,
  devices:
    /\b(?:screens?|lens|shade|keys|hands|numerals|dials?|remote|photo(?:graph)?s?|call|time|mounted|says|tower)\b/i,
  sports: /\b(?:bat|racket|racquet|goal|hoop|clubs?|net|pitcher|batter|court)\b/i,
  instruments:
    /\b(?:strik\p{L}+|beat\p{L}*|strum\p{L}*|blow\p{L}*|pluck\p{L}*|strings?|keys|bow|mouthpiece|drummer|pianist|guitarist)\b/iu,
  tools: /\b(?:blade|nails?|screws?|dig\p{L}*)\b/iu,
  vessels: /\b(?:handles?|noodles?|soup|cereal|rice|spout|flowers|bouquet|drink\p{L}*|poured|stew|salad)\b/iu,
  dishes: /\b(?:slices?|buns?|crust|bread|patty|shell|toppings?|eggs?)\b/i,
  bowls: /\b(?:spoon|broth|leaves|lettuce|sauce|noodles|dressing)\b/i,
  sweets: /\b(?:candles?|slices?|crust|wrapper|hole|tiers?|birthday|wedding|frosting|layers?)\b/i,
  fruit: /\b(?:peel|juice|slices?|segments?|bunch|wedges?|rind)\b/i,
  vegetables: /\b(?:slices?|sliced|chopped|florets|rings?|diced|shredded|grated|caps?)\b/i,
};

/** Whether a first mention with `the`, in a later sentence, is of something that had another name: a sparrow, the bird. */
function isKnownByNow({ text, words }: Caption, { first, kind }: Mention): boolean {
  if (/^(?:surfaces|rooms|waters|openings|barriers)$/.test(kind)) return false;
  const opens = words.slice(Math.max(0, first - 3), first).some(({ lower }) => lower === 'the');
  return opens && words[first]!.start >= (splitSentences(text)[0]?.end ?? 0);
}

/** A thing in the singular has a determiner: `bear` after a comma is a verb. */
function hasDeterminer({ words }: Caption, first: number): boolean {
  for (let at = first - 1; at >= Math.max(0, first - 5) && words[at + 1]!.joined; at--) {
    const { lower } = words[at]!;
    if (isDeterminer(lower) || isNumber(lower) || lower.endsWith("'s")) return true;
  }
  return false;
}

function isName({ words }: Caption, index: number): boolean {
  return index > 0 && words[index]!.joined && /^\p{Lu}\p{Ll}/u.test(words[index]!.text);
}

/** Couches stand indoors. */
const canStand = (other: string, text: string) =>
  !/^couch/.test(other) ||
  !/\b(?:outdoors?|sidewalk|street|park|path|platform|grass\p{L}*|beach|sand|garden|trees?|road)\b/iu.test(text);

/** Of vehicles in the air, only those that fly. */
function canFly(kind: string, other: string, text: string): boolean {
  return (
    kind !== 'craft' || !/\b(?:fly|flies|flying|sky|airborne)\b/i.test(text) || /^(?:airplane|helicopter)/.test(other)
  );
}
