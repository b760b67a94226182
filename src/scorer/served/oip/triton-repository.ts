import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DetectiveError, errorMessage, isDetectiveError } from '../../../base/errors.js';
import { filesOfHalf, type Graph, type ModelFolder, openModelFolder } from '../../tldr/model-folder.js';
import { oipModelNames } from './model-names.js';

/**
 * Writes a Triton model repository with the two halves of a TLDR folder: `MODEL/1/model.onnx` and `MODEL/config.pbtxt`
 * each, under names that hold the beginning of the files' SHA-256.
 *
 * @returns The names of the two models.
 * @throws DetectiveError `bad-model` for a folder that is not whole, `bad-argument` where `out` cannot be written or is not
 * empty.
 */
export async function writeTritonRepository(folder: string, out: string): Promise<string[]> {
  const model = await openModelFolder(folder);
  const names = oipModelNames(model.manifest);
  const part = `${out}.part`;
  try {
    const present = await readdir(out).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    if (present.length > 0) throw new DetectiveError('bad-argument', `${out} is not empty: choose another folder`);
    await rm(part, { recursive: true, force: true });
    await writeModel(model, 'image_encoder.onnx', join(part, names.encoder), encoderConfig(names.encoder));
    await writeModel(model, 'reward_decoder.onnx', join(part, names.decoder), decoderConfig(names.decoder));
    await rm(out, { recursive: true, force: true });
    await rename(part, out);
  } catch (cause) {
    await rm(part, { recursive: true, force: true }).catch(() => {});
    if (isDetectiveError(cause)) throw cause;
    throw new DetectiveError('bad-argument', `${out} cannot be written: ${errorMessage(cause)}`, { cause });
  }
  return [names.encoder, names.decoder];
}

async function writeModel(
  { folder: from, manifest }: ModelFolder,
  graph: Graph,
  folder: string,
  config: string,
): Promise<void> {
  await mkdir(join(folder, '1'), { recursive: true });
  // the graph names the files beside it, which keep their names
  for (const [name] of filesOfHalf(manifest, graph))
    await copyFile(join(from, name), join(folder, '1', name === graph ? 'model.onnx' : name));
  await writeFile(join(folder, 'config.pbtxt'), config);
}

/*
 * The graphs have a batch dimension of their own. Stated with max_batch_size 0 and whole shapes, the metadata are those of
 * the ONNX files, and a request may bring a batch that the client made: sequences of like length, padded alike.
 */
type Port = readonly [name: string, type: 'TYPE_FP32' | 'TYPE_INT64', dims: readonly number[]];

const ports = (field: string, all: readonly Port[]): string =>
  `${field} [\n${all.map(([name, type, dims]) => `  { name: "${name}" data_type: ${type} dims: [ ${dims.join(', ')} ] }`).join(',\n')}\n]\n`;

const config = (name: string, inputs: readonly Port[], output: Port): string =>
  `name: "${name}"
platform: "onnxruntime_onnx"
max_batch_size: 0
${ports('input', inputs)}${ports('output', [output])}instance_group [ { count: 1 } ]
`;

const features: Port = ['image_features', 'TYPE_FP32', [-1, -1, -1]];

export const encoderConfig = (name: string): string =>
  config(name, [['pixel_values', 'TYPE_FP32', [-1, 3, -1, -1]]], features);

export const decoderConfig = (name: string): string =>
  config(
    name,
    [['input_ids', 'TYPE_INT64', [-1, -1]], ['attention_mask', 'TYPE_INT64', [-1, -1]], features],
    ['logits', 'TYPE_FP32', [-1, -1]],
  );
