import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { correct } from '../../src/agent/correct.js';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { scorerOf } from '../../src/scorer/evidence/objects/objects-scorer.js';
import type { Detection } from '../../src/scorer/evidence/objects/yolox.js';
import type { Scorer } from '../../src/scorer/scorer.js';
import { findCocoMentions } from '../../src/text/coco-mentions.js';
import { flagSpans } from '../../src/text/spans.js';
import { splitWords } from '../../src/text/words.js';
import { trueObjects } from '../benchmarks/chair.js';
import { lemmasOf, objectWords, readSynonyms } from '../benchmarks/chair-words.js';
import { type CocoPhoto, isFitted, readCocoPhotos } from './coco-photos.js';
import { lookAtPhotos } from './look.js';
import { asked, counted, exchanged, type PhotoAnswer, shownIn } from './object-sets.js';

/*
 * What `objects` flags on COCO photographs, and CHAIR before and after `objects` + `local`, as tables in Markdown:
 *   npx tsx eval/photos/objects.ts [--photos FOLDER] [--model FILE] [--chair synonyms.txt] [--detections FILE] [--show]
 * Everything but the answers of VLMs is about photos with an odd COCO id, which calibration never saw.
 */

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '../shared/data/coco-photos' },
    model: { type: 'string', default: '../shared/data/yolox-nano/yolox_nano.onnx' },
    chair: { type: 'string', default: '../shared/data/benchmarks/chair/data/synonyms.txt' },
    detections: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});
const threshold = 0.5;
const photos = readCocoPhotos(values.photos);
const seen = await lookAtPhotos(photos, values.model, values.detections);
const synonyms = readSynonyms(readFileSync(values.chair, 'utf8'), 'original');
/** The things that a text names, mention by mention, by CHAIR's own words and rules. */
const chairNodes = (text: string) =>
  objectWords(lemmasOf(text, synonyms, 'pattern'), synonyms).found.map(({ node }) => node);
const held = photos.filter((photo) => photo.annotated && !isFitted(photo));

function scorerFor(photo: CocoPhoto): Scorer {
  const found: Detection[] = seen.get(basename(photo.path)) ?? [];
  return scorerOf({ look: async () => found, close: async () => {} });
}

const images = [new Uint8Array([0])];
const request = ({ prompt, text }: PhotoAnswer) => ({
  images,
  response: text,
  ...(prompt === undefined ? {} : { prompt }),
});

async function flaggedIn(answer: PhotoAnswer) {
  const { tokens } = await scorerFor(answer.photo).score(request(answer));
  return flagSpans(answer.text, tokens, threshold);
}

const percent = (part: number, whole: number) => (whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`);
type Span = { start: number; end: number };
const meets = (a: Span, b: Span) => a.start < b.end && a.end > b.start;

/** Precision and recall of flags on words whose truth is known by construction. */
async function flagTable(name: string, answers: readonly PhotoAnswer[]): Promise<string> {
  let [hits, wrong, flags, untouched, right] = [0, 0, 0, 0, 0];
  for (const answer of answers) {
    const spans = await flaggedIn(answer);
    flags += spans.length;
    wrong += answer.wrong.length;
    hits += answer.wrong.filter((range) => spans.some((span) => meets(span, range))).length;
    if (answer.wrong.length === 0) {
      right++;
      if (spans.length === 0) untouched++;
    }
    if (values.show)
      for (const span of spans)
        if (!answer.wrong.some((range) => meets(span, range)))
          console.error(
            `[${name}] ${answer.photo.id} flagged "${span.text}" ${span.reward.toFixed(2)}: ${answer.text.slice(0, 160)}`,
          );
  }
  const good = flags - hits;
  return `| ${name} | ${answers.length} | ${percent(hits, wrong)} of ${wrong} | ${percent(hits, hits + good)} of ${flags} | ${percent(right - untouched, right)} of ${right} |`;
}

console.log('| answers | n | wrong words flagged | flags that are right | right answers with a flag |');
console.log('|---|---|---|---|---|');
const captions = held.flatMap((photo) => photo.captions.map((text): PhotoAnswer => ({ photo, text, wrong: [] })));
console.log(await flagTable('human captions', captions));
console.log(await flagTable('human captions, one thing exchanged', exchanged(held, 3, 7)));
const swapped = held.flatMap((photo, index) => {
  const other = held[(index + 1) % held.length]!;
  const shown = shownIn(other);
  return photo.captions.map(
    (text): PhotoAnswer => ({
      photo: other,
      text,
      wrong: findCocoMentions(text).filter((item) => !shown.has(item.category) && !item.negation && !item.unreal),
    }),
  );
});
console.log(await flagTable('human captions, with the next photo', swapped));
const crepe = held.flatMap((photo) =>
  photo.negatives
    .filter(({ type }) => /obj/.test(type))
    .flatMap(({ negative }): PhotoAnswer[] => {
      const shown = shownIn(photo);
      const wrong = findCocoMentions(negative).filter((item) => !shown.has(item.category));
      return wrong.length > 0 ? [{ photo, text: negative, wrong }] : [];
    }),
);
console.log(await flagTable('SugarCrepe, an absent COCO thing', crepe));
const { right, wrong } = counted(held, 7);
console.log(await flagTable('counts, right', right));
console.log(await flagTable('counts, wrong', wrong));
console.log(await flagTable('yes to "Is there a …?"', asked(held, 7)));

interface Chair {
  answers: number;
  hallucinated: number;
  mentions: number;
  wrongMentions: number;
  covered: number;
  truths: number;
  words: number;
}

/** CHAIR's truth: what is marked, and what the human captions name. */
const truthOf = ({ id, counts, captions }: CocoPhoto) =>
  trueObjects({ id: String(id), line: 0, categories: [...counts.keys()], captions }, synonyms, 'pattern');

const empty = (): Chair => ({
  answers: 0,
  hallucinated: 0,
  mentions: 0,
  wrongMentions: 0,
  covered: 0,
  truths: 0,
  words: 0,
});
function addChair(total: Chair, photo: CocoPhoto, text: string): void {
  const truth = truthOf(photo);
  const mentions = chairNodes(text);
  const bad = mentions.filter((node) => !truth.has(node)).length;
  total.answers++;
  total.hallucinated += bad > 0 ? 1 : 0;
  total.mentions += mentions.length;
  total.wrongMentions += bad;
  total.covered += new Set(mentions.filter((node) => truth.has(node))).size;
  total.truths += truth.size;
  total.words += splitWords(text).length;
}

const notes: string[] = [];

async function chairRows(name: string, answers: readonly PhotoAnswer[]): Promise<string[]> {
  const [before, after, deleted] = [empty(), empty(), empty()];
  let [hits, flags, bad, changed, coverage, coverageDeleted] = [0, 0, 0, 0, 0, 0];
  for (const answer of answers) {
    const truth = truthOf(answer.photo);
    const wrong = findCocoMentions(answer.text).filter((item) => !truth.has(item.category) && !item.negation);
    const spans = await flaggedIn(answer);
    bad += wrong.length;
    flags += spans.length;
    hits += wrong.filter((range) => spans.some((span) => meets(span, range))).length;
    const settings = { scorer: scorerFor(answer.photo), rewriter: localRewriter() };
    const result = await correct(request(answer), settings);
    if (result.status === 'failed') console.error(answer.photo.id, result.report.reason, result.report.error);
    if (result.response !== answer.text) changed++;
    coverage += result.report.coverage;
    addChair(before, answer.photo, answer.text);
    addChair(after, answer.photo, result.response);
    const without = await correct(request(answer), { ...settings, onUnresolved: 'delete' });
    addChair(deleted, answer.photo, without.response);
    coverageDeleted += without.report.coverage;
    if (values.show && (wrong.length > 0 || result.response !== answer.text)) {
      console.error(
        `\n[${name}] ${answer.photo.id} wrong: ${wrong.map(({ start, end }) => answer.text.slice(start, end)).join(', ')}; flagged: ${spans.map(({ text }) => text).join(', ')}`,
      );
      console.error(`  before ${answer.text}\n  after  ${result.response}`);
    }
  }
  const kept = (sum: number) => percent(sum, answers.length);
  const row = (when: string, chair: Chair, share = '100.0 %') =>
    `| ${name}, ${when} | ${percent(chair.wrongMentions, chair.mentions)} (${chair.wrongMentions}/${chair.mentions}) | ${percent(chair.hallucinated, chair.answers)} (${chair.hallucinated}/${chair.answers}) | ${percent(chair.covered, chair.truths)} | ${(chair.words / Math.max(1, chair.answers)).toFixed(1)} | ${share} |`;
  notes.push(
    `${name}: ${hits} of ${bad} mentions of what is not there flagged, ${flags} flags in all; ${changed} of ${answers.length} answers changed.`,
  );
  return [
    row('before', before),
    row('after', after, kept(coverage)),
    row('after, unresolved deleted', deleted, kept(coverageDeleted)),
  ];
}

console.log('\n| answers | CHAIR_i | CHAIR_s | true objects named | words an answer | words kept or replaced |');
console.log('|---|---|---|---|---|---|');
const vlm = photos.flatMap((photo) =>
  photo.answers.map(({ answer, prompt }): PhotoAnswer => ({ photo, prompt, text: answer, wrong: [] })),
);
for (const line of await chairRows('VLM answers', vlm)) console.log(line);
const models = [...new Set(photos.flatMap((photo) => photo.answers.map(({ model }) => model)))];
for (const model of models) {
  const own = photos.flatMap((photo) =>
    photo.answers
      .filter((item) => item.model === model)
      .map(({ answer, prompt }): PhotoAnswer => ({ photo, prompt, text: answer, wrong: [] })),
  );
  for (const line of await chairRows(model, own)) console.log(line);
}
for (const line of await chairRows('one thing exchanged', exchanged(held, 3, 7))) console.log(line);
for (const line of await chairRows('human captions', captions)) console.log(line);
console.log(`\n${notes.map((note) => `- ${note}`).join('\n')}`);
