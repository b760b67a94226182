import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { DetectiveError, errorMessage } from '../../errors.js';
import type { ImageInput } from '../../image/image-input.js';
import { packageRoot } from '../../package-root.js';
import { splitSentences } from '../../text/sentences.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer.js';
import { rewardsByRange } from './align.js';
import { abortError, makeBatcher } from './batcher.js';
import { type Family, openFamily } from './families/family.js';
import { withoutUnknownWords } from './known-words.js';
import { openModelFolder } from './model-folder.js';
import { makePictures, type Picture } from './pictures.js';
import { openTokenizer, type TokenizedText } from './tokenizer.js';
import { cutWindows } from './windows.js';
import { startWorker } from './worker-client.js';

export interface TldrScorerOptions {
  /** Threads for each model run. Default: all cores but one, at most 4. */
  threads?: number;
  /** Image features kept, in bytes. Default 64 MiB. */
  cacheBytes?: number;
}

/** Requests of one batch that are in hand at a time, so that their pictures need not all lie in memory. */
const inHand = 64;

/**
 * A scorer that runs a TLDR model folder in a worker thread. Each picture is encoded once and kept; concurrent calls
 * share decoder runs; answers longer than the model's context are scored in windows of whole sentences. With several
 * pictures a token has the highest reward that any of them gives it, because one picture that shows it is enough; if
 * the model cannot judge one of them, it abstains, because any word may be about that one.
 *
 * `score` and `scoreBatch` throw DetectiveError `bad-argument` (no image), `bad-image`, `bad-model` (the ONNX files do
 * not fit tldr.json), `aborted`, or `scorer-failed` (the worker died; the next call starts another).
 *
 * @param folder The model folder. Default: the embedded `models/tldr-scenes`.
 * @throws DetectiveError `bad-model` where the folder is not a whole and unchanged model, `bad-argument` for options
 * that are no whole numbers above 0.
 */
export async function tldrScorer(
  folder = join(packageRoot(), 'models', 'tldr-scenes'),
  options: TldrScorerOptions = {},
): Promise<Scorer> {
  const threads = wholeNumber('threads', options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)));
  const cacheBytes = wholeNumber('cacheBytes', options.cacheBytes ?? 64 * 1024 * 1024);
  const model = await openModelFolder(folder);
  const { manifest, imageEncoder, rewardDecoder } = model;
  const { text, calibration } = manifest;
  const family = openFamily(model);
  const tokenize = await openTokenizer(model);
  const { mean, std } = manifest.image;
  const worker = startWorker({ imageEncoder, rewardDecoder, threads, mean, std, cacheBytes });
  const batcher = makeBatcher(worker);
  const openPicture = makePictures(manifest, family, worker);
  const name = `${manifest.name}@${manifest.version}`;

  function toReward(logit: number): number {
    const reward = 1 / (1 + Math.exp(-(calibration.scale * logit + calibration.bias)));
    if (Number.isNaN(reward)) throw new DetectiveError('scorer-failed', `${name} gave a reward that is no number`);
    return reward;
  }

  const plainSequence: NonNullable<Family['sequence']> = (_rows, prompt, answer) => ({
    ids: [text.bos, ...prompt, text.sep, ...answer, text.eos],
    begin: prompt.length + 2,
  });
  const sequence = family.sequence ?? plainSequence;
  const known = text.words && new Set(text.words);

  async function judge(
    response: string,
    { ids, ranges }: TokenizedText,
    prompt: readonly number[],
    pictures: readonly Picture[],
    signal: AbortSignal | undefined,
  ): Promise<number[]> {
    const sentences = splitSentences(response);
    const rewards: number[] = new Array(ids.length).fill(0);
    const runs = pictures.flatMap(({ key, encode, rows }) => {
      const room = text.maxTokens - sequence(rows, prompt, []).ids.length;
      if (room < 1)
        throw new DetectiveError(
          'bad-image',
          `the picture and the prompt leave no room for an answer: ${name} takes ${text.maxTokens} tokens`,
        );
      return cutWindows(response, ranges, sentences, room).map(async ({ from, to, keepFrom, keepTo }) => {
        const { ids: all, begin } = sequence(rows, prompt, ids.slice(from, to));
        const logits = await batcher.decode({ key, encode, ids: all }, signal);
        for (let i = keepFrom; i < keepTo; i++) rewards[i] = Math.max(rewards[i]!, toReward(logits[begin - from + i]!));
      });
    });
    await Promise.all(runs);
    return rewards;
  }

  async function scoreWith(
    open: (input: ImageInput) => Promise<Picture>,
    { images, prompt, response, signal }: ScoreRequest,
  ): Promise<ScoredResponse> {
    if (images.length === 0)
      throw new DetectiveError('bad-argument', 'there is no image to score the response against');
    const opened = await abortable(Promise.all(images.map(open)), signal);
    const tokenized = await abortable(tokenize(response), signal);
    const unknown = opened.findIndex((picture) => picture.abstained !== null);
    if (unknown >= 0) {
      const which = opened.length === 1 ? 'the picture' : `picture ${unknown + 1} of ${opened.length}`;
      const tokens = rewardsByRange(response, tokenized.ranges, []);
      return { response, tokens, scorer: name, abstained: `${which} ${opened[unknown]!.abstained}` };
    }
    const pictures = [...new Map(opened.map((picture) => [picture.key, picture])).values()];
    const question = prompt || family.defaultPrompt;
    const asked =
      question && text.maxPromptTokens > 0 ? (await tokenize(question)).ids.slice(-text.maxPromptTokens) : [];
    const rewards = await judge(response, tokenized, asked, pictures, signal);
    const all = rewardsByRange(response, tokenized.ranges, rewards);
    const tokens = known ? withoutUnknownWords(response, all, known) : all;
    return { response, tokens, evidence: pictures.flatMap(({ evidence }) => evidence), scorer: name };
  }

  return {
    name,
    threshold: manifest.threshold,
    score: (request) => scoreWith(openPicture, request),
    scoreBatch(requests) {
      const opened = new LRUCache<ImageInput, Promise<Picture>>({ max: inHand });
      const open = (input: ImageInput) => {
        const picture = opened.get(input) ?? openPicture(input);
        opened.set(input, picture);
        return picture;
      };
      const limit = pLimit(inHand);
      return Promise.all(
        requests.map((request) =>
          limit(() =>
            scoreWith(open, request).catch((error) =>
              error instanceof Error ? error : new Error(errorMessage(error)),
            ),
          ),
        ),
      );
    },
    close: () => worker.close(),
  };
}

/** The promise, or a rejection as soon as the signal aborts. What was begun goes on unseen, for others may share it. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError(signal));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function wholeNumber(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new DetectiveError('bad-argument', `${option} is ${value}: give a whole number above 0`);
}
