import * as z from 'zod';
import { DetectiveError } from '../../../base/errors.js';

/** A tensor of the Open Inference Protocol v2, row-major. */
export type OipTensor =
  | { name: string; datatype: 'FP32'; shape: readonly number[]; data: Float32Array<ArrayBuffer> }
  | { name: string; datatype: 'INT64'; shape: readonly number[]; data: BigInt64Array<ArrayBuffer> };

export interface InferBody {
  body: string | Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

/** The body of an infer request in JSON, or with the binary tensor extension: JSON first, then the raw tensors in order. */
export function writeInfer(id: string, inputs: readonly OipTensor[], output: string, binary: boolean): InferBody {
  const heads = inputs.map(({ name, datatype, shape, data }) => ({
    name,
    datatype,
    shape,
    ...(binary
      ? { parameters: { binary_data_size: data.byteLength } }
      : { data: datatype === 'FP32' ? Array.from(data) : Array.from(data, Number) }),
  }));
  const outputs = [{ name: output, parameters: { binary_data: binary } }];
  const json = JSON.stringify({ id, inputs: heads, outputs });
  if (!binary) return { body: json, headers: { 'content-type': 'application/json' } };
  const head = Buffer.from(json);
  const raw = inputs.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return {
    body: new Uint8Array(Buffer.concat([head, ...raw])),
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.byteLength),
    },
  };
}

const replySchema = z.object({
  id: z.string().nullish(),
  model_name: z.string(),
  outputs: z.array(
    z.object({
      name: z.string(),
      datatype: z.string(),
      shape: z.array(z.int().nonnegative()),
      parameters: z.record(z.string(), z.unknown()).nullish(),
      data: z.array(z.unknown()).nullish(),
    }),
  ),
});

/** What an infer reply must be of. */
export interface ExpectedOutput {
  id: string;
  model: string;
  output: string;
  /** Null: any length. */
  shape: readonly (number | null)[];
}

/**
 * The one FP32 output of an infer reply, in JSON or binary, checked against what was asked for.
 *
 * @throws DetectiveError `scorer-failed` where the reply is of another request or model, is cut off, or holds what is no
 * number.
 */
export function readInfer(
  bytes: Buffer<ArrayBuffer>,
  headerLength: string | null,
  expected: ExpectedOutput,
): { data: Float32Array<ArrayBuffer>; shape: number[] } {
  const jsonLength = headerLength === null ? bytes.byteLength : Number(headerLength);
  if (!Number.isInteger(jsonLength) || jsonLength < 2 || jsonLength > bytes.byteLength)
    throw wrong(`the reply is cut off: ${bytes.byteLength} bytes, where its header alone has ${headerLength}`);
  const { id, model_name, outputs } = parseHead(bytes.subarray(0, jsonLength));
  if (id !== undefined && id !== null && id !== expected.id) throw wrong('the reply is of another request');
  if (model_name !== expected.model)
    throw wrong(`the reply is of the model ${JSON.stringify(model_name.slice(0, 100))}, not ${expected.model}`);
  let offset = jsonLength;
  for (const { name, datatype, shape, parameters, data } of outputs) {
    const size = parameters?.binary_data_size;
    const from = offset;
    if (typeof size === 'number' && Number.isInteger(size) && size >= 0) offset += size;
    if (name !== expected.output) continue;
    if (datatype !== 'FP32') throw wrong(`${name} is ${datatype}, where FP32 is expected`);
    const fits =
      shape.length === expected.shape.length && expected.shape.every((dim, at) => dim === null || dim === shape[at]);
    if (!fits)
      throw wrong(`${name} has the shape [${shape}], where [${expected.shape.map((dim) => dim ?? 'any')}] is expected`);
    const count = shape.reduce((product, dim) => product * dim, 1);
    const values = data ? fromJson(data, count) : fromBytes(bytes, from, offset, count);
    if (values.length !== count)
      throw wrong(`${name} has ${values.length} numbers, where its shape [${shape}] has ${count}`);
    if (values.some((value) => !Number.isFinite(value))) throw wrong(`${name} holds what is no number`);
    return { data: values, shape };
  }
  throw wrong(`the reply has no output ${expected.output}`);
}

function parseHead(bytes: Buffer): z.infer<typeof replySchema> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new DetectiveError('scorer-failed', 'the reply is not the JSON of the Open Inference Protocol', { cause });
  }
  const parsed = replySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw wrong('the reply is not one of the Open Inference Protocol');
}

/** Flat or nested. Anything but numbers becomes NaN. */
function fromJson(data: readonly unknown[], count: number): Float32Array<ArrayBuffer> {
  const flat = data.some(Array.isArray) ? data.flat(8) : data;
  if (flat.length !== count) return new Float32Array(Math.min(flat.length, count + 1));
  return Float32Array.from(flat, (value) => (typeof value === 'number' ? value : Number.NaN));
}

function fromBytes(bytes: Buffer<ArrayBuffer>, from: number, to: number, count: number): Float32Array<ArrayBuffer> {
  if (to > bytes.byteLength || to - from !== count * 4)
    throw wrong(
      `the reply is cut off: ${Math.max(0, Math.min(to, bytes.byteLength) - from)} of ${count * 4} bytes of a tensor`,
    );
  return new Float32Array(new Uint8Array(bytes.subarray(from, to)).buffer);
}

function wrong(message: string): DetectiveError {
  return new DetectiveError('scorer-failed', message);
}
