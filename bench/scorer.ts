/** npx tsx bench/scorer.ts [MODEL FOLDER]: the time of a caption through the scorer, against the bare model run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Bench } from 'tinybench';
import { packageRoot } from '../src/package-root.js';
import { tldrScorer } from '../src/scorer/index.js';
import { openModelFolder } from '../src/scorer/tldr/model-folder.js';
import { openTokenizer } from '../src/scorer/tldr/tokenizer.js';

const folder = process.argv[2] ?? join(packageRoot(), 'models', 'tldr-scenes');
const picture = join(folder, 'golden', '0.png');
if (!existsSync(picture)) throw new Error(`${picture} is missing: give the folder of an exported model`);

const model = await openModelFolder(folder);
const { text, image } = model.manifest;
const tokenize = await openTokenizer(model);
const caption = 'Two small red dogs stand to the left of a large blue car on a green ground.';
const captions = Array.from({ length: 32 }, (_, n) => `${caption} There are ${n} of them.`);

const { InferenceSession, Tensor } = await import('onnxruntime-node');
const encoder = await InferenceSession.create(model.imageEncoder, { intraOpNumThreads: 1 });
const decoder = await InferenceSession.create(model.rewardDecoder, { intraOpNumThreads: 1 });
const [width, height] = image.size;
const pixels = new Tensor('float32', new Float32Array(3 * width * height), [1, 3, height, width]);
const { image_features } = await encoder.run({ pixel_values: pixels });
const sequence = async (response: string) => [text.bos, text.sep, ...(await tokenize(response)).ids, text.eos];
const feeds = (ids: number[], count: number) => ({
  input_ids: new Tensor('int64', BigInt64Array.from(Array.from({ length: count }, () => ids).flat(), BigInt), [
    count,
    ids.length,
  ]),
  attention_mask: new Tensor('int64', new BigInt64Array(count * ids.length).fill(1n), [count, ids.length]),
  image_features: new Tensor(
    'float32',
    Float32Array.from(Array.from({ length: count }, () => [...(image_features!.data as Float32Array)]).flat()),
    [count, ...image_features!.dims.slice(1)],
  ),
});
const one = feeds(await sequence(caption), 1);
const many = feeds(await sequence(captions.at(-1)!), 32);

const scorer = await tldrScorer(folder, { threads: 1 });
await scorer.score({ images: [picture], response: caption });
const batch = captions.map((response) => ({ images: [picture], response }));
const bench = new Bench({ time: 2000, warmupTime: 300 });
bench
  .add('bare image encoder', () => encoder.run({ pixel_values: pixels }))
  .add('bare decoder, 1 caption', () => decoder.run(one))
  .add('scorer, 1 caption', () => scorer.score({ images: [picture], response: caption }))
  .add('bare decoder, 32 captions', () => decoder.run(many))
  .add('scorer, batch of 32 captions', () => scorer.scoreBatch!(batch));
await bench.run();
console.table(bench.table());
await scorer.close?.();
