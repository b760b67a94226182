import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { abortable } from '../../base/abort.js';
import { breather } from '../../base/breathe.js';
import { DetectiveError, errorMessage } from '../../base/errors.js';
import { packageRoot } from '../../base/package-root.js';
import type { ImageInput } from '../../image/image-input.js';
import { loadInline } from '../../image/load.js';
import { unclaimed } from '../../text/claims/claims.js';
import type { UndrawnName } from '../../text/claims/excerpt.js';
import { plainFacts } from '../../text/claims/plain-facts.js';
import type { SeenThing } from '../../text/claims/sure-facts.js';
import { splitSentences } from '../../text/sentences.js';
import type { Evidence, ScoredResponse, ScoreRequest, Scorer } from '../scorer.js';
import { type FindExcerpt, viewed } from '../viewed.js';
import { hubFolder, isHubAddress, parseHubAddress, printHubAddress } from '../weights/hub-address.js';
import { rewardsByRange } from './align.js';
import type { Family } from './families/family.js';
import { openFamily } from './families/open-family.js';
import { withoutTallies, withoutUnknownWords } from './known-words.js';
import { type ModelFolder, openModelFolder } from './model-folder.js';
import { makePictures, type ReadPicture } from './pictures.js';
import { makePool } from './pool.js';
import { openTokenizer, type TokenizedText } from './tokenizer.js';
import { cutWindows } from './windows.js';
import { startWorker, type WorkerClient } from './worker-client.js';

export interface TldrScorerOptions {
  /** Worker threads, each with both halves of the model in memory. Default 1. */
  workers?: number;
  /** Threads for each model run. Default: all cores but one, at most 4, shared out over the workers. */
  threads?: number;
  /** Image features kept, in bytes, by all workers together. Default 32 MiB. */
  cacheBytes?: number;
  /** Loads the model and runs each worker once before the scorer is handed out, so that the first answer does not wait. */
  warmUp?: boolean;
}

/** Requests of a batch whose sequences reach the decoder together, however unevenly their pictures are read. */
export const groupSize = 8;
/** Groups under way at a time, so that one is prepared while another is judged, and not all pictures lie in memory. */
const groupsInHand = 8;
const defaultCacheBytes = 32 * 1024 * 1024;
/** A decoder that can tell which tokens say nothing of the picture gives these a logit of this or more: no reward. */
const silentLogit = 1e4;
/** Tokens kept, in characters of their texts: an answer is scored again in every round. */
const keptText = 250_000;

/**
 * A scorer that runs a TLDR model folder in worker threads. Each picture is encoded once and kept; concurrent calls
 * share decoder runs, and the workers share the features; answers longer than the model's context are scored in windows of whole sentences. With several
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
  const workers = wholeNumber('workers', options.workers ?? 1);
  const cores = Math.max(1, Math.min(4, availableParallelism() - 1));
  const threads = wholeNumber('threads', options.threads ?? Math.max(1, Math.floor(cores / workers)));
  const cacheBytes = wholeNumber('cacheBytes', options.cacheBytes ?? defaultCacheBytes);
  const model = await openModelFolder(folder);
  const { imageEncoder, rewardDecoder } = model;
  const { mean, std } = model.manifest.image;
  const setup = { imageEncoder, rewardDecoder, threads, mean, std };
  const started = Array.from({ length: workers }, () => startWorker(setup));
  try {
    const scorer = reading(model, await scorerOf(model, started, cacheBytes));
    if (options.warmUp) await warmUp(model, started);
    return scorer;
  } catch (error) {
    await Promise.all(started.map((worker) => worker.close()));
    throw error;
  }
}

/**
 * The scorer of answers as they are written. A model that was taught a few words only is given nothing else to read: what it
 * reads beside them changes its rewards.
 */
export function reading({ manifest }: ModelFolder, { see, ...scorer }: TldrScorer): Scorer {
  const plainly: FindExcerpt = async (text, { images, prompt, signal }) => {
    const { certain, all, complete } = await see(images, signal);
    // those who waited for one picture go on all at once
    await breather(signal)();
    const excerpt = plainFacts(text, prompt, certain);
    const isRefuted = ({ noun }: UndrawnName) => complete && !noun.mistakenFor.some((name) => all.has(name));
    return { ...excerpt, refuted: excerpt.undrawn.filter(isRefuted) };
  };
  return viewed(scorer, unclaimed, manifest.text.words ? plainly : undefined, groupSize);
}

/** A scorer that can tell beforehand what is in pictures. */
interface TldrScorer extends Scorer {
  /** What was seen; nothing where the pictures cannot be read, which scoring them will tell. */
  see(images: readonly ImageInput[], signal?: AbortSignal): Promise<Sight>;
}

interface Sight {
  /** The things that were seen for certain. */
  certain: SeenThing[];
  /** The names of all that may have been seen. */
  all: ReadonlySet<string>;
  /** Everything that was seen has a name that is likely: there is nothing else. */
  complete: boolean;
}

const noSight: Sight = { certain: [], all: new Set(), complete: false };
/** A thing is seen for certain where its name is at least so likely. */
const certain = 0.7;
/** Where all names are at least so likely, nothing else is there. */
const likely = 0.5;

function sightOf(evidence: readonly Evidence[]): Sight {
  const things = evidence.filter(({ kind }) => kind === 'object');
  return {
    certain: things
      .filter(({ confidence }) => confidence >= certain)
      .map(({ label, attributes }) => ({ name: label, ...(attributes?.colour && { colour: attributes.colour }) })),
    all: new Set(things.map(({ label }) => label)),
    complete: things.length > 0 && things.every(({ confidence }) => confidence >= likely),
  };
}

/** Has each worker run both halves once, on a picture of nothing. */
async function warmUp(model: ModelFolder, workers: readonly WorkerClient[]): Promise<void> {
  const { size } = model.manifest.image;
  const { bos, sep, eos } = model.manifest.text;
  const wanted = openFamily(model).imageSize?.({ width: size[0], height: size[1] });
  const [width, height] = wanted ? [wanted.width, wanted.height] : size;
  const run = async (worker: WorkerClient) => {
    const encoded = await worker.send({
      type: 'encode',
      pixels: new Uint8Array(3 * width * height),
      size: [width, height],
    });
    const reply =
      'features' in encoded
        ? await worker.send({
            type: 'decode',
            items: [{ features: encoded.features, ids: [bos, sep, eos], prefix: 0 }],
          })
        : encoded;
    if ('error' in reply) throw new DetectiveError(reply.code, `the model could not be run: ${reply.error}`);
  };
  await Promise.all(workers.map(run));
}

/**
 * A scorer of a model whose two halves are run by the given workers: threads, or a server. `close` closes them.
 *
 * @throws DetectiveError `bad-model` for a family that this version does not know, or a tokenizer that it cannot use.
 */
export async function scorerOf(
  model: ModelFolder,
  workers: readonly WorkerClient[],
  cacheBytes = defaultCacheBytes,
): Promise<TldrScorer> {
  const { manifest } = model;
  const { text, calibration } = manifest;
  const family = openFamily(model);
  const tokenizeAnew = await openTokenizer(model);
  const tokenized = new LRUCache<string, TokenizedText>({
    maxSize: keptText,
    sizeCalculation: (_, key) => Math.min(keptText, Math.max(1, key.length)),
  });
  const tokenize = async (response: string): Promise<TokenizedText> => {
    const known = tokenized.get(response) ?? (await tokenizeAnew(response));
    tokenized.set(response, known);
    return known;
  };
  const pool = makePool(workers, cacheBytes);
  const openPicture = makePictures(manifest, family, pool);
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
    pictures: readonly ReadPicture[],
    signal: AbortSignal | undefined,
  ): Promise<(number | null)[]> {
    const sentences = splitSentences(response);
    const rewards: number[] = new Array(ids.length).fill(0);
    const silent = new Set<number>();
    const runs = pictures.flatMap(({ image, rows }) => {
      const room = text.maxTokens - sequence(rows, prompt, []).ids.length;
      if (room < 1)
        throw new DetectiveError(
          'bad-image',
          `the picture and the prompt leave no room for an answer: ${name} takes ${text.maxTokens} tokens`,
        );
      return cutWindows(response, ranges, sentences, room).map(async ({ from, to, keepFrom, keepTo }) => {
        const { ids: all, begin, prefix = 0 } = sequence(rows, prompt, ids.slice(from, to));
        const logits = await pool.decode({ image, ids: all, prefix }, signal);
        for (let i = keepFrom; i < keepTo; i++) {
          const logit = logits[begin - from + i]!;
          if (logit >= silentLogit) silent.add(i);
          else rewards[i] = Math.max(rewards[i]!, toReward(logit));
        }
      });
    });
    await Promise.all(runs);
    return silent.size === 0 ? rewards : rewards.map((reward, i) => (silent.has(i) ? null : reward));
  }

  const openAt = async (images: readonly ImageInput[], at: number, signal?: AbortSignal) =>
    openPicture((await loadInline(images))[at]!, signal);

  /** All of a score but the runs of the decoder, which the returned function asks for at once when it is called. */
  async function readied(
    open: (images: readonly ImageInput[], at: number, signal?: AbortSignal) => Promise<ReadPicture>,
    { images, prompt, response, signal }: ScoreRequest,
  ): Promise<() => Promise<ScoredResponse>> {
    if (images.length === 0)
      throw new DetectiveError('bad-argument', 'there is no image to score the response against');
    const question = prompt || family.defaultPrompt;
    const [opened, answer, asked] = await abortable(
      () =>
        Promise.all([
          Promise.all(images.map((_, at) => open(images, at, signal))),
          tokenize(response),
          question && text.maxPromptTokens > 0 ? tokenize(question) : null,
        ]),
      signal,
      { doing: 'scoring' },
    );
    const unknown = opened.findIndex((picture) => picture.abstained !== null);
    if (unknown >= 0) {
      const which = opened.length === 1 ? 'the picture' : `picture ${unknown + 1} of ${opened.length}`;
      const tokens = rewardsByRange(response, answer.ranges, []);
      return async () => ({ response, tokens, scorer: name, abstained: `${which} ${opened[unknown]!.abstained}` });
    }
    const pictures = [...new Map(opened.map((picture) => [picture.key, picture])).values()];
    const promptIds = asked?.ids.slice(-text.maxPromptTokens) ?? [];
    return async () => {
      const rewards = await judge(response, answer, promptIds, pictures, signal);
      const decoded = rewardsByRange(response, answer.ranges, rewards);
      const witness = pictures.length === 1 ? pictures[0]!.witness : undefined;
      const all = witness?.(response, decoded) ?? (known ? withoutTallies(response, decoded) : decoded);
      const tokens = known ? withoutUnknownWords(response, all, known) : all;
      return { response, tokens, evidence: pictures.flatMap(({ evidence }) => evidence), scorer: name };
    };
  }

  return {
    name,
    threshold: manifest.threshold,
    ...(manifest.harm && { harm: manifest.harm }),
    score: async (request) => (await readied(openAt, request))(),
    async scoreBatch(requests) {
      const opened = new LRUCache<ImageInput, Promise<ReadPicture>>({ max: groupSize * groupsInHand });
      const open = (images: readonly ImageInput[], at: number) => {
        const picture = opened.get(images[at]!) ?? openAt(images, at);
        opened.set(images[at]!, picture);
        return picture;
      };
      const limit = pLimit(groupsInHand);
      const groups = Array.from({ length: Math.ceil(requests.length / groupSize) }, (_, n) =>
        requests.slice(n * groupSize, (n + 1) * groupSize),
      );
      const scored = await Promise.all(
        groups.map((group) =>
          limit(async () => {
            const runs = await Promise.all(group.map((request) => readied(open, request).catch(asError)));
            return Promise.all(runs.map((run) => (run instanceof Error ? run : run().catch(asError))));
          }),
        ),
      );
      return scored.flat();
    },
    async see(images, signal) {
      const opened = await Promise.all(images.map((_, at) => openAt(images, at, signal))).catch(() => []);
      if (opened.some(({ abstained }) => abstained !== null)) return noSight;
      return sightOf(opened.flatMap(({ evidence }) => evidence));
    },
    async prepare(images, signal) {
      await abortable(() => Promise.all(images.map((_, at) => openAt(images, at, signal))), signal, {
        doing: 'scoring',
      });
    },
    close: () => pool.close(),
  };
}

/**
 * The embedded model (''), the model of a folder, or what `models pull hf:OWNER/REPO@REVISION` fetched.
 *
 * @throws DetectiveError `missing-dependency` where that was not fetched, and what `tldrScorer` throws.
 */
export async function tldrFrom(where: string): Promise<Scorer> {
  if (where === '') return tldrScorer();
  if (!isHubAddress(where)) return tldrScorer(where);
  const address = parseHubAddress(where);
  const folder = hubFolder(address);
  if (existsSync(folder)) return tldrScorer(folder);
  const name = printHubAddress(address);
  throw new DetectiveError('missing-dependency', `${name} is not here: run \`vlm-detective models pull ${name}\` once`);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(errorMessage(error)));

function wholeNumber(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new DetectiveError('bad-argument', `${option} is ${value}: give a whole number above 0`);
}
