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
  { from: 'underneath', to: ['on top of'], when: beforeThing },
  { from: 'beneath', to: ['on top of'], when: beforeThing },
  {
    from: 'under',
    to: ['on top of'],
    when: (caption, index, after) =>
      beforeThing(caption, index, after) &&
      caption.words[after]!.lower !== 'construction' &&
      !/light|canopy|sky/.test(objectOf(caption, after)),
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
      if (!when || when(caption, index, last + 1)) {
        const old = caption.text.slice(caption.words[index]!.start, caption.words[last]!.end);
        found.push([changeOf(caption, index, last, likeCase(choose(random, to)!, old))]);
      }
      index = last;
      break;
    }
  }
  return found;
};
