import type { OpenAI } from 'openai';
import { ownBaseURL } from '../address.js';
import { tokenCount } from '../price.js';
import { postJson } from './post-json.js';
import { mostPlaces, type RawReply, type Send, type Target } from './provider.js';
import { replySchemaOf } from './reply-schema.js';

type Call = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Create = (call: Call, signal: AbortSignal) => Promise<OpenAI.ChatCompletion | null>;

/** Any chat completions API: pictures as data URLs, structured output. */
export function openaiSend(target: Target): Send {
  const create = target.client ? byClient(target.client as OpenAI, target) : overFetch(target);
  const limit = limitName(target.baseURL);
  return async ({ turns, images, schema, temperature, seed, maxTokens, logprobs }, signal) => {
    const [prompt, ...later] = turns;
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${base64}` },
    }));
    const content = pictures.length === 0 ? prompt : [...pictures, { type: 'text' as const, text: prompt }];
    const completion = await create(
      {
        model: target.model,
        messages: [
          { role: 'user', content },
          ...later.map((text, at) => ({
            role: at % 2 === 0 ? ('assistant' as const) : ('user' as const),
            content: text,
          })),
        ],
        ...(schema
          ? {
              response_format: {
                type: 'json_schema',
                json_schema: { name: 'answer', strict: true, schema: replySchemaOf(schema) },
              },
            }
          : {}),
        ...(temperature === undefined ? {} : { temperature }),
        ...(seed === undefined ? {} : { seed }),
        ...(maxTokens === undefined ? {} : { [limit]: maxTokens }),
        ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs }),
      },
      signal,
    );
    const choice = completion?.choices?.[0];
    const refused = choice?.message?.refusal || choice?.finish_reason === 'content_filter';
    return {
      text: typeof choice?.message?.content === 'string' ? choice.message.content : null,
      ending: refused ? 'refused' : choice?.finish_reason === 'length' ? 'cut-off' : 'whole',
      usage: {
        inputTokens: tokenCount(completion?.usage?.prompt_tokens),
        outputTokens: tokenCount(completion?.usage?.completion_tokens),
      },
      ...choicesOf(choice?.logprobs),
    };
  };
}

/** Our clock ends first, and covers the body too. */
const byClient =
  (client: OpenAI, { timeoutMs, headers }: Target): Create =>
  (call, signal) =>
    client.chat.completions.create(call, { maxRetries: 0, timeout: timeoutMs + 1000, signal, headers });

/** Heeds OPENAI_BASE_URL, OPENAI_ORG_ID and OPENAI_PROJECT_ID as the SDK does. */
function overFetch({ apiKey, baseURL, headers, fetch }: Target): Create {
  const { OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID } = process.env;
  const base = baseURL ?? (OPENAI_BASE_URL?.trim() || ownBaseURL('openai'));
  const own = {
    authorization: `Bearer ${apiKey}`,
    ...(OPENAI_ORG_ID ? { 'openai-organization': OPENAI_ORG_ID } : {}),
    ...(OPENAI_PROJECT_ID ? { 'openai-project': OPENAI_PROJECT_ID } : {}),
    ...headers,
  };
  return (call, signal) => postJson(`${base.replace(/\/+$/, '')}/chat/completions`, own, call, signal, fetch);
}

/** OpenAI's own models refuse the older name of the limit; servers of one's own may know no other (Ollama: openai/openai.go). */
function limitName(baseURL: string | undefined): 'max_tokens' | 'max_completion_tokens' {
  const host = new URL(baseURL ?? ownBaseURL('openai')).hostname;
  return /(?:^|\.)(?:openai|azure)\.com$/.test(host) ? 'max_completion_tokens' : 'max_tokens';
}

/** `choices[].logprobs.content[].top_logprobs[]`; null from a server that has none (LM Studio), null in places from others. */
function choicesOf(logprobs: unknown): Pick<RawReply, 'choices'> {
  const { content } = (logprobs ?? {}) as { content?: unknown };
  if (!Array.isArray(content) || content.length === 0) return {};
  return {
    choices: content.slice(0, mostPlaces).map((place) => {
      const { token, logprob, top_logprobs: top } = (place ?? {}) as Record<string, unknown>;
      const all = [...(Array.isArray(top) ? top : []), { token, logprob }] as { token?: unknown; logprob?: unknown }[];
      const seen = new Set<unknown>();
      return all.flatMap((one) => {
        const { token, logprob } = one ?? {};
        if (typeof token !== 'string' || typeof logprob !== 'number' || Number.isNaN(logprob) || seen.has(token))
          return [];
        seen.add(token);
        return [{ token, logprob }];
      });
    }),
  };
}
