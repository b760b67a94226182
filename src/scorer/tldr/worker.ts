import { parentPort, workerData } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { DecodeItem, EncodedFeatures, WorkerReply, WorkerRequest, WorkerSetup } from './worker-messages.js';

// onnxruntime-node's run() blocks the thread that calls it, so both sessions live here

const setup = workerData as WorkerSetup;
const options: InferenceSession.SessionOptions = {
  intraOpNumThreads: setup.threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
};
const sessions = Promise.all([
  InferenceSession.create(setup.imageEncoder, options),
  InferenceSession.create(setup.rewardDecoder, options),
]);
sessions.catch(() => {});
const kept = new LRUCache<string, EncodedFeatures>({
  maxSize: setup.cacheBytes,
  sizeCalculation: (features) => features.data.byteLength,
});

async function encode(key: string, pixels: Uint8Array): Promise<EncodedFeatures> {
  const [encoder] = await sessions;
  const [width, height] = setup.size;
  const plane = width * height;
  const input = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * setup.std[channel]!);
    const shift = setup.mean[channel]! / setup.std[channel]!;
    for (let i = 0; i < plane; i++) input[channel * plane + i] = pixels[i * 3 + channel]! * scale - shift;
  }
  const output = await encoder.run({ pixel_values: new Tensor('float32', input, [1, 3, height, width]) });
  const tensor = output.image_features!;
  const [, rows, columns] = tensor.dims as [number, number, number];
  const features = { data: tensor.data as Float32Array, rows, width: columns };
  kept.set(key, features);
  return features;
}

async function decode(items: readonly DecodeItem[]): Promise<Float32Array[]> {
  const [, decoder] = await sessions;
  const length = Math.max(...items.map((item) => item.ids.length));
  const ids = new BigInt64Array(items.length * length);
  const mask = new BigInt64Array(items.length * length);
  const { rows, width } = kept.get(items[0]!.key)!;
  const features = new Float32Array(items.length * rows * width);
  items.forEach((item, row) => {
    item.ids.forEach((id, column) => {
      ids[row * length + column] = BigInt(id);
      mask[row * length + column] = 1n;
    });
    features.set(kept.get(item.key)!.data, row * rows * width);
  });
  const output = await decoder.run({
    input_ids: new Tensor('int64', ids, [items.length, length]),
    attention_mask: new Tensor('int64', mask, [items.length, length]),
    image_features: new Tensor('float32', features, [items.length, rows, width]),
  });
  const logits = output.logits!.data as Float32Array;
  return items.map((item, row) => logits.slice(row * length, row * length + item.ids.length));
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  try {
    if (request.type === 'encode') {
      const { data, rows, width } = await encode(request.key, request.pixels);
      return { id, features: { data: data.slice(), rows, width } };
    }
    const missing = [...new Set(request.items.map((item) => item.key))].filter((key) => !kept.has(key));
    return missing.length ? { id, missing } : { id, logits: await decode(request.items) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

let queue = Promise.resolve();
parentPort!.on('message', (request: WorkerRequest) => {
  queue = queue.then(async () => parentPort!.postMessage(await answer(request)));
});
