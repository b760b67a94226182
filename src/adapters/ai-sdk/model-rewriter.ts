import { toJSONSchema } from 'zod';
import { encodeForApi } from '../../image/decode.js';
import { type Price, throwIfAborted, tokenCount, withCost } from '../../models/price.js';
import { withRetries } from '../../models/retry.js';
import { askForEdits, type ModelReply, type Turn } from '../../rewriters/ask-for-edits.js';
import type { Rewriter } from '../../rewriters/rewriter.js';
import { replySchema } from '../../rewriters/validate-edits.js';
import { textOf } from './answers.js';
import { type CallParams, type GenerateResult, type LanguageModel, refused } from './contract.js';

/** For each try, in milliseconds. */
const timeoutMs = 60_000;

/**
 * A rewriter on the very model that gave the answer, below the middleware: its replies are never corrected in turn. The
 * headers and provider options of the call go along; its tools, limits and response format do not.
 */
export function modelRewriter(model: LanguageModel, call: CallParams, price: Price | undefined): Rewriter {
  const name = `${model.provider}:${model.modelId}`;
  let structured = true;
  return {
    name,
    async rewrite(request) {
      if (request.spans.length === 0) return { edits: [] };
      const { signal } = request;
      throwIfAborted(signal);
      const images = await Promise.all(request.images.map((image) => encodeForApi(image)));
      const files = images.map(({ mediaType, base64 }) => ({
        type: 'file',
        mediaType,
        data: model.specificationVersion === 'v4' ? { type: 'data', data: base64 } : base64,
      }));

      const ask = async (prompt: string, before: Turn | null): Promise<ModelReply> => {
        const messages = [
          { role: 'user', content: [...files, textPart(prompt)] },
          ...(before === null
            ? []
            : [
                { role: 'assistant', content: [textPart(before.reply || '(nothing)')] },
                { role: 'user', content: [textPart(before.complaint)] },
              ]),
        ];
        const attempt = (abortSignal: AbortSignal) =>
          generate(model, {
            prompt: messages,
            responseFormat: structured
              ? { type: 'json', name: 'edits', schema: toJSONSchema(replySchema) }
              : { type: 'text' },
            abortSignal,
            ...(call.headers ? { headers: call.headers } : {}),
            ...(call.providerOptions ? { providerOptions: call.providerOptions } : {}),
          });
        const result = await withRetries(
          name,
          (abortSignal) =>
            attempt(abortSignal).catch((error: unknown) => {
              if (!structured || !refusesSchema(error)) throw error;
              structured = false;
              return attempt(abortSignal);
            }),
          { timeoutMs, ...(signal ? { signal } : {}) },
        );
        return readReply(result, price);
      };

      return askForEdits(name, request, ask);
    },
  };
}

const textPart = (text: string) => ({ type: 'text', text });

function readReply({ content, finishReason, usage }: GenerateResult, price: Price | undefined): ModelReply {
  const problem =
    finishReason?.unified === refused
      ? { problem: 'the model refused' }
      : finishReason?.unified === 'length'
        ? { problem: 'the reply was cut off' }
        : {};
  return {
    text: content.map((part) => textOf(part) ?? '').join(''),
    ...problem,
    usage: withCost(
      { inputTokens: tokenCount(usage?.inputTokens?.total), outputTokens: tokenCount(usage?.outputTokens?.total) },
      price,
    ),
  };
}

/** What the SDK's errors say of a failed HTTP call, in the words of ours. */
interface ApiFailure extends Error {
  status?: number | undefined;
  headers?: Record<string, string> | undefined;
}

async function generate(model: LanguageModel, options: CallParams): Promise<GenerateResult> {
  try {
    return await model.doGenerate(options);
  } catch (thrown) {
    const failure: ApiFailure = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { statusCode, responseHeaders } = failure as {
      statusCode?: number;
      responseHeaders?: Record<string, string>;
    };
    if (statusCode === undefined) throw failure;
    throw Object.assign(new Error(failure.message, { cause: failure.cause }), {
      status: statusCode,
      headers: responseHeaders ?? {},
    });
  }
}

/** Some models know no JSON schema: the prompt asks for JSON as well. */
function refusesSchema(error: unknown): boolean {
  const { status, message } = error as ApiFailure;
  if (status === undefined)
    return /UnsupportedFunctionality|not supported/i.test(`${(error as Error).name} ${message}`);
  return (
    (status === 400 || status === 422 || status === 501) &&
    /response_format|schema|structured|guided|grammar|json/i.test(message)
  );
}
