import { basename } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type NativeCalls, nativeCall } from '../thread/native-calls.js';

export class BadModel extends Error {}

export interface EvidenceSession {
  /** Runs the model on one float32 tensor. The output is float32 as well. */
  run(input: Float32Array, dims: readonly number[]): Promise<{ data: Float32Array; dims: readonly number[] }>;
  release(): Promise<void>;
}

/** In a worker thread: a model with one input and one output, run so that an exit of the process waits for it. */
export async function openSession(file: string, threads: number, calls: NativeCalls): Promise<EvidenceSession> {
  let session: InferenceSession;
  try {
    session = await nativeCall(calls, () =>
      InferenceSession.create(file, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
      }),
    );
  } catch (cause) {
    throw new BadModel(`${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const { inputNames, outputNames } = session;
  if (inputNames.length !== 1 || outputNames.length !== 1)
    throw new BadModel(
      `${file} takes ${inputNames.join(', ')} and gives ${outputNames.join(', ')}: one of each is expected`,
    );
  return {
    async run(input, dims) {
      const feeds = { [inputNames[0]!]: new Tensor('float32', input, [...dims]) };
      const output = await nativeCall(calls, () => session.run(feeds, { logSeverityLevel: 4 }));
      const tensor = output[outputNames[0]!]!;
      if (tensor.type !== 'float32')
        throw new BadModel(`${basename(file)} gave ${tensor.type}, where float32 is expected`);
      return { data: tensor.data as Float32Array, dims: tensor.dims };
    },
    release: () => nativeCall(calls, () => session.release()),
  };
}
