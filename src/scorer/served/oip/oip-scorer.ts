import { join } from 'node:path';
import { DetectiveError } from '../../../base/errors.js';
import { packageRoot } from '../../../base/package-root.js';
import type { Scorer } from '../../scorer.js';
import { openModelFolder } from '../../tldr/model-folder.js';
import { reading, scorerOf } from '../../tldr/tldr-scorer.js';
import { openServer, type ServerOptions } from '../remote/server.js';
import { parseServedSpec } from '../vllm/vllm-spec.js';
import { type OipModelNames, oipModelNames } from './model-names.js';
import { oipClient } from './oip-client.js';

export interface OipScorerOptions extends ServerOptions {
  /** The model folder whose two ONNX files the server runs. Default: the embedded `models/tldr-scenes`. */
  folder?: string;
  /** What the two models are called there. Default: the names that `models export-triton` gives them. */
  names?: OipModelNames;
  /** Requests in flight at most; the server batches them. Default 8. */
  concurrency?: number;
  /** Image features kept here, in bytes. Default 32 MiB. */
  cacheBytes?: number;
}

/**
 * A TLDR folder whose two ONNX files run on Triton, KServe or any server of the Open Inference Protocol v2. All else is as
 * in `tldrScorer`: pictures, tokens and windows are made here by the same code, each picture is encoded once, and its
 * features are sent with every batch. Tensors go as raw bytes where the server takes them, else as JSON; sequences are
 * padded to a multiple of 16 tokens. The models' metadata are checked before the first request, and every reply must be of
 * its request and model, whole, and of finite numbers.
 *
 * @param url Of the server, with or without `/v2`.
 * @throws DetectiveError `bad-argument` for a URL that is none, `bad-model` for a folder that is not whole. `score` throws
 * as that of `tldrScorer` does; `bad-model` also where the server's models have other tensors.
 */
export async function oipScorer(url: string, options: OipScorerOptions = {}): Promise<Scorer> {
  const { folder = join(packageRoot(), 'models', 'tldr-scenes'), concurrency = 8 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new DetectiveError('bad-argument', `concurrency is ${concurrency}: give a whole number above 0`);
  const server = openServer(url, 'OIP_API_KEY', options);
  const model = await openModelFolder(folder);
  const client = oipClient(server, model.manifest, options.names ?? oipModelNames(model.manifest));
  const lanes = Array.from({ length: concurrency }, () => client);
  const scorer = await scorerOf(model, lanes, options.cacheBytes);
  return reading(model, { ...scorer, name: `oip:${scorer.name}@${server.url}` });
}

/** `URL#FOLDER`. */
export async function oipFrom(rest: string): Promise<Scorer> {
  const { url, folder } = parseServedSpec('oip', rest);
  return oipScorer(url, folder === undefined ? {} : { folder });
}
