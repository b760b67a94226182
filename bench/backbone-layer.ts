// Usage: npx tsx bench/backbone-layer.ts FOLDER: one decoder layer of a large backbone timed (python -m tldr_vlm.one_layer), and
// multiplied by the number of layers. An estimate: embedding, head and vision tower are not in it.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: backbone-layer FOLDER');
const layer = JSON.parse(readFileSync(join(folder, 'layer.json'), 'utf8')) as {
  size: string;
  hidden: number;
  layers: number;
  vocabulary: number;
  weights: number;
};
const before = process.memoryUsage.rss();
const session = await InferenceSession.create(join(folder, 'reward_decoder.onnx'), {
  intraOpNumThreads: availableParallelism(),
});
const loaded = process.memoryUsage.rss();

async function time(length: number): Promise<number> {
  const feeds = {
    input_ids: new Tensor('int64', new BigInt64Array(length).fill(5n), [1, length]),
    attention_mask: new Tensor('int64', new BigInt64Array(length).fill(1n), [1, length]),
    image_features: new Tensor('float32', new Float32Array(9 * layer.hidden), [1, 9, layer.hidden]),
  };
  const taken: number[] = [];
  for (let run = 0; run < 6; run++) {
    const began = performance.now();
    await session.run(feeds);
    taken.push(performance.now() - began);
  }
  return taken.slice(1).sort((a, b) => a - b)[2]!;
}

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
const all = layer.weights * layer.layers + layer.vocabulary * layer.hidden;
console.log(`Qwen2.5-VL-${layer.size} shapes, random weights, f32, ${availableParallelism()} threads, median of 5`);
console.log(`| tokens in the sequence | one layer | x ${layer.layers} layers |\n|---|---|---|`);
for (const length of [128, 384, 1024]) {
  const median = await time(length);
  console.log(`| ${length} | ${median.toFixed(0)} ms | ${((median * layer.layers) / 1000).toFixed(1)} s |`);
}
console.log(
  `memory of one layer: ${gib(loaded - before)} GiB loaded, ${gib(process.memoryUsage.rss() - before)} GiB after running; ` +
    `decoder weights with embedding: ${gib(all * 4)} GiB in f32, ${gib(all)} GiB on disk in int8 (unfolded to f32 when loaded)`,
);
