import { type Colour, colours } from '../../../src/text/lexicon/colours.js';
import { nouns } from '../../../src/text/lexicon/nouns.js';
import { pick, pickWeighted } from '../random.js';
import type { PerturbationType, Scene, SceneGroup } from '../scene.js';
import {
  areFar,
  areNear,
  clearDirections,
  clearPlaces,
  type Direction,
  isBetween,
  mirroredPlace,
  oppositeDirection,
  type Place,
} from './geometry.js';

/** One value of a fact, and whether it is the truth. */
export interface Value<T> {
  is: T;
  good: boolean;
  /** What it was before it was made false. */
  was?: T;
}

/** What a noun phrase says of a group. Values that are absent are not said. */
export interface Mention {
  groups: number[];
  noun: Value<string>;
  count: Value<number>;
  colour?: Value<Colour>;
  size?: Value<'small' | 'large'>;
  /** Set apart by a colour because another group has the same noun. */
  qualified: boolean;
  /** `three red dogs`, `the red dogs`, or `they`: only what is said can be perturbed. */
  as: 'full' | 'definite' | 'pronoun';
}

export type Fact =
  | { kind: 'exists'; mentions: Mention[] }
  | { kind: 'absent'; noun: Value<string>; no: Value<boolean>; group: number | null; plural: boolean }
  | { kind: 'relation'; subject: Mention; other: Mention; direction: Value<Direction> }
  | { kind: 'distance'; subject: Mention; other: Mention; near: Value<boolean> }
  | { kind: 'between'; subject: Mention; others: [Mention, Mention] }
  | { kind: 'compare'; subject: Mention; other: Mention; larger: Value<boolean> }
  | { kind: 'place'; subject: Mention; place: Value<Place> }
  | { kind: 'colour'; subject: Mention; colour: Value<Colour> }
  | { kind: 'size'; subject: Mention; size: Value<'small' | 'large'> }
  | { kind: 'ground'; colour: Value<Colour> };

const truly = <T>(is: T): Value<T> => ({ is, good: true });
const nounNames = nouns.map((noun) => noun.singular);
const categoryOf = new Map(nouns.map((noun) => [noun.singular, noun.category]));

/** A true noun phrase for a group, or null where it could not be told apart from another group with the same noun. */
export function mentionOf(scene: Scene, group: SceneGroup, random: () => number): Mention | null {
  const alike = scene.groups.filter((other) => other.noun === group.noun);
  const qualified = alike.length > 1;
  if (qualified && alike.some((other) => other.colour === null || (other !== group && other.colour === group.colour)))
    return null;
  const mention: Mention = {
    groups: [group.id],
    noun: truly(group.noun),
    count: truly(group.count),
    qualified,
    as: 'full',
  };
  const said = qualified || random() < (group.tint ? 0.5 : 0.15);
  if (group.colour && said) mention.colour = truly(group.colour);
  if (group.size && random() < 0.25) mention.size = truly(group.size);
  return mention;
}

/** All groups that share a noun, counted together: "five cars". */
function totalMention(scene: Scene, noun: string): Mention {
  const groups = scene.groups.filter((group) => group.noun === noun);
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return {
    groups: groups.map((group) => group.id),
    noun: truly(noun),
    count: truly(count),
    qualified: false,
    as: 'full',
  };
}

const factKinds = [
  ['exists', 5],
  ['relation', 6],
  ['place', 2],
  ['colour', 1.5],
  ['size', 1],
  ['ground', 0.8],
  ['absent', 0.8],
  ['distance', 0.7],
  ['between', 1],
  ['compare', 0.8],
] as const;

/** One true fact about the scene, or null where the kind that chance chose does not apply. */
export function sampleFact(scene: Scene, random: () => number, only?: Fact['kind']): Fact | null {
  const kind = only ?? pickWeighted(random, factKinds);
  const say = (group: SceneGroup, definite = 0): Mention | null => {
    const mention = mentionOf(scene, group, random);
    return mention && random() < definite ? { ...mention, as: 'definite' } : mention;
  };
  const one = (definite: number) => {
    const group = pick(random, scene.groups);
    const mention = say(group, definite);
    return mention && { group, mention };
  };
  const bare = (mention: Mention): Mention => {
    const { size: _, ...rest } = mention;
    return rest;
  };
  switch (kind) {
    case 'exists': {
      const count = pickWeighted(random, [
        [1, 5],
        [2, 3],
        [3, 1.5],
      ] as const);
      const mentions: Mention[] = [];
      for (const group of shuffled(scene.groups, random).slice(0, count)) {
        const twins = scene.groups.filter((other) => other.noun === group.noun).length > 1;
        if (mentions.some((mention) => mention.noun.is === group.noun && !(mention.qualified && twins))) continue;
        const mention =
          twins && random() < 0.4 && mentions.every((m) => m.noun.is !== group.noun)
            ? totalMention(scene, group.noun)
            : say(group);
        if (mention) mentions.push(mention);
      }
      return mentions.length ? { kind, mentions } : null;
    }
    case 'absent': {
      const present = new Set(scene.groups.map((group) => group.noun));
      return { kind, noun: truly(pickAbsent(present, random)), no: truly(true), group: null, plural: random() < 0.5 };
    }
    case 'ground':
      return { kind, colour: truly(scene.ground.colour) };
    case 'place': {
      const found = one(0.45);
      const places = found ? clearPlaces(found.group) : [];
      return found && places.length ? { kind, subject: found.mention, place: truly(pick(random, places)) } : null;
    }
    case 'colour': {
      const found = one(1);
      if (!found?.group.colour || found.mention.qualified || (!found.group.tint && random() < 0.6)) return null;
      const { colour: _, ...subject } = found.mention;
      return { kind, subject, colour: truly(found.group.colour) };
    }
    case 'size': {
      const found = one(1);
      return found?.group.size ? { kind, subject: bare(found.mention), size: truly(found.group.size) } : null;
    }
    case 'between': {
      if (scene.groups.length < 3) return null;
      const [a, b, c] = shuffled(scene.groups, random) as [SceneGroup, SceneGroup, SceneGroup];
      if (!isBetween(a, b, c)) return null;
      const [subject, first, second] = [say(a, 0.4), say(b, 0.6), say(c, 0.6)];
      return subject && first && second ? { kind, subject, others: [first, second] } : null;
    }
    default: {
      if (scene.groups.length < 2) return null;
      const [a, b] = shuffled(scene.groups, random) as [SceneGroup, SceneGroup];
      const definite = kind === 'compare' ? 1 : 0.4;
      const [subject, other] = [say(a, definite), say(b, definite + 0.1)];
      if (!subject || !other) return null;
      if (kind === 'relation') {
        const clear = clearDirections(a, b);
        return clear.length ? { kind, subject, other, direction: truly(pick(random, clear)) } : null;
      }
      if (kind === 'distance') {
        const near = areNear(a, b);
        return near || areFar(a, b) ? { kind, subject, other, near: truly(near) } : null;
      }
      const ratio = a.objects[0]!.w / b.objects[0]!.w;
      return ratio > 1.35 || ratio < 1 / 1.35
        ? { kind: 'compare', subject: bare(subject), other: bare(other), larger: truly(ratio > 1) }
        : null;
    }
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

function pickAbsent(present: ReadonlySet<string>, random: () => number, like?: string): string {
  const pool =
    like === undefined ? nounNames : nounNames.filter((noun) => categoryOf.get(noun) === categoryOf.get(like));
  const free = pool.filter((noun) => !present.has(noun));
  return free.length ? pick(random, free) : pickAbsent(present, random);
}

/** A way to make a fact false in one value. */
interface Perturbation {
  type: PerturbationType;
  apply(): Fact;
}

/** The fact with one value (or, for binding, a swapped pair) made false, and the type of the change; null where none fits. */
export function perturbFact(
  scene: Scene,
  fact: Fact,
  random: () => number,
): { fact: Fact; type: PerturbationType } | null {
  const options = perturbationsOf(scene, fact, random);
  if (options.length === 0) return null;
  const byType = [...new Set(options.map((option) => option.type))].map(
    (type) => [type, type === 'spatial' ? 2 : type === 'binding' || type === 'counterfactual' ? 0.7 : 1] as const,
  );
  const type = pickWeighted(random, byType);
  const chosen = pick(
    random,
    options.filter((option) => option.type === type),
  );
  return { fact: chosen.apply(), type };
}

function perturbationsOf(scene: Scene, fact: Fact, random: () => number): Perturbation[] {
  const present = new Set(scene.groups.map((group) => group.noun));
  const options: Perturbation[] = [];
  const add = (type: PerturbationType, apply: () => Fact) => options.push({ type, apply });
  const wrong = <T>(is: T): Value<T> => ({ is, good: false });
  const otherColour = (not: readonly (Colour | null)[]) =>
    wrong(
      pick(
        random,
        colours.filter((colour) => !not.includes(colour)),
      ),
    );

  const perturbMention = (mention: Mention, rebuild: (mention: Mention) => Fact, counted: boolean) => {
    if (mention.as === 'pronoun') return;
    const groups = scene.groups.filter((group) => mention.groups.includes(group.id));
    const small = groups.every((group) => group.size === 'small');
    const noun = () => pickAbsent(present, random, random() < 0.5 ? mention.noun.is : undefined);
    add(small && random() < 0.2 ? 'small-object' : 'object', () => rebuild({ ...mention, noun: wrong(noun()) }));
    if (counted && mention.as === 'full') {
      add('counting', () => {
        const counts = [1, 2, 3, 4, 5, 6].filter((count) => count !== mention.count.is);
        const close = counts.filter((count) => Math.abs(count - mention.count.is) <= 1);
        return rebuild({
          ...mention,
          count: {
            ...wrong(close.length && random() < 0.3 ? pick(random, close) : pick(random, counts)),
            was: mention.count.is,
          },
        });
      });
    }
    const taken = scene.groups.filter((group) => group.noun === mention.noun.is).map((group) => group.colour);
    if (mention.colour) add('attribute', () => rebuild({ ...mention, colour: otherColour(taken) }));
    if (mention.size) {
      const { is } = mention.size;
      add('attribute', () => rebuild({ ...mention, size: wrong(is === 'small' ? 'large' : 'small') }));
    }
  };
  const swapColours = (a: Mention, b: Mention, rebuild: (a: Mention, b: Mention) => Fact) => {
    if (!a.colour || !b.colour || a.colour.is === b.colour.is || a.qualified || b.qualified) return;
    if (a.as === 'pronoun' || b.as === 'pronoun') return;
    const [first, second] = [a.colour.is, b.colour.is];
    add('binding', () => rebuild({ ...a, colour: wrong(second) }, { ...b, colour: wrong(first) }));
  };

  switch (fact.kind) {
    case 'exists': {
      const { mentions } = fact;
      mentions.forEach((mention, index) => {
        perturbMention(mention, (changed) => ({ ...fact, mentions: mentions.with(index, changed) }), true);
        for (let j = index + 1; j < mentions.length; j++) {
          swapColours(mention, mentions[j]!, (a, b) => ({ ...fact, mentions: mentions.with(index, a).with(j, b) }));
        }
      });
      const [only] = mentions;
      if (mentions.length === 1 && only && !only.qualified && !only.colour && !only.size) {
        const group = only.groups[0]!;
        add('counterfactual', () => ({
          kind: 'absent',
          noun: only.noun,
          no: wrong(true),
          group,
          plural: only.count.is > 1,
        }));
      }
      break;
    }
    case 'absent': {
      const group = pick(random, scene.groups);
      add('counterfactual', () => ({ ...fact, noun: truly(group.noun), no: wrong(true), group: group.id }));
      add('counterfactual', () => ({ ...fact, noun: { is: fact.noun.is, good: false }, no: truly(false) }));
      break;
    }
    case 'relation': {
      const rebuildSubject = (subject: Mention) => ({ ...fact, subject });
      const rebuildOther = (other: Mention) => ({ ...fact, other });
      perturbMention(fact.subject, rebuildSubject, true);
      perturbMention(fact.other, rebuildOther, true);
      swapColours(fact.subject, fact.other, (subject, other) => ({ ...fact, subject, other }));
      const find = (mention: Mention) => scene.groups.find((group) => group.id === mention.groups[0])!;
      const isFalse = clearDirections(find(fact.subject), find(fact.other)).map(
        (direction) => oppositeDirection[direction],
      );
      for (let weight = 0; weight < 2; weight++) {
        add('spatial', () => ({
          ...fact,
          direction: wrong(weight || random() < 0.7 ? oppositeDirection[fact.direction.is] : pick(random, isFalse)),
        }));
      }
      break;
    }
    case 'distance':
      perturbMention(fact.subject, (subject) => ({ ...fact, subject }), true);
      perturbMention(fact.other, (other) => ({ ...fact, other }), true);
      add('spatial', () => ({ ...fact, near: wrong(!fact.near.is) }));
      break;
    case 'between': {
      perturbMention(fact.subject, (subject) => ({ ...fact, subject }), true);
      const [first, second] = fact.others;
      perturbMention(first, (changed) => ({ ...fact, others: [changed, second] }), true);
      perturbMention(second, (changed) => ({ ...fact, others: [first, changed] }), true);
      break;
    }
    case 'compare':
      perturbMention(fact.subject, (subject) => ({ ...fact, subject }), false);
      add('attribute', () => ({ ...fact, larger: wrong(!fact.larger.is) }));
      break;
    case 'place': {
      perturbMention(fact.subject, (subject) => ({ ...fact, subject }), true);
      add('spatial', () => ({
        ...fact,
        place: { ...wrong(pick(random, mirroredPlace[fact.place.is])), was: fact.place.is },
      }));
      break;
    }
    case 'colour':
      add('attribute', () => ({ ...fact, colour: otherColour([fact.colour.is]) }));
      perturbMention(fact.subject, (subject) => ({ ...fact, subject }), false);
      break;
    case 'size':
      add('attribute', () => ({
        ...fact,
        size: wrong(fact.size.is === 'small' ? ('large' as const) : ('small' as const)),
      }));
      break;
    case 'ground':
      add('attribute', () => ({ ...fact, colour: otherColour([fact.colour.is]) }));
      break;
  }
  return options;
}
