// Usage: npx tsx scripts/fit-witness.ts [SCENES=500] [SEED=8100000] [FOLDER=models/tldr-scenes]: writes into FOLDER/tldr.json how the opinions
// of what the encoder found are weighed with the decoder's, fitted on fresh drawn scenes, half of them long; prints the log loss before and after
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitLogistic } from '../eval/photos/logistic.js';
import { sceneAnswers } from '../eval/tldr/scene-answers.js';
import { trainingStyles } from '../scenes/scene.js';
import { decodeImage } from '../src/image/decode.js';
import { loadImage } from '../src/image/load.js';
import { seenScene } from '../src/scorer/tldr/families/scene-slots.js';
import { type OpinionKind, opinionsOf } from '../src/scorer/tldr/families/scene-witness.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { scorerOf } from '../src/scorer/tldr/tldr-scorer.js';
import { startWorker } from '../src/scorer/tldr/worker-client.js';
import { plainFacts } from '../src/text/claims/plain-facts.js';
import { viewOf } from '../src/text/view/view.js';

const [scenes = '500', seed = '8100000', folder = 'models/tldr-scenes'] = process.argv.slice(2);
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
const claimOf: Record<OpinionKind, string[]> = {
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
for (const set of sets)
  for await (const batch of set) {
    for (const { image, response, prompt, claims } of batch) {
      if (viewOf(response).text !== response) continue;
      const read = plainFacts(response, prompt);
      if (read.text === '') continue;
      const [width, height] = manifest.image.size;
      const { data } = await decodeImage(await loadImage(image), { width, height, fit: manifest.image.fit });
      const reply = await worker.send({ type: 'encode', pixels: new Uint8Array(data), size: [width, height] });
      if (!('features' in reply)) continue;
      const scored = await scorer.score({
        images: [image],
        response: read.text,
        ...(prompt === undefined ? {} : { prompt }),
      });
      if (scored.abstained !== undefined) continue;
      for (const opinion of opinionsOf(
        read.text,
        seenScene(reply.features, manifest.slots.nouns, manifest.slots.colours),
      )) {
        const where = read.pieces(opinion.start, opinion.end);
        const claim = claims.find(
          ({ start, end, kind }) =>
            claimOf[opinion.kind].includes(kind) && where.some((piece) => piece.start < end && piece.end > start),
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
await scorer.close?.();
const weights: Partial<Record<OpinionKind, number[]>> = {};
const loss = (set: { x: number[]; y: number }[], of: (x: number[]) => number) =>
  set.reduce((sum, { x, y }) => sum + Math.log1p(Math.exp(y ? -of(x) : of(x))), 0) / set.length;
for (const [kind, set] of samples) {
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
json.witness = { weights, fitted: `scripts/fit-witness.ts ${scenes} ${seed}` };
writeFileSync(path, `${JSON.stringify(json, null, 1)}\n`);
