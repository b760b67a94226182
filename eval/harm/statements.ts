import { pickAbsentNoun } from '../../scenes/captions/absent-nouns.js';
import { clearDirections, clearPlaces, type Direction, oppositeDirection } from '../../scenes/captions/geometry.js';
import { isCountedByUnit } from '../../scenes/captions/noun-phrase.js';
import { shuffled } from '../../scenes/captions/sample-fact.js';
import { pick } from '../../scenes/random.js';
import type { Scene, SceneGroup } from '../../scenes/scene.js';
import { indefiniteArticle } from '../../src/text/agreement.js';
import { type Colour, colours } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';
import { numberWords } from '../../src/text/lexicon/numbers.js';

/** One thing that is said of a scene: a clause without capital and full stop, and as the fields of a JSON object. */
export interface Statement {
  text: string;
  fields: Readonly<Record<string, string | number | boolean>>;
}

export type PlantedError = 'object' | 'count' | 'colour' | 'place' | 'relation';

/** A true statement and, where it can be made false in one value alone, its false twin. */
export interface Fact {
  right: Statement;
  wrong?: {
    error: PlantedError;
    statement: Statement;
    /** The truth in other words: synonyms of the noun that was put out of the statement. */
    alsoRight: readonly Statement[];
  };
}

/**
 * True statements about a scene, no two alike in subject and kind, in words of this benchmark's own: not those of the
 * captions that the embedded model is taught. Fewer than `count` where the scene has no more to say.
 */
export function factsOf(scene: Scene, random: () => number, count: number): Fact[] {
  const groups = scene.groups.filter(({ noun }) => !isCountedByUnit(noun));
  const makers = shuffled(
    groups.flatMap((group) => [
      () => countFact(scene, group, random),
      () => colourFact(scene, group, random),
      () => placeFact(scene, group, random),
      ...groups.filter(({ id }) => id > group.id).map((other) => () => relationFact(scene, group, other, random)),
    ]),
    random,
  );
  const facts: Fact[] = [];
  const said = new Set<SceneGroup>();
  const later: Fact[] = [];
  for (const make of makers) {
    const made = make();
    if (!made) continue;
    if (said.has(made.about)) later.push(made.fact);
    else facts.push(made.fact);
    said.add(made.about);
  }
  return [...facts, ...later].slice(0, count);
}

interface Made {
  about: SceneGroup;
  fact: Fact;
}

const entries = new Map(nouns.map((noun) => [noun.singular, noun]));

/** The names of a noun, without hyphens, in the number of the group: the usual one first. */
function namesOf(noun: string, many: boolean): string[] {
  const { singular, plural, synonyms } = entries.get(noun)!;
  const forms: [string, string][] = [[singular, plural], ...synonyms];
  return forms.map((form) => form[many ? 1 : 0].replaceAll('-', ' '));
}

/** How a group is called where no other of the picture may be meant; null where it cannot be told apart. */
function callOf(scene: Scene, group: SceneGroup): { words: (name: string) => string; name: string } | null {
  const namesakes = scene.groups.filter(({ noun }) => noun === group.noun);
  const name = namesOf(group.noun, group.count > 1)[0]!;
  if (namesakes.length === 1) return { words: (other) => other, name };
  if (!group.colour || namesakes.some((other) => other !== group && (!other.colour || other.colour === group.colour)))
    return null;
  return { words: (other) => `${group.colour} ${other}`, name };
}

const are = ({ count }: SceneGroup, one: string, many: string) => (count > 1 ? many : one);

function countFact(scene: Scene, group: SceneGroup, random: () => number): Made | null {
  const call = callOf(scene, group);
  if (!call) return null;
  const say = pick(random, [
    (amount: string, name: string) => `in total ${amount} ${name} can be made out`,
    (amount: string, name: string) => `it holds ${amount} ${name}`,
    (amount: string, name: string) => `what it shows includes ${amount} ${name}`,
  ]);
  const statement = (count: number, name: string): Statement => {
    const words = call.words(name);
    const amount = count === 1 ? indefiniteArticle(words) : numberWords[count]!;
    return { text: say(amount, words), fields: { item: words, quantity: count } };
  };
  const right = statement(group.count, call.name);
  // a wrong noun can be put right by any group of the same number
  const isOnly = scene.groups.every((other) => other === group || other.count !== group.count);
  if (isOnly && random() < 0.5) {
    const many = group.count > 1;
    const other = namesOf(pickAbsentNoun(scene, random), many)[0]!;
    const [, ...synonyms] = namesOf(group.noun, many);
    const alsoRight = synonyms.map((name) => statement(group.count, name));
    return {
      about: group,
      fact: { right, wrong: { error: 'object', statement: statement(group.count, other), alsoRight } },
    };
  }
  if (group.count === 1) return { about: group, fact: { right } };
  const others = [2, 3, 4, 5, 6].filter((count) => count !== group.count && Math.abs(count - group.count) <= 2);
  const statementOfOther = statement(pick(random, others), call.name);
  return { about: group, fact: { right, wrong: { error: 'count', statement: statementOfOther, alsoRight: [] } } };
}

/** Colours that people call by each other's names. */
const alike: readonly (readonly Colour[])[] = [
  ['red', 'orange', 'brown', 'pink'],
  ['yellow', 'orange', 'brown'],
  ['pink', 'purple'],
  ['gray', 'white', 'black'],
];

function colourFact(scene: Scene, group: SceneGroup, random: () => number): Made | null {
  const { colour, noun } = group;
  if (!colour || scene.groups.some((other) => other !== group && other.noun === noun)) return null;
  const name = namesOf(noun, group.count > 1)[0]!;
  const say = pick(random, [
    (shade: string) => `the colour of the ${name} is ${shade}`,
    (shade: string) => `the ${name} ${are(group, 'comes', 'come')} in ${shade}`,
    (shade: string) => `the ${name} here ${are(group, 'looks', 'look')} ${shade}`,
  ]);
  const statement = (shade: string): Statement => ({ text: say(shade), fields: { item: name, hue: shade } });
  const others = colours.filter(
    (other) => other !== colour && !alike.some((set) => set.includes(colour) && set.includes(other)),
  );
  return {
    about: group,
    fact: {
      right: statement(colour),
      wrong: {
        error: 'colour',
        statement: statement(pick(random, others)),
        alsoRight: colour === 'gray' ? [statement('grey')] : [],
      },
    },
  };
}

const oppositePlace = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' } as const;

function placeFact(scene: Scene, group: SceneGroup, random: () => number): Made | null {
  const call = callOf(scene, group);
  const sides = clearPlaces(group).filter((place) => place in oppositePlace) as (keyof typeof oppositePlace)[];
  if (!call || sides.length === 0) return null;
  const side = pick(random, sides);
  const words = call.words(call.name);
  const say = pick(random, [
    (place: string) => `you can spot the ${words} in the ${place} half`,
    (place: string) => `the ${words} ${are(group, 'has its', 'have their')} place at the ${place} side`,
  ]);
  const statement = (place: string): Statement => ({ text: say(place), fields: { item: words, side: place } });
  return {
    about: group,
    fact: {
      right: statement(side),
      wrong: { error: 'place', statement: statement(oppositePlace[side]), alsoRight: [] },
    },
  };
}

const relationWords: Record<Direction, readonly string[]> = {
  left: ['further left than', 'on the left of'],
  right: ['further right than', 'on the right of'],
  above: ['higher up than', 'above'],
  below: ['further down than', 'below'],
};

/** Other words that turn a wrong wording into the truth. */
const sayAlso: Partial<Record<Direction, readonly string[]>> = {
  above: ['further up than', 'over', 'on top of'],
  below: ['further down than', 'lower down than', 'under', 'beneath'],
};

function relationFact(scene: Scene, group: SceneGroup, other: SceneGroup, random: () => number): Made | null {
  const [call, otherCall] = [callOf(scene, group), callOf(scene, other)];
  const clear = clearDirections(group, other);
  if (!call || !otherCall || clear.length === 0) return null;
  const direction = pick(random, clear);
  const wording = random() < 0.5 ? 0 : 1;
  const [subject, object] = [call.words(call.name), otherCall.words(otherCall.name)];
  const saying = (words: string, way = words): Statement => ({
    text: `the ${subject} ${are(group, 'is', 'are')} placed ${words} the ${object}`,
    fields: { item: subject, relation: way, other: object },
  });
  const statement = (way: Direction, word = wording) => saying(relationWords[way][word]!, relationWords[way][1]!);
  return {
    about: group,
    fact: {
      right: statement(direction),
      wrong: {
        error: 'relation',
        statement: statement(oppositeDirection[direction]),
        alsoRight: [statement(direction, 1 - wording), ...(sayAlso[direction] ?? []).map((words) => saying(words))],
      },
    },
  };
}
