import { pick, pickWeighted, seededRandom } from '../../scenes/random.js';
import { type CocoMention, findCocoMentions } from '../../src/text/coco-mentions.js';
import { type CocoCategory, cocoCategories, cocoWords } from '../../src/text/lexicon/coco-objects.js';
import type { CocoPhoto } from './coco-photos.js';

/** An answer about a photograph, and which of its words are wrong (UTF-16 ranges), where that is known. */
export interface PhotoAnswer {
  photo: CocoPhoto;
  prompt?: string;
  text: string;
  wrong: { start: number; end: number }[];
}

/** How often things are marked in the same photograph. */
export function companions(photos: readonly CocoPhoto[]) {
  const together = new Map<string, number>();
  for (const { counts } of photos)
    for (const one of counts.keys())
      for (const other of counts.keys()) {
        const key = `${one}\0${other}`;
        if (one !== other) together.set(key, (together.get(key) ?? 0) + 1);
      }
  return (category: CocoCategory, photo: CocoPhoto) =>
    [...photo.counts.keys()].reduce((sum, other) => sum + (together.get(`${category}\0${other}`) ?? 0), 0);
}

/** Things that are marked, or named in a caption. */
export function shownIn(photo: CocoPhoto): Set<CocoCategory> {
  return new Set([
    ...photo.counts.keys(),
    ...photo.captions.flatMap((caption) => findCocoMentions(caption).map(({ category }) => category)),
  ]);
}

/** An absent thing that often goes with what is there (as POPE's adversarial set). */
function absentThing(photo: CocoPhoto, company: ReturnType<typeof companions>, random: () => number): CocoCategory {
  const shown = shownIn(photo);
  const absent = cocoCategories.filter((category) => !shown.has(category));
  return pickWeighted(
    random,
    absent.map((category) => [category, company(category, photo) + 0.05] as const),
  );
}

const wordsOf = (category: CocoCategory) => cocoWords.find((word) => word.category === category)!;
const article = (word: string) => (/^[aeiou]/i.test(word) ? 'an' : 'a');

/** Human captions in which one named thing is exchanged for one that is not there. */
export function exchanged(
  photos: readonly CocoPhoto[],
  perPhoto: number,
  seed: number,
): (PhotoAnswer & { original: string })[] {
  const company = companions(photos);
  return photos.flatMap((photo) => {
    const random = seededRandom(seed + photo.id);
    const answers: (PhotoAnswer & { original: string })[] = [];
    for (const caption of photo.captions.slice(0, perPhoto)) {
      const mentions = findCocoMentions(caption).filter((item) => !item.negation && !item.unreal && !item.loose);
      if (mentions.length === 0) continue;
      const mention: CocoMention = pick(random, mentions);
      const word = wordsOf(absentThing(photo, company, random));
      const name = mention.plural ? word.plural : word.singular;
      const before = caption.slice(0, mention.start).replace(/\b(a|an)(\s+)$/i, (_, found: string, space: string) => {
        const right = article(name);
        return (found.charAt(0) === 'A' ? right.charAt(0).toUpperCase() + right.slice(1) : right) + space;
      });
      const start = before.length;
      answers.push({
        photo,
        text: before + name + caption.slice(mention.end),
        original: caption,
        wrong: [{ start, end: start + name.length }],
      });
    }
    return answers;
  });
}

const numbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

/** `There are three dogs in the image.`, with the right number and with a wrong one, of things that are marked 2 to 5 times. */
export function counted(photos: readonly CocoPhoto[], seed: number): { right: PhotoAnswer[]; wrong: PhotoAnswer[] } {
  const [right, wrong]: [PhotoAnswer[], PhotoAnswer[]] = [[], []];
  for (const photo of photos) {
    const random = seededRandom(seed + photo.id);
    for (const [category, count] of photo.counts) {
      if (count < 2 || count > 5 || photo.crowds.has(category)) continue;
      const say = (number: number) => `There are ${numbers[number]} ${wordsOf(category).plural} in the image.`;
      const other = pick(
        random,
        [count - 1, count + 1, count + 2].filter((number) => number >= 2),
      );
      right.push({ photo, text: say(count), wrong: [] });
      wrong.push({ photo, text: say(other), wrong: [{ start: 10, end: 10 + numbers[other]!.length }] });
    }
  }
  return { right, wrong };
}

/** Yes to "Is there a …?", three things that are there and three that are not, for each photograph. */
export function asked(photos: readonly CocoPhoto[], seed: number): PhotoAnswer[] {
  const company = companions(photos);
  return photos.flatMap((photo) => {
    const random = seededRandom(seed + photo.id);
    const there = [...photo.counts.keys()].slice(0, 3);
    const absent = new Set<CocoCategory>();
    for (let i = 0; absent.size < there.length && i < 50; i++) absent.add(absentThing(photo, company, random));
    const ask = (category: CocoCategory, right: boolean): PhotoAnswer => {
      const { singular } = wordsOf(category);
      return {
        photo,
        prompt: `Is there ${article(singular)} ${singular} in the image?`,
        text: 'Yes',
        wrong: right ? [] : [{ start: 0, end: 3 }],
      };
    };
    return [...there.map((category) => ask(category, true)), ...[...absent].map((category) => ask(category, false))];
  });
}
