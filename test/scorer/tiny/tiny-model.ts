import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Graph, onnxFile } from './onnx-file.js';
import { idsOf, marks, tinyTokenizer, vocabulary, words } from './tiny-tokenizer.js';

/*
 * A real TLDR folder that knows one thing: what colour a picture is. Its features are the picture's mean red, green and
 * blue (-2 to 2 after normalising), as they are or spread over slots. A colour word's logit is 3 + twice the mean of its
 * channel; that of any other token is 3, less 5 where the prompt or the answer has a "!" (so that what else stands in
 * the sequence matters), and 100 less for each padding that is not masked.
 */

const tokens = Object.keys(vocabulary).length;
const channels = { red: 0, green: 1, blue: 2 };

export interface TinyModelOptions {
  /** Changes to tldr.json. */
  manifest?: Record<string, unknown>;
  /** For the scene-slots family: rows of this width, each a bias plus weights for the three channels. */
  slots?: { rows: number; width: number; bias: number[]; weights: number[] };
  /** Makes a decoder run take about 0.1 s. */
  slow?: boolean;
  /** Changes the graphs before they are written. */
  encoder?: (graph: Graph) => void;
  decoder?: (graph: Graph) => void;
  tokenizer?: unknown;
  /** The decoder's weights stand in a file of their own, as those of a large model do. */
  decoderData?: boolean;
}

const floats = (values: readonly number[]) => Float32Array.from(values);
const longs = (values: readonly number[]) => BigInt64Array.from(values, BigInt);
const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function encoderGraph({ rows, width, bias, weights }: NonNullable<TinyModelOptions['slots']>): Graph {
  return {
    inputs: [{ name: 'pixel_values', type: 'float32', dims: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'image_features', type: 'float32', dims: ['batch', rows, width] }],
    constants: [
      { name: 'weights', dims: [3, rows * width], data: floats(weights) },
      { name: 'bias', dims: [rows * width], data: floats(bias) },
      { name: 'shape', dims: [3], data: longs([-1, rows, width]) },
    ],
    nodes: [
      { op: 'ReduceMean', inputs: ['pixel_values'], output: 'mean', attributes: { axes: [2, 3], keepdims: 0 } },
      { op: 'MatMul', inputs: ['mean', 'weights'], output: 'weighted' },
      { op: 'Add', inputs: ['weighted', 'bias'], output: 'flat' },
      { op: 'Reshape', inputs: ['flat', 'shape'], output: 'image_features' },
    ],
  };
}

function decoderGraph(rows: number, width: number, slow: boolean): Graph {
  const embedding = new Float32Array(tokens * 3);
  for (const word of words) for (const id of idsOf(word)) embedding[id * 3 + channels[word]] = 2;
  const everywhere = new Float32Array(tokens);
  everywhere[vocabulary['!']!] = -5;
  everywhere[marks.pad] = -100;
  // the three channels are read from the last three columns of the last row
  const pick = new Float32Array(rows * width * 3);
  for (let channel = 0; channel < 3; channel++) pick[(rows * width - 3 + channel) * 3 + channel] = 1;
  const graph: Graph = {
    inputs: [
      { name: 'input_ids', type: 'int64', dims: ['batch', 'length'] },
      { name: 'attention_mask', type: 'int64', dims: ['batch', 'length'] },
      { name: 'image_features', type: 'float32', dims: ['batch', rows, width] },
    ],
    outputs: [{ name: 'logits', type: 'float32', dims: ['batch', 'length'] }],
    constants: [
      { name: 'embedding', dims: [tokens, 3], data: embedding },
      { name: 'everywhere', dims: [tokens], data: everywhere },
      { name: 'pick', dims: [rows * width, 3], data: pick },
      { name: 'flat_shape', dims: [3], data: longs([-1, 1, rows * width]) },
      { name: 'three', dims: [1], data: floats([3]) },
      { name: 'last', dims: [1], data: longs([2]) },
      { name: 'second', dims: [1], data: longs([1]) },
    ],
    nodes: [
      { op: 'Reshape', inputs: ['image_features', 'flat_shape'], output: 'flat' },
      { op: 'MatMul', inputs: ['flat', 'pick'], output: 'colour' },
      { op: 'Gather', inputs: ['embedding', 'input_ids'], output: 'embedded' },
      { op: 'Mul', inputs: ['embedded', 'colour'], output: 'matched' },
      { op: 'ReduceSum', inputs: ['matched', 'last'], output: 'own', attributes: { keepdims: 0 } },
      { op: 'Gather', inputs: ['everywhere', 'input_ids'], output: 'shared' },
      { op: 'Cast', inputs: ['attention_mask'], output: 'mask', attributes: { to: 1 } },
      { op: 'Mul', inputs: ['shared', 'mask'], output: 'masked' },
      { op: 'ReduceSum', inputs: ['masked', 'second'], output: 'context', attributes: { keepdims: 1 } },
      { op: 'Add', inputs: ['own', 'context'], output: 'sum' },
      { op: 'Add', inputs: ['sum', 'three'], output: slow ? 'quick' : 'logits' },
    ],
  };
  if (slow) addBallast(graph);
  return graph;
}

/** Large products whose result is multiplied by zero. */
function addBallast({ constants, nodes }: Graph): void {
  const side = 900;
  constants.push(
    { name: 'side', dims: [2], data: longs([side, side]) },
    { name: 'axes', dims: [3], data: longs([0, 1, 2]) },
    { name: 'both', dims: [2], data: longs([0, 1]) },
    { name: 'nothing', dims: [1], data: floats([1e-30]) },
  );
  nodes.push(
    { op: 'ReduceSum', inputs: ['colour', 'axes'], output: 'total', attributes: { keepdims: 0 } },
    { op: 'Mul', inputs: ['total', 'nothing'], output: 'little' },
    { op: 'Expand', inputs: ['little', 'side'], output: 'x0' },
  );
  for (let i = 0; i < 4; i++) nodes.push({ op: 'MatMul', inputs: [`x${i}`, `x${i}`], output: `x${i + 1}` });
  nodes.push(
    { op: 'ReduceSum', inputs: ['x4', 'both'], output: 'heavy', attributes: { keepdims: 0 } },
    { op: 'Add', inputs: ['quick', 'heavy'], output: 'logits' },
  );
}

/** Writes a tiny model into a new temporary folder and returns the folder. */
export async function tinyModel(options: TinyModelOptions = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-tldr-'));
  const slots = options.slots ?? { rows: 1, width: 3, bias: [0, 0, 0], weights: identity };
  const encoder = encoderGraph(slots);
  const decoder = decoderGraph(slots.rows, slots.width, options.slow ?? false);
  options.encoder?.(encoder);
  options.decoder?.(decoder);
  const data = { name: 'reward_decoder.onnx.data', bytes: new Uint8Array() };
  const files: Record<string, Uint8Array> = {
    'tokenizer.json': Buffer.from(JSON.stringify('tokenizer' in options ? options.tokenizer : tinyTokenizer)),
    'image_encoder.onnx': onnxFile(encoder),
    'reward_decoder.onnx': onnxFile(decoder, options.decoderData ? data : undefined),
    ...(options.decoderData ? { [data.name]: data.bytes } : {}),
  };
  const hashes: Record<string, string> = {};
  for (const [file, bytes] of Object.entries(files)) {
    await writeFile(join(folder, file), bytes);
    hashes[file] = createHash('sha256').update(bytes).digest('hex');
  }
  const manifest = {
    format: 1,
    name: 'tiny',
    version: '1.0.0',
    domain: 'plain colours',
    family: 'plain',
    image: { size: [4, 4], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], fit: 'fill' },
    text: { maxTokens: 24, maxPromptTokens: 6, lowercase: true, bos: marks.bos, sep: marks.sep, eos: marks.eos },
    files: hashes,
    calibration: { method: 'platt', scale: 1, bias: 0 },
    threshold: 0.5,
    ...options.manifest,
  };
  await writeFile(join(folder, 'tldr.json'), JSON.stringify(manifest));
  return folder;
}

/** A PNG of one colour. */
export async function plainPng(colour: string, size = 16): Promise<Uint8Array> {
  return sharp({ create: { width: size, height: size, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

/** The reward that the tiny model gives for a logit. */
export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
