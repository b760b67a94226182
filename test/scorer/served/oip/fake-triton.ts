import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/*
 * Triton as the Open Inference Protocol v2 and its binary tensor extension describe it, over real ONNX sessions.
 */

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire
type Body = any;
export interface Reply {
  json: Body;
  /** The raw tensor, where binary was asked for. */
  raw: Buffer | null;
}
export type Fault = (reply: Reply, call: { model: string; response: ServerResponse; count: number }) => Reply | null;

export interface FakeTriton {
  url: string;
  calls: { path: string; json: Body; bytes: number }[];
  binary: boolean;
  fault: Fault | null;
  metadataFault: ((metadata: Body) => Body) | null;
  stop(): Promise<void>;
}

export async function startFakeTriton(models: Record<string, string>): Promise<FakeTriton> {
  const sessions = new Map<string, InferenceSession>();
  for (const [name, file] of Object.entries(models)) sessions.set(name, await InferenceSession.create(file));
  const fake: FakeTriton = { url: '', calls: [], binary: true, fault: null, metadataFault: null, stop: async () => {} };

  function metadata(name: string, session: InferenceSession): Body {
    const port = (one: { name: string; type?: string; shape?: readonly (number | string)[] }) => ({
      name: one.name,
      datatype: one.type === 'int64' ? 'INT64' : 'FP32',
      shape: one.shape!.map((dim) => (typeof dim === 'number' ? dim : -1)),
    });
    return {
      name,
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: session.inputMetadata.map((one) => port(one as never)),
      outputs: session.outputMetadata.map((one) => port(one as never)),
    };
  }

  async function infer(
    name: string,
    session: InferenceSession,
    bytes: Buffer,
    header: string | undefined,
  ): Promise<Reply> {
    const length = header === undefined ? bytes.length : Number(header);
    const json = JSON.parse(bytes.subarray(0, length).toString('utf8'));
    fake.calls.push({ path: name, json, bytes: bytes.length });
    let offset = length;
    const feeds: Record<string, Tensor> = {};
    for (const { name: input, datatype, shape, data, parameters } of json.inputs) {
      let values = data;
      if (parameters?.binary_data_size !== undefined) {
        const raw = new Uint8Array(bytes.subarray(offset, offset + parameters.binary_data_size)).buffer;
        offset += parameters.binary_data_size;
        values = datatype === 'INT64' ? new BigInt64Array(raw) : new Float32Array(raw);
      }
      feeds[input] =
        datatype === 'INT64'
          ? new Tensor('int64', BigInt64Array.from(values, BigInt), shape)
          : new Tensor('float32', Float32Array.from(values), shape);
    }
    const [wanted] = json.outputs;
    const output = (await session.run(feeds))[wanted.name]!;
    const values = output.data as Float32Array;
    const head = { name: wanted.name, datatype: 'FP32', shape: [...output.dims] };
    const reply = { model_name: name, model_version: '1', id: json.id };
    if (!wanted.parameters.binary_data)
      return { json: { ...reply, outputs: [{ ...head, data: [...values] }] }, raw: null };
    return {
      json: { ...reply, outputs: [{ ...head, parameters: { binary_data_size: values.byteLength } }] },
      raw: Buffer.from(values.slice().buffer),
    };
  }

  let count = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const send = (status: number, body: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      const [, , , model, action] = (request.url ?? '').split('/').map(decodeURIComponent);
      if (model === undefined)
        return send(200, { name: 'triton', version: '2.71.0', extensions: fake.binary ? ['binary_tensor_data'] : [] });
      const session = sessions.get(model);
      if (!session) return send(400, { error: `Request for unknown model: '${model}' is not found` });
      if (action !== 'infer') {
        const known = metadata(model, session);
        return send(200, fake.metadataFault?.(known) ?? known);
      }
      try {
        const header = request.headers['inference-header-content-length'];
        let reply: Reply | null = await infer(model, session, Buffer.concat(chunks), header as string | undefined);
        if (fake.fault) reply = fake.fault(reply, { model, response, count: count++ });
        if (!reply) return;
        if (!reply.raw) return send(200, reply.json);
        const head = Buffer.from(typeof reply.json === 'string' ? reply.json : JSON.stringify(reply.json));
        response.writeHead(200, { 'inference-header-content-length': String(head.length) });
        response.end(Buffer.concat([head, reply.raw]));
      } catch (error) {
        send(500, { error: String(error) });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (const session of sessions.values()) await session.release();
  };
  return fake;
}
