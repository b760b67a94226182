import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { DetectiveError, errorMessage, isDetectiveError } from '../../../base/errors.js';
import type { Picture } from '../../../image/image-input.js';
import { loadImage } from '../../../image/load.js';
import { type PlainPng, reEncode } from '../../../image/re-encode.js';
import type { Scorer } from '../../scorer.js';
import { rewardsByRange } from '../../tldr/align.js';
import { openOnce } from '../remote/open-once.js';
import { findServedModel } from '../remote/served-model.js';
import { defaultPrompt, servedScorer } from '../remote/served-scorer.js';
import { openServer, type ServerOptions } from '../remote/server.js';
import { type AnswerTokens, answerTokenizer } from './answer-tokens.js';
import { isNear, knownHeads, nearLength } from './known-heads.js';
import { readPooling } from './read-pooling.js';
import { parseServedSpec } from './vllm-spec.js';

export interface VllmScorerOptions extends ServerOptions {
  /** The served model's name. Default: the only one that the server has. */
  model?: string;
  /** The model's folder, whose tokenizer.json is used and whose tldr.json, if any, has the threshold. */
  folder?: string;
  /** Default: that of the folder's tldr.json, else 0.5. */
  threshold?: number;
  /** Requests in flight at most; the server batches them. Default 32. */
  concurrency?: number;
  /** Tries for a reply that fails its checks. Default 3. */
  tries?: number;
}

/** Encoded pictures kept, in characters of base64. */
const keptPictures = 64 * 1024 * 1024;
const apiKeyVariable = 'VLLM_API_KEY';

/**
 * A TLDR behind vLLM's `POST /pooling` with `token_classify`. The rows that come back have neither ids nor offsets: the
 * last ones are the answer's, and every reply is checked for it. There must be one row for each token of the prompt; the
 * last tokens must be those of the answer; before the first answer three small requests show that rewards are in the order
 * of the tokens, and from then on answers that begin alike must be rewarded alike so far. A reply that fails is asked for
 * again; what fails for good is refused, never guessed.
 *
 * Pictures are decoded and written anew here, and sent as data with the SHA-256 of their bytes as `uuid`, so that the server
 * never fetches anything and can keep what it encoded. Of several pictures each is asked about alone, and a token has the
 * highest reward.
 *
 * `score` throws DetectiveError `bad-argument` (no image, or no such model), `bad-image`, `bad-model` (the folder),
 * `aborted`, or `scorer-failed` with what was wrong.
 *
 * @param url Of the server, with or without `/v1`.
 * @throws DetectiveError `bad-argument` for a URL that is none.
 */
export function vllmScorer(url: string, options: VllmScorerOptions = {}): Scorer {
  const { folder, tries = 3 } = options;
  const server = openServer(url, apiKeyVariable, options);
  const name = `vllm:${options.model ? `${options.model}@` : ''}${server.url}`;
  const heads = knownHeads();
  const pictures = new LRUCache<string, PlainPng>({
    maxSize: keptPictures,
    sizeCalculation: ({ base64 }) => Math.min(keptPictures, base64.length),
  });

  async function open() {
    const [model, tokenize] = await Promise.all([
      findServedModel(server, options.model),
      answerTokenizer(server, folder),
    ]);
    const opened = { model, tokenize, anchor: [] as number[] };
    opened.anchor = await probe(opened);
    return opened;
  }
  type Opened = Awaited<ReturnType<typeof open>>;

  const ready = openOnce(open);

  /** Rewards of every token of the prompt, checked; asked for again where another try may be right. */
  async function pool(
    { model, anchor }: Pick<Opened, 'model' | 'anchor'>,
    picture: PlainPng,
    { prompt, response, tokens, signal }: Asked,
  ): Promise<number[]> {
    if (model.maxTokens !== null && tokens.chatTokens >= model.maxTokens)
      throw new DetectiveError(
        'scorer-failed',
        `the answer and its question have ${tokens.chatTokens} tokens, and ${server.url} takes ${model.maxTokens} with the picture: shorten it, or serve with a larger --max-model-len`,
      );
    const head = `${picture.key} ${prompt}`;
    let problem = '';
    for (let attempt = 0; attempt < tries; attempt++) {
      const id = randomUUID();
      const reply = await server.callJson('/pooling', poolingRequest(model.id, picture, prompt, response, id), signal, {
        'x-request-id': id,
      });
      const read = readPooling(reply, {
        model: model.id,
        answerTokens: tokens.ids.length,
        chatTokens: tokens.chatTokens,
      });
      if ('problem' in read) {
        problem = read.problem;
        if (!read.passing) break;
        continue;
      }
      const { rewards } = read;
      const strange = isNear(anchor, rewards.slice(0, anchor.length))
        ? heads.check(head, rewards, tokens.ids)
        : 'the first rows differ from those of every other prompt: they were reordered, or are of another request';
      if (strange === null) return rewards;
      problem = strange;
    }
    heads.forget(head);
    throw new DetectiveError('scorer-failed', `${server.url}/pooling: ${problem}; no reward can be put to a word`);
  }

  /** Shows that rewards stand in the order of the tokens, and finds how many rows all prompts have in common at first. */
  async function probe({ model, tokenize }: Pick<Opened, 'model' | 'tokenize'>): Promise<number[]> {
    const [grey, blue] = await Promise.all([plainPicture('#777', 112), plainPicture('#00f', 84)]);
    const ask = async (picture: PlainPng, response: string) => {
      const tokens = await tokenize(model.id, defaultPrompt, response);
      return pool({ model, anchor: [] }, picture, { prompt: defaultPrompt, response, tokens });
    };
    const first = await ask(grey, 'A red dog stands.');
    await ask(grey, 'A red dog and a cat sit on a mat.');
    const other = await ask(blue, 'A red dog stands.');
    return first.slice(0, nearLength(first, other));
  }

  async function encode(input: Picture): Promise<PlainPng> {
    const loaded = await loadImage(input);
    const known = pictures.get(loaded.key) ?? (await reEncode(loaded));
    pictures.set(loaded.key, known);
    return known;
  }

  return servedScorer(
    { name, threshold: options.threshold ?? 0.5, concurrency: options.concurrency ?? 32 },
    async ({ pictures: seen, prompt, response, signal }) => {
      const encoded = await Promise.all(seen.map(encode));
      if (response.trim() === '') return [];
      const opened = await ready();
      const tokens = await opened.tokenize(opened.model.id, prompt, response, signal);
      const distinct = [...new Map(encoded.map((picture) => [picture.key, picture])).values()];
      const asked = { prompt, response, tokens, signal };
      const all = await Promise.all(distinct.map((picture) => pool(opened, picture, asked)));
      const rewards = tokens.ids.map((_, at) =>
        Math.max(...all.map((rows) => rows[rows.length - tokens.ids.length + at]!)),
      );
      return rewardsByRange(response, tokens.ranges, rewards);
    },
  );
}

interface Asked {
  prompt: string;
  response: string;
  tokens: AnswerTokens;
  signal?: AbortSignal | undefined;
}

function poolingRequest(model: string, picture: PlainPng, prompt: string, response: string, id: string): object {
  return {
    model,
    task: 'token_classify',
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'image_url',
            image_url: { url: `data:image/png;base64,${picture.base64}` },
            uuid: picture.key,
          },
          { type: 'text', text: prompt },
        ],
      },
      { role: 'assistant', content: response },
    ],
    add_generation_prompt: false,
    continue_final_message: true,
    add_special_tokens: false,
    use_activation: true,
    encoding_format: 'float',
    request_id: id,
  };
}

async function plainPicture(colour: string, side: number): Promise<PlainPng> {
  const { default: sharp } = await import('sharp');
  const create = { width: side, height: side, channels: 3 as const, background: colour };
  return reEncode(await sharp({ create }).png().toBuffer());
}

/**
 * The threshold that a model folder's tldr.json states, or undefined where there is none.
 *
 * @throws DetectiveError `bad-model` where it is there and cannot be read.
 */
export async function thresholdOfFolder(folder: string): Promise<number | undefined> {
  const path = join(folder, 'tldr.json');
  try {
    const { threshold } = JSON.parse(await readFile(path, 'utf8')) as { threshold?: unknown };
    if (typeof threshold === 'number' && threshold >= 0 && threshold <= 1) return threshold;
    throw new DetectiveError('bad-model', `${path} has no threshold from 0 to 1`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (isDetectiveError(cause)) throw cause;
    throw new DetectiveError('bad-model', `${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

/** `MODEL@URL#FOLDER`, with the threshold of the folder where there is one. */
export async function vllmFrom(rest: string): Promise<Scorer> {
  const { url, ...spec } = parseServedSpec('vllm', rest);
  const threshold = spec.folder === undefined ? undefined : await thresholdOfFolder(spec.folder);
  return vllmScorer(url, { ...spec, ...(threshold === undefined ? {} : { threshold }) });
}
