import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { DetectiveError, errorMessage } from '../../errors.js';
import { decodeImage } from '../../image/decode.js';
import type { ImageInput } from '../../image/image-input.js';
import { loadImage } from '../../image/load.js';
import { packageRoot } from '../../package-root.js';
import { splitSentences } from '../../text/sentences.js';
import type { Evidence, ScoredResponse, ScoreRequest, Scorer, TokenReward } from '../scorer.js';
import { alignTokens, rewardsByRange } from './align.js';
import { makeBatcher } from './batcher.js';
import { familyOf } from './families/family.js';
import { openModelFolder } from './model-folder.js';
import { cutWindows } from './windows.js';
import { startWorker } from './worker-client.js';

export interface TldrScorerOptions {
  /** Threads for each model run. Default: all cores but one, at most 4. */
  threads?: number;
  /** Image features kept, in bytes. Default 64 MiB. */
  cacheBytes?: number;
}

/** What is kept of a picture besides its features. */
interface KnownImage {
  evidence: Evidence[];
  abstained: string | null;
}

/**
 * A scorer that runs a TLDR model folder in a worker thread. Each picture is encoded once and kept; concurrent calls
 * share decoder runs; answers longer than the model's context are scored in windows of whole sentences. With several
 * pictures a token has the highest reward that any of them gives it, because one picture that shows it is enough.
 *
 * @param folder The model folder. Default: the embedded `models/tldr-scenes`.
 * @throws DetectiveError `bad-model` where the folder is not a whole and unchanged model.
 */
export async function tldrScorer(
  folder = join(packageRoot(), 'models', 'tldr-scenes'),
  options: TldrScorerOptions = {},
): Promise<Scorer> {
  const model = await openModelFolder(folder);
  const { manifest } = model;
  const { image, text, calibration } = manifest;
  const family = familyOf(manifest);
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(model.tokenizer, {});
  const worker = startWorker({
    imageEncoder: model.imageEncoder,
    rewardDecoder: model.rewardDecoder,
    threads: options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    size: image.size,
    mean: image.mean,
    std: image.std,
    cacheBytes: options.cacheBytes ?? 64 * 1024 * 1024,
  });
  const batcher = makeBatcher(worker);
  const known = new LRUCache<string, Promise<KnownImage>>({ max: 1000 });
  const name = `${manifest.name}@${manifest.version}`;

  const tokenize = (value: string) => {
    const lowered = text.lowercase ? value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : value;
    return tokenizer.encode(lowered, { add_special_tokens: false });
  };

  async function prepare(input: ImageInput) {
    const loaded = await loadImage(input);
    const pixels = async () => {
      const [width, height] = image.size;
      return new Uint8Array((await decodeImage(loaded, { width, height, fit: image.fit })).data);
    };
    let seen = known.get(loaded.key);
    if (!seen) {
      seen = encode(loaded.key, pixels);
      known.set(loaded.key, seen);
      seen.catch(() => known.delete(loaded.key));
    }
    return { key: loaded.key, pixels, ...(await seen) };
  }

  async function encode(key: string, pixels: () => Promise<Uint8Array>): Promise<KnownImage> {
    const reply = await worker.send({ type: 'encode', key, pixels: await pixels() });
    if (!('features' in reply))
      throw new DetectiveError(
        'scorer-failed',
        `the picture could not be encoded: ${'error' in reply ? reply.error : 'no answer'}`,
      );
    const { data, rows, width } = reply.features;
    return {
      evidence: family.evidence(data, rows, width, manifest),
      abstained: family.abstention(data, rows, width, manifest),
    };
  }

  async function score(request: ScoreRequest): Promise<ScoredResponse> {
    const { response, signal } = request;
    if (request.images.length === 0)
      throw new DetectiveError('bad-argument', 'there is no image to score the response against');
    if (signal?.aborted) throw new DetectiveError('aborted', 'scoring was aborted', { cause: signal.reason });
    const images = await Promise.all(request.images.map(prepare));
    const { ids, tokens } = tokenize(response);
    const ranges = response === '' ? [] : alignTokens(response, tokens);
    if (!ranges)
      throw new DetectiveError(
        'scorer-failed',
        `the tokenizer of ${name} does not keep the text whole: its tokens cannot be placed`,
      );
    const judges = images.filter((entry) => entry.abstained === null);
    if (judges.length === 0) {
      const tokens = rewardsByRange(response, ranges, []);
      return { response, tokens, scorer: name, abstained: images[0]!.abstained! };
    }
    const asked =
      request.prompt && text.maxPromptTokens > 0 ? tokenize(request.prompt).ids.slice(-text.maxPromptTokens) : [];
    const windows = cutWindows(ranges, splitSentences(response), text.maxTokens - asked.length - 3);
    const rewards: number[] = new Array(ids.length).fill(0);
    await Promise.all(
      judges.flatMap(({ key, pixels }) =>
        windows.map(async ({ from, to, keepFrom, keepTo }) => {
          const item = { key, ids: [text.bos, ...asked, text.sep, ...ids.slice(from, to), text.eos] };
          const logits = await batcher.decode(item, pixels, signal);
          for (let i = keepFrom; i < keepTo; i++) {
            const logit = logits[asked.length + 2 + i - from]!;
            if (!Number.isFinite(logit))
              throw new DetectiveError('scorer-failed', `${name} gave a reward that is no number`);
            rewards[i] = Math.max(rewards[i]!, 1 / (1 + Math.exp(-(calibration.scale * logit + calibration.bias))));
          }
        }),
      ),
    );
    const judged: TokenReward[] = rewardsByRange(response, ranges, rewards);
    return { response, tokens: judged, evidence: judges.flatMap((entry) => entry.evidence), scorer: name };
  }

  return {
    name,
    threshold: manifest.threshold,
    score,
    scoreBatch: (requests) =>
      Promise.all(
        requests.map((request) =>
          score(request).catch((error: unknown) => (error instanceof Error ? error : new Error(errorMessage(error)))),
        ),
      ),
    close: () => worker.close(),
  };
}
