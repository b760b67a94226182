import { randomUUID } from 'node:crypto';
import { DetectiveError, isDetectiveError } from '../../../base/errors.js';
import type { Manifest } from '../../tldr/model-folder.js';
import { decoderInputs, pixelValues } from '../../tldr/model-inputs.js';
import type { WorkerClient } from '../../tldr/worker-client.js';
import type { DecodeItem, ImageFeatures } from '../../tldr/worker-messages.js';
import { openOnce } from '../remote/open-once.js';
import type { Server } from '../remote/server.js';
import { checkMetadata, takesBinary } from './check-metadata.js';
import type { OipModelNames } from './model-names.js';
import { type ExpectedOutput, type OipTensor, readInfer, writeInfer } from './tensors.js';

/** Sequences are padded to a multiple of this, so that a server that batches equal shapes finds some. */
const bucket = 16;
/** Tries for a reply that fails its checks. */
const tries = 3;

export interface OipClient extends WorkerClient {
  /** Asks the server for the metadata of both models. Asked once; a failure is asked about again. */
  ready(): Promise<void>;
}

/** Runs the two halves of a TLDR on an inference server, as a worker thread runs them here. */
export function oipClient(server: Server, { image, text }: Manifest, names: OipModelNames): OipClient {
  const stop = new AbortController();
  const open = openOnce(start);

  async function start(): Promise<boolean> {
    const any = [null, null] as const;
    const features = { name: 'image_features', datatype: 'FP32', shape: [null, null, null] } as const;
    const [binary] = await Promise.all([
      takesBinary(server, stop.signal),
      checkMetadata(
        server,
        names.encoder,
        [{ name: 'pixel_values', datatype: 'FP32', shape: [null, 3, null, null] }],
        features,
        stop.signal,
      ),
      checkMetadata(
        server,
        names.decoder,
        [
          { name: 'input_ids', datatype: 'INT64', shape: any },
          { name: 'attention_mask', datatype: 'INT64', shape: any },
          features,
        ],
        { name: 'logits', datatype: 'FP32', shape: any },
        stop.signal,
      ),
    ]);
    return binary;
  }

  async function infer(
    model: string,
    inputs: readonly OipTensor[],
    expected: Pick<ExpectedOutput, 'output' | 'shape'>,
  ) {
    const binary = await open();
    for (let attempt = 1; ; attempt++) {
      const id = randomUUID();
      const { bytes, headers } = await server.call(`/v2/models/${encodeURIComponent(model)}/infer`, {
        ...writeInfer(id, inputs, expected.output, binary),
        signal: stop.signal,
      });
      try {
        return readInfer(bytes, headers.get('inference-header-content-length'), { ...expected, id, model });
      } catch (error) {
        if (attempt < tries && isDetectiveError(error)) continue;
        const message = isDetectiveError(error) ? error.message : String(error);
        throw new DetectiveError('scorer-failed', `${server.url}: ${model}: ${message}`, { cause: error });
      }
    }
  }

  async function encode(pixels: Uint8Array, [width, height]: [number, number]): Promise<ImageFeatures> {
    const data = pixelValues(pixels, width * height, image.mean, image.std);
    const found = await infer(
      names.encoder,
      [{ name: 'pixel_values', datatype: 'FP32', shape: [1, 3, height, width], data }],
      { output: 'image_features', shape: [1, null, null] },
    );
    return { data: found.data, rows: found.shape[1]!, width: found.shape[2]! };
  }

  async function decode(items: readonly DecodeItem[]): Promise<Float32Array<ArrayBuffer>[]> {
    const { ids, mask, features, count, length, rows, width } = decoderInputs(items, (longest) =>
      Math.max(longest, Math.min(text.maxTokens, Math.ceil(longest / bucket) * bucket)),
    );
    const { data } = await infer(
      names.decoder,
      [
        { name: 'input_ids', datatype: 'INT64', shape: [count, length], data: ids },
        { name: 'attention_mask', datatype: 'INT64', shape: [count, length], data: mask },
        { name: 'image_features', datatype: 'FP32', shape: [count, rows, width], data: features },
      ],
      { output: 'logits', shape: [count, length] },
    );
    return items.map((item, row) => data.slice(row * length, row * length + item.ids.length));
  }

  return {
    async ready() {
      await open();
    },
    async send(request) {
      return request.type === 'encode'
        ? { id: 0, features: await encode(request.pixels, request.size) }
        : { id: 0, logits: await decode(request.items) };
    },
    async close() {
      stop.abort(new DetectiveError('scorer-failed', 'the scorer was closed'));
    },
  };
}
