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
const kinds = ['f32', 'q8'] as const;
const memory: string[] = [];
const sessions = new Map<string, InferenceSession>();
for (const kind of kinds) {
  const before = process.memoryUsage.rss();
  const options = { intraOpNumThreads: availableParallelism() };
  sessions.set(kind, await InferenceSession.create(join(folder, `${kind}.onnx`), options));
  await run(kind, 1024);
  memory.push(`${kind} ${((process.memoryUsage.rss() - before) / 2 ** 30).toFixed(2)} GiB`);
}

async function run(kind: string, length: number): Promise<number> {
  const feeds = {
    input_ids: new Tensor('int64', new BigInt64Array(length).fill(5n), [1, length]),
    attention_mask: new Tensor('int64', new BigInt64Array(length).fill(1n), [1, length]),
    image_features: new Tensor('float32', new Float32Array(9 * layer.hidden), [1, 9, layer.hidden]),
  };
  const began = performance.now();
  await sessions.get(kind)!.run(feeds);
  return performance.now() - began;
}

console.log(
  `Qwen2.5-VL-${layer.size} shapes, random weights, ${availableParallelism()} threads, medians of 7, in turn`,
);
console.log(
  `| tokens in the sequence | f32: one layer | x ${layer.layers} | q8: one layer | x ${layer.layers} | q8 / f32 |`,
);
console.log('|---|---|---|---|---|---|');
for (const length of [128, 384, 1024]) {
  const taken = { f32: [] as number[], q8: [] as number[] };
  for (let turn = 0; turn < 8; turn++)
    for (const kind of kinds) {
      const time = await run(kind, length);
      if (turn > 0) taken[kind].push(time);
    }
  const [f32, q8] = kinds.map((kind) => taken[kind].sort((a, b) => a - b)[3]!) as [number, number];
  const cells = [f32, q8].flatMap((time) => [
    `${time.toFixed(0)} ms`,
    `${((time * layer.layers) / 1000).toFixed(1)} s`,
  ]);
  console.log(`| ${length} | ${cells.join(' | ')} | ${(q8 / f32).toFixed(2)} |`);
}
const all = layer.weights * layer.layers + layer.vocabulary * layer.hidden;
const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
console.log(
  `memory of one layer after running: ${memory.join(', ')}; ` +
    `weights of the decoder with its embedding: ${gib(all * 4)} GiB in f32, ${gib(all * 1.04)} GiB in q8`,
);
