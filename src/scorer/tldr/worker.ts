import { workerData } from 'node:worker_threads';
import { BadModel, float32Of, type OnnxModel, openModel } from '../thread/onnx-model.js';
import { type Answer, serveRequests } from '../thread/serve-requests.js';
import { decoderInputs, pixelValues, reusedFloats } from './model-inputs.js';
import type { DecodeItem, ImageFeatures, WorkerData, WorkerReply, WorkerRequest } from './worker-messages.js';

// onnxruntime's run() blocks the thread that calls it, so both models live here

const setup = workerData as WorkerData;
const sessions = Promise.all([
  open(setup.imageEncoder, ['pixel_values'], 'image_features'),
  open(setup.rewardDecoder, ['input_ids', 'attention_mask', 'image_features'], 'logits'),
]);
sessions.catch(() => {});
// requests are answered one after the other
const [pixelMemory, featureMemory] = [reusedFloats(), reusedFloats()];

async function open(file: string, inputs: readonly string[], output: string): Promise<OnnxModel> {
  const model = await openModel(file, setup.threads, setup.calls);
  const { inputNames, outputNames } = model;
  if (inputNames.length !== inputs.length || !inputs.every((name) => inputNames.includes(name)))
    throw new BadModel(`${file} takes ${inputNames.join(', ')}, where ${inputs.join(', ')} are expected`);
  if (!outputNames.includes(output))
    throw new BadModel(`${file} gives ${outputNames.join(', ')}, where ${output} is expected`);
  return model;
}

async function encode(pixels: Uint8Array, [width, height]: [number, number]): Promise<ImageFeatures> {
  const [encoder] = await sessions;
  const input = pixelValues(pixels, width * height, setup.mean, setup.std, pixelMemory);
  const output = await encoder.run({ pixel_values: new encoder.Tensor('float32', input, [1, 3, height, width]) });
  const tensor = output.image_features!;
  const encoded = float32Of(encoder, tensor, 'float32[1, N, D]', (dims) => dims.length === 3 && dims[0] === 1);
  const data = new Float32Array(new SharedArrayBuffer(encoded.byteLength));
  data.set(encoded);
  return { data, rows: tensor.dims[1]!, width: tensor.dims[2]! };
}

async function decode(items: readonly DecodeItem[]): Promise<Float32Array<ArrayBuffer>[]> {
  const [, decoder] = await sessions;
  const { Tensor } = decoder;
  const { ids, mask, features, count, length, rows, width } = decoderInputs(items, undefined, featureMemory);
  const output = await decoder.run({
    input_ids: new Tensor('int64', ids, [count, length]),
    attention_mask: new Tensor('int64', mask, [count, length]),
    image_features: new Tensor('float32', features, [count, rows, width]),
  });
  const logits = float32Of(
    decoder,
    output.logits!,
    `float32[${count}, ${length}]`,
    (dims) => dims.length === 2 && dims[0] === count && dims[1] === length,
  );
  return items.map((item, row) => Float32Array.from(logits.subarray(row * length, row * length + item.ids.length)));
}

async function answer(request: Exclude<WorkerRequest, { type: 'close' }>): Promise<Answer<WorkerReply>> {
  const { id } = request;
  if (request.type === 'encode')
    return { reply: { id, features: await encode(request.pixels, request.size) }, transfer: [] };
  const logits = await decode(request.items);
  return { reply: { id, logits }, transfer: logits.map(({ buffer }) => buffer) };
}

serveRequests(answer, async () => {
  const opened = await sessions.catch(() => []);
  await Promise.all(opened.map((model) => model.release()));
});
