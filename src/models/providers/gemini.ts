import { toJSONSchema, type ZodType } from 'zod';
import { tokenCount } from '../price.js';
import type { RawReply, Send, Target } from './provider.js';

const googles = 'https://generativelanguage.googleapis.com/v1beta';
/** Why a candidate ended without being whole, but for MAX_TOKENS: it was kept back. */
const keptBack = /^(?:SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|LANGUAGE|IMAGE_SAFETY)$/;

/** What is read of a reply; nothing in it is sure to be there. */
interface GeminiReply {
  candidates?: { content?: { parts?: { text?: unknown; thought?: unknown }[] }; finishReason?: string }[];
  promptFeedback?: { blockReason?: string };
  usageMetadata?: { promptTokenCount?: number; candidatesTokenCount?: number; thoughtsTokenCount?: number };
}

/** Google's `generateContent`, over plain fetch: pictures inline, JSON by a schema. */
export function geminiSend({
  model,
  apiKey,
  baseURL = googles,
  fetch: send = globalThis.fetch,
  headers,
}: Target): Send {
  const path = (model.includes('/') ? model : `models/${model}`).split('/').map(encodeURIComponent).join('/');
  const url = `${baseURL.replace(/\/+$/, '')}/${path}:generateContent`;
  return async ({ turns, images, schema, temperature, seed, maxTokens }, signal) => {
    const pictures = images.map(({ mediaType, base64 }) => ({ inlineData: { mimeType: mediaType, data: base64 } }));
    const contents = turns.map((text, at) => ({
      role: at % 2 === 0 ? 'user' : 'model',
      parts: [...(at === 0 ? pictures : []), { text }],
    }));
    const generationConfig = {
      ...(schema ? { responseMimeType: 'application/json', responseJsonSchema: jsonSchemaOf(schema) } : {}),
      ...(temperature === undefined ? {} : { temperature }),
      ...(seed === undefined ? {} : { seed }),
      ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    };
    const response = await send(url, {
      method: 'POST',
      // a redirect could lead the picture and the key elsewhere
      redirect: 'manual',
      signal,
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(apiKey === 'none' ? {} : { 'x-goog-api-key': apiKey }),
      },
      body: JSON.stringify({ contents, generationConfig }),
    });
    const text = await response.text();
    if (!response.ok) throw failure(response, text);
    return readReply(JSON.parse(text));
  };
}

function readReply(reply: GeminiReply | null): RawReply {
  const candidate = reply?.candidates?.[0];
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = reply?.usageMetadata ?? {};
  const texts = (candidate?.content?.parts ?? []).flatMap(({ text, thought }) =>
    typeof text === 'string' && thought !== true ? text : [],
  );
  const finish = candidate?.finishReason ?? '';
  return {
    text: texts.length > 0 ? texts.join('') : null,
    ending:
      reply?.promptFeedback?.blockReason !== undefined || keptBack.test(finish)
        ? 'refused'
        : finish === 'MAX_TOKENS'
          ? 'cut-off'
          : 'whole',
    usage: {
      inputTokens: tokenCount(promptTokenCount),
      outputTokens: tokenCount(candidatesTokenCount) + tokenCount(thoughtsTokenCount),
    },
  };
}

function jsonSchemaOf(schema: ZodType): object {
  const { $schema: _, ...known } = toJSONSchema(schema);
  return known;
}

/** Google says in the body how long to wait: `{ '@type': '….RetryInfo', retryDelay: '34s' }`. */
function failure(response: Response, body: string): Error {
  let error: { message?: unknown; details?: { retryDelay?: unknown }[] } = {};
  try {
    const parsed: unknown = JSON.parse(body);
    // streaming front ends send a list of one
    error = ([parsed].flat()[0] as { error?: typeof error } | null)?.error ?? {};
  } catch {}
  const message = typeof error.message === 'string' ? error.message : body.slice(0, 300) || response.statusText;
  const headers = new Headers(response.headers);
  const delays = Array.isArray(error.details)
    ? error.details.map((detail) => /^([\d.]+)s$/.exec(`${detail?.retryDelay}`))
    : [];
  const seconds = delays.find(Boolean)?.[1];
  if (seconds !== undefined && !headers.has('retry-after')) headers.set('retry-after', seconds);
  return Object.assign(new Error(message), { status: response.status, headers });
}
