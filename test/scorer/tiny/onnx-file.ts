/** Writes ONNX files by hand, so that tests run real models in the real onnxruntime without Python. */

type Bytes = Uint8Array;

function varint(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const field = (number: number, value: number): Bytes => Buffer.concat([varint(number << 3), varint(value)]);
const message = (number: number, ...parts: Bytes[]): Bytes => {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint((number << 3) | 2), varint(body.length), body]);
};
const text = (number: number, value: string): Bytes => message(number, Buffer.from(value));

const elementTypes = { float32: 1, int64: 7 } as const;

export interface Port {
  name: string;
  type: keyof typeof elementTypes;
  /** A string is a dimension that may vary. */
  dims: (number | string)[];
}

export interface Constant {
  name: string;
  dims: number[];
  data: Float32Array | BigInt64Array;
}

export interface Node {
  op: string;
  inputs: string[];
  output: string;
  /** Whole-number attributes. */
  attributes?: Record<string, number | number[]>;
}

export interface Graph {
  inputs: Port[];
  outputs: Port[];
  constants: Constant[];
  nodes: Node[];
}

function port(number: number, { name, type, dims }: Port): Bytes {
  const shape = dims.map((dim) => message(1, typeof dim === 'number' ? field(1, dim) : text(2, dim)));
  return message(number, text(1, name), message(2, message(1, field(1, elementTypes[type]), message(2, ...shape))));
}

function node({ op, inputs, output, attributes = {} }: Node): Bytes {
  const encoded = Object.entries(attributes).map(([name, value]) =>
    Array.isArray(value)
      ? message(5, text(1, name), ...value.map((one) => field(8, one)), field(20, 7))
      : message(5, text(1, name), field(3, value), field(20, 2)),
  );
  return message(1, ...inputs.map((input) => text(1, input)), text(2, output), text(4, op), ...encoded);
}

/** A file beside the graph that holds the values of its floating-point constants. */
export interface ExternalData {
  name: string;
  bytes: Bytes;
}

function constant({ name, dims, data }: Constant, beside?: ExternalData): Bytes {
  const type = data instanceof Float32Array ? elementTypes.float32 : elementTypes.int64;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const head = [...dims.map((dim) => field(1, dim)), field(2, type), text(8, name)];
  if (!beside || type !== elementTypes.float32) return message(5, ...head, message(9, raw));
  const where = { location: beside.name, offset: String(beside.bytes.length), length: String(raw.length) };
  beside.bytes = Buffer.concat([beside.bytes, raw]);
  const entries = Object.entries(where).map(([key, value]) => message(13, text(1, key), text(2, value)));
  return message(5, ...head, ...entries, field(14, 1));
}

/** An ONNX ModelProto, opset 17. Large values go to the end of `beside`, where it is given. */
export function onnxFile({ inputs, outputs, constants, nodes }: Graph, beside?: ExternalData): Uint8Array {
  return Buffer.concat([
    field(1, 8),
    message(
      7,
      ...nodes.map(node),
      text(2, 'graph'),
      ...constants.map((one) => constant(one, beside)),
      ...inputs.map((input) => port(11, input)),
      ...outputs.map((output) => port(12, output)),
    ),
    message(8, field(2, 17)),
  ]);
}
