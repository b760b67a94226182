import { randomUUID } from 'node:crypto';
import { DetectiveError } from '../../../base/errors.js';
import { reEncode } from '../../../image/re-encode.js';
import type { Scorer } from '../../scorer.js';
import { rewardsByRange } from '../../tldr/align.js';
import { openOnce } from '../remote/open-once.js';
import { findServedModel } from '../remote/served-model.js';
import { servedScorer } from '../remote/served-scorer.js';
import { openServer, type ServerOptions } from '../remote/server.js';
import { answerTokenizer } from '../vllm/answer-tokens.js';
import { parseServedSpec } from '../vllm/vllm-spec.js';
import { contrastRewards, defaultMargin } from './contrast-rewards.js';
import { readLogprobs } from './read-logprobs.js';

export interface ContrastScorerOptions extends ServerOptions {
  /** The served model's name. Default: the only one that the server has. */
  model?: string;
  /** The model's folder, whose tokenizer.json is used. Default: the server is asked to tokenize. */
  folder?: string;
  /** Nats that the picture must take from a token before it is doubted. Default 1. */
  margin?: number;
  /** Requests in flight at most. Default 8: each holds the log-probabilities of a whole vocabulary on the server. */
  concurrency?: number;
  /** Tries for a reply that fails its checks. Default 3. */
  tries?: number;
}

/**
 * An open VLM behind vLLM as a scorer, without a trained head: the log-probability of each token of the answer with the
 * picture against that without it. What the picture makes less likely is doubted. See `contrastRewards` for the formula.
 *
 * `score` throws DetectiveError `bad-argument` (no image, or no such model), `bad-image`, `bad-model` (the folder),
 * `aborted`, or `scorer-failed` with what was wrong.
 *
 * @param url Of the server, with or without `/v1`.
 * @throws DetectiveError `bad-argument` for a URL that is none.
 */
export function contrastScorer(url: string, options: ContrastScorerOptions = {}): Scorer {
  const { margin = defaultMargin, tries = 3 } = options;
  const server = openServer(url, 'VLLM_API_KEY', options);
  const name = `contrast:${options.model ? `${options.model}@` : ''}${server.url}`;

  async function open() {
    const [{ id }, tokenize] = await Promise.all([
      findServedModel(server, options.model),
      answerTokenizer(server, options.folder),
    ]);
    return { model: id, tokenize };
  }

  const ready = openOnce(open);

  async function logprobs(
    pictures: readonly { base64: string; key: string }[],
    { model, prompt, response, ids, signal }: Asked,
  ): Promise<number[]> {
    let problem = '';
    for (let attempt = 0; attempt < tries; attempt++) {
      const id = randomUUID();
      const reply = await server.callJson(
        '/v1/chat/completions',
        {
          model,
          messages: [
            {
              role: 'user',
              content: [
                ...pictures.map(({ base64, key }) => ({
                  type: 'image_url',
                  image_url: { url: `data:image/png;base64,${base64}` },
                  uuid: key,
                })),
                { type: 'text', text: prompt },
              ],
            },
            { role: 'assistant', content: response },
          ],
          max_tokens: 1,
          temperature: 0,
          prompt_logprobs: 1,
          return_token_ids: true,
          add_generation_prompt: false,
          continue_final_message: true,
          add_special_tokens: false,
        },
        signal,
        { 'x-request-id': id },
      );
      const read = readLogprobs(reply, model, ids);
      if ('logprobs' in read) return read.logprobs;
      problem = read.problem;
      if (!read.passing) break;
    }
    throw new DetectiveError('scorer-failed', `${server.url}: ${problem}`);
  }

  return servedScorer(
    { name, threshold: 0.5, concurrency: options.concurrency ?? 8 },
    async ({ pictures, prompt, response, signal }) => {
      const encoded = await Promise.all(pictures.map((picture) => reEncode(picture)));
      if (response.trim() === '') return [];
      const { model, tokenize } = await ready();
      const { ids, ranges } = await tokenize(model, prompt, response, signal);
      const asked = { model, prompt, response, ids, signal };
      const [seen, blind] = await Promise.all([logprobs(encoded, asked), logprobs([], asked)]);
      return rewardsByRange(response, ranges, contrastRewards(seen, blind, margin)).map(withoutMarks);
    },
  );
}

interface Asked {
  model: string;
  prompt: string;
  response: string;
  ids: readonly number[];
  signal: AbortSignal | undefined;
}

/** Punctuation says nothing about the picture. */
const withoutMarks = <Token extends { text: string; reward: number | null }>(token: Token): Token =>
  /[\p{L}\p{N}]/u.test(token.text) ? token : { ...token, reward: null };

/** `MODEL@URL`. */
export async function contrastFrom(rest: string): Promise<Scorer> {
  const { url, ...spec } = parseServedSpec('contrast', rest);
  return contrastScorer(url, spec);
}
