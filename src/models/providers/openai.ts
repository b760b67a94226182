import type { OpenAI } from 'openai';
import { tokenCount } from '../price.js';
import { postJson } from './post-json.js';
import type { Send, Target } from './provider.js';
import { replySchemaOf } from './reply-schema.js';

type Call = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Create = (call: Call, signal: AbortSignal) => Promise<OpenAI.ChatCompletion | null>;

/** Any chat completions API: pictures as data URLs, structured output. */
export function openaiSend(target: Target): Send {
  const create = target.client ? byClient(target.client as OpenAI, target) : overFetch(target);
  return async ({ turns, images, schema, temperature, seed, maxTokens }, signal) => {
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
        ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
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
  const base = baseURL ?? (OPENAI_BASE_URL?.trim() || 'https://api.openai.com/v1');
  const own = {
    authorization: `Bearer ${apiKey}`,
    ...(OPENAI_ORG_ID ? { 'openai-organization': OPENAI_ORG_ID } : {}),
    ...(OPENAI_PROJECT_ID ? { 'openai-project': OPENAI_PROJECT_ID } : {}),
    ...headers,
  };
  return (call, signal) => postJson(`${base.replace(/\/+$/, '')}/chat/completions`, own, call, signal, fetch);
}
