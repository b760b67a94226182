import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import compromise from 'compromise';
import { pick, seededRandom } from '../../scenes/random.js';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { scorerOf } from '../../src/scorer/evidence/objects/objects-scorer.js';
import { indefiniteArticle } from '../../src/text/agreement.js';
import { cocoCategories, cocoWords } from '../../src/text/lexicon/coco-objects.js';
import { type CocoPhoto, readCocoPhotos } from './coco-photos.js';
import { lookAtPhotos } from './look.js';
import { exchanged, shownIn } from './object-sets.js';

/*
 * Repairs of objects + local on captions with a planted thing: does a sentence lose a true word, and does it still read?
 *   npx tsx eval/photos/repairs.ts [--part look|report] [--count 500] [--detections FILE] [--show]
 * A word is lost where the caption before the planting has it and the repaired one has not. The grammar of the joins is
 * judged by the parts of speech that `compromise` gives, against the caption before the planting: what was odd there counts
 * for nothing. This is no parser: it sees articles without a noun, hanging prepositions and conjunctions, lost verbs.
 */

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'report' },
    count: { type: 'string', default: '500' },
    photos: { type: 'string', default: '../shared/data/coco-photos' },
    model: { type: 'string', default: '../shared/data/yolox-nano/yolox_nano.onnx' },
    detections: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});

interface Planted {
  photo: CocoPhoto;
  text: string;
  /** The caption without the planted words; where a word was exchanged, without that word. */
  right: string;
  kind: string;
}

const shapes: readonly (readonly [kind: string, plant: (bare: string, thing: string) => string])[] = [
  ['next to', (bare, thing) => `${bare} next to ${thing}.`],
  ['with … nearby', (bare, thing) => `${bare} with ${thing} nearby.`],
  ['and … in the background', (bare, thing) => `${bare} and ${thing} in the background.`],
  ['holding', (bare, thing) => `${bare} while someone is holding ${thing}.`],
  ['sentence', (bare, thing) => `${bare}. There is also ${thing} in the scene.`],
  ['clause', (bare, thing) => `${bare}, and ${thing} is visible behind them.`],
  ['behind', (bare, thing) => `${bare}, with ${thing} behind it.`],
];

function plantedIn(photo: CocoPhoto): Planted[] {
  const random = seededRandom(photo.id + 91);
  const shown = shownIn(photo);
  const absent = cocoCategories.filter((category) => !shown.has(category));
  return photo.captions.slice(0, 3).flatMap((caption) =>
    shapes.map(([kind, plant]): Planted => {
      const category = pick(random, absent);
      const word = cocoWords.find((one) => one.category === category)!.singular;
      const bare = caption.trim().replace(/[.\s]+$/, '');
      return { photo, text: plant(bare, `${indefiniteArticle(word)} ${word}`), right: `${bare}.`, kind };
    }),
  );
}

const small = new Set('a an the and or of in on at to is are was were with it its there some while'.split(' '));
const content = (text: string) =>
  (text.toLowerCase().match(/\p{L}[\p{L}'-]*/gu) ?? []).filter((word) => word.length > 2 && !small.has(word));

/** Words of the right caption that are not in the repaired one. */
function lostWords(right: string, repaired: string): string[] {
  const left = content(repaired);
  return content(right).filter((word) => {
    const at = left.findIndex((one) => one === word || one.replace(/s$/, '') === word.replace(/s$/, ''));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

interface Term {
  text: string;
  post: string;
  tags: Set<string>;
}
function termsOf(text: string): Term[] {
  const sentences = compromise(text).json({ terms: { tags: true } }) as {
    terms: { text: string; post: string; tags: string[] }[];
  }[];
  return sentences.flatMap(({ terms }) =>
    terms.map(({ text: word, post, tags }) => ({ text: word, post, tags: new Set(tags) })),
  );
}

/** What is broken in a sentence, by its words' parts of speech. */
function faults(text: string): string[] {
  const terms = termsOf(text);
  const found: string[] = [];
  terms.forEach(({ text: word, post, tags }, index) => {
    const next = terms[index + 1];
    const ends = next === undefined || /[.,;:!?]/.test(post);
    const lower = word.toLowerCase();
    if (
      /^(?:an?|the|his|her|its|their)$/.test(lower) &&
      (ends || next?.tags.has('Preposition') || next?.tags.has('Conjunction'))
    )
      found.push(`article ${lower} ${next?.text ?? '.'}`);
    if (tags.has('Conjunction') && (next === undefined || /[.;!?]/.test(post))) found.push(`conjunction ${lower} .`);
    if (/^(?:of|with|from|into|onto|next|beside|between|against)$/.test(lower) && ends)
      found.push(`preposition ${lower} .`);
    if (/^(?:is|are|was|were)$/.test(lower) && ends) found.push(`verb ${lower} .`);
    if (tags.has('Conjunction') && next?.tags.has('Conjunction')) found.push(`conjunctions ${lower} ${next.text}`);
    if (lower === 'a' && next && /^[aeio]\p{L}/iu.test(next.text) && !/^(?:one|uni|eu)/i.test(next.text))
      found.push('a/an');
    if (lower === 'an' && next && /^[bcdfgjklmnpqrstvwxyz]/iu.test(next.text)) found.push('an/a');
    if (next && lower === next.text.toLowerCase()) found.push(`twice ${lower}`);
  });
  if (/\s[.,;]|,\s*[.,]|\s{2}/.test(text)) found.push('punctuation');
  if (!terms.some(({ tags }) => tags.has('Noun'))) found.push('no noun');
  const verbs = terms.filter(({ tags }) => tags.has('Verb')).length;
  return verbs === 0 ? [...found, 'no verb'] : found;
}

const isReported = ({ path }: CocoPhoto) => createHash('sha256').update(basename(path)).digest()[0]! % 2 === 1;
const all = readCocoPhotos(values.photos);
const seen = await lookAtPhotos(all, values.model, values.detections);
const photos = all.filter((photo) => isReported(photo) === (values.part === 'report'));
const planted = [
  ...photos.flatMap(plantedIn),
  ...exchanged(photos, 3, 29).map(({ photo, text, original, wrong }): Planted => {
    const [first] = wrong as [{ start: number; end: number }];
    const kept = content(text.slice(0, first.start) + text.slice(first.end));
    return {
      photo,
      text,
      right: content(original)
        .filter((word) => kept.includes(word))
        .join(' '),
      kind: 'exchanged',
    };
  }),
];

const rows = new Map<string, { n: number; repaired: number; lost: number; broken: number }>();
let repairs = 0;
const random = seededRandom(7);
const shuffled = planted
  .map((one) => ({ one, at: random() }))
  .sort((a, b) => a.at - b.at)
  .map(({ one }) => one);
for (const { photo, text, right, kind } of shuffled) {
  if (repairs >= Number(values.count)) break;
  const scorer = scorerOf({ look: async () => seen.get(basename(photo.path)) ?? [], close: async () => {} });
  const request = { images: [new Uint8Array([0])], response: text };
  const { response } = await correct(request, { scorer, rewriter: localRewriter(), threshold: 0.5 });
  const row = rows.get(kind) ?? { n: 0, repaired: 0, lost: 0, broken: 0 };
  rows.set(kind, row);
  row.n++;
  if (response === text) continue;
  repairs++;
  row.repaired++;
  const lost = lostWords(right, response);
  const before = new Set([...faults(kind === 'exchanged' ? text : right), ...faults(text)]);
  const broken = faults(response).filter((fault) => !before.has(fault));
  if (lost.length > 0) row.lost++;
  if (broken.length > 0) row.broken++;
  if (values.show && (lost.length > 0 || broken.length > 0))
    console.error(
      `[${kind}] lost ${lost.join(' ') || '-'}; broken ${broken.join(', ') || '-'}\n   ${text}\n-> ${response}`,
    );
}
console.log('| planted | n | repaired | lost a true word | broken grammar |');
console.log('|---|---|---|---|---|');
const total = { n: 0, repaired: 0, lost: 0, broken: 0 };
const percent = (part: number, whole: number) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const line = (name: string, row: typeof total) =>
  console.log(
    `| ${name} | ${row.n} | ${row.repaired} (${percent(row.repaired, row.n)}) | ${row.lost} (${percent(row.lost, row.repaired)}) | ${row.broken} (${percent(row.broken, row.repaired)}) |`,
  );
for (const [kind, row] of rows) {
  for (const key of ['n', 'repaired', 'lost', 'broken'] as const) total[key] += row[key];
  line(kind, row);
}
line('all', total);
