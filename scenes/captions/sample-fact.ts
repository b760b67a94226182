import { pick, pickWeighted } from '../random.js';
import type { Scene, SceneGroup } from '../scene.js';
import { pickAbsentNoun } from './absent-nouns.js';
import { type Fact, type Mention, type Superlative, truly } from './fact.js';
import { areFar, areNear, clearDirections, clearPlaces, type Direction, extentOf, isBetween } from './geometry.js';

const factKinds: readonly (readonly [Fact['kind'], number])[] = [
  ['exists', 5],
  ['relation', 8],
  ['place', 2.5],
  ['colour', 1.5],
  ['size', 0.8],
  ['ground', 0.8],
  ['absent', 0.8],
  ['distance', 0.9],
  ['between', 1.2],
  ['compare', 0.8],
  ['extreme', 0.6],
  ['more', 0.3],
];

/** A true noun phrase for a group, or null where it could not be told apart from another group with the same noun. */
export function mentionOf(scene: Scene, group: SceneGroup, random: () => number): Mention | null {
  const alike = groupsOf(scene, group.noun);
  const qualified = alike.length > 1;
  if (qualified && alike.some(({ id, colour }) => colour === null || (id !== group.id && colour === group.colour)))
    return null;
  const noun = truly(group.noun);
  const mention: Mention = { groups: [group.id], noun, count: truly(group.count), qualified, as: 'full' };
  const colourSaid = random() < (group.tint ? 0.5 : 0.15);
  const sizeSaid = random() < (group.size === 'small' ? 0.2 : 0.27);
  if (group.colour && (qualified || colourSaid)) mention.colour = truly(group.colour);
  if (group.size && sizeSaid) mention.size = truly(group.size);
  return mention;
}

const groupsOf = (scene: Scene, noun: string) => scene.groups.filter((group) => group.noun === noun);

/** All groups that share a noun, counted together: "five cars". */
export function totalMention(scene: Scene, noun: string): Mention {
  const groups = groupsOf(scene, noun);
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const ids = groups.map((group) => group.id);
  return { groups: ids, noun: truly(noun), count: truly(count), qualified: false, as: 'full' };
}

/** One true fact about the scene, or null where the kind that chance chose does not apply. */
export function sampleFact(scene: Scene, random: () => number, only?: Fact['kind']): Fact | null {
  let kind = only ?? pickWeighted(random, factKinds);
  if (!only && scene.sign && random() < 0.3) kind = 'sign';
  switch (kind) {
    case 'sign':
      return scene.sign && { kind, text: truly(scene.sign.text) };
    case 'exists':
      return existsFact(scene, random);
    case 'absent':
      return absentFact(scene, random, only ? 0.5 : 0.08);
    case 'ground':
      return { kind, colour: truly(scene.ground.colour) };
    case 'place':
    case 'colour':
    case 'size':
    case 'extreme':
      return oneGroupFact(scene, random, kind);
    case 'between':
      return betweenFact(scene, random);
    default:
      return twoGroupFact(scene, random, kind);
  }
}

function existsFact(scene: Scene, random: () => number): Fact | null {
  const wanted = pickWeighted(random, [
    [1, 5],
    [2, 3.5],
    [3, 1.5],
    [4, 0.4],
  ] as const);
  const paired = wanted > 1 && random() < 0.3;
  const mentions: Mention[] = [];
  for (const group of shuffled(scene.groups, random).slice(0, wanted)) {
    const twins = groupsOf(scene, group.noun).length > 1;
    const named = mentions.filter((mention) => mention.noun.is === group.noun);
    if (named.some((mention) => !mention.qualified)) continue;
    const mention =
      twins && named.length === 0 && random() < 0.4 ? totalMention(scene, group.noun) : mentionOf(scene, group, random);
    if (!mention) continue;
    if (paired && group.colour && mention.groups.length === 1) mention.colour = truly(group.colour);
    mentions.push(mention);
  }
  return mentions.length ? { kind: 'exists', mentions } : null;
}

/** "There is no dog", or for once "there is a dog" of what is there: both sides of what a denial can be. */
function absentFact(scene: Scene, random: () => number, presentShare: number): Fact {
  if (random() < presentShare) {
    const { groups, noun, count } = totalMention(scene, pick(random, scene.groups).noun);
    return { kind: 'absent', noun, no: truly(false), groups, plural: count.is > 1 };
  }
  const noun = truly(pickAbsentNoun(scene, random));
  return { kind: 'absent', noun, no: truly(true), groups: [], plural: random() < 0.5 };
}

function oneGroupFact(scene: Scene, random: () => number, kind: 'place' | 'colour' | 'size' | 'extreme'): Fact | null {
  const group = pick(random, scene.groups);
  const mention = mentionOf(scene, group, random);
  if (!mention) return null;
  if (kind === 'place') {
    const places = clearPlaces(group);
    const subject = random() < 0.45 ? definite(mention) : mention;
    return places.length ? { kind, subject, place: truly(pick(random, places)) } : null;
  }
  if (kind === 'colour') {
    if (!group.colour || mention.qualified || (!group.tint && random() < 0.6)) return null;
    const { colour: _, ...subject } = definite(mention);
    return { kind, subject, colour: truly(group.colour) };
  }
  if (kind === 'size') {
    if (!group.size || (group.size === 'small' && random() < 0.25)) return null;
    return { kind, subject: sizeless(definite(mention)), size: truly(group.size) };
  }
  const others = scene.groups.filter((other) => other !== group);
  const superlatives = superlativesOf(group, others);
  if (superlatives.length === 0) return null;
  const subject = sizeless(definite(mention));
  return { kind, subject, others: others.map(({ id }) => id), superlative: truly(pick(random, superlatives)) };
}

function superlativesOf(group: SceneGroup, others: readonly SceneGroup[]): Superlative[] {
  if (others.length === 0) return [];
  const found: Superlative[] = [];
  const ratios = others.map((other) => group.objects[0]!.w / other.objects[0]!.w);
  if (ratios.every((ratio) => ratio > 1.35)) found.push('largest');
  if (ratios.every((ratio) => ratio < 1 / 1.35)) found.push('smallest');
  const sides = others.map((other) => clearDirections(group, other));
  const ends: Record<Direction, Superlative> = {
    left: 'leftmost',
    right: 'rightmost',
    above: 'highest',
    below: 'lowest',
  };
  for (const side of ['left', 'right', 'above', 'below'] as const)
    if (sides.every((list) => list.includes(side))) found.push(ends[side]);
  return found;
}

/** `a` between `b` and `c`, or on one side of both. */
function betweenFact(scene: Scene, random: () => number): Fact | null {
  if (scene.groups.length < 3) return null;
  const asBetween = random() < 0.55;
  for (let tries = 0; tries < 4; tries++) {
    const [a, b, c] = shuffled(scene.groups, random) as [SceneGroup, SceneGroup, SceneGroup];
    const shared = clearDirections(a, b).filter((side) => clearDirections(a, c).includes(side));
    const how = asBetween ? (isBetween(a, b, c) ? 'between' : undefined) : shared[Math.floor(random() * shared.length)];
    if (!how) continue;
    const [subject, first, second] = [a, b, c].map((group) => mentionOf(scene, group, random)) as (Mention | null)[];
    if (!subject || !first || !second) return null;
    const maybe = (mention: Mention, share: number) => (random() < share ? definite(mention) : mention);
    return {
      kind: 'between',
      subject: maybe(subject, 0.4),
      others: [maybe(first, 0.6), maybe(second, 0.6)],
      how: truly(how),
    };
  }
  return null;
}

function twoGroupFact(
  scene: Scene,
  random: () => number,
  kind: 'relation' | 'distance' | 'compare' | 'more',
): Fact | null {
  if (scene.groups.length < 2) return null;
  let [a, b] = shuffled(scene.groups, random) as [SceneGroup, SceneGroup];
  if (kind === 'more') {
    const [subject, other] = [totalMention(scene, a.noun), totalMention(scene, b.noun)];
    if (a.noun === b.noun || subject.count.is === other.count.is) return null;
    return { kind, subject, other, more: truly(subject.count.is > other.count.is) };
  }
  const near = random() < 0.5;
  if (kind === 'distance') {
    const fits = near ? areNear : areFar;
    for (let tries = 0; tries < 6 && !fits(a, b); tries++)
      [a, b] = shuffled(scene.groups, random) as [SceneGroup, SceneGroup];
    if (!fits(a, b)) return null;
  }
  const [subject, other] = [mentionOf(scene, a, random), mentionOf(scene, b, random)];
  if (!subject || !other) return null;
  if (kind === 'compare') {
    const ratio = a.objects[0]!.w / b.objects[0]!.w;
    if (ratio < 1.35 && ratio > 1 / 1.35) return null;
    return { kind, subject: sizeless(definite(subject)), other: sizeless(definite(other)), larger: truly(ratio > 1) };
  }
  const placed = {
    subject: random() < 0.4 ? definite(subject) : subject,
    other: random() < 0.5 ? definite(other) : other,
  };
  if (kind === 'distance') return { kind, ...placed, near: truly(near) };
  const clear = clearDirections(a, b);
  return clear.length ? { kind, ...placed, direction: truly(pick(random, clear)) } : null;
}

const definite = (mention: Mention): Mention => ({ ...mention, as: 'definite' });

function sizeless(mention: Mention): Mention {
  const { size: _, ...rest } = mention;
  return rest;
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** Whether `a` lies strictly between `b` and `c` on either axis, by centres alone: where it does not, "between" is false. */
export function mayBeBetween(a: SceneGroup, b: SceneGroup, c: SceneGroup): boolean {
  const [p, q, r] = [extentOf(a), extentOf(b), extentOf(c)];
  return (['x', 'y'] as const).some(
    (axis) => p[axis] > Math.min(q[axis], r[axis]) && p[axis] < Math.max(q[axis], r[axis]),
  );
}
