import { ownBaseURL } from '../address.js';
import { tokenCount } from '../price.js';
import { postJson } from './post-json.js';
import { mostPlaces, type RawReply, type Send, type Target } from './provider.js';
import { replySchemaOf } from './reply-schema.js';

/** Why a candidate ended without being whole, but for MAX_TOKENS: it was kept back. */
const keptBack = /^(?:SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|LANGUAGE|IMAGE_SAFETY)$/;

/** What is read of a reply; nothing in it is sure to be there. */
interface GeminiReply {
  candidates?: {
    content?: { parts?: { text?: unknown; thought?: unknown }[] };
    finishReason?: string;
    logprobsResult?: { topCandidates?: unknown };
  }[];
  promptFeedback?: { blockReason?: string };
  usageMetadata?: { promptTokenCount?: number; candidatesTokenCount?: number; thoughtsTokenCount?: number };
}

/** Google's `generateContent`, over plain fetch: pictures inline, JSON by a schema. */
export function geminiSend({ model, apiKey, baseURL = ownBaseURL('gemini'), headers, fetch }: Target): Send {
  const path = (model.includes('/') ? model : `models/${model}`).split('/').map(encodeURIComponent).join('/');
  const url = `${baseURL.replace(/\/+$/, '')}/${path}:generateContent`;
  return async ({ turns, images, schema, temperature, seed, maxTokens, logprobs }, signal) => {
    const pictures = images.map(({ mediaType, base64 }) => ({ inlineData: { mimeType: mediaType, data: base64 } }));
    const contents = turns.map((text, at) => ({
      role: at % 2 === 0 ? 'user' : 'model',
      parts: [...(at === 0 ? pictures : []), { text }],
    }));
    const generationConfig = {
      ...(schema ? { responseMimeType: 'application/json', responseJsonSchema: replySchemaOf(schema) } : {}),
      ...(temperature === undefined ? {} : { temperature }),
      ...(seed === undefined ? {} : { seed }),
      ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
      ...(logprobs === undefined ? {} : { responseLogprobs: true, logprobs }),
    };
    const own = { ...headers, ...(apiKey === 'none' ? {} : { 'x-goog-api-key': apiKey }) };
    return readReply(await postJson(url, own, { contents, generationConfig }, signal, fetch));
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
    ...choicesOf(candidate?.logprobsResult?.topCandidates),
  };
}

/** Vertex AI tells `logprobsResult.topCandidates[].candidates[]`; the developer's API refuses to. */
function choicesOf(places: unknown): Pick<RawReply, 'choices'> {
  if (!Array.isArray(places) || places.length === 0) return {};
  return {
    choices: places.slice(0, mostPlaces).map((place) => {
      const { candidates } = (place ?? {}) as { candidates?: { token?: unknown; logProbability?: unknown }[] };
      return (candidates ?? []).flatMap(({ token, logProbability: logprob }) =>
        typeof token === 'string' && typeof logprob === 'number' ? [{ token, logprob }] : [],
      );
    }),
  };
}
