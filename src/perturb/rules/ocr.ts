import { isPlural } from '../../text/agreement.js';
import { likeCase } from '../../text/capital.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import { type Caption, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import type { Change } from '../label-changes.js';
import { closesNoun } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Text OCR: one word of printed text (in quotation marks, in capitals beside what carries print, after `a sign that says`, a
 * clock's time) becomes another word that might stand there; a number becomes another of as many digits. Where a caption
 * tells of no print, print is made up on what could carry it.
 */
export const ocr: Rule = (caption, random) => {
  const shouted = caption.words.filter(({ text }) => /^\p{Lu}{2,}$/u.test(text)).length;
  const shouts = shouted * 2 > caption.words.length;
  const printed = caption.words.flatMap((_, index) => (isPrinted(caption, index, shouts) ? [index] : []));
  if (printed.length === 0) return shouts ? [] : madeUp(caption, random);
  return printed.flatMap((index) => {
    const { text, lower } = caption.words[index]!;
    if (!caption.words[index]!.asserted) return [];
    // printed twice: one of the two would give the other away
    if (printed.some((other) => other !== index && caption.words[other]!.lower === lower)) return [];
    const other = otherPrint(
      text,
      caption.words.map((word) => word.lower),
      random,
    );
    return other === undefined ? [] : [[changeOf(caption, index, index, other)]];
  });
};

function isPrinted({ text, words }: Caption, index: number, shouts: boolean): boolean {
  const word = words[index]!;
  const before = text.slice(Math.max(0, word.start - 80), word.start);
  const after = text.slice(word.end, word.end + 40);
  // a part of a word that could not be read
  if (/[\p{L}\p{N}[\]]$/u.test(text.slice(0, word.start)) || /^[\p{L}\p{N}[\]]/u.test(after)) return false;
  if (word.quoted) return word.text.length > 1;
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

/** Things that print could stand on, though the caption tells of none. */
const blank =
  /^(sign|banner|poster|shirt|t-shirt|jersey|sweater|jacket|hat|cap|bag|box|book|bottle|mug|cup|truck|van|bus|boat|wall|door|card|screen|plate|building|store|board|label|crate|bucket|can|jar|backpack|suitcase|umbrella|balloon|surfboard|skateboard)$/;

function madeUp(caption: Caption, random: () => number): Change[][] {
  return caption.words.flatMap((word, index) => {
    const fits =
      blank.test(word.lower) &&
      !isPlural(word.lower) &&
      word.asserted &&
      word.joined &&
      neighbour(caption, index, -1) !== 'stop' &&
      closesNoun(neighbour(caption, index, 1)) &&
      !/^[-'’/&]/.test(caption.text.slice(word.end)) &&
      !/^(?:that|which|who|with|of)$/.test(neighbour(caption, index, 1)) &&
      !caption.words.slice(0, index).some(({ lower }) => lower === word.lower);
    const print = fits ? choose(random, signWords) : undefined;
    if (print === undefined) return [];
    return [[{ start: word.end, end: word.end, text: ` that reads "${print.toUpperCase()}"`, role: 'bad' as const }]];
  });
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
  happy: 'sad',
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

const littleWords = new Set('a an the of in on at to and or for is are it this that by with from'.split(' '));

/** The text with its last digit (of a clock time, the minutes') changed: 12:00 to 12:08. */
function otherDigits(text: string, random: () => number): string {
  const at = text.search(/\d\D*$/);
  const digit = (Number(text[at]) + 1 + Math.floor(random() * 9)) % 10;
  return text.slice(0, at) + (text.length === 1 && digit === 0 ? (text === '1' ? 2 : 1) : digit) + text.slice(at + 1);
}
