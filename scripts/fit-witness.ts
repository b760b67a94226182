// Usage: npx tsx scripts/fit-witness.ts [SCENES=500] [SEED=8100000] [FOLDER=models/tldr-scenes] [KIND,KIND=all]: writes into FOLDER/tldr.json how the opinions
// of what the encoder found are weighed with the decoder's, fitted on fresh drawn scenes, half of them long; prints the log loss before and after
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitLogistic } from '../eval/photos/logistic.js';
import { pictureOf, sceneAnswers } from '../eval/tldr/scene-answers.js';
import { sampleScene } from '../scenes/sample.js';
import { type Scene, trainingStyles } from '../scenes/scene.js';
import { decodeImage } from '../src/image/decode.js';
import { loadImage } from '../src/image/load.js';
import { seenScene } from '../src/scorer/tldr/families/scene-slots.js';
import { type OpinionKind, opinionsOf, type SeenScene } from '../src/scorer/tldr/families/scene-witness.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { scorerOf } from '../src/scorer/tldr/tldr-scorer.js';
import { startWorker } from '../src/scorer/tldr/worker-client.js';
import { plainFacts } from '../src/text/claims/plain-facts.js';
import { nouns } from '../src/text/lexicon/nouns.js';
import { viewOf } from '../src/text/view/view.js';

const [scenes = '500', seed = '8100000', folder = 'models/tldr-scenes', only] = process.argv.slice(2);
const model = await openModelFolder(folder);
const manifest = model.manifest as typeof model.manifest & { slots: { nouns: string[]; colours: string[] } };
const { mean, std } = manifest.image;
const worker = startWorker({
  imageEncoder: model.imageEncoder,
  rewardDecoder: model.rewardDecoder,
  threads: 1,
  mean,
  std,
});
const scorer = await scorerOf({ ...model, manifest: { ...manifest, witness: undefined } }, [worker]);
const logit = (p: number) =>
  Math.log(Math.min(0.9997, Math.max(0.0003, p)) / (1 - Math.min(0.9997, Math.max(0.0003, p))));
const claimOf: Partial<Record<OpinionKind, string[]>> = {
  noun: ['object'],
  colour: ['colour'],
  ground: ['ground'],
  count: ['count'],
  article: ['count', 'object'],
  size: ['size'],
  relation: ['relation'],
  place: ['position'],
};
const samples = new Map<OpinionKind, { x: number[]; y: number }[]>();
const half = Math.ceil(Number(scenes) / 2);
const sets = [false, true].map((long) =>
  sceneAnswers({ count: half, seed: Number(seed) + (long ? half : 0), styles: trainingStyles, long }),
);
const chosen = only?.split(',');
for (const set of !chosen || chosen.some((kind) => kind in claimOf) ? sets : [])
  for await (const batch of set) {
    for (const { image, response, prompt, claims } of batch) {
      if (viewOf(response).text !== response) continue;
      const read = plainFacts(response, prompt);
      if (read.text === '') continue;
      const seen = await seenIn(image);
      const scored = await scorer.score({
        images: [image],
        response: read.text,
        ...(prompt === undefined ? {} : { prompt }),
      });
      if (scored.abstained !== undefined) continue;
      for (const opinion of opinionsOf(read.text, seen)) {
        if (opinion.says === null) continue;
        const where = read.pieces(opinion.start, opinion.end);
        const claim = claims.find(
          ({ start, end, kind }) =>
            claimOf[opinion.kind]?.includes(kind) && where.some((piece) => piece.start < end && piece.end > start),
        );
        const rewards = scored.tokens
          .filter(({ start, end, reward }) => reward !== null && start < opinion.end && end > opinion.start)
          .map(({ reward }) => reward!);
        if (!claim || rewards.length === 0) continue;
        const own = samples.get(opinion.kind) ?? [];
        own.push({ x: [logit(Math.min(...rewards)), ...opinion.says], y: claim.good ? 1 : 0 });
        samples.set(opinion.kind, own);
      }
    }
  }
// tallies are no caption's: they are made from the scenes, and the decoder has no say in them
for (let n = 0; n < half; n++) {
  const scene = await sampleScene(Number(seed) + 500_000 + n, { styles: trainingStyles });
  const seen = await seenIn(await pictureOf(scene));
  for (const { text, good } of tallyStatements(scene))
    for (const { kind, says } of opinionsOf(text, seen)) {
      if (says === null || !/^(?:tally|comparison)$/.test(kind)) continue;
      const own = samples.get(kind) ?? [];
      own.push({ x: [0, ...says], y: good ? 1 : 0 });
      samples.set(kind, own);
    }
}
await scorer.close?.();

async function seenIn(image: Uint8Array): Promise<SeenScene> {
  const [width, height] = manifest.image.size;
  const { data } = await decodeImage(await loadImage(image), { width, height, fit: manifest.image.fit });
  const reply = await worker.send({ type: 'encode', pixels: new Uint8Array(data), size: [width, height] });
  if (!('features' in reply)) throw new Error('the encoder failed');
  return seenScene(reply.features, manifest.slots.nouns, manifest.slots.colours);
}

/** Of each tally a true statement and false ones. */
function tallyStatements({ groups, seed: at }: Scene): { text: string; good: boolean }[] {
  const all = groups.reduce((sum, { count }) => sum + count, 0);
  const kinds = new Set(groups.map(({ noun }) => noun)).size;
  const off = [1, -1, 2][at % 3]!;
  const numbers = [
    [all, 'things'],
    [kinds, 'kinds of things'],
  ] as const;
  const stated = numbers.flatMap(([value, what]) =>
    [value, Math.max(1, value + off)].map((number) => ({
      text: `there are ${number} ${what} in all`,
      good: number === value,
    })),
  );
  const [one, other] = groups.filter(({ noun }) => groups.filter((group) => group.noun === noun).length === 1);
  if (!one || !other || one.count === other.count) return stated;
  const [a, b] = [one, other].map(({ noun }) =>
    (nouns.find(({ singular }) => singular === noun)?.plural ?? noun).replaceAll('-', ' '),
  );
  return [
    ...stated,
    { text: `there are more ${a} than ${b}`, good: one.count > other.count },
    { text: `there are fewer ${a} than ${b}`, good: one.count < other.count },
  ];
}

const weights: Partial<Record<OpinionKind, number[]>> = {};
const loss = (set: { x: number[]; y: number }[], of: (x: number[]) => number) =>
  set.reduce((sum, { x, y }) => sum + Math.log1p(Math.exp(y ? -of(x) : of(x))), 0) / set.length;
for (const [kind, set] of samples) {
  if (chosen && !chosen.includes(kind)) continue;
  const wrong = set.filter(({ y }) => y === 0).length;
  if (wrong < 15) {
    console.log(`${kind}: only ${wrong} of ${set.length} wrong, left as it is`);
    continue;
  }
  const fit = fitRising(set);
  weights[kind] = fit.map((value) => Number(value.toFixed(4)));
  const after = loss(set, (x) => x.reduce((sum, value, index) => sum + value * fit[index]!, fit[3]!));
  console.log(
    `${kind}: ${set.length} words, ${wrong} wrong; log loss ${loss(set, (x) => x[0]!).toFixed(4)} -> ${after.toFixed(4)}; weights ${weights[kind].join(' ')}`,
  );
}
/** Weights of the figures and a bias. What speaks for a word never counts against it: a figure that would is left out. */
function fitRising(set: readonly { x: readonly number[]; y: number }[]): number[] {
  const kept = set[0]!.x.map(() => true);
  for (;;) {
    const [bias, ...slopes] = fitLogistic(
      set.map(({ x }) => [1, ...x.map((value, at) => (kept[at] ? value : 0))]),
      set.map(({ y }) => y === 1),
      undefined,
      1,
    );
    const worst = slopes.indexOf(Math.min(...slopes));
    if (slopes[worst]! >= 0) return [...slopes, bias!];
    kept[worst] = false;
  }
}

const path = join(folder, 'tldr.json');
const json = JSON.parse(readFileSync(path, 'utf8'));
const fitted = `scripts/fit-witness.ts ${scenes} ${seed}`;
json.witness = chosen
  ? {
      weights: { ...json.witness.weights, ...weights },
      fitted: `${json.witness.fitted.replace(/; .*/, '')}; ${only} by ${fitted}`,
    }
  : { weights, fitted };
writeFileSync(path, `${JSON.stringify(json, null, 1)}\n`);
