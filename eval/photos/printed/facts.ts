import { pick } from '../../../scenes/random.js';

/** A line of print: its text, or two texts at the two margins. */
export interface PrintedLine {
  text: string;
  right?: string;
  /** Relative size. 1 is plain. */
  size: number;
  align?: 'left' | 'center';
}

/** Something printed that an answer can tell: `wrong` is what it is not. */
export interface PrintedFact {
  value: string;
  wrong: string;
  kind: 'figure' | 'word';
}

/** What stands on a sign, a receipt or a screen, and a true answer about it with its facts in braces: `{0}`. */
export interface Printed {
  kind: 'sign' | 'receipt' | 'screen';
  lines: PrintedLine[];
  answer: string;
  facts: PrintedFact[];
}

export type Random = () => number;
export const whole = (random: Random, least: number, most: number) => least + Math.floor(random() * (most - least + 1));
export const two = (value: number) => String(value).padStart(2, '0');

export const money = (cents: number) => `$${(cents / 100).toFixed(2)}`;

export function word(random: Random, value: string, list: readonly string[]): PrintedFact {
  return {
    value,
    wrong: pick(
      random,
      list.filter((other) => other !== value),
    ),
    kind: 'word',
  };
}

/** A figure with one digit changed, or two of them swapped. The form stays, and the first digit does not become 0. */
export function figure(random: Random, value: string): PrintedFact {
  const places = [...value].flatMap((letter, index) => (/\d/.test(letter) ? [index] : []));
  for (;;) {
    const letters = [...value];
    const at = pick(random, places);
    const next = places[places.indexOf(at) + 1];
    if (next !== undefined && random() < 0.25) [letters[at], letters[next]] = [letters[next]!, letters[at]!];
    else letters[at] = String(whole(random, 0, 9));
    const wrong = letters.join('');
    if (wrong !== value && !(letters[places[0]!] === '0' && value[places[0]!] !== '0'))
      return { value, wrong, kind: 'figure' };
  }
}

export function others<T>(random: Random, list: readonly T[], count: number): T[] {
  const left = [...list];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
