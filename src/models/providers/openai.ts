import { OpenAI } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { tokenCount } from '../price.js';
import type { Send, Target } from './provider.js';

/** Any chat completions API: pictures as data URLs, structured output. */
export function openaiSend({ model, client, apiKey, baseURL, fetch, timeoutMs, headers }: Target): Send {
  const settings = { maxRetries: 0, apiKey, ...(baseURL ? { baseURL } : {}), ...(fetch ? { fetch } : {}) };
  const api = (client as OpenAI | undefined) ?? new OpenAI(settings);
  return async ({ turns, images, schema, temperature, seed, maxTokens }, signal) => {
    const [prompt, ...later] = turns;
    const pictures = images.map(({ mediaType, base64 }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${base64}` },
    }));
    const content = pictures.length === 0 ? prompt : [...pictures, { type: 'text' as const, text: prompt }];
    const completion = await api.chat.completions.create(
      {
        model,
        messages: [
          { role: 'user', content },
          ...later.map((text, at) => ({
            role: at % 2 === 0 ? ('assistant' as const) : ('user' as const),
            content: text,
          })),
        ],
        ...(schema ? { response_format: zodResponseFormat(schema, 'answer') } : {}),
        ...(temperature === undefined ? {} : { temperature }),
        ...(seed === undefined ? {} : { seed }),
        ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
      },
      // our clock ends first, and covers the body too
      { maxRetries: 0, timeout: timeoutMs + 1000, signal, headers },
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
