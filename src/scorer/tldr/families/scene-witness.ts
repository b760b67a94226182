import { type Tally, talliesIn } from '../../../text/claims/tallies.js';
import { sizeWords } from '../../../text/lexicon/sizes.js';
import { countedNoun, describedNounTerm } from '../../../text/mentioned.js';
import type { Range } from '../../../text/range.js';
import { splitSentences } from '../../../text/sentences.js';
import { findTerms, type Term, type TermOf } from '../../../text/terms.js';

/** Something that the encoder found, with what it may be. Places and sizes are fractions of the picture. */
export interface SeenThing {
  /** Probability that there is something. */
  score: number;
  x: number;
  y: number;
  w: number;
  h: number;
  /** Probabilities, in the order of the model's colours. */
  colours: ArrayLike<number>;
  /** Probabilities of its likeliest names. */
  nouns: ReadonlyMap<string, number>;
}

export interface SeenScene {
  ground: ArrayLike<number>;
  things: readonly SeenThing[];
  colourNames: readonly string[];
}

export const opinionKinds = [
  'noun',
  'colour',
  'ground',
  'count',
  'article',
  'size',
  'relation',
  'place',
  'tally',
  'comparison',
] as const;
export type OpinionKind = (typeof opinionKinds)[number];

/** What the things found say of a word of a text: the higher, the likelier it is true; about 0 where they say little. */
export interface Opinion extends Range {
  kind: OpinionKind;
  /** One or two figures, from -6 to 6; null where they cannot tell, and the decoder was never taught such words. */
  says: readonly [number, number] | null;
  /** It is true of some of the things that it may be said of: it is never taken for wrong. */
  ofSome?: boolean;
}

/**
 * What was found says of the words of a text, without the decoder: how likely the thing is there, is so many, has this
 * colour or size, and stands there. Sentences with a negation are left out.
 */
export function opinionsOf(text: string, scene: SeenScene, named = namesOf(scene)): Opinion[] {
  return splitSentences(text).flatMap(({ start, end }) => {
    const said = text.slice(start, end);
    const terms = findTerms(said);
    if (
      terms.some(
        (term) => term.kind === 'negation' || term.kind === 'answer' || (term.kind === 'count' && term.value === 0),
      )
    )
      return [];
    const tallies = talliesIn(said);
    const isTallied = ({ start: from, end: to }: Range) => tallies.some((one) => one.start < to && from < one.end);
    return [
      ...tallies.map((tally) => tallyOpinion(tally, scene, named)),
      ...terms.filter((term) => !isTallied(term)).flatMap((term) => opinionsOn(term, said, terms, scene, named)),
    ].map((one) => ({ ...one, start: one.start + start, end: one.end + start }));
  });
}

/** How likely there are so many things, or kinds, or more of one than of the other. Nothing where a sign may count as one. */
function tallyOpinion(tally: Tally, scene: SeenScene, named: Named): Opinion {
  const at = { start: tally.start, end: tally.end };
  const names = named.map((one) => [...one].sort((a, b) => b[1] - a[1]));
  if (tally.kind === 'comparison') {
    const [one, other] = tally.nouns.map((noun) => weights(noun, undefined, scene, named)) as [number[], number[]];
    if (Math.max(0, ...one) < 0.3 || Math.max(0, ...other) < 0.3) return { ...at, kind: 'comparison', says: null };
    const [first, second] = [spreadOf(one), spreadOf(other)];
    const chance = (holds: (a: number, b: number) => boolean) =>
      first.reduce((sum, p, a) => sum + second.reduce((all, q, b) => (holds(a, b) ? all + p * q : all), 0), 0);
    const said = chance((a, b) => (tally.more ? a > b : a < b));
    const opposite = chance((a, b) => (tally.more ? a < b : a > b));
    return { ...at, kind: 'comparison', says: [logit(said), clip(Math.log((said + 0.01) / (opposite + 0.01)))] };
  }
  if (scene.things.some(({ score }, index) => score > 0.2 && (names[index]![0]?.[0] ?? '').startsWith(signPrefix)))
    return { ...at, kind: 'tally', says: null };
  const chances = tally.kind === 'things' ? scene.things.map(({ score }) => score) : kindChances(scene, names);
  const expected = chances.reduce((sum, p) => sum + p, 0);
  return {
    ...at,
    kind: 'tally',
    says: [logit(chanceOf(tally.value, chances)), clip(-Math.abs(expected - tally.value))],
  };
}

/** How likely each kind is there, by the likeliest name of each thing. */
function kindChances({ things }: SeenScene, names: readonly (readonly (readonly [string, number])[])[]): number[] {
  const absent = new Map<string, number>();
  things.forEach(({ score }, index) => {
    const name = names[index]![0]?.[0];
    if (name !== undefined) absent.set(name, (absent.get(name) ?? 1) * (1 - score));
  });
  return [...absent.values()].map((none) => 1 - none);
}

/** What each thing is called, with the say of its neighbours. */
export const namesOf = ({ things }: SeenScene): Named => withNeighbours(things);

type Named = readonly ReadonlyMap<string, number>[];

/** Things that look alike and stand together have one name: each has a say in what the others are called. */
function withNeighbours(things: readonly SeenThing[]): Named {
  return things.map((one) => {
    const near = things.flatMap((other) => {
      if (other === one) return [{ other, share: 1 }];
      const alike =
        Math.abs(Math.log((one.w + 0.01) / (other.w + 0.01))) < 0.3 &&
        Math.abs(Math.log((one.h + 0.01) / (other.h + 0.01))) < 0.3 &&
        Math.hypot(one.x - other.x, one.y - other.y) < 2.2 * Math.max(one.w, one.h, other.w, other.h) &&
        overlap(one.colours, other.colours) > 0.5;
      return alike ? [{ other, share: other.score }] : [];
    });
    const all = near.reduce((sum, { share }) => sum + share, 0);
    const names = new Set(near.flatMap(({ other }) => [...other.nouns.keys()]));
    const logs = [...names].map((name) => {
      const sum = near.reduce((total, { other, share }) => total + share * Math.log(other.nouns.get(name) ?? rare), 0);
      return [name, Math.exp(sum / (1 + 0.5 * (all - 1)))] as const;
    });
    const whole = logs.reduce((sum, [, p]) => sum + p, 0);
    return new Map(logs.map(([name, p]) => [name, p / Math.max(whole, 1e-9)]));
  });
}

/** A noun of this kind is a sign, and the rest of its name the word on it. */
export const signPrefix = 'sign:';
const rare = 1e-3;
const overlap = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, index) => sum + Math.min(value, b[index]!), 0);
const logit = (p: number) =>
  Math.log(Math.min(0.9975, Math.max(0.0025, p)) / (1 - Math.min(0.9975, Math.max(0.0025, p))));
const clip = (value: number, most = 6) => Math.max(-most, Math.min(most, value));

/** How surely each thing is what a noun phrase names. */
function weights(noun: TermOf<'noun'>, colour: TermOf<'colour'> | undefined, scene: SeenScene, named: Named): number[] {
  const at = colour ? scene.colourNames.indexOf(colour.colour) : -1;
  return scene.things.map(
    (thing, index) => thing.score * (named[index]!.get(noun.noun.singular) ?? 0) * (at < 0 ? 1 : thing.colours[at]!),
  );
}

function opinionsOn(term: Term, said: string, terms: readonly Term[], scene: SeenScene, named: Named): Opinion[] {
  const at = { start: term.start, end: term.end };
  switch (term.kind) {
    case 'noun': {
      const all = weights(term, undefined, scene, named);
      const any = 1 - all.reduce((none, weight) => none * (1 - weight), 1);
      return [{ ...at, kind: 'noun', says: [logit(any), logit(Math.max(0, ...all))] }];
    }
    case 'colour': {
      const place = scene.colourNames.indexOf(term.colour);
      const noun = describedNounTerm(term, said, terms);
      if (place < 0) return [];
      if (isGround(term, said, noun)) return [{ ...at, kind: 'ground', says: [logit(scene.ground[place]!), 0] }];
      if (!noun) return [];
      const all = weights(noun, undefined, scene, named);
      const most = Math.max(0, ...all);
      if (most < 0.02) return [];
      const squares = all.reduce((sum, weight) => sum + weight * weight, 0);
      const share =
        all.reduce((sum, weight, index) => sum + weight * weight * scene.things[index]!.colours[place]!, 0) / squares;
      const best = Math.max(...all.map((weight, index) => (weight / most) * scene.things[index]!.colours[place]!));
      const ofSome = atHand(all).some((index) => scene.things[index]!.colours[place]! > 0.5);
      return [{ ...at, kind: 'colour', ofSome, says: [logit(share) * Math.sqrt(most), logit(best) * Math.sqrt(most)] }];
    }
    case 'count': {
      const counted = countedNoun(term, said, terms);
      if (!counted || term.value === null || /\b(?:pair|couple|both)\b/i.test(term.text)) return [];
      const colour = terms.find(
        (other): other is TermOf<'colour'> =>
          other.kind === 'colour' && other.start >= term.end && other.end <= counted.start,
      );
      const plain = weights(counted, undefined, scene, named);
      const coloured = weights(counted, colour, scene, named);
      const [most, mostColoured] = [Math.max(0, ...plain), Math.max(0, ...coloured)];
      if (most < 0.02) return [];
      // a colour that none of them has is wrong by itself
      const all = colour && mostColoured > 0.3 * most ? coloured : plain;
      const expected = all.reduce((sum, weight) => sum + weight / Math.max(most, 0.2), 0);
      // `four large trophies` of eight
      const ofSome =
        (term.style === 'article' && expected > 1.5) ||
        (term.value < Math.round(expected) &&
          wordsOf(said.slice(term.end, counted.start)).some(
            (word) => !scene.colourNames.includes(word) && word !== 'of',
          ));
      return [
        {
          ...at,
          ofSome,
          kind: term.style === 'article' ? 'article' : 'count',
          says: [
            logit(
              chanceOf(
                term.value,
                all.map((weight) => Math.min(1, weight / Math.max(most, 0.2))),
              ),
            ),
            clip(-Math.abs(expected - term.value)),
          ],
        },
      ];
    }
    case 'size': {
      const noun = describedNounTerm(term, said, terms);
      const small = sizeWords.small.includes(term.text.toLowerCase());
      if (!noun || /(?:er|est)$/.test(term.text)) return [];
      const all = weights(noun, undefined, scene, named);
      const sum = all.reduce((total, weight) => total + weight, 0);
      if (Math.max(0, ...all) < 0.05) return [];
      const width = all.reduce((total, weight, index) => total + weight * scene.things[index]!.w, 0) / sum;
      const apart = clip((small ? 0.21 - width : width - 0.21) * 50);
      const widths = atHand(all).map((index) => scene.things[index]!.w);
      const ofSome =
        areOfKinds(all, scene) &&
        widths.some((one) =>
          small ? one < 0.21 || one < 0.8 * Math.max(...widths) : one > 0.21 || one > 1.25 * Math.min(...widths),
        );
      return [{ ...at, kind: 'size', ofSome, says: [apart, apart * Math.max(...all)] }];
    }
    case 'relation': {
      if (term.axis !== 'horizontal' && term.axis !== 'vertical') return [];
      // whom `below it` speaks of, and of what it is said, grammar alone does not tell
      if (/^\s+(?:it|them|these|those|each|this|that)\b/i.test(said.slice(term.end)))
        return directionWords(term).map((word) => ({ ...word, kind: 'relation', says: null }));
      const nouns = terms.filter((other): other is TermOf<'noun'> => other.kind === 'noun');
      const [before, after] = [
        nouns.filter(({ end }) => end <= term.start).at(-1),
        nouns.find(({ start }) => start >= term.end),
      ];
      const one = before && placeOf(before, said, terms, scene, named);
      const other = after && placeOf(after, said, terms, scene, named);
      if (!one || !other) return [];
      const axis = term.axis === 'horizontal' ? 'x' : 'y';
      const first = /\b(?:left|above|over|higher|top)\b/i.test(term.text);
      const apart = clip((first ? other[axis] - one[axis] : one[axis] - other[axis]) * 12);
      return directionWords(term).map((word) => ({
        ...word,
        kind: 'relation',
        ofSome:
          (one.ofKinds || other.ofKinds) &&
          one.all.some((here) =>
            other.all.some((there) => (first ? there[axis] - here[axis] : here[axis] - there[axis]) > clearly),
          ),
        says: [apart, apart * Math.min(one.sure, other.sure)],
      }));
    }
    case 'place': {
      const nouns = terms.filter((other): other is TermOf<'noun'> => other.kind === 'noun');
      const noun = nouns.length === 1 ? nouns[0]! : nouns.filter(({ end }) => end <= term.start).at(-1);
      const seen = noun && placeOf(noun, said, terms, scene, named);
      if (!seen) return [];
      return directionWords(term).map((word) => {
        const side = said.slice(word.start, word.end).toLowerCase();
        const apart = clip(12 * sideways(side, seen));
        return {
          ...word,
          kind: 'place',
          ofSome: seen.ofKinds && seen.all.some((thing) => sideways(side, thing) > clearly),
          says: [apart, apart * seen.sure],
        };
      });
    }
    default:
      return [];
  }
}

function sideways(word: string, { x, y }: { x: number; y: number }): number {
  if (word === 'left') return 0.5 - x;
  if (word === 'right') return x - 0.5;
  return /^(?:top|upper)$/.test(word) ? 0.5 - y : y - 0.5;
}

function directionWords(term: Term): Range[] {
  return [
    ...term.text.matchAll(
      /\b(?:left|right|above|below|over|under|beneath|underneath|higher|lower|top|bottom|upper)\b/gi,
    ),
  ].map(({ index, 0: word }) => ({ start: term.start + index, end: term.start + index + word.length }));
}

const isGround = (term: Term, said: string, noun: Term | undefined): boolean =>
  /^[\s\p{L},]{0,12}\b(?:background|backdrop|ground|canvas)\b/iu.test(said.slice(term.end)) ||
  (!noun && /\b(?:background|backdrop|ground|canvas)\b/i.test(said.slice(0, term.start)));

/** Where the things of a noun phrase are on average, and how sure the surest of them is. */
function placeOf(noun: TermOf<'noun'>, said: string, terms: readonly Term[], scene: SeenScene, named: Named) {
  const colour = terms.find(
    (other): other is TermOf<'colour'> =>
      other.kind === 'colour' && describedNounTerm(other, said, terms) === noun && other.end <= noun.start,
  );
  const plain = weights(noun, undefined, scene, named);
  const coloured = weights(noun, colour, scene, named);
  const all = Math.max(0, ...coloured) > 0.3 * Math.max(0, ...plain) ? coloured : plain;
  const sure = Math.max(0, ...all);
  if (sure < 0.05) return null;
  // of several, those that are much less sure are something else
  const kept = all.map((weight) => (weight > 0.3 * sure ? weight : 0));
  const sum = kept.reduce((total, weight) => total + weight, 0);
  const mean = (axis: 'x' | 'y') =>
    kept.reduce((total, weight, index) => total + weight * scene.things[index]![axis], 0) / sum;
  return {
    x: mean('x'),
    y: mean('y'),
    sure,
    all: atHand(all).map((index) => scene.things[index]!),
    ofKinds: areOfKinds(all, scene),
  };
}

/** Whether the things differ in size or colour, so that a sentence may speak of one kind of them. */
function areOfKinds(all: readonly number[], scene: SeenScene): boolean {
  const things = atHand(all).map((index) => scene.things[index]!);
  const widths = things.map(({ w }) => w);
  const colours = new Set(things.map((thing) => Array.from(thing.colours).findIndex((p) => p > 0.5)));
  colours.delete(-1);
  return colours.size > 1 || Math.max(...widths) > 1.4 * Math.min(...widths);
}

/** So much of the picture to one side of something is clear. */
const clearly = 0.05;

/** Those of the things that are nearly as likely meant as the likeliest. */
function atHand(all: readonly number[]): number[] {
  const most = Math.max(0, ...all);
  return all.flatMap((weight, index) => (weight > 0.3 * most ? [index] : []));
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];

/** How likely just so many of independent things are there. */
const chanceOf = (count: number, chances: readonly number[]): number => spreadOf(chances)[count] ?? 0;

/** How likely each number of independent things is, from nought on. */
function spreadOf(chances: readonly number[]): number[] {
  let spread = [1];
  for (const chance of chances)
    spread = [...spread, 0].map((p, number) => p * (1 - chance) + (number > 0 ? spread[number - 1]! * chance : 0));
  return spread;
}

/** How opinions and the decoder are weighed, by kind: of its logit, of the two figures, and a bias. */
export type WitnessWeights = Partial<Record<OpinionKind, readonly [number, number, number, number]>>;

/** The logit of a word for the decoder's logit and what was found; null where neither can tell, or only some of its things say no. */
export function fused(logit: number, { kind, says, ofSome }: Opinion, weights: WitnessWeights): number | null {
  const own = weights[kind];
  if (says === null || (!own && /^(?:tally|comparison)$/.test(kind))) return null;
  const said = own ? own[0] * logit + own[1] * says[0] + own[2] * says[1] + own[3] : logit;
  return ofSome && said < 0 ? null : said;
}
