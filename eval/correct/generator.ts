import { DetectiveError } from '../../src/base/errors.js';
import { encodeForApi } from '../../src/image/decode.js';
import type { ImageInput } from '../../src/image/image-input.js';
import { checkBaseURL, keyFor, rewriterName } from '../../src/models/address.js';
import { tokenCount } from '../../src/models/price.js';
import { withRetries } from '../../src/models/retry.js';
import type { Usage } from '../../src/rewriters/rewriter.js';

/** A model that answers questions about pictures. */
export interface Generator {
  readonly name: string;
  answer(request: {
    image: ImageInput;
    prompt: string;
    /** Asks for another answer; servers that know no seeds give what they give. */
    seed: number;
    signal: AbortSignal;
  }): Promise<{ text: string; usage: Usage }>;
}

/** Longer answers are cut off. */
const mostTokens = 512;

/**
 * A generator from its name: `openai:MODEL`, or `openai:MODEL@URL` for any server that speaks chat completions.
 *
 * @throws DetectiveError `bad-argument` for another name or without a key; `answer` throws `rewriter-failed` where the
 * model gives no answer in several tries.
 */
export function createGenerator(spec: string): Generator {
  const [, model, url] = /^openai:([^@]+?)(?:@(https?:\/\/\S+))?$/.exec(spec) ?? [];
  if (!model)
    throw new DetectiveError(
      'bad-argument',
      `unknown generator ${JSON.stringify(spec.slice(0, 100))}: use embedded, openai:MODEL, or openai:MODEL@http://localhost:8000/v1`,
    );
  const baseURL = url === undefined ? undefined : checkBaseURL(url);
  const address = { model, ...(baseURL ? { baseURL } : {}) };
  const apiKey = keyFor('OPENAI_API_KEY', address);
  if (!apiKey) throw new DetectiveError('bad-argument', 'an OpenAI generator needs a key: set OPENAI_API_KEY');
  const name = rewriterName('openai', address);
  return {
    name,
    async answer({ image, prompt, seed, signal }) {
      const { OpenAI } = await import('openai');
      const client = new OpenAI({ maxRetries: 0, apiKey, ...(baseURL ? { baseURL } : {}) });
      const { mediaType, base64 } = await encodeForApi(image);
      const url = `data:${mediaType};base64,${base64}`;
      const completion = await withRetries(
        name,
        (attempt) =>
          client.chat.completions.create(
            {
              model,
              seed,
              max_completion_tokens: mostTokens,
              messages: [
                {
                  role: 'user',
                  content: [
                    { type: 'image_url', image_url: { url } },
                    { type: 'text', text: prompt },
                  ],
                },
              ],
            },
            { maxRetries: 0, signal: attempt },
          ),
        { timeoutMs: 60_000, signal, secrets: [apiKey] },
      );
      const text = completion.choices?.[0]?.message?.content;
      if (typeof text !== 'string' || text.trim() === '')
        throw new DetectiveError('rewriter-failed', `${name} gave no answer`);
      return {
        text,
        usage: {
          inputTokens: tokenCount(completion.usage?.prompt_tokens),
          outputTokens: tokenCount(completion.usage?.completion_tokens),
        },
      };
    },
  };
}
