import { likeCase } from '../../text/capital.js';
import { numberWords } from '../../text/lexicon/numbers.js';
import type { Caption } from '../caption.js';
import { choose } from '../choose.js';
import { changeOf, type Rule } from './rule.js';

/**
 * Text OCR: one word of printed text, which the caption gives in quotation marks, in capitals beside what carries print (a STOP sign), or after `that says`,
 * becomes another word that might stand there; a number becomes another of as many digits.
 */
export const ocr: Rule = (caption, random) => {
  const shouted = caption.words.filter(({ text }) => /^\p{Lu}{2,}$/u.test(text)).length;
  const shouts = shouted * 2 > caption.words.length;
  return caption.words.flatMap((word, index) => {
    if (!isPrinted(caption, index, shouts)) return [];
    const other = otherPrint(word.text, caption, random);
    return other === undefined ? [] : [[changeOf(caption, index, index, other)]];
  });
};

function isPrinted({ text, words }: Caption, index: number, shouts: boolean): boolean {
  const word = words[index]!;
  const before = text.slice(Math.max(0, word.start - 40), word.start);
  if (word.quoted) return word.text.length > 1;
  if (/\b(?:that|which) (?:says|reads)\s+$|\b(?:saying|reading|labeled|labelled)\s+$/i.test(before))
    return /^\p{Lu}|^\d/u.test(word.text);
  const printedOn = carriers.test(words[index + 1]?.lower ?? '') || carriers.test(words[index - 1]?.lower ?? '');
  return /^\p{Lu}{3,}$/u.test(word.text) && printedOn && !abbreviations.has(word.text) && !shouts;
}

/** What carries print. */
const carriers = /^(signs?|banner|poster|shirt|label|logo|billboard|plate|sticker|button|words?|letters|called|named)$/;

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

function otherPrint(word: string, { words }: Caption, random: () => number): string | undefined {
  if (/^\d[\d:.,/-]*$/.test(word)) return otherDigits(word, random);
  const lower = word.toLowerCase();
  if (!/^\p{L}+$/u.test(word) || littleWords.has(lower)) return undefined;
  const opposite = opposites[lower];
  if (opposite !== undefined) return likeCase(opposite, word);
  const number = numberWords.indexOf(lower);
  if (number > 0) return likeCase(numberWords[number + 1] ?? numberWords[number - 1]!, word);
  const said = new Set(words.map((other) => other.lower));
  const near = signWords.filter((other) => !said.has(other) && Math.abs(other.length - word.length) <= 2);
  const other = choose(random, near.length > 0 ? near : signWords.filter((sign) => !said.has(sign)));
  return other === undefined ? undefined : likeCase(other, word);
}

const littleWords = new Set('a an the of in on at to and or for is are it this that by with from'.split(' '));

/** The text with its last digit (of a clock time, the minutes') changed: 12:00 to 12:08. */
function otherDigits(text: string, random: () => number): string {
  const at = text.search(/\d\D*$/);
  const digit = (Number(text[at]) + 1 + Math.floor(random() * 9)) % 10;
  return text.slice(0, at) + (text.length === 1 && digit === 0 ? (text === '1' ? 2 : 1) : digit) + text.slice(at + 1);
}
