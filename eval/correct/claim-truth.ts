import { areFar, areNear, extentOf, isBetween } from '../../scenes/captions/geometry.js';
import { mayBeBetween } from '../../scenes/captions/sample-fact.js';
import type { ClaimKind, Scene, SceneGroup } from '../../scenes/scene.js';
import { type Colour, colourSynonyms } from '../../src/text/lexicon/colours.js';
import { numberWords } from '../../src/text/lexicon/numbers.js';
import { nounMeanings } from './claim-words.js';

/** True, false, or null where the scene leaves it open, such as "above" for things at nearly the same height. */
export type Truth = boolean | null;

/** What a claim is about: the groups that its subject names, and those on the other side of a relation. */
export interface About {
  groups: readonly SceneGroup[];
  others: readonly SceneGroup[];
}

/** The colour that a word names. */
export const colourNamed = (word: string): Colour => colourSynonyms[word] ?? (word as Colour);

const least: Readonly<Record<string, readonly [least: number, most: number]>> = {
  a: [1, 1],
  an: [1, 1],
  single: [1, 1],
  'a single': [1, 1],
  lone: [1, 1],
  'a lone': [1, 1],
  solitary: [1, 1],
  'a solitary': [1, 1],
  'a pair': [2, 2],
  'a couple': [2, 2],
  both: [2, 2],
  'a trio': [3, 3],
  'a dozen': [12, 12],
  no: [0, 0],
  several: [3, 5],
  'a few': [3, 5],
  few: [3, 5],
  multiple: [3, 5],
  'a group': [3, 5],
  'a bunch': [3, 5],
  'a number': [3, 5],
  some: [2, 5],
};

/** Whether a number word is true of a number; null for words without a sharp meaning there. */
export function countIsSo(word: string, total: number): Truth {
  const exact = /^\d+$/.test(word) ? Number(word) : numberWords.indexOf(word);
  if (exact >= 0) return total === exact;
  const range = least[word];
  if (!range) return null;
  const [low, high] = range;
  if (total >= low && total <= high) return true;
  return low === high || total < 2 ? false : total < low ? (low - total > 1 || word === 'some' ? false : null) : null;
}

/** Whether a scene has a thing by that name. */
export function isThere(scene: Scene, noun: string): boolean {
  const meant = nounMeanings.get(noun);
  return scene.groups.some((group) => meant?.has(group.noun));
}

export const totalOf = (groups: readonly SceneGroup[]) => groups.reduce((sum, group) => sum + group.count, 0);

/** Whether what a word says is so of what it is about, told from the scene graph alone. Existence is not judged here. */
export function wordIsSo(scene: Scene, kind: ClaimKind, word: string, { groups, others }: About): Truth {
  switch (kind) {
    case 'object': {
      const meant = nounMeanings.get(word);
      if (!meant) return null;
      return groups.length > 0 && groups.every((group) => meant.has(group.noun));
    }
    case 'count':
      if (word === 'more') return totalOf(groups) > totalOf(others);
      if (word === 'fewer') return totalOf(groups) < totalOf(others);
      return countIsSo(word, totalOf(groups));
    case 'colour':
      return all(groups.map(({ colour }) => (colour === null ? null : colour === colourNamed(word))));
    case 'ground':
      return scene.ground.colour === colourNamed(word);
    case 'quote':
      return scene.sign?.text.toLowerCase() === word.toLowerCase();
    case 'size':
      return all(groups.map((group) => sizeIsSo(word, group, others)));
    case 'relation':
      return all(groups.map((group) => relationIsSo(word, group, others)));
    case 'position':
      return all(groups.map((group) => placeIsSo(word, group)));
    case 'existence':
      return null;
  }
}

/** False where one is false, open where one is open. */
export function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

const widthOf = (group: SceneGroup) => group.objects[0]!.w;

function sizeIsSo(word: string, group: SceneGroup, others: readonly SceneGroup[]): Truth {
  const ratios = others.map((other) => widthOf(group) / widthOf(other));
  if (/^(?:larg|bigg)(?:er|est)$/.test(word)) return all(ratios.map((ratio) => beyond(ratio, 1.2, 1)));
  if (/^small(?:er|est)$/.test(word)) return all(ratios.map((ratio) => beyond(1 / ratio, 1.2, 1)));
  if (group.size === null) return null;
  return ['small', 'little', 'tiny', 'mini', 'miniature'].includes(word) === (group.size === 'small');
}

/** True from one bound on, false up to the other, open between. */
function beyond(value: number, trueFrom: number, falseTo: number): Truth {
  return value > trueFrom ? true : value <= falseTo ? false : null;
}

function relationIsSo(word: string, group: SceneGroup, others: readonly SceneGroup[]): Truth {
  const here = extentOf(group);
  const by = (gap: (there: { x: number; y: number }) => number) =>
    all(others.map((other) => beyond(gap(extentOf(other)), 0.09, 0.03)));
  if (/^left/.test(word)) return by((there) => there.x - here.x);
  if (/^right(?:most|-hand)?$/.test(word)) return by((there) => here.x - there.x);
  if (/^(?:above|over|higher|highest|topmost|on top of)/.test(word)) return by((there) => there.y - here.y);
  if (/^(?:below|beneath|under|lower|lowest|bottommost)/.test(word)) return by((there) => here.y - there.y);
  if (/between/.test(word)) {
    const [one, two] = others;
    if (!one || !two) return null;
    return isBetween(group, one, two) ? true : mayBeBetween(group, one, two) ? null : false;
  }
  const far = /far|away|nowhere|long way|^not /.test(word);
  return all(others.map((other) => (areNear(group, other) ? !far : areFar(group, other) ? far : null)));
}

function placeIsSo(word: string, group: SceneGroup): Truth {
  const { x, y } = extentOf(group);
  if (word.includes(' ')) return all(word.split(' ').map((part) => placeIsSo(part, group)));
  if (/^left/.test(word)) return beyond(0.5 - x, 0.1, 0);
  if (/^right/.test(word)) return beyond(x - 0.5, 0.1, 0);
  if (word === 'top' || word === 'upper') return beyond(0.5 - y, 0.1, 0);
  if (word === 'bottom' || word === 'lower') return beyond(y - 0.5, 0.1, 0);
  const away = Math.hypot(x - 0.5, y - 0.5);
  return away < 0.2 ? true : away > 0.25 ? false : null;
}
