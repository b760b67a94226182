import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DetectiveError, errorMessage } from '../../../base/errors.js';
import { alignTokens } from '../../tldr/align.js';
import { orComposed } from '../../tldr/compose.js';
import { openTokenizer, type TokenizedText } from '../../tldr/tokenizer.js';
import type { Server } from '../remote/server.js';

/** The tokens of an answer, and how many tokens the whole chat has without its picture. */
export interface AnswerTokens extends TokenizedText {
  /** Tokens of the chat, the picture's not counted. */
  chatTokens: number;
}

const placeTokens = orComposed(alignTokens);

const tokenizedSchema = z.object({
  tokens: z.array(z.int().nonnegative()),
  token_strs: z.array(z.string()).nullish(),
  max_model_len: z.number().nullish(),
});

export type TokenizeAnswer = (
  model: string,
  prompt: string,
  response: string,
  signal?: AbortSignal,
) => Promise<AnswerTokens>;

/**
 * Tokens of an answer as the server will have them: those of the folder's tokenizer.json, or else of the server's
 * `/tokenize` for the answer alone. Either way the server is asked for the tokens of the whole chat, whose last ones must
 * be these: BPE may join the answer to what stands before it, and a chat template may trim it.
 *
 * @throws DetectiveError `scorer-failed` where they are not, or the server has no `/tokenize`; `bad-model` for a folder
 * without a usable tokenizer.json.
 */
export async function answerTokenizer(server: Server, folder: string | undefined): Promise<TokenizeAnswer> {
  const local = folder === undefined ? null : await openTokenizer(await tokenizerOf(folder));

  async function ask(body: object, signal: AbortSignal | undefined): Promise<z.infer<typeof tokenizedSchema>> {
    const parsed = tokenizedSchema.safeParse(await server.callJson('/tokenize', body, signal));
    if (!parsed.success)
      throw new DetectiveError(
        'scorer-failed',
        `${server.url}/tokenize did not answer as vLLM does: without it tokens cannot be put to words`,
      );
    return parsed.data;
  }

  async function alone(model: string, response: string, signal: AbortSignal | undefined): Promise<TokenizedText> {
    if (local) return local(response);
    const { tokens, token_strs } = await ask(
      { model, prompt: response, add_special_tokens: false, return_token_strs: true },
      signal,
    );
    const ranges = token_strs?.length === tokens.length ? placeTokens(response, token_strs) : null;
    if (!ranges)
      throw new DetectiveError(
        'scorer-failed',
        `${server.url} does not tokenize by bytes, so tokens cannot be put to words: give the folder with its tokenizer.json, vllm:URL#FOLDER`,
      );
    return { ids: tokens, ranges };
  }

  return async (model, prompt, response, signal) => {
    const own = await alone(model, response, signal);
    const chat = await ask(
      {
        model,
        messages: [
          { role: 'user', content: prompt },
          { role: 'assistant', content: response },
        ],
        add_generation_prompt: false,
        continue_final_message: true,
        add_special_tokens: false,
      },
      signal,
    );
    const tail = chat.tokens.slice(-own.ids.length);
    if (own.ids.length === 0 || tail.length !== own.ids.length || tail.some((id, at) => id !== own.ids[at]))
      throw new DetectiveError(
        'scorer-failed',
        `the last tokens of the chat at ${server.url} are not those of the answer (${local ? `by ${folder}/tokenizer.json` : 'by itself'}): its chat template changes the answer, or it serves another model; no reward can be put to a word`,
      );
    return { ...own, chatTokens: chat.tokens.length };
  };
}

async function tokenizerOf(folder: string) {
  const path = join(folder, 'tokenizer.json');
  try {
    const tokenizer = JSON.parse(await readFile(path, 'utf8')) as object;
    return { folder, tokenizer, manifest: { text: { lowercase: false } } };
  } catch (cause) {
    throw new DetectiveError('bad-model', `${path} cannot be read (${errorMessage(cause)}): give the model's folder`, {
      cause,
    });
  }
}
