import { type CocoCategory, type CocoWord, cocoGroup, cocoWords } from './lexicon/coco-objects.js';
import type { Range } from './range.js';
import { sentenceAt, splitSentences } from './sentences.js';

/** A COCO thing that a text names. Offsets are UTF-16. */
export interface CocoMention extends Range {
  text: string;
  category: CocoCategory;
  /** Written in the plural; for words with one form for both (`sheep`) false. */
  plural: boolean;
  /** The word names other things too: see {@link CocoWord}. */
  loose: boolean;
  /** The text says that it is not there: where the `no` or `without` stands. */
  negation?: Range;
  /** The text does not say that it is there: `like a dog`, `a statue of a horse`, `toy car`. */
  unreal: boolean;
}

interface Form {
  word: CocoWord;
  plural: boolean;
}

/** Phrases that hold a word of a COCO thing and name no such thing. */
const otherThings = (
  'prairie dog,sea horse,seahorse,sea lion,guinea pig,hot plate,toilet paper,toilet seat,toilet tank,toilet bowl,toilet lid,toilet roll,' +
  'car seat,baby seat,bus stop,bus station,bus lane,bus shelter,bus line,train station,train track,train tracks,train platform,' +
  'train yard,train line,train car window,boat dock,bike lane,bike rack,bike path,bicycle rack,bicycle lane,parking lot,car park,' +
  'dog house,doghouse,dog food,dog bowl,dog park,dog collar,dog leash,dog bed,dog toy,cat food,cat tree,cat toy,cat bed,bird house,birdhouse,' +
  'bird feeder,bird bath,birdbath,bird cage,birdcage,horse race,horse racing,horse riding,horse track,horse trailer,horse stable,cow bell,' +
  'flower bed,truck bed,river bed,bed of flowers,bed of lettuce,bed of rice,bed sheet,bed sheets,bed frame,bed spread,bedspread,bedroom,' +
  'bedside,sea bed,chair lift,chairlift,ski lift,ski slope,ski slopes,ski resort,ski pole,ski poles,ski run,ski jump,ski area,ski trail,ski gear,ski boots,ski mask,ski goggles,' +
  'ski jacket,ski suit,ski pants,ski attire,ski equipment,ski outfit,ski instructor,table tennis,table cloth,tablecloth,table top,tabletop,' +
  'table lamp,table leg,desk lamp,clock face,clock hand,clock hands,book shelf,book shelves,book case,bookcase,book store,bookstore,' +
  'mouse pad,mousepad,mouse trap,phone booth,phone number,phone call,phone line,phone lines,telephone pole,telephone poles,phone pole,' +
  'telephone booth,telephone wires,telephone lines,television stand,tv stand,tv show,tv station,tv cabinet,tv remote control,sink hole,' +
  'cake stand,cake plate,cake pan,pizza box,pizza boxes,pizza pan,pizza cutter,pizza oven,pizza shop,pizza parlor,pizza place,pizza dough,' +
  'pizza restaurant,pizza crust,bottle cap,bottle opener,cup holder,bowl game,super bowl,skate bowl,concrete bowl,tennis court,tennis courts,tennis match,' +
  'tennis game,tennis shoes,kite string,kite strings,kite festival,kite surfing,kite surfer,kite tail,orange juice,orange tree,orange trees,orange slice,' +
  'apple juice,apple tree,apple pie,apple cider,carrot cake,banana tree,banana trees,banana bread,banana leaf,banana split,banana peel,broccoli soup,' +
  'person view,third person,first person,man made,man-made,manmade,baseball field,baseball game,baseball diamond,baseball cap,baseball caps,baseball uniform,' +
  'baseball uniforms,baseball stadium,baseball team,baseball hat,baseball jersey,baseball park,baseball match,baseball helmet,baseball practice,baseball pitch,baseball mound,' +
  'basketball court,basketball hoop,basketball game,football field,football game,football helmet,football stadium,volleyball net,volleyball court,volleyball game,soccer field,soccer game,soccer match,' +
  'ball game,ball park,ballpark,ball field,ball cap,ball player,umbrella stand,boat house,boat yard,boat ramp,truck stop,truck driver,' +
  'truck drivers,bus driver,bus drivers,train conductor,train conductors,train engineer,taxi driver,car door,car window,car windshield,car mirror,car wash,car dealership,' +
  'car show,car tire,car keys,side mirror of a car,airplane window,airplane wing,plane ticket,plane window,jet engine,jet ski,jet stream,jet trail,jet trails,' +
  'bear hug,bear market,remote area,remote location,remote region,remote place,remote village,couch potato,oven mitt,oven mitts,knife block,' +
  'fork lift,forklift,fork in the road,spoon rest,teddy bear shop,city bus stop,traffic cone,street sign,engine room,screen door,' +
  'plant life,power plant,plant pot,phone case,computer desk,computer screen,computer chair,computer tower,seat belt,seat cushion,' +
  'team work,model train,model car,model plane,toy train,range of,mountain range,wide range,price range,open range,trunk of,tree trunk,tree trunks,' +
  "elephant's trunk,wind screen,windscreen,counter top,pack of,packs of,bow of,disc golf,disc brake,cow boy hat,cowboy hat,cowboy hats,cowboy boots," +
  "chef's hat,chef hat,police car,coach of,family room,family restaurant,family dinner,family portrait,team uniform,team logo,baby elephant,baby elephants,baby giraffe,baby giraffes," +
  'baby zebra,baby zebras,baby bear,baby bears,baby cow,baby cows,baby horse,baby sheep,baby bird,baby birds,baby goat,baby lamb,baby duck,baby ducks,baby carriage,' +
  'baby stroller,pit bull,zebra crossing,zebra crossings,bird’s eye,birds eye,mouse cursor,bus sign,butterfly knife,kid friendly,men’s room,mens room,ladies room,women’s room'
).split(',');

/** Of these phrases the second word does name the thing. */
const innerOf: Readonly<Record<string, string>> = Object.fromEntries(
  ['elephant', 'giraffe', 'zebra', 'bear', 'cow', 'horse', 'sheep', 'bird', 'lamb', 'duck', 'goat'].flatMap((noun) => [
    [`baby ${noun}`, noun],
    [`baby ${noun}s`, `${noun}s`],
  ]),
);

const forms = new Map<string, Form>();
for (const word of cocoWords) {
  if (!forms.has(word.plural)) forms.set(word.plural, { word, plural: word.plural !== word.singular });
  if (!forms.has(word.singular)) forms.set(word.singular, { word, plural: false });
}
const others = new Set(otherThings.flatMap((phrase) => [phrase, `${phrase}s`]).filter((phrase) => !forms.has(phrase)));

const wordsOf = (phrase: string) => phrase.toLowerCase().split(/[\s\-'’]+/);
/** Names and other things by their words, with single spaces: what a run of words is looked up as. */
const things = new Map<string, Form | null>();
for (const phrase of others) things.set(wordsOf(phrase).join(' '), null);
for (const [phrase, form] of forms) things.set(wordsOf(phrase).join(' '), form);
const firstWords = new Set([...things.keys()].map((phrase) => phrase.split(' ', 1)[0]!));
const longest = Math.max(...[...things.keys()].map((phrase) => phrase.split(' ').length));

interface Found extends Range {
  form: Form;
}

/** The longest names from left to right; of what is another thing, nothing. */
function* findNames(text: string): Generator<Found> {
  const words = [...text.matchAll(/[\p{L}\p{N}_]+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    word: match[0].toLowerCase(),
  }));
  const isJoint = (index: number) =>
    /^(?:[\s-]{1,2}|['’])$/u.test(text.slice(words[index]!.end, words[index + 1]!.start));
  for (let at = 0; at < words.length; ) {
    let taken = 1;
    const { start, word } = words[at]!;
    if (firstWords.has(word) && text[start - 1] !== '-') {
      let most = 1;
      while (most < longest && at + most < words.length && isJoint(at + most - 1)) most++;
      for (let count = most; count >= 1; count--) {
        const run = words.slice(at, at + count);
        const key = run.map((item) => item.word).join(' ');
        const { end } = run.at(-1)!;
        if (!things.has(key) || /^(?:-\p{L}|['’](?!s\b)\p{L})/u.test(text.slice(end, end + 3))) continue;
        const inner = innerOf[key];
        const form = inner === undefined ? things.get(key) : forms.get(inner);
        if (form) yield { start: inner === undefined ? start : run.at(-1)!.start, end, form };
        taken = count;
        break;
      }
    }
    at += taken;
  }
}

/** What makes the noun before it a mere modifier: `bus terminal`, `dog bed`. */
const heads =
  'restroom|restrooms|bathroom|lavatory|interior|hangar|runway|museum|ticket|tickets|terminal|depot|lot|yard|shop|store|show|stand|station|stop|track|tracks|lane|path|rack|racks|food|collar|leash|toy|toys|bed|seat|house|park|bath|feeder|cage|sanctuary|exhibit|enclosure|pen|race|racing|ride|rides|riding|carriage|trailer|stable|barn|farm|ranch|fence|trail|trails|route|line|lines|wing|engine|cabin|cockpit|door|doors|window|windows|windshield|tire|tires|wheel|wheels|driver|drivers|handle|handlebars|frame|case|cover|cushion|holder|paper|brush|court|field|match|game|tournament|players?|net|juice|peel|slices?|soup|salad|sauce|crust|box|boxes|print|shaped|themed|sized|style|costume|mask|statue|statues|sculpture|figurine|figurines|logo|sticker|poster|pattern|design|plate|rug|skin|fur|horns';
const compound = new RegExp(
  `^(?:['’]s)?[\\s-]+(?:(?:${heads})\\b(?!['’])|\\p{L}+\\s+(?:holder|dispenser|figurine|statue|costume|sticker)s?\\b)`,
  'iu',
);
/** Of those, what is a verb before such words: `a dog and a giraffe stand by a tree`. */
const verbNotHead =
  /^\s+(?:stand|show|race|ride|rides|match|line|lines|cover|trail|track|tracks|fence|brush|park|house|box|print|design|pen|game|seat|frame|plate|mask|wing|handle)\s+(?:an?|the|his|her|their|its|by|in|on|at|near|next|along|behind|through|under|outside|together|with|around|up|down|alone|there|side)\b/iu;
/** Things that stay themselves before such a word: `person riding`, `man driver`, `wine glass holder`. */
const alwaysReal = new Set<CocoCategory>(['person']);

const negationBefore =
  /(?<no>\b(?:no|without|zero|neither|nor|lacks?|lacking|devoid of|absence of|free of|instead of|rather than|not|never|cannot see|can['’]t see)|n['’]t)\s+(?:(?:an?|any|other|visible|single|apparent|the|of|either)\s+){0,3}(?:[\p{L}-]+(?:,\s+(?:or\s+|and\s+|nor\s+)?|\s+(?:or|and|nor)\s+)(?:an?\s+|any\s+)?){0,3}(?:(?!on\b|in\b|with\b|at\b|only\b|just\b|to\b|of\b)\p{L}+\s+)?$/iu;
/** What someone does not do with a thing says nothing of the thing. */
const notDone = /(?:\bnot|n['’]t|\bnever)\s+(?:\p{L}+\s+){1,4}(?:an?|any|the|his|her|their)\s+$/iu;
const notThere =
  /^[^.;,]{0,20}\b(?:is|are|was|were)(?:\s+not|n['’]t)\s+(?:visible|present|there|shown|seen|in (?:the|this) (?:image|picture|photo|scene))\b/iu;
const unrealBefore =
  /\b(?:like|resembl(?:es|ing)|shaped like|reminiscent of|similar to|statues? of|sculptures? of|paintings? of|drawings? of|posters? of|figurines? of|cartoon(?: of)?|toy|stuffed|inflatable|fake|plastic|ceramic|wooden toy|painted|imaginary|plush|lego|origami|reflections? of|shadows? of|silhouettes? of|outlines? of|if|whether|such as an?|might be|could be|may be)\s+(?:(?:an?|the|some|two|three|small|large|little|big)\s+){0,2}$/iu;

/** A sign that forbids or advertises things, or a picture of them, shows their names or likeness alone. */
const depictedBefore =
  /\b(?:prohibit(?:s|ing)?|forbid(?:s|ding)?|ban(?:s|ning)|warn(?:s|ing)?\s+(?:of|about|against|for)|advertis(?:es|ing)|signs?\s+(?:for|about)|(?:receipt|menu|label|sticker|poster|mural|t-?shirt|shirt|sweater|tattoo|banner|billboard|magazine|tapestry)s?\s+(?:with|of|showing|listing|about|depicting|featuring)|(?:tv|television|screen|monitor)s?\s+(?:showing|displaying)|books?\s+about|labell?ed|pictures?\s+of|photo(?:graph)?s?\s+of|images?\s+of|logos?\s+of|prints?\s+of|mural\s+of|(?:decorated|printed|painted|patterned)\s+with)\s+(?:[\p{L}-]+(?:,\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+)){0,4}(?:(?:an?|the|some|two|three|small|large|little|big)\s+){0,2}$/iu;
/** `The picture of a dog shows`: the picture itself is spoken of. */
const wholePicture =
  /^\s*(?:(?:this|here)\s+is\s+)?(?:an?|the|this)?\s*(?:\p{L}+\s+){0,2}(?:picture|photo(?:graph)?|image)s?\s+of\b/iu;

/** The likeness of a thing, not the thing. */
const depictedAfter =
  /^[^.;,]{0,12}\b(?:is|are)?\s*(?:printed|painted|drawn|depicted|pictured|embroidered|engraved|carved|listed)\b/iu;
/** No animal or person is made of these, or worn. */
const madeOf =
  /\b(?:wooden|metal|metallic|bronze|stone|marble|porcelain|paper|glass|knitted|crocheted|carved|snow|sand)\s+$/iu;
const worn = /^\s+(?:suit|outfit|onesie)s?\b/iu;

const colourWord = /^orange$/i;
const determiner =
  /\b(?:an?|the|one|two|three|four|five|six|seven|eight|nine|ten|some|several|many|this|that|his|her|their|its|each|every|another|\d+|and|with|of|peeled|sliced|fresh|ripe|whole|half)\s+$/iu;
const nextWord = /^\s+(?:and\s+\p{L}+\s+)?(?<next>\p{L}[\p{L}'’-]*)/u;
const notANoun =
  /^(?:is|are|was|were|and|or|in|on|at|with|to|next|near|of|that|which|from|has|have|sits?|sitting|lies|lying|hanging|can|there|by|beside|behind|above|below|under|for|as|it|its|while|into|cut|being)$/i;
const verbUse = /\b(?:to|will|can|could|may|must|should|would|they|we|you|I|not)\s+$/iu;
const alsoVerbs =
  /^(?:ski|train|tie|book|boat|bear|duck|sink|fork|cook|model|coach|fan|range|park|bus|skate|surf|bike|kite|pack|bat|cup|bed|couch|phone|ram|bow|trunk|wrap|steer|swallow)$/i;
const adjectiveUse = /^(?:remote|adult)$/i;
/** Also names of games: a thing only where one is counted or pointed at. */
const games = /^(?:baseball|basketball|volleyball|football)$/i;

/**
 * The COCO things that a text names, in reading order, by the words of {@link cocoWords}. A word inside a longer name
 * (`dog` in `hot dog`, `bus` in `bus stop`, `orange` the colour) is no mention.
 */
export function findCocoMentions(text: string): CocoMention[] {
  const sentences = splitSentences(text);
  const mentions: CocoMention[] = [];
  for (const { start, end, form } of findNames(text)) {
    const sentence = sentenceAt(sentences, start) ?? { start: 0, end: text.length };
    const before = text.slice(Math.max(sentence.start, start - 90), start);
    const after = text.slice(end, Math.min(sentence.end, end + 60));
    const { word, plural } = form;
    if (!alwaysReal.has(word.category) && !plural && compound.test(after) && !verbNotHead.test(after)) continue;
    // what skaters ride in
    if (word.category === 'bowl' && /\bskat/iu.test(text.slice(sentence.start, sentence.end))) continue;
    if (word.category === 'person' && plural && /^['’]s\s/u.test(after)) continue;
    if (isPartOfName(text.slice(start, end), before, after) || !readsAsNoun(text.slice(start, end), before, after))
      continue;
    const negated = negationBefore.exec(before);
    const negation = negated
      ? rangeOf(start - before.length + negated.index, negated.groups!.no!)
      : notThere.test(after)
        ? notRange(text, end, after)
        : undefined;
    mentions.push({
      start,
      end,
      text: text.slice(start, end),
      category: word.category,
      plural,
      loose: word.loose,
      unreal:
        unrealBefore.test(before) ||
        depictedAfter.test(after) ||
        (isAlive(word.category) && (madeOf.test(before) || worn.test(after))) ||
        (depictedBefore.test(before) && !wholePicture.test(text.slice(sentence.start, start))) ||
        (!negation && notDone.test(before)),
      ...(negation ? { negation } : {}),
    });
  }
  return mentions;
}

/**
 * Whether a noun says that one of it is there: it is no name, modifier or likeness, and nothing denies it.
 *
 * @param sentence The one that it stands in.
 */
export function saysItIsThere(text: string, { start, end }: Range, sentence: Range): boolean {
  const before = text.slice(Math.max(sentence.start, start - 90), start);
  const after = text.slice(end, Math.min(sentence.end, end + 60));
  return !(
    (compound.test(after) && !verbNotHead.test(after)) ||
    isPartOfName(text.slice(start, end), before, after) ||
    !readsAsNoun(text.slice(start, end), before, after) ||
    negationBefore.test(before) ||
    notThere.test(after) ||
    unrealBefore.test(before) ||
    depictedBefore.test(before) ||
    depictedAfter.test(after) ||
    madeOf.test(before) ||
    worn.test(after) ||
    notDone.test(before)
  );
}

const isAlive = (category: CocoCategory) => ['person', 'animal'].includes(cocoGroup(category));

/** `Sparrow` of `Captain Jack Sparrow`. */
const isPartOfName = (word: string, before: string, after: string): boolean =>
  /^\p{Lu}\p{Ll}/u.test(word) &&
  (/\b(?:named|called)\s+$/u.test(before) ||
    /\p{Lu}\p{Ll}+\s+$/u.test(before.replace(/^\s*\p{L}+\s+$/u, '')) ||
    (before.trim() !== '' && /^\s+\p{Lu}\p{Ll}/u.test(after)));

function rangeOf(start: number, text: string): Range {
  return { start, end: start + text.length };
}

function notRange(text: string, end: number, after: string): Range {
  const at = end + after.search(/(?:\bnot\b|n['’]t)/i);
  const isnt = /[\p{L}]+n['’]t/u.exec(text.slice(end, end + after.length));
  return isnt ? rangeOf(end + isnt.index, isnt[0]) : rangeOf(at, 'not');
}

function readsAsNoun(word: string, before: string, after: string): boolean {
  if (colourWord.test(word)) {
    const next = nextWord.exec(after)?.groups?.next;
    return determiner.test(before) && (next === undefined || notANoun.test(next));
  }
  if (adjectiveUse.test(word)) {
    const next = nextWord.exec(after)?.groups?.next;
    return next === undefined || notANoun.test(next) || /^controls?$/i.test(next);
  }
  if (games.test(word)) return determiner.test(before) && !/\b(?:of|and|with)\s+$/i.test(before);
  if (alsoVerbs.test(word) && verbUse.test(before)) return false;
  return true;
}
