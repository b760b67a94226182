import type { NativeCalls } from '../thread/native-calls.js';
import { BadModel, float32Of, openModel } from '../thread/onnx-model.js';

/** Numbers of one output. */
export interface Output {
  data: Float32Array;
  dims: readonly number[];
}

/** Whole numbers that a model takes beside its picture. */
export interface Integers {
  data: BigInt64Array;
  dims: readonly number[];
}

export interface EvidenceSession {
  /** The fixed dimensions of the input; undefined where one of them is free. */
  inputShape?: readonly number[];
  /** Names of what it takes, where those are several. */
  inputs?: readonly string[];
  /** Names of what it gives, where those are several. */
  outputs?: readonly string[];
  /** Runs the model on one float32 tensor, for its first output, float32 as well. */
  run(input: Float32Array, dims: readonly number[]): Promise<Output>;
  /** The same, for all outputs by their names, with what else the model takes. */
  runAll?(
    input: Float32Array,
    dims: readonly number[],
    others?: Readonly<Record<string, Integers>>,
  ): Promise<ReadonlyMap<string, Output>>;
  release(): Promise<void>;
}

/** In a worker thread: a model with one input and one output, unless `several` are expected; of several inputs `pixel_values` is the picture. */
export async function openSession(
  file: string,
  threads: number,
  calls: NativeCalls,
  several = false,
): Promise<EvidenceSession> {
  const model = await openModel(file, threads, calls);
  const { inputNames, outputNames } = model;
  const picture =
    inputNames.length === 1 || !several ? inputNames[0] : inputNames.find((name) => name === 'pixel_values');
  if (picture === undefined || (!several && (inputNames.length !== 1 || outputNames.length !== 1)))
    throw new BadModel(
      `${file} takes ${inputNames.join(', ')} and gives ${outputNames.join(', ')}: one of each is expected`,
    );
  const runAll: EvidenceSession['runAll'] & {} = async (input, dims, others = {}) => {
    const found = await model.run({
      [picture]: new model.Tensor('float32', input, [...dims]),
      ...Object.fromEntries(
        Object.entries(others).map(([name, one]) => [name, new model.Tensor('int64', one.data, [...one.dims])]),
      ),
    });
    return new Map(
      outputNames.map((name): [string, Output] => [
        name,
        { data: float32Of(model, found[name]!), dims: found[name]!.dims },
      ]),
    );
  };
  return {
    ...(model.inputShape && { inputShape: model.inputShape }),
    ...(inputNames.length > 1 && { inputs: inputNames }),
    ...(outputNames.length > 1 && { outputs: outputNames }),
    run: async (input, dims) => (await runAll(input, dims)).get(outputNames[0]!)!,
    runAll,
    release: model.release,
  };
}
