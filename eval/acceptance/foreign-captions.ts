import { pick } from '../../scenes/random.js';
import { indefiniteArticle } from '../../src/text/agreement.js';
import { colours } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import type { ForeignScene, ForeignThing } from './foreign-scene.js';

export type PlantedError = 'object' | 'colour' | 'size' | 'count' | 'spatial';

export interface ForeignCaption {
  text: string;
  /** What the text was before an error was planted; the same where none was. */
  truth: string;
  error: PlantedError | null;
}

/** The words of one caption before they are joined, so that one of them can be made wrong. */
interface Said {
  noun: string;
  count: number;
  colour: string | null;
  size: string | null;
}

const plurals = new Map(nouns.map((noun) => [noun.singular, noun.plural]));
const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];

function say({ noun, count, colour, size }: Said): string {
  const rest = [size, colour, count === 1 ? noun : (plurals.get(noun) ?? noun)].filter(Boolean).join(' ');
  return count === 1 ? `${indefiniteArticle(rest)} ${rest}` : `${numbers[count]} ${rest}`;
}

function sayThe({ noun, count, colour }: Said): string {
  return ['the', colour, count === 1 ? noun : (plurals.get(noun) ?? noun)].filter(Boolean).join(' ');
}

const sides = {
  left: ['to the left of', 'left of', 'on the left side of'],
  right: ['to the right of', 'right of', 'on the right side of'],
  above: ['above', 'over', 'higher than'],
  below: ['below', 'under', 'lower than'],
} as const;
type Side = keyof typeof sides;
const opposite: Record<Side, Side> = { left: 'right', right: 'left', above: 'below', below: 'above' };

function sideOf(a: ForeignThing, b: ForeignThing): Side | null {
  const [dx, dy] = [a.column - b.column, a.row - b.row];
  if (dx !== 0 && Math.abs(dx) >= Math.abs(dy)) return dx < 0 ? 'left' : 'right';
  return dy !== 0 ? (dy < 0 ? 'above' : 'below') : null;
}

type Shape = (a: Said, b: Said, relation: string) => string;
const is = (said: Said) => (said.count === 1 ? 'is' : 'are');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const related: readonly Shape[] = [
  (a, b, relation) => `There ${is(a)} ${say(a)} ${relation} ${say(b)}.`,
  (a, b, relation) => `${capital(say(a))} ${is(a)} ${relation} ${say(b)}.`,
  (a, b, relation) => `This drawing has ${say(a)} and ${say(b)}; ${sayThe(a)} ${is(a)} ${relation} ${sayThe(b)}.`,
  (a, b, relation) => `I notice ${say(a)} ${relation} ${sayThe(b)}.`,
  (a, b, relation) => `${capital(say(a))} can be found ${relation} ${say(b)} in this cartoon picture.`,
  (a, b, relation) => `You'll find ${say(a)} ${relation} ${say(b)}.`,
];
const listed: readonly Shape[] = [
  (a, b) => `We have ${say(a)} together with ${say(b)}.`,
  (a, b) => `The picture contains ${say(a)} and ${say(b)}.`,
  (a, b) => `${capital(say(a))} and ${say(b)}.`,
  (a, b) => `Someone drew ${say(a)} here. There ${is(b)} also ${say(b)}.`,
  (a, b) => `A simple scene with ${say(a)} and ${say(b)} on it.`,
];

/** A true caption, or null where the scene gives no clear one, with an error planted where one is asked for. */
export function foreignCaption(
  scene: ForeignScene,
  random: () => number,
  error: PlantedError | null,
): ForeignCaption | null {
  const [first, second] = scene.things as [ForeignThing, ForeignThing];
  const side = sideOf(first, second);
  const spoken = (thing: ForeignThing, sized: boolean): Said => ({
    noun: thing.noun,
    count: thing.count,
    colour: thing.colour,
    size: sized ? thing.size : null,
  });
  const sized = error === 'size' || random() < 0.25;
  const [a, b] = [spoken(first, sized), spoken(second, false)];
  const useRelation = error === 'spatial' || (side !== null && random() < 0.6);
  if (useRelation && !side) return null;
  const shape = useRelation ? pick(random, related) : pick(random, listed);
  const wording = Math.floor(random() * 3);
  const phrase = (direction: Side | null) => (direction ? sides[direction][wording]! : '');
  const truth = shape(a, b, phrase(side));
  if (error === null) return { text: truth, truth, error };
  const wrong = { ...a };
  let wrongSide = side;
  if (error === 'object')
    wrong.noun = pick(
      random,
      nouns.map((noun) => noun.singular).filter((noun) => scene.things.every((thing) => thing.noun !== noun)),
    );
  else if (error === 'colour') {
    if (!a.colour) return null;
    wrong.colour = pick(
      random,
      colours.filter((colour) => colour !== a.colour),
    );
  } else if (error === 'size') wrong.size = a.size === 'small' ? 'large' : 'small';
  else if (error === 'count')
    wrong.count = pick(
      random,
      [1, 2, 3, 4, 5].filter((count) => count !== a.count),
    );
  else wrongSide = opposite[side!];
  return { text: shape(wrong, b, phrase(wrongSide)), truth, error };
}
