import { likeCase } from '../../text/capital.js';
import { splitSentences } from '../../text/sentences.js';
import { type Caption, matchesPhrase, neighbour } from '../caption.js';
import { choose } from '../choose.js';
import { isAnimal, isNoun, isPerson } from '../lexicon/nouns.js';
import { isDeterminer, isNumber } from '../noun-phrases.js';
import { changeOf, doubted, type Rule } from './rule.js';

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
  !/^(?:from|sand|dirt|ground|water|grass|surface|road|floor|snow|mat|pavement|just|directly)$/.test(
    neighbour(caption, index, -1),
  ) &&
  !/light|canopy|sky|skies|cloud|tree|palm|water/.test(objectOf(caption, after)) &&
  !/\b(?:sky|skies|sun|stars?|moon|lamps?|glow|shade)\b/.test(
    caption.text.slice(caption.words[after]!.start, caption.words[after]!.start + 40),
  );

const onSurface = (caption: Caption, index: number, after: number) =>
  isDeterminer(caption.words[after]?.lower ?? '') &&
  surfaces.has(objectOf(caption, after)) &&
  !/^(riding|rides|based|depends|working|works|while|going|top|hanging|reclines)$/.test(neighbour(caption, index, -1));

/** Whether an animal or a person stands just before: they may be next to a table, a spoon is not. */
const beginsWithLife = ({ words }: Caption, index: number) =>
  words.slice(Math.max(0, index - 4), index).some(({ lower }) => isAnimal(lower) || isPerson(lower));

const furniture = /^(?:table|desk|bed|bench|couch|sofa|chair|counter|shelf|stool|dresser)s?$/;

/** What may stand before something or behind it: not a wall, a background, nor one of two such words (among and behind). */
const beforeFree = (caption: Caption, index: number, after: number) =>
  beforeThing(caption, index, after) &&
  !/^(?:and|or)$/.test(neighbour(caption, index, -1)) &&
  !/^ (?:\p{L}+[ ,]+(?:and )?){0,5}?(?:walls?|backdrops?|backgrounds?|skyline|sky|clouds?|curtains?|tapestry|screen)\b/iu.test(
    caption.text.slice(caption.words[after - 1]!.end, caption.words[after]!.end + 50),
  );

/** Sky, hills and walls are behind all the rest. */
const isNoBackdrop = ({ text, words }: Caption, index: number, after: number) =>
  !/\b(?:sky|skies|clouds?|mountains?|hills?|horizon|walls?|skyline|cityscape|backdrop|sun(?:set|rise)?|forest|ocean|sea|landscape|trees)\b/i.test(
    text.slice(Math.max(0, words[index]!.start - 70), (words[after - 1]?.end ?? 0) + 70),
  );

/** Not what is above someone: an umbrella, a hat. */
const beforeOther = (caption: Caption, index: number, after: number) =>
  beforeThing(caption, index, after) &&
  !/^(?:her|him|them|his|himself|herself|it)$/.test(caption.words[after]?.lower ?? '') &&
  !/\b(?:umbrella|canopy|awning|roof|ceiling)\b/i.test(
    caption.text.slice(Math.max(0, caption.words[index]!.start - 60), caption.words[index]!.start),
  );

const isPerched = (caption: Caption, index: number) => /^perch(?:ed|es)?$/.test(neighbour(caption, index, -1));

const swaps: readonly Swap[] = [
  ...pair('to the left of', 'to the right of'),
  ...pair('on the left', 'on the right'),
  ...['top', 'upper', 'bottom', 'lower'].flatMap((height) =>
    [`${height} left`, `${height}-left`].flatMap((left) => pair(left, left.replace('left', 'right'))),
  ),
  ...pair('left side', 'right side'),
  ...pair('facing left', 'facing right'),
  ...pair('at the top of', 'at the bottom of'),
  ...pair('in the background', 'in the foreground').map((swap) => ({ ...swap, when: isNoBackdrop })),
  { from: 'in front of', to: ['behind'], when: beforeFree },
  { from: 'behind', to: ['in front of'], when: beforeFree },
  { from: 'on the top of', to: ['underneath'] },
  {
    from: 'on top of',
    to: ['underneath', 'next to'],
    when: (caption, _, after) => caption.words[after]?.lower !== 'each',
  },
  { from: 'atop', to: ['next to'], when: isPerched },
  { from: 'atop', to: ['underneath', 'next to'], when: beforeThing },
  { from: 'underneath', to: ['on top of'], when: beforeSolid },
  { from: 'beneath', to: ['on top of'], when: beforeSolid },
  {
    from: 'under',
    to: ['on top of'],
    when: (caption, index, after) =>
      beforeSolid(caption, index, after) && caption.words[after]!.lower !== 'construction',
  },
  { from: 'above', to: ['below'], when: beforeOther },
  { from: 'below', to: ['above'], when: beforeOther },
  {
    from: 'over',
    to: ['under'],
    when: (caption, index, after) =>
      beforeThing(caption, index, after) &&
      !/^(?:scene|image|frame|composition|photo|entire|whole)$/.test(objectOf(caption, after)) &&
      !/\b(?:scene|image|frame|composition|photo|shoulders?)\b/.test(
        caption.text.slice(caption.words[after]!.start, caption.words[after]!.start + 24),
      ) &&
      /^(?:jump|leap|hang|hover|suspended|stretch)(?:s|ing|ed)?$/.test(neighbour(caption, index, -1)),
  },
  { from: 'inside of', to: ['outside of'] },
  { from: 'outside of', to: ['inside of'] },
  { from: 'inside', to: ['outside'], when: beforeThing },
  { from: 'outside', to: ['inside'], when: beforeThing },
  {
    from: 'next to',
    to: ['far from'],
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
    when: (caption, index, after) => onSurface(caption, index, after) && beginsWithLife(caption, index),
  },
  {
    from: 'on',
    to: ['under'],
    when: (caption, index, after) => onSurface(caption, index, after) && furniture.test(objectOf(caption, after)),
  },
  { from: 'on', to: ['next to'], when: onSurface },
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
      if (when && !when(caption, index, last + 1)) continue;
      if (isOpen(caption, index, last) && !isHeld(caption, index, last)) {
        const old = caption.text.slice(caption.words[index]!.start, caption.words[last]!.end);
        found.push(
          doubted([changeOf(caption, index, last, likeCase(choose(random, to)!, old))], doubtOfRelation(from)),
        );
      }
      index = last;
      break;
    }
  }
  return found;
};

/** Whether the words around hold the thing where it is: what flies, hues, the edge of the frame, a sentence turned round. */
function isHeld({ text, words }: Caption, first: number, last: number): boolean {
  const phrase = text.slice(words[first]!.start, words[last]!.end).toLowerCase();
  const sentence = splitSentences(text).find(
    ({ start, end }) => start <= words[first]!.start && words[first]!.start < end,
  );
  const before = text.slice(sentence?.start ?? 0, words[first]!.start);
  const after = text.slice(words[last]!.end, sentence?.end);
  if (/^(?:above|below|over|under|underneath|beneath)$/.test(phrase))
    return (
      before.trim() === '' ||
      /\b(?:fly|flies|flying|sky|lines|wires|cables|hang\p{L}*|above|below|beneath|under)\b/iu.test(before + after)
    );
  if (/ground$/.test(phrase)) return /\b(?:bottom|top) of\b/i.test(before + after);
  if (/^(?:near|next to|beside)$/.test(phrase) && /\band $/.test(before)) return true;
  if (
    /^(?:on top of|atop)$/.test(phrase) &&
    /^[^,.;]{0,40}\b(?:asphalt|ground|pavement|road|grass|floor|sand|court|field|surface|snow|dirt|rug|carpet)\b/i.test(
      after,
    )
  )
    return true;
  if (/^(?:near|next to|beside)$/.test(phrase))
    return /\b(?:hues?|gradient|light|shadows?|glow|sky|colou?rs?|patch(?:es)?)\b/i.test(before + after);
  return /^(?:outside|inside)$/.test(phrase) && /\b(?:frame|image|picture|view)\b/i.test(after);
}

/** Left and right can nearly always change places, in and out seldom. */
function doubtOfRelation(from: string): number {
  if (/\b(?:left|right)\b/.test(from)) return 0;
  if (/^(?:next to|beside|near|in the (?:back|fore)ground)$/.test(from)) return 1;
  if (/^(?:in front of|behind|atop|on top of|on the top of)$/.test(from)) return 2;
  if (/^(?:on|in|at the (?:top|bottom) of)$/.test(from)) return 3;
  return /side/.test(from) ? 6 : 4;
}

/** Whether the relation is asserted, and no `in it` or other end of the same picture in the rest gives the twin away. */
function isOpen(caption: Caption, first: number, last: number): boolean {
  const { text, words } = caption;
  const phrase = text.slice(words[first]!.start, words[last]!.end).toLowerCase();
  const next = words[last + 1]?.lower ?? '';
  if (!words[first]!.asserted || /^(?:water|it|them|and|or)$/.test(next)) return false;
  if (/^(?:atop|on|in front of|behind|on top of)$/.test(phrase)) {
    if (bodyParts.test(text.slice(words[last]!.end, words[last]!.end + 24))) return false;
    if (
      /\b(?:disappear|vanish|fade|recede|extend|lead|hide|hidden|peek|from|out)\p{L}*(?: from view| from| out from)? $/iu.test(
        text.slice(0, words[first]!.start),
      )
    )
      return false;
  }
  if (/^(?:in|on|atop|over|inside|behind)$/.test(phrase)) {
    const ahead = text.slice(words[last]!.end, words[last]!.end + 40);
    if (edges.test(ahead) || /\b(?:beneath|below|underneath|horizon)\b/.test(ahead)) return false;
    if (
      /\b(?:shadows?|reflections?|glow|light|sun|moon|setting|rising|sky|clouds?)\b[^.;]{0,20}$/i.test(
        text.slice(0, words[first]!.start),
      )
    )
      return false;
    if (thingSaidAgain(caption, last + 1)) return false;
  }
  if (
    /^(?:above|below)$/.test(phrase) &&
    (/\b(?:above|below|and|high|low)\s+$/i.test(text.slice(0, words[first]!.start)) ||
      edges.test(text.slice(words[last]!.end, words[last]!.end + 40)))
  )
    return false;
  // what is behind all the rest would hide it in front
  if (
    phrase === 'behind' &&
    /^(?:wall|background|backdrop|building|sky|ceiling)s?$/.test(neighbour(caption, first, -1))
  )
    return false;
  if (/^(?:on|atop|on top of|on the top of)$/.test(phrase) && restsOnAgain(caption, last + 1)) return false;
  // stacked one on top of the other: the other way round is as true
  if (neighbour(caption, first, -1) === 'one' && /^ (?:the other|another)\b/i.test(text.slice(words[last]!.end)))
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
  return !saysOpposite(caption, first, last);
}

/** Whether the sentence says the thing of the relation again: on a branch, its head on the branch. */
function thingSaidAgain(caption: Caption, after: number): boolean {
  const thing = objectOf(caption, after);
  const { start } = caption.words[after] ?? { start: caption.text.length };
  const sentence = splitSentences(caption.text).find((range) => range.start <= start && start < range.end);
  const said = caption.text.slice(sentence?.start ?? 0, sentence?.end);
  return thing !== '' && (said.match(new RegExp(`\\b${thing}`, 'gi'))?.length ?? 0) > 1;
}

/** Whether the caption says again what stands on the thing: the knives rest on the marble countertop. */
function restsOnAgain(caption: Caption, after: number): boolean {
  const thing = objectOf(caption, after);
  const again = new RegExp(`\\b(?:on|atop|upon|onto) (?:[\\p{L}'’-]+ ){0,4}${thing}\\b`, 'giu');
  return thing !== '' && (caption.text.match(again)?.length ?? 0) > 1;
}

/** Whether the same sentence, or for what is there only once the caption, names the other side too. */
function saysOpposite({ text, words }: Caption, first: number, last: number): boolean {
  const { start } = words[first]!;
  const { end } = words[last]!;
  const phrase = text.slice(start, end);
  if (/ground$/i.test(phrase) && /\b(?:behind|distance|beyond|further back)\b/i.test(text.slice(start, start + 160)))
    return true;
  if (/ground$/i.test(phrase)) return (text.match(/\b(?:back|fore)ground|backdrop|blur|focus/gi)?.length ?? 0) > 1;
  if (/\b(?:top|bottom) of$/i.test(phrase)) return /\bbottom of\b/i.test(text) && /\btop of\b/i.test(text);
  const side = /\b(?:left|right)\b/i.exec(phrase)?.[0].toLowerCase();
  if (side === undefined) return false;
  if (/\bfurther (?:to the |on the )?(?:left|right|up|down)/i.test(text)) return true;
  const other = side === 'left' ? 'right' : 'left';
  const sentences = splitSentences(text);
  const at = sentences.findIndex((range) => range.start <= start && end <= range.end);
  // a side without a thing is told from the other by its neighbours
  const bare = !/^ (?:of|side)\b/.test(text.slice(end));
  const from = sentences[bare ? Math.max(0, at - 1) : at]?.start ?? 0;
  const to = sentences[bare ? Math.min(sentences.length - 1, at + 1) : at]?.end;
  const rest = text.slice(0, start) + text.slice(end);
  return (
    new RegExp(`\\b(?:${other}|both|other)\\b`, 'i').test(text.slice(from, to)) ||
    new RegExp(`\\b${phrase.replace(new RegExp(side, 'i'), other)}\\b`, 'i').test(rest)
  );
}

const bodyParts =
  /^ (?:his|her|its|their|the)? ?(?:\p{L}+ )?(?:heads?|faces?|chest|body|nose|lap|hair|shoulders?|back|him|them|it|sky|backdrop|background|scene|skyline|landscape)\b/iu;

const edges =
  /^ (?:the|a|an) (?:[\p{L}-]+ )?(?:left|right|top|bottom|edge|corner|cent(?:er|re)|middle|horizon|floor|upper-\p{L}+|lower-\p{L}+)\b/iu;
