import type { Caption, Claim, Scene, SceneGroup } from '../../scenes/scene.js';
import { colourSynonyms } from '../../src/text/lexicon/colours.js';
import { nouns } from '../../src/text/lexicon/nouns.js';

const nounOf = new Map<string, Set<string>>();
for (const { singular, plural, synonyms } of nouns)
  for (const form of [singular, plural, ...synonyms.flat()])
    for (const spelling of [form, form.replaceAll('-', ' ')])
      nounOf.set(spelling, new Set([...(nounOf.get(spelling) ?? []), singular]));

const numbers =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
const counts: Record<string, readonly number[]> = {
  a: [1],
  an: [1],
  single: [1],
  lone: [1],
  solitary: [1],
  'a pair': [2],
  'a couple': [2],
  'a trio': [3],
  ...Object.fromEntries(
    ['several', 'a few', 'multiple', 'a group', 'a bunch', 'a number'].map((word) => [word, [3, 4, 5]]),
  ),
  some: [2, 3, 4, 5],
};
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const centre = (group: SceneGroup) => ({
  x: mean(group.objects.map((object) => object.x)),
  y: mean(group.objects.map((object) => object.y)),
});
const width = (group: SceneGroup) => group.objects[0]!.w;

/** Whether what one claim says is so, told from the scene alone; null where the word takes its meaning from the question. */
export function isSo(scene: Scene, { text, prompt }: Caption, claim: Claim): boolean | null {
  const word = text.slice(claim.start, claim.end).toLowerCase();
  const about = claim.subject.map((id) => scene.groups[id]!);
  const others = (claim.object ?? []).map((id) => scene.groups[id]!);
  switch (claim.kind) {
    case 'object': {
      const meant = nounOf.get(word);
      if (!meant) throw new Error(`"${word}" is no noun`);
      if (about.length === 0) return scene.groups.some((group) => meant.has(group.noun)) !== claim.good;
      return about.every((group) => meant.has(group.noun));
    }
    case 'count': {
      const total = about.reduce((sum, group) => sum + group.count, 0);
      if (word === 'more' || word === 'fewer') {
        const rest = others.reduce((sum, group) => sum + group.count, 0);
        return word === 'more' ? total > rest : total < rest;
      }
      if (/^\d+$/.test(word)) return Number(word) === total;
      if (numbers.includes(word)) return numbers.indexOf(word) === total;
      if (!counts[word]) throw new Error(`"${word}" is no number`);
      return counts[word].includes(total);
    }
    case 'colour':
      return word === 'yes' || word === 'no'
        ? null
        : about.every((group) => group.colour === (colourSynonyms[word] ?? word));
    case 'ground':
      return scene.ground.colour === (colourSynonyms[word] ?? word);
    case 'quote':
      return scene.sign?.text.toLowerCase() === word;
    case 'size':
      return sizeIsSo(word, about[0]!, others);
    case 'relation':
      return relationIsSo(word, about[0]!, others);
    case 'position':
      return word === 'yes' || word === 'no' ? null : placeIsSo(word, about[0]!);
    case 'existence': {
      if (word === 'yes') return about.length > 0;
      if (prompt && word === 'no' && about.length === 0 && !/^(?:is|are|can|do)\b/i.test(prompt)) return true;
      return about.length === 0;
    }
  }
}

function sizeIsSo(word: string, group: SceneGroup, others: readonly SceneGroup[]): boolean | null {
  if (['small', 'little', 'tiny'].includes(word)) return group.size === 'small';
  if (['large', 'big', 'huge'].includes(word)) return group.size === 'large';
  if (['larger', 'bigger', 'largest', 'biggest'].includes(word))
    return others.every((other) => width(group) > width(other) * 1.2);
  if (['smaller', 'smallest'].includes(word)) return others.every((other) => width(group) < width(other) / 1.2);
  if (word === 'yes' || word === 'no') return null;
  throw new Error(`"${word}" is no size`);
}

function relationIsSo(word: string, group: SceneGroup, others: readonly SceneGroup[]): boolean | null {
  const here = centre(group);
  const by = (test: (there: { x: number; y: number }) => boolean) => others.every((other) => test(centre(other)));
  switch (word) {
    case 'left':
    case 'left-hand':
    case 'leftmost':
      return by((there) => here.x < there.x - 0.09);
    case 'right':
    case 'right-hand':
    case 'rightmost':
      return by((there) => here.x > there.x + 0.09);
    case 'above':
    case 'over':
    case 'higher':
    case 'higher up':
    case 'highest':
    case 'topmost':
      return by((there) => here.y < there.y - 0.09);
    case 'below':
    case 'beneath':
    case 'under':
    case 'underneath':
    case 'lower':
    case 'lower down':
    case 'lowest':
    case 'bottommost':
      return by((there) => here.y > there.y + 0.09);
    case 'between':
    case 'in between': {
      const [one, two] = others.map(centre) as [{ x: number; y: number }, { x: number; y: number }];
      return (['x', 'y'] as const).some((axis) => (here[axis] - one[axis]) * (here[axis] - two[axis]) < 0);
    }
    case 'yes':
    case 'no':
      return null;
    default: {
      const far = /far|away|nowhere|long way|^not /.test(word);
      const gap = Math.min(
        ...group.objects.flatMap((a) =>
          others[0]!.objects.map((b) =>
            Math.max(Math.abs(a.x - b.x) - (a.w + b.w) / 2, Math.abs(a.y - b.y) - (a.h + b.h) / 2),
          ),
        ),
      );
      const apart = Math.hypot(here.x - centre(others[0]!).x, here.y - centre(others[0]!).y);
      return far ? apart > 0.5 : gap < 0.19;
    }
  }
}

function placeIsSo(word: string, group: SceneGroup): boolean {
  const { x, y } = centre(group);
  if (word === 'left') return x < 0.4;
  if (word === 'right') return x > 0.6;
  if (word === 'top' || word === 'upper') return y < 0.4;
  if (word === 'bottom' || word === 'lower') return y > 0.6;
  if (['centre', 'center', 'middle'].includes(word)) return Math.hypot(x - 0.5, y - 0.5) < 0.2;
  throw new Error(`"${word}" is no place`);
}
