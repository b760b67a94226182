import { basename } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type NativeCalls, nativeCall } from './native-calls.js';
import { type OnnxRuntime, onnxRuntime } from './onnx-runtime.js';

/** The fault lies in the model's file. */
export class BadModel extends Error {}

/** A model in the thread that owns it. An exit of the process waits for the call under way. */
export interface OnnxModel {
  readonly file: string;
  readonly inputNames: readonly string[];
  /** The first input's dimensions, where all are fixed numbers. */
  readonly inputShape?: readonly number[];
  readonly outputNames: readonly string[];
  /** What feeds are made of. */
  readonly Tensor: OnnxRuntime['Tensor'];
  run(feeds: InferenceSession.FeedsType): Promise<InferenceSession.OnnxValueMapType>;
  release(): Promise<void>;
}

/** @throws BadModel where the file cannot be loaded; Error where nothing here can run models. */
export async function openModel(file: string, threads: number, calls: NativeCalls): Promise<OnnxModel> {
  const { Tensor, open } = await onnxRuntime();
  let session: InferenceSession;
  try {
    session = await nativeCall(calls, () => open(file, threads));
  } catch (cause) {
    throw new BadModel(`${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const [input] = session.inputMetadata ?? [];
  const shape = input?.isTensor ? input.shape : [];
  const inputShape =
    shape.length > 0 && shape.every((size) => typeof size === 'number' && size > 0) ? (shape as number[]) : undefined;
  return {
    file,
    inputNames: session.inputNames,
    ...(inputShape && { inputShape }),
    outputNames: session.outputNames,
    Tensor,
    run: (feeds) => nativeCall(calls, () => session.run(feeds, { logSeverityLevel: 4 })),
    release: () => nativeCall(calls, () => session.release()),
  };
}

/**
 * The numbers of a model's output.
 *
 * @param expected Its type and shape in words, for the message.
 * @throws BadModel where it is of another type or shape.
 */
export function float32Of(
  { file }: Pick<OnnxModel, 'file'>,
  tensor: Tensor,
  expected = 'float32',
  fits: (dims: readonly number[]) => boolean = () => true,
): Float32Array {
  if (tensor.type === 'float32' && fits(tensor.dims)) return tensor.data as Float32Array;
  throw new BadModel(`${basename(file)} gave ${tensor.type}[${tensor.dims.join(', ')}], where ${expected} is expected`);
}
