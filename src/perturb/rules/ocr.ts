import { isPlural } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { closesNoun } from '../noun-phrases.js';
import { changeOf, doubted, type Rule } from './rule.js';

/**
 * Text OCR: one word of printed text (in quotation marks, in capitals beside what carries print, after `a sign that says`, a
 * clock's time) becomes another word that might stand there; a number becomes another of as many digits. Where a caption
 * tells of no print, print is made up on what could carry it; in a description that has nothing such either, print over the picture
 * itself, in a sentence of its own (the paper's rule: where no text exists one may insert text).
 */
export const ocr: Rule = (caption, random) => {
  // a quotation mark without another: what is printed is not sure
  if ((caption.text.match(/"/g)?.length ?? 0) % 2 === 1) return [];
  const shouted = caption.words.filter(({ text }) => /^\p{Lu}{2,}$/u.test(text)).length;
  const shouts = shouted * 2 > caption.words.length;
  const printed = caption.words.flatMap((_, index) => (isPrinted(caption, index, shouts) ? [index] : []));
  const changed = printed.flatMap((index) => otherWord(caption, printed, index, random));
  if (printed.length > 0 || shouts) return changed;
  const made = madeUp(caption, random);
  return made.length > 0 ? made : overPrint(caption, random);
};

function otherWord(caption: Caption, printed: readonly number[], index: number, random: () => number): Change[][] {
  const { text, lower, start, quoted } = caption.words[index]!;
  // a number plate, a date: of what has digits, digits change
  const quote = quoted ? caption.quotes.find((range) => range.start <= start && start < range.end) : undefined;
  if (quote && /\d/.test(caption.text.slice(quote.start, quote.end)) && !/^\d[\d:.,/-]*$/.test(text)) return [];
  if (!caption.words[index]!.asserted) return [];
  // printed twice: one of the two would give the other away, so that both change
  const named = caption.words.flatMap((other, at) => (other.lower === lower ? [at] : []));
  const same = printed.filter((other) => caption.words[other]!.lower === lower);
  // a name that is said of someone as well
  if (named.length > same.length && named.some((at) => !same.includes(at) && isCapital(caption.words[at]!.text)))
    return [];
  if (same[0] !== index || same.some((other) => !caption.words[other]!.asserted)) return [];
  const other = otherPrint(
    text,
    caption.words.map((word) => word.lower),
    random,
  );
  if (other === undefined) return [];
  return [
    doubted(
      same.map((at) => changeOf(caption, at, at, likeCase(other.toLowerCase(), caption.words[at]!.text))),
      doubtOfPrint(caption, index),
    ),
  ];
}

/** A word of its own is sooner another than one of several, or one whose letters are told of. */
function doubtOfPrint({ text, quotes, words }: Caption, index: number): number {
  const quote = quotes.find(({ start, end }) => start <= words[index]!.start && words[index]!.start < end);
  const alone = quote !== undefined && quote.end - quote.start <= words[index]!.text.length + 1;
  const spelt = /["“'‘]\p{L}["”'’]|\bletters? \p{Lu}\b/u.test(text);
  return (alone ? 0 : 2) + (spelt ? 5 : 0);
}

const isCapital = (word: string) => /^\p{Lu}/u.test(word);

function isPrinted({ text, words }: Caption, index: number, shouts: boolean): boolean {
  const word = words[index]!;
  const before = text.slice(Math.max(0, word.start - 80), word.start);
  const after = text.slice(word.end, word.end + 40);
  // a part of a word that could not be read
  if (/[\p{L}\p{N}[\]]$/u.test(text.slice(0, word.start)) || /^[\p{L}\p{N}[\]]/u.test(after)) return false;
  if (word.quoted) return word.text.length > 1 && !/(?:\.\.|…|made in )$/i.test(before);
  if (saysBefore.test(before)) return /^\p{Lu}|^\d/u.test(word.text) || carrierSays.test(before);
  if (/^\d{1,2}:\d{2}$/.test(word.text)) return /\b(?:clock|watch|time|display|screen|timer)\b/i.test(before + after);
  if (/^\d{1,4}$/.test(word.text) && /\bnumbers?\s+$/i.test(before)) return true;
  const near = [-3, -2, -1, 1, 2, 3].some((step) => carriers.test(words[index + step]?.lower ?? ''));
  return /^\p{Lu}{3,}$/u.test(word.text) && near && !abbreviations.has(word.text) && !shouts;
}

const saysBefore = /\b(?:says|reads|saying|reading|labeled|labelled|spells|spelling)\s+(?:\p{L}+\s+)?$/iu;
/** A sign speaks in print, a man does not. */
const carrierSays =
  /\b(?:signs?|banner|poster|t-?shirt|shirt|jersey|label|logo|billboard|plate|sticker|button|badge|screen|book|cover|box|hat|cap|mug|text|lettering)\b[^.!?]{0,40}\b(?:says|reads|saying|reading|spells|spelling)\s+(?:\p{L}+\s+)?$/iu;

/** What carries print. */
const carriers =
  /^(signs?|banner|poster|shirt|t-shirt|jersey|label|logo|billboard|plate|sticker|button|words?|letters|lettering|letter|font|text|called|named|written|printed|painted|reading|reads|says)$/;

/** Things that print could stand on, though the caption tells of none, and words that might be printed there. */
const blanks: readonly (readonly [things: RegExp, words: string])[] = [
  [
    /^(?:sign|signboard|billboard|awning|storefront|shop|store|kiosk|booth|door|window|wall|building|gate|fence|house|bridge|overpass|garage|barn|shed|tower|pillar|column|platform)$/,
    'open closed exit welcome hotel cafe bakery market music pizza street park danger',
  ],
  [
    /^(?:banner|poster|flag|board|whiteboard|chalkboard|screen|monitor|television|laptop)$/,
    'welcome music summer winter sale happy open star',
  ],
  [
    /^(?:shirt|t-shirt|jersey|sweater|sweatshirt|jacket|hoodie|vest|apron|hat|cap|helmet|backpack|uniform|dress|scarf|curtain|headband|tie)$/,
    'tiger lucky eagle music river star summer coffee happy winter',
  ],
  [
    /^(?:truck|bus|van|boat|ship|train|airplane|plane|aircraft|jet|helicopter|trailer|ambulance|tractor|car|motorcycle|scooter|sailboat|canoe|kayak|taxi|suv)$/,
    'express star river eagle market sunny lucky north south moon',
  ],
  [
    /^(?:box|bottle|mug|cup|bag|can|jar|crate|bucket|package|container|basket|barrel|carton|glass|pot|vase|tray|label|wrapper|bowl)$/,
    'fresh coffee market sunny lucky bakery happy music free star',
  ],
  [
    /^(?:book|card|magazine|notebook|newspaper|paper|pamphlet|menu|calendar)$/,
    'summer winter music coffee river star tiger happy',
  ],
  [
    /^(?:umbrella|balloon|surfboard|skateboard|snowboard|suitcase|pillow|blanket|towel|rug|mat|napkin|tablecloth|guitar|drum|kite|ball|bench|table|clock|stove|oven|refrigerator|toaster|machine|radio|phone|plaque|tag|badge|pedestal|wristband|pencil|cart|barrier|canopy|tent|chair|couch|sofa|stool|carpet|pole|post|statue|sculpture|fountain|lamp|planter|mailbox|shelf|cabinet|counter)$/,
    'star lucky happy summer eagle music moon sunny river tiger',
  ],
];

function madeUp(caption: Caption, random: () => number): Change[][] {
  return caption.words.flatMap((word, index) => {
    const words = blanks.find(([things]) => things.test(word.lower))?.[1];
    const fits =
      words !== undefined &&
      !isPlural(word.lower) &&
      word.asserted &&
      word.joined &&
      !/^(?:stop|traffic|street|toy|no|wooden|brick|stone|glass|per|exit|batters|batter's|penalty|road|warning|neon|yield|speed|national|american|pride|state|toilet|wire|barbed|mesh|picket)$/.test(
        neighbour(caption, index, -1),
      ) &&
      closesNoun(neighbour(caption, index, 1)) &&
      !/^[-'’/&]/.test(caption.text.slice(word.end)) &&
      !/^(?:that|which|who|with|of)$/.test(neighbour(caption, index, 1)) &&
      !/^ on (?:it|them)\b/.test(caption.text.slice(word.end)) &&
      opensPhrase(caption, index) &&
      !caption.words.slice(0, index).some(({ lower }) => lower === word.lower);
    const print = fits ? choose(random, words.split(' ')) : undefined;
    if (print === undefined) return [];
    const role = 'bad' as const;
    return [[{ start: word.end, end: word.end, text: ` with the word "${print.toUpperCase()}" on it`, role }]];
  });
}

/** Print over the picture, as a photographer's mark is: in any corner, of any picture. Not for a single sentence, which it would outweigh. */
function overPrint({ text, words }: Caption, random: () => number): Change[][] {
  if (splitSentences(text).length < 2 || !/[.!?]["”')]*\s*$/.test(text)) return [];
  if (/\b(?:watermark|signature|signed|copyright|time ?stamp|caption)\b/i.test(text)) return [];
  const said = new Set(words.map(({ lower }) => lower));
  const word = choose(
    random,
    signWords.filter((sign) => !said.has(sign)),
  );
  if (word === undefined) return [];
  const corner = `${choose(random, ['top', 'bottom'])} ${choose(random, ['left', 'right'])}`;
  const print = `"${word.toUpperCase()}"`;
  const sentence = choose(random, [
    `The word ${print} is printed in small letters in the ${corner} corner of the picture.`,
    `Small letters in the ${corner} corner of the picture read ${print}.`,
    `In the ${corner} corner of the picture is the word ${print}.`,
  ])!;
  const end = text.trimEnd().length;
  return [[{ start: end, end, text: ` ${sentence}`, role: 'bad' }]];
}

/** Whether the noun has a determiner of its own, and is the thing itself: a blue car, the red door. */
function opensPhrase(caption: Caption, index: number): boolean {
  for (let at = index - 1; at >= Math.max(0, index - 4); at--) {
    const word = caption.words[at]!;
    if (/^(?:an?|the|one|another|this|his|her|their|its)$/.test(word.lower))
      return !/\b(?:shape|form|image|picture|painting|drawing|photo|kind|type|sort|side|view|shot|front|back|top|edge|corner|middle|part|piece|inside|interior) of $/i.test(
        caption.text.slice(0, word.start),
      );
    if (!caption.words[at + 1]!.joined || /['’]s$|s['’]$/.test(word.lower)) return false;
  }
  return false;
}

const abbreviations = new Set('SUV USA LED LCD DVD NBA NFL MLB PVC BMW USB ATM UFO RV TVS BBQ LEGO WII'.split(' '));

const signWords =
  'open closed exit enter stop yield slow sale push pull hotel cafe bakery market north south east west park street welcome danger happy lucky sunny winter summer music coffee pizza tiger eagle river star moon fresh free'.split(
    ' ',
  );
const opposites: Readonly<Record<string, string>> = {
  stop: 'yield',
  yield: 'stop',
  open: 'closed',
  closed: 'open',
  exit: 'enter',
  enter: 'exit',
  push: 'pull',
  pull: 'push',
  north: 'south',
  south: 'north',
  east: 'west',
  west: 'east',
  left: 'right',
  right: 'left',
  up: 'down',
  down: 'up',
  yes: 'no',
  no: 'yes',
  on: 'off',
  off: 'on',
  hot: 'cold',
  cold: 'hot',
  men: 'women',
  women: 'men',
};

/** Another word that might be printed there; `said`: words that it must not be, in lower case. */
export function otherPrint(word: string, said: readonly string[], random: () => number): string | undefined {
  if (/^\d[\d:.,/-]*$/.test(word)) return otherDigits(word, random);
  const lower = word.toLowerCase();
  if (!/^\p{L}+$/u.test(word) || littleWords.has(lower) || /^[IVXLC]+$/.test(word)) return undefined;
  const opposite = opposites[lower];
  if (opposite !== undefined) return likeCase(opposite, word);
  const number = numberWords.indexOf(lower);
  if (number > 0) return likeCase(numberWords[number + 1] ?? numberWords[number - 1]!, word);
  const near = signWords.filter((other) => !said.includes(other) && Math.abs(other.length - word.length) <= 2);
  const other = choose(random, near.length > 0 ? near : signWords.filter((sign) => !said.includes(sign)));
  return other === undefined ? undefined : likeCase(other, word);
}

const littleWords = new Set(
  'a an the of in on at to and or for is are it this that by with from do not no so if as be'.split(' '),
);

/** The text with its last digit (of a clock time, the minutes') changed: 12:00 to 12:08. */
function otherDigits(text: string, random: () => number): string {
  const at = text.search(/\d\D*$/);
  const digit = (Number(text[at]) + 1 + Math.floor(random() * 9)) % 10;
  return text.slice(0, at) + (text.length === 1 && digit === 0 ? (text === '1' ? 2 : 1) : digit) + text.slice(at + 1);
}
