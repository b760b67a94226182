import type { NativeCalls } from '../thread/native-calls.js';
import { BadModel, float32Of, openModel } from '../thread/onnx-model.js';

export interface EvidenceSession {
  /** The fixed dimensions of the input; undefined where one of them is free. */
  inputShape?: readonly number[];
  /** Runs the model on one float32 tensor. The output is float32 as well. */
  run(input: Float32Array, dims: readonly number[]): Promise<{ data: Float32Array; dims: readonly number[] }>;
  release(): Promise<void>;
}

/** In a worker thread: a model with one input and one output. */
export async function openSession(file: string, threads: number, calls: NativeCalls): Promise<EvidenceSession> {
  const model = await openModel(file, threads, calls);
  const { inputNames, outputNames } = model;
  if (inputNames.length !== 1 || outputNames.length !== 1)
    throw new BadModel(
      `${file} takes ${inputNames.join(', ')} and gives ${outputNames.join(', ')}: one of each is expected`,
    );
  return {
    ...(model.inputShape && { inputShape: model.inputShape }),
    async run(input, dims) {
      const output = await model.run({ [inputNames[0]!]: new model.Tensor('float32', input, [...dims]) });
      const tensor = output[outputNames[0]!]!;
      return { data: float32Of(model, tensor), dims: tensor.dims };
    },
    release: model.release,
  };
}
