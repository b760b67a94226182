import { likeCase } from '../../text/capital.js';
import { type Caption, matchesPhrase, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import { isNoun } from '../lexicon/nouns.js';
import { isDeterminer, isNumber } from '../noun-phrases.js';
import { changeOf, type Rule } from './rule.js';

interface Swap {
  from: string;
  to: readonly string[];
  /** Whether the phrase is a relation of two things here; `after` is the index of the word that follows it. */
  when?: (caption: Caption, index: number, after: number) => boolean;
}

const surfaces = new Set(
  'table desk bed bench couch sofa chair counter shelf plate box stove toilet car truck bridge roof cart dresser stool tray rug blanket tree pillow bookcase counter keyboard'.split(
    ' ',
  ),
);
const containers = new Set(
  'box bowl basket cage vase bag suitcase cup sink tub bathtub pot pan tray oven car truck boat crate bucket'.split(
    ' ',
  ),
);
const slopes = new Set('hill slope mountain ramp stairs staircase steps'.split(' '));

/** The noun of the phrase that follows (an adjective or two may stand before it), in the singular where it is so there. */
function objectOf({ words }: Caption, after: number): string {
  if (!words[after]?.joined) return '';
  for (let at = after; at < after + 5 && words[at] && (at === after || words[at]!.joined); at++) {
    const { lower } = words[at]!;
    if (isNoun(lower))
      return isNoun(words[at + 1]?.lower ?? '') && words[at + 1]!.joined ? words[at + 1]!.lower : lower;
  }
  return '';
}

const beforeThing = (caption: Caption, _: number, after: number) => {
  const next = caption.words[after];
  return next?.joined === true && (isDeterminer(next.lower) || isNumber(next.lower) || objectOf(caption, after) !== '');
};

/** A thing that others can stand on. */
const beforeSolid = (caption: Caption, index: number, after: number) =>
  beforeThing(caption, index, after) &&
  neighbour(caption, index, -1) !== 'from' &&
  !/light|canopy|sky|skies|cloud|tree|palm|water/.test(objectOf(caption, after)) &&
  !/\b(?:sky|skies)\b/.test(caption.text.slice(caption.words[after]!.start, caption.words[after]!.start + 40));

const swaps: readonly Swap[] = [
  ...pair('to the left of', 'to the right of'),
  ...pair('on the left', 'on the right'),
  ...pair('at the top of', 'at the bottom of'),
  ...pair('in the background', 'in the foreground'),
  { from: 'in front of', to: ['behind'] },
  { from: 'behind', to: ['in front of'], when: beforeThing },
  { from: 'on the top of', to: ['underneath'] },
  {
    from: 'on top of',
    to: ['underneath', 'next to'],
    when: (caption, index) => neighbour(caption, index, 1) !== 'each',
  },
  { from: 'atop', to: ['underneath'], when: beforeThing },
  { from: 'underneath', to: ['on top of'], when: beforeSolid },
  { from: 'beneath', to: ['on top of'], when: beforeSolid },
  {
    from: 'under',
    to: ['on top of'],
    when: (caption, index, after) =>
      beforeSolid(caption, index, after) && caption.words[after]!.lower !== 'construction',
  },
  { from: 'above', to: ['below'], when: beforeThing },
  { from: 'below', to: ['above'], when: beforeThing },
  {
    from: 'over',
    to: ['under'],
    when: (caption, index, after) =>
      beforeThing(caption, index, after) &&
      !/^(all|look|looks|looking|bent|bending|leaning|leans|fallen|falling|knocked|turned|taken|flipped|hunched|stop|pulled|running)$/.test(
        neighbour(caption, index, -1),
      ),
  },
  { from: 'inside of', to: ['outside of'] },
  { from: 'outside of', to: ['inside of'] },
  { from: 'inside', to: ['outside'], when: beforeThing },
  { from: 'outside', to: ['inside'], when: beforeThing },
  {
    from: 'next to',
    to: ['far from', 'on top of'],
    when: (caption, index, after) => beforeThing(caption, index, after) && caption.words[after]!.lower !== 'each',
  },
  { from: 'beside', to: ['far from'], when: beforeThing },
  { from: 'near', to: ['far from'], when: beforeThing },
  {
    from: 'by',
    to: ['far from'],
    when: (caption, index, after) =>
      beforeThing(caption, index, after) &&
      /^(sitting|standing|parked|lying|laying|sits|stands|sit|stand|seated|placed)$/.test(
        neighbour(caption, index, -1),
      ),
  },
  ...(['up', 'down'] as const).map(
    (from): Swap => ({
      from,
      to: [from === 'up' ? 'down' : 'up'],
      when: (caption, _, after) =>
        isDeterminer(caption.words[after]?.lower ?? '') && slopes.has(objectOf(caption, after)),
    }),
  ),
  {
    from: 'on',
    to: ['under', 'next to'],
    when: (caption, index, after) =>
      isDeterminer(caption.words[after]?.lower ?? '') &&
      surfaces.has(objectOf(caption, after)) &&
      !/^(riding|rides|based|depends|working|works|while|going|top|hanging)$/.test(neighbour(caption, index, -1)),
  },
  {
    from: 'in',
    to: ['next to', 'behind'],
    when: (caption, index, after) =>
      isDeterminer(caption.words[after]?.lower ?? '') &&
      containers.has(objectOf(caption, after)) &&
      !/^(riding|reflected|reflection|interested)$/.test(neighbour(caption, index, -1)),
  },
];

function pair(one: string, other: string): Swap[] {
  return [
    { from: one, to: [other] },
    { from: other, to: [one] },
  ];
}

/** Spatial relationship: the relation of two things becomes one that excludes it; nothing else changes. */
export const spatial: Rule = (caption, random) => {
  const found: ReturnType<Rule> = [];
  for (let index = 0; index < caption.words.length; index++) {
    for (const { from, to, when } of swaps) {
      const phrase = from.split(' ');
      if (!matchesPhrase(caption, index, phrase)) continue;
      const last = index + phrase.length - 1;
      if (isOpen(caption, index, last) && (!when || when(caption, index, last + 1))) {
        const old = caption.text.slice(caption.words[index]!.start, caption.words[last]!.end);
        found.push([changeOf(caption, index, last, likeCase(choose(random, to)!, old))]);
      }
      index = last;
      break;
    }
  }
  return found;
};

/** Whether the relation is asserted, and no `in it` or other end of the same picture in the rest gives the twin away. */
function isOpen({ text, words }: Caption, first: number, last: number): boolean {
  const phrase = text.slice(words[first]!.start, words[last]!.end).toLowerCase();
  const opposite = opposites.get(phrase);
  const next = words[last + 1]?.lower ?? '';
  if (!words[first]!.asserted || /^(?:water|it|them|and|or)$/.test(next)) return false;
  if (/\b(?:above|below|and)\s+$/i.test(text.slice(0, words[first]!.start)) && /^(?:above|below)$/.test(phrase))
    return false;
  // a place in the picture is no thing to be next to
  if (
    /^(?:near|next to|beside|by|over)$/.test(phrase) &&
    edges.test(text.slice(words[last]!.end, words[last]!.end + 40))
  )
    return false;
  if (
    /^(?:in|on|under|over)$/.test(phrase) &&
    (/^\p{Lu}/u.test(words[first]!.text) || /^(?:entire|whole)$/.test(words[last + 2]?.lower ?? ''))
  )
    return false;
  return opposite === undefined || !text.toLowerCase().includes(opposite);
}

const edges =
  /^ (?:the|a|an) (?:[\p{L}-]+ )?(?:left|right|top|bottom|edge|corner|cent(?:er|re)|middle|horizon|floor|upper-\p{L}+|lower-\p{L}+)\b/iu;

const opposites = new Map([
  ['at the top of', 'at the bottom of'],
  ['at the bottom of', 'at the top of'],
]);
