import { type Colour, colours } from '../../src/text/lexicon/colours.js';
import { pick, pickWeighted } from '../random.js';
import type { PerturbationType, Scene } from '../scene.js';
import { printedLike, signNumbers, signWords } from '../sign-words.js';
import { pickAbsentNoun } from './absent-nouns.js';
import { type Fact, type Mention, mentionsOf, type Superlative, truly, withMentions, wrongly } from './fact.js';
import { clearDirections, type Direction, extentOf, mirroredPlace, oppositeDirection, type Place } from './geometry.js';
import { mayBeBetween, totalMention } from './sample-fact.js';

/** A way to make a fact false in one value. */
interface Perturbation {
  type: PerturbationType;
  apply(): Fact;
}

const typeWeights: Partial<Record<PerturbationType, number>> = {
  spatial: 2.5,
  counterfactual: 0.5,
  binding: 3,
  ocr: 1.5,
};

/** The fact with one value (or, for binding, a swapped pair) made false, and the type of the change; null where none fits. */
export function perturbFact(
  scene: Scene,
  fact: Fact,
  random: () => number,
): { fact: Fact; type: PerturbationType } | null {
  const options = perturbationsOf(scene, fact, random);
  if (options.length === 0) return null;
  const types = [...new Set(options.map((option) => option.type))];
  const type = pickWeighted(
    random,
    types.map((name) => [name, typeWeights[name] ?? 1] as const),
  );
  const chosen = pick(
    random,
    options.filter((option) => option.type === type),
  );
  return { fact: chosen.apply(), type };
}

function perturbationsOf(scene: Scene, fact: Fact, random: () => number): Perturbation[] {
  const options = mentionPerturbations(scene, fact, random);
  const add = (type: PerturbationType, apply: () => Fact) => options.push({ type, apply });
  const groupOf = (mention: Mention) => scene.groups[mention.groups[0]!]!;
  switch (fact.kind) {
    case 'exists': {
      const [only, more] = fact.mentions;
      if (only && !more && !only.qualified && !only.colour && !only.size) {
        const { noun, groups, count } = only;
        add('counterfactual', () => ({ kind: 'absent', noun, no: wrongly(true), groups, plural: count.is > 1 }));
      }
      break;
    }
    case 'absent':
      if (fact.no.is) {
        const { noun } = pick(random, scene.groups);
        const { groups } = totalMention(scene, noun);
        add('counterfactual', () => ({ ...fact, noun: truly(noun), no: wrongly(true), groups }));
        add('counterfactual', () => ({ ...fact, noun: wrongly(fact.noun.is), no: truly(false) }));
      } else {
        add('counterfactual', () => ({ ...fact, no: wrongly(true) }));
        add('object', () => ({ ...fact, noun: wrongly(pickAbsentNoun(scene, random)) }));
      }
      break;
    case 'relation': {
      const clear = clearDirections(groupOf(fact.subject), groupOf(fact.other));
      const straight = oppositeDirection[fact.direction.is];
      add('spatial', () => ({
        ...fact,
        direction: wrongly(random() < 0.8 ? straight : oppositeDirection[pick(random, clear)]),
      }));
      break;
    }
    case 'distance':
      add('spatial', () => ({ ...fact, near: wrongly(!fact.near.is) }));
      break;
    case 'between': {
      const wrongHow = falseHow(scene, fact);
      if (wrongHow.length) add('spatial', () => ({ ...fact, how: wrongly(pick(random, wrongHow)) }));
      break;
    }
    case 'compare':
      add('attribute', () => ({ ...fact, larger: wrongly(!fact.larger.is) }));
      break;
    case 'extreme': {
      const { is } = fact.superlative;
      const type = is === 'largest' || is === 'smallest' ? 'attribute' : 'spatial';
      add(type, () => ({ ...fact, superlative: wrongly(oppositeEnd[is]) }));
      break;
    }
    case 'more':
      add('counting', () => ({ ...fact, more: wrongly(!fact.more.is) }));
      break;
    case 'place': {
      const { is } = fact.place;
      add('spatial', () => ({ ...fact, place: wrongly(pickFalsePlace(scene, fact.subject, is, random), is) }));
      break;
    }
    case 'colour':
      add('attribute', () => ({ ...fact, colour: wrongly(otherColour([fact.colour.is], random)) }));
      break;
    case 'size':
      add('attribute', () => ({ ...fact, size: wrongly(fact.size.is === 'small' ? 'large' : 'small') }));
      break;
    case 'ground':
      add('attribute', () => ({ ...fact, colour: wrongly(otherGround(fact.colour.is, random)) }));
      break;
    case 'sign': {
      const kind = /^\d+$/.test(fact.text.is) ? signNumbers : signWords;
      const others = kind.filter((word) => word !== fact.text.is.toUpperCase());
      add('ocr', () => ({ ...fact, text: wrongly(printedLike(pick(random, others), fact.text.is)) }));
      break;
    }
  }
  return options;
}

/** What can be wrong in what the fact's noun phrases say. */
function mentionPerturbations(scene: Scene, fact: Fact, random: () => number): Perturbation[] {
  const options: Perturbation[] = [];
  const mentions = mentionsOf(fact);
  const counted = fact.kind !== 'compare' && fact.kind !== 'more';
  mentions.forEach((mention, index) => {
    if (mention.as === 'pronoun') return;
    const add = (type: PerturbationType, change: () => Partial<Mention>) =>
      options.push({ type, apply: () => withMentions(fact, mentions.with(index, { ...mention, ...change() })) });
    const groups = mention.groups.map((id) => scene.groups[id]!);
    const small = groups.every((group) => group.size === 'small');
    const noun = () => wrongly(pickAbsentNoun(scene, random, random() < 0.5 ? mention.noun.is : undefined));
    add(small && random() < 0.25 ? 'small-object' : 'object', () => ({ noun: noun() }));
    if (counted && mention.as === 'full')
      add('counting', () => ({ count: wrongly(otherCount(mention.count.is, random), mention.count.is) }));
    const sameNoun = scene.groups.filter((group) => group.noun === mention.noun.is).map((group) => group.colour);
    if (mention.colour) add('attribute', () => ({ colour: wrongly(otherColour(sameNoun, random)) }));
    if (mention.size && random() < 0.7)
      add('attribute', () => ({
        size: wrongly(mention.size!.is === 'small' ? ('large' as const) : ('small' as const)),
      }));
    for (let other = index + 1; other < mentions.length; other++) {
      const second = mentions[other]!;
      if (!mention.colour || !second.colour || second.as === 'pronoun') continue;
      if (mention.colour.is === second.colour.is || mention.qualified || second.qualified) continue;
      const swapped = mentions
        .with(index, { ...mention, colour: wrongly(second.colour.is) })
        .with(other, { ...second, colour: wrongly(mention.colour.is) });
      options.push({ type: 'binding', apply: () => withMentions(fact, swapped) });
    }
  });
  return options;
}

const oppositeEnd: Record<Superlative, Superlative> = {
  largest: 'smallest',
  smallest: 'largest',
  leftmost: 'rightmost',
  rightmost: 'leftmost',
  highest: 'lowest',
  lowest: 'highest',
};

/** As often one number as another where groups count one to five; larger totals change by one or two. */
function otherCount(count: number, random: () => number): number {
  if (count > 5) {
    const close = [count - 2, count - 1, count + 1, count + 2].filter((other) => other > 5);
    return pick(random, close);
  }
  if (random() < 0.04) return 6;
  const near = [count - 1, count + 1].filter((other) => other >= 1 && other <= 5);
  return random() < 0.25
    ? pick(random, near)
    : pick(
        random,
        [1, 2, 3, 4, 5].filter((other) => other !== count),
      );
}

function otherColour(not: readonly (Colour | null)[], random: () => number): Colour {
  return pick(
    random,
    colours.filter((colour) => !not.includes(colour)),
  );
}

/** White grounds are the most common, so white is the most common wrong one too. */
function otherGround(colour: Colour, random: () => number): Colour {
  return colour !== 'white' && random() < 0.42 ? 'white' : otherColour([colour], random);
}

function pickFalsePlace(scene: Scene, subject: Mention, place: Place, random: () => number): Place {
  const { x, y } = extentOf(scene.groups[subject.groups[0]!]!);
  const sides: readonly Place[] = ['left', 'right', 'top', 'bottom'];
  if (place === 'centre') return random() < 0.6 ? pick(random, sides) : pick(random, mirroredPlace[place]);
  if (random() < 0.2 && Math.hypot(x - 0.5, y - 0.5) > 0.25) return 'centre';
  return pick(random, mirroredPlace[place]);
}

/** What is false of how the subject stands to the two others, as clearly as what was said is true. */
function falseHow(scene: Scene, fact: Extract<Fact, { kind: 'between' }>): ('between' | Direction)[] {
  const [a, b, c] = [fact.subject, ...fact.others].map((mention) => scene.groups[mention.groups[0]!]!);
  const [first, second] = [clearDirections(a!, b!), clearDirections(a!, c!)];
  const found: ('between' | Direction)[] = [];
  for (const side of ['left', 'right', 'above', 'below'] as const) {
    const back = oppositeDirection[side];
    if (first.includes(back) || second.includes(back)) found.push(side);
  }
  if (fact.how.is === 'between') return found;
  return mayBeBetween(a!, b!, c!)
    ? [oppositeDirection[fact.how.is]]
    : ['between', 'between', oppositeDirection[fact.how.is]];
}
