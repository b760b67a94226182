import { isKnownNoun, isPlural, pluralize, singularize } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { countAgreement } from '../../text/count-agreement.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, matchesPhrase, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { attributeKind } from '../lexicon/attributes.js';
import { isCountable, isNoun, isPerson } from '../lexicon/nouns.js';
import { isNamedAgain, isPersonAgain } from '../mentions.js';
import { closesNoun, isDeterminer, isNumber, isWholeNoun, modifiedNoun } from '../noun-phrases.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Counting: exactly one count becomes another, and what agrees with it follows. Never a number inside quotation marks, a
 * clock time, a proportion, an ordinal, an age, a price, a year, a name, or `one` as a pronoun.
 */
export const counting: Rule = (caption, random) =>
  caption.words.flatMap((word, index) => {
    if (word.quoted || !word.asserted) return [];
    const several = onlyOne(caption, index);
    if (several) return [doubted(several, 6)];
    // a single sheet: the article would stay
    if (word.lower === 'single' && isDeterminer(neighbour(caption, index, -1))) return [];
    const changes = /^(?:an?|single)$/.test(word.lower)
      ? moreThanOne(caption, index, random)
      : (ofPhrase(caption, index, random) ?? vagueNumber(caption, index) ?? otherNumber(caption, index, random));
    return changes ? [doubted(changes, doubtOfNumber(word.lower))] : [];
  });

const doubtOfNumber = (word: string) =>
  isNumber(word) && !/^(?:several|few|many|various|both)$/.test(word)
    ? 0
    : /^(?:an?|single|several|both)$/.test(word)
      ? 2
      : 3;

/** `a couple of dogs`, `a pair of dogs`, `both dogs`, `a dozen eggs`. */
function ofPhrase(caption: Caption, index: number, random: () => number): Change[] | null {
  const { lower } = caption.words[index]!;
  const length = ['couple', 'pair'].includes(lower) && matchesPhrase(caption, index + 1, ['of']) ? 2 : 0;
  const first = neighbour(caption, index, -1) === 'a' ? index - 1 : index;
  if (length === 0 && lower !== 'both' && !(lower === 'dozen' && first < index)) return null;
  // a crumpled pair of gloves
  if (length > 0 && first === index) return null;
  const after = length > 0 || neighbour(caption, index, 1) !== 'the' ? index + Math.max(1, length) : index + 2;
  const noun = caption.words[after];
  if (!noun?.joined || noun.quoted) return null;
  const head = isPlural(noun.lower) ? after : modifiedNoun(caption, after - 1);
  if (head === null || !isPlural(caption.words[head]!.lower)) return null;
  // both of what was named before, or one by one
  if (lower === 'both' && splitSentences(caption.text)[0]!.end < caption.words[index]!.start) return null;
  if (lower === 'both' && (head !== after || isNamedAgain(caption, head) || isOneOfTwo(caption, index, head)))
    return null;
  if (length > 0 && hasDistantVerb(caption, first, head)) return null;
  if (
    length > 0 &&
    /\b\p{L}{3,}[^su'\s]s\b/u.test(caption.text.slice(caption.words[head]!.end).match(/^\s+\p{L}+/u)?.[0] ?? '')
  )
    return null;
  if (lower === 'pair' && /^(?:wearing|in|with|wears)$/.test(neighbour(caption, first, -1))) return null;
  if (lower === 'pair' && wornInPairs.test(caption.words[head]!.lower)) {
    const pairs = `${choose(random, ['two', 'three', 'four'])} pairs`;
    return [changeOf(caption, first, index, likeCase(pairs, caption.words[first]!.text))];
  }
  const number = choose(random, lower === 'dozen' ? ['five', 'six', 'twenty'] : ['three', 'four', 'five', 'six'])!;
  return [changeOf(caption, first, length > 0 ? index + 1 : after - 1, likeCase(number, caption.words[first]!.text))];
}

/** `several birds` become two, `a few` a dozen: numbers that the vague one excludes. */
function vagueNumber(caption: Caption, index: number): Change[] | null {
  const word = caption.words[index]!;
  const few = word.lower === 'few' && neighbour(caption, index, -1) === 'a';
  if (!few && !/^(?:several|numerous|many)$/.test(word.lower)) return null;
  if (/^(?:the|these|those|so|how|very|too|as|with)$/.test(neighbour(caption, index, -1)) && !few) return null;
  const noun = pluralAfter(caption, index);
  if (noun === null || vague.test(caption.words[noun]!.lower) || isNamedAgain(caption, noun)) return null;
  if (/\b(?:one|two|three|other|others|another|some|each|both|among|including)\b/i.test(whatFollows(caption, index)))
    return null;
  const first = few ? index - 1 : index;
  return [changeOf(caption, first, index, likeCase(few ? 'a dozen' : 'two', caption.words[first]!.text))];
}

/** `with white stripes` to `with one white stripe`: some plural becomes one, where nothing else speaks of many. */
function onlyOne(caption: Caption, index: number): Change[] | null {
  const word = caption.words[index]!;
  if (
    !word.joined ||
    !/^(?:with|features|featuring|has|have|having|bears|holds|holding|contains|displays|shows|near|behind|beside|by|past)$/.test(
      neighbour(caption, index, -1),
    )
  )
    return null;
  const noun = isPlural(word.lower) && closesNoun(neighbour(caption, index, 1)) ? index : plainPlural(caption, index);
  if (noun === null) return null;
  const head = caption.words[noun]!;
  const one = singularize(head.lower);
  if (!(isCountable(one) || parts.has(one)) || wornInPairs.test(head.lower) || isNamedAgain(caption, noun)) return null;
  if (/^(?:of|that|which|who|and|or|are|were|have)$/.test(neighbour(caption, noun, 1))) return null;
  if (/^\s*(?:,|and\b)/.test(caption.text.slice(head.end))) return null;
  const { start } = caption.words[index - 1]!;
  if (
    /\b(?:dotted|speckled|covered|filled|lined|strewn|littered|surrounded|scattered|sprinkled|topped|studded|packed|adorned|decorated|flanked|branch(?:es)?|crowded|stacked|laden|loaded|brimming|teeming) $/i.test(
      caption.text.slice(0, start),
    )
  )
    return null;
  if (
    /\b(?:they|them|their|each|some|others?|both|all|ones?|another|various|rows?|row|varying|different|same|along|several|between|among|side by side|together|throughout|around|spaced|arranged|lining|every|while|cluster\p{L}*|scatter\p{L}*|overcast|cloudy|extend\p{L}*)\b/iu.test(
      whatFollows(caption, noun),
    )
  )
    return null;
  const single: Change = { start: word.start, end: word.start, text: 'one ', role: 'bad' };
  return [single, { start: head.start, end: head.end, text: likeCase(one, head.text), role: 'repair' }];
}

/** The plural at the end of a phrase of one or two looks: white stripes. */
function plainPlural(caption: Caption, index: number): number | null {
  if (attributeKind(caption.words[index]!.lower) === null) return null;
  const noun = modifiedNoun(caption, index);
  return noun !== null && noun - index <= 2 && isPlural(caption.words[noun]!.lower) ? noun : null;
}

/** What is not counted: hues, layers of a look. */
const vague =
  /^(?:hues|shades|tones|measures|steps|reasons|factors|aspects|options|elements|features|qualities|activities|ways|times|colou?rs|years|details|inches|feet|layers|varieties|kinds|types|hairs)$/;

/** Both sides, both of them: there cannot be three. */
const isOneOfTwo = (caption: Caption, index: number, noun: number) =>
  /^(?:they|we|which|who|are|is)$/.test(neighbour(caption, index, -1)) ||
  /^(?:sides|ends|directions|hands|arms|eyes|legs|feet|ears|wings|edges|halves|outdoors|indoors)$/.test(
    caption.words[noun]!.lower,
  );

const wornInPairs =
  /^(scissors|glasses|sunglasses|pants|jeans|shorts|skis|skates|shoes|boots|socks|gloves|trousers|goggles|binoculars|sandals|sneakers|loafers|heels|slippers|stilts|leggings|tights)$/;

function otherNumber(caption: Caption, index: number, random: () => number): Change[] | null {
  const word = caption.words[index]!;
  const value = /^\d{1,2}$/.test(word.text) ? Number(word.text) : numberWords.indexOf(word.lower);
  if (value < 1 || value > 20 || isNoCount(caption, index)) return null;
  // a Three Stripe Damselfish
  if (/^\p{Lu}/u.test(caption.words[index + 1]?.text ?? '')) return null;
  // the two of which was told before
  if (/^(?:the|these|those|all|his|her|its|their|other)$/.test(neighbour(caption, index, -1))) return null;
  const noun = value > 1 ? pluralAfter(caption, index) : modifiedNoun(caption, index);
  if (noun === null) return null;
  // their members are told apart later on
  if (/\b(?:one|two|other|others|both|another)\b/i.test(whatFollows(caption, index))) return null;
  if (/\b(?:of|between|among) (?:the|these|those) $/i.test(caption.text.slice(0, word.start))) return null;
  if (/^ of \p{L}+, \p{L}+/u.test(caption.text.slice(caption.words[noun]!.end))) return null;
  if (value === 2 && isOneOfTwo(caption, index, noun)) return null;
  if (value === 1 && !isNoun(caption.words[noun]!.lower)) return null;
  if (
    value === 1 &&
    (hasDistantVerb(caption, index, noun) || hasSingularPronoun(caption, index) || isNamedAgain(caption, noun))
  )
    return null;
  if (value > 1 && countedAgain(caption, index, noun)) return null;
  const others = [value - 2, value - 1, value + 1, value + 2, value + 3].filter(
    (n) => n >= 2 && n <= 20 && n !== value,
  );
  const other = choose(random, others)!;
  const text = /^\d/.test(word.text) ? String(other) : likeCase(numberWords[other]!, word.text);
  return withAgreement(caption, index, text, value > 1);
}

/** The first plural among the words that follow a number at once. */
function pluralAfter({ words }: Caption, index: number): number | null {
  for (let at = index + 1; at <= index + 4; at++) {
    const word = words[at];
    if (
      !word?.joined ||
      word.quoted ||
      isDeterminer(word.lower) ||
      /^(?:of|in|on|at|with|and|or|is|are)$/.test(word.lower)
    )
      return null;
    if (isPlural(word.lower) && !/(?:ss|us|is|ous)$/.test(word.lower)) return at;
  }
  return null;
}

/** A number that counts no things. */
function isNoCount({ text, words }: Caption, index: number): boolean {
  const word = words[index]!;
  const before = text.slice(Math.max(0, word.start - 60), word.start);
  const after = text.slice(word.end, word.end + 60);
  return (
    /[\p{L}\p{N}$€£#.,:/\-–]$/u.test(before) ||
    /^(?:[:./%\-–°]\S|%|°|['’]s)/u.test(after) ||
    /\b(?:number|no|route|highway|bus|train|flight|gate|room|platform|at|around|about|line|chapter|page|the other|this|that|their|its|his|her|each|every|any|no|another|by)[.\s]+$/iu.test(
      before,
    ) ||
    /\p{Lu}\p{L}*\s+$/u.test(before.slice(1)) ||
    /^\s+(?:of\b|and a half|half|halves|thirds?|quarters?|fourths?|fifths?|out of|o'?clock|[ap]\.?m\b|years?\b|year-old|percent|inch|feet|foot|miles?|story|stories|level|way|another|hundred|thousand|million|dozen|dimensional|by|tier|wheeler|times\b|sides?\b|legs?\b|hands?\b|arms?\b)/iu.test(
      after,
    )
  );
}

/** `a dog` to `two dogs`: the noun and its verb follow; not where something else of the caption is in the singular too. */
export function moreThanOne(caption: Caption, index: number, random: () => number): Change[] | null {
  const noun = modifiedNoun(caption, index);
  if (noun === null || noun - index > 3 || hasSingularPronoun(caption, index) || isNamedAgain(caption, noun))
    return null;
  if (isPersonAgain(caption, noun)) return null;
  // a person in a white shirt, two jars of mustard and ketchup, respectively
  if (
    isPerson(caption.words[noun]!.lower) &&
    /^ (?:in|wearing|with|holding|carrying) an? /.test(caption.text.slice(caption.words[noun]!.end))
  )
    return null;
  if (/\b(?:respectively|including)\b/i.test(restOfSentence(caption, noun))) return null;
  // on the front that has flowers inside
  if (/\b(?:that|which) (?:\p{L}+s|has|was)\b/u.test(restOfSentence(caption, noun))) return null;
  const head = caption.words[noun]!;
  const countable =
    isCountable(head.lower) ||
    parts.has(head.lower) ||
    collectives.has(head.lower) ||
    (isKnownNoun(head.lower) && !scenes.test(head.lower));
  if (!countable || isPlural(head.lower) || rooms.test(head.lower)) return null;
  const between = caption.words.slice(index + 1, noun);
  if (between.some(({ lower }) => /'s$|s'$/.test(lower))) return null;
  if (attributeKind(head.lower) !== null || worn(caption, index, noun)) return null;
  if (
    between.some(
      ({ lower }) =>
        isPerson(lower) ||
        /^(?:single|sole|lone|solitary|only|first|second|third|last|pair|couple|few|lot|the)$/.test(lower),
    )
  )
    return null;
  if (between.length === 0 && !isWholeNoun(caption, noun, noun)) return null;
  if (
    /^(of|for|as|like|from|into|in|at|by|through|during|over|on|onto|atop|against|amidst|inside|upon)$/.test(
      neighbour(caption, index, -1),
    )
  )
    return null;
  if (/^(?:is|was|are|were)$/.test(neighbour(caption, index, -1)) && neighbour(caption, index - 1, -1) !== 'there')
    return null;
  if (
    /\b(?:trio|duo|quartet|three|two|four) [^.]*$/i.test(caption.text.slice(0, caption.words[index]!.start)) &&
    /\band $/.test(caption.text.slice(0, caption.words[index]!.start))
  )
    return null;
  if (
    /^(?:swinging|swings|riding|rides|on)$/.test(neighbour(caption, index, -1)) &&
    /\b(?:bat|board|racket|racquet|bike|horse|surfboard|skateboard|motorcycle|bicycle)$/.test(head.lower)
  )
    return null;
  // behind the wall sits a house: the verb stands before it
  if (
    /^(?:sits|stands|hangs|lies|rests|runs|comes|appears|looms|rises|extends|remains|lurks|floats)$/.test(
      neighbour(caption, index, -1),
    )
  )
    return null;
  // an ideal spot is no thing
  if (
    between.some(({ lower }) =>
      /^(?:ideal|perfect|great|unique|good|nice|better|best|whole|full|complete)$/.test(lower),
    ) ||
    /^(?:spot|place|way|hint|touch|sense|glimpse|pop|splash|contrast|mix|blend|variety|range|lot|time|effect|half|look|feel|portion|part|bit|shot|view|close-up|angle|perspective|day)$/.test(
      head.lower,
    )
  )
    return null;
  const next = neighbour(caption, noun, 1);
  if (/^(that|which|who|or|of)$/.test(next) && !(next === 'of' && collectives.has(head.lower))) return null;
  // a list goes on in the singular, unless each of it is counted
  if (/^(?:\s*,| and\b)/.test(caption.text.slice(head.end)) && neighbour(caption, index, -1) !== 'and')
    if (!/^(?:,| and|, and) (?:an?|one|two|three|several) /.test(caption.text.slice(head.end))) return null;
  // a subject whose verb would have to change, unless the verb is one that is known to follow
  const verb = neighbour(caption, noun, 1);
  if (/[^s]s$/.test(verb) && !isNoun(verb) && !/^(?:across|towards)$/.test(verb) && !singularVerb.test(verb))
    return null;
  if (hasDistantVerb(caption, index, noun) || (next === 'with' && remark.test(restOfSentence(caption, noun))))
    return null;
  return withAgreement(
    caption,
    index,
    likeCase(choose(random, ['two', 'three', 'four'])!, caption.words[index]!.text),
    false,
  );
}

/** One person wears one of them, and one animal has one. */
function worn(caption: Caption, index: number, noun: number): boolean {
  const before = caption.text.slice(Math.max(0, caption.words[index]!.start - 50), caption.words[index]!.start);
  return (
    /\b(?:wear\p{L}*|wore|sport(?:s|ing)|sporting|don(?:s|ned|ning)|dressed in|clad in|in) (?:[^.;]{0,30}(?:,|and) )?$/iu.test(
      before,
    ) ||
    /^(?:hat|cap|helmet|shirt|t-shirt|jacket|coat|sweater|dress|skirt|tie|scarf|belt|beard|mustache|goatee|smile|nose|mouth|head|neck|tail|face|body|tongue|beak|snout|mane|collar|roof|ceiling|floor|bottom|lid|backpack|background|backdrop|surface|tablecloth|interior|exterior|hairstyle|ponytail|uniform|outfit|suit|vest|apron|robe|headband|visor)$/.test(
      caption.words[noun]!.lower,
    )
  );
}

/** A row of trees: there may be two rows. */
const collectives = new Set(
  'row group pile stack cluster bunch set bundle herd flock bouquet slice piece bowl plate cup glass bottle strip patch bag basket line string stand band block sheet circle ring box'.split(
    ' ',
  ),
);

/** Things and parts that can be counted and are in no list by kind. */
const parts = new Set(
  `stripe spot dot button logo emblem tag badge patch hole crack knob handle light bulb headlight taillight antenna pole post
  sign lantern candle box bag basket bowl cup plate spoon fork knife bottle jar can tray pillow leaf branch twig rock
  log stone boulder building house tower window door bench lamp poster banner flag balloon ribbon bow ring bracelet earring
  figure person child bird arrow number string wire cable pipe chain rope hook nail screw bolt switch outlet pen pencil
  marker straw droplet berry flower petal bud butterfly insect fish shell pebble feather ladder barrel bucket pot planter
  umbrella cone barrier puddle shadow star circle triangle square diamond heart label sticker screen speaker monitor
  keyboard mouse phone laptop cable plug statue sculpture fountain column arch pillar chimney balcony awning staircase
  trailer tire wheel motorcycle bicycle scooter truck bus van car boat ship plane airplane helicopter train carriage
  cart wagon tractor ornament bead gem crystal coin medal trophy book notebook magazine newspaper card envelope note
  leash toy doll ball puppet robot tent chair stool table couch shelf drawer cabinet vase mug glass pitcher teapot
  candlestick mirror frame clock watch sausage tomato onion carrot pepper cracker cookie strawberry slice wedge egg
  crate pallet hammer wrench tool mushroom dandelion daisy rose tulip cactus palm bush tree fern`.match(/\S+/g),
);

const singularVerb =
  /^(?:is|was|has|does|sits|stands|appears|runs|sleeps|hangs|faces|looks|rests|stays|plays|eats|holds|wears|swims|walks|jumps|flies|lies)$/;

/** Singular as a whole picture is, or without a number. */
const scenes =
  /^(?:sky|sun|moon|sea|background|foreground|ground|grass|water|snow|sand|fire|rain|air|light|bread|cheese|fish|sheep|deer|scissors|glasses|trousers|pants|people|hair)$/;

const rooms =
  /^(bathroom|kitchen|bedroom|garage|classroom|hallway|library|restaurant|beach|street|road|field|ocean|lake|river|pool|mountain|hill)$/;

/** What all of it does for the picture: a pillow with a floral pattern adds a touch of whimsy. */
const remark = /\b(?:adds|lends|gives|brings|creates|provides|completes|enhances|contributes|serves|draws|makes)\b/i;

/** Whether the noun is a subject whose verb stands further on, where it would not follow: a man in a hat walks. */
function hasDistantVerb(caption: Caption, index: number, noun: number): boolean {
  const before = caption.text.slice(0, caption.words[index]!.start);
  if (!/^(?:\s*|.*[.;,:!?]\s*|.*\b(?:while|where|and|but|then)\s+)$/s.test(before)) return false;
  const rest = restOfSentence(caption, noun);
  const verb = neighbour(caption, noun, 1);
  return /\b(?:is|was|has|looks|sits|stands|does|\p{L}{3,}[^su'\s]s)\b/u.test(
    singularVerb.test(verb) ? rest.replace(/^\s+\S+/, '') : rest,
  );
}

function restOfSentence({ text, words }: Caption, index: number): string {
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[index]!.start && words[index]!.start < end,
  );
  return text.slice(words[index]!.end, sentence?.end ?? text.length);
}

/** The rest of the sentence and how the next one begins, where the members of a group would be told apart. */
function whatFollows({ text, words }: Caption, index: number): string {
  const sentences = splitSentences(text);
  const own = sentences.findIndex(({ start, end }) => start <= words[index]!.start && words[index]!.start < end);
  const next = sentences[own + 1];
  const opening = next ? text.slice(next.start, next.end).split(/\s+/, 6).join(' ') : '';
  return `${text.slice(words[index]!.end, sentences[own]?.end ?? text.length)} ${opening}`;
}

/** Whether a pronoun may stand for the one thing: in its sentence, or first in the next. */
function hasSingularPronoun(caption: Caption, index: number): boolean {
  const own = restOfSentence(caption, index);
  const next = whatFollows(caption, index)
    .slice(own.length)
    .match(/\p{L}+/gu);
  const near = `${own} ${next?.slice(0, 2).join(' ') ?? ''}`;
  return /\b(he|she|his|her|him|its|it|itself|himself|herself|another|each)\b/i.test(near);
}

/** Another number of the same things, or one of them alone: two dogs, and then one dog. */
function countedAgain({ words }: Caption, index: number, noun: number): boolean {
  const name = singularize(words[noun]!.lower);
  return words.some(({ lower }, at) => {
    if (at === noun || singularize(lower) !== name) return false;
    return (
      lower === name ||
      words.some((word, place) => place !== index && place < at && at - place < 3 && isNumber(word.lower))
    );
  });
}

function withAgreement(caption: Caption, index: number, text: string, wasMany: boolean): Change[] | null {
  const { start, end } = caption.words[index]!;
  const capitals = caption.text === caption.text.toUpperCase();
  const sentence = splitSentences(caption.text).find((range) => range.start <= start && end <= range.end);
  const edits = countAgreement(caption.text, {
    start,
    end,
    sentence: sentence ? [sentence.start, sentence.end] : [0, caption.text.length],
    wasMany,
    isMany: true,
    nounInside: false,
  });
  const repairs = edits.map(({ start, end, to }): Change => ({ start, end, text: to, role: 'repair' }));
  const noun = modifiedNoun(caption, index);
  const head = noun === null ? undefined : caption.words[noun];
  // something that is neither the noun nor a verb of it would follow
  if (
    !wasMany &&
    head !== undefined &&
    repairs.some(({ start, end }) => start > head.start && !singularVerb.test(caption.text.slice(start, end)))
  )
    return null;
  // two readings of where the noun is: neither is sure
  const before = noun === null ? end : caption.words[noun]!.start;
  if (repairs.some((repair) => repair.start >= end && repair.start < before && repair.text !== '')) return null;
  // a verb of the noun that did not follow: two women stands
  const verb = noun === null || wasMany ? undefined : caption.words[noun + 1];
  if (verb?.joined && singularVerb.test(verb.lower) && !repairs.some(({ start }) => start === verb.start)) return null;
  const followed = wasMany || noun === null || repairs.some(({ start }) => start === caption.words[noun]!.start);
  if (!followed) {
    const head = caption.words[noun]!;
    repairs.push({ start: head.start, end: head.end, text: pluralize(head.text), role: 'repair' });
  }
  return [{ start, end, text: capitals ? text.toUpperCase() : text, role: 'bad' }, ...repairs];
}
