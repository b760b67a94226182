import { toJSONSchema } from 'zod';
import { modelBehind } from '../../models/chat-model.js';
import { type Price, tokenCount } from '../../models/price.js';
import type { Send } from '../../models/providers/provider.js';
import { rewriterOn } from '../../rewriters/model-rewriter.js';
import type { Rewriter } from '../../rewriters/rewriter.js';
import { textOf } from './answers.js';
import { type CallParams, type GenerateResult, type LanguageModel, refused } from './contract.js';

/**
 * A rewriter on the very model that gave the answer, below the middleware: its replies are never corrected in turn. The
 * headers and provider options of the call go along; its tools, limits and response format do not.
 */
export function modelRewriter(model: LanguageModel, call: CallParams, price: Price | undefined): Rewriter {
  const send: Send = async ({ turns, images, schema }, abortSignal) => {
    const files = images.map(({ mediaType, base64 }) => ({
      type: 'file',
      mediaType,
      data: model.specificationVersion === 'v4' ? { type: 'data', data: base64 } : base64,
    }));
    const { content, finishReason, usage } = await generate(model, {
      prompt: turns.map((text, at) => ({
        role: at % 2 === 0 ? 'user' : 'assistant',
        content: [...(at === 0 ? files : []), { type: 'text', text }],
      })),
      responseFormat: schema ? { type: 'json', name: 'edits', schema: toJSONSchema(schema) } : { type: 'text' },
      abortSignal,
      ...(call.headers ? { headers: call.headers } : {}),
      ...(call.providerOptions ? { providerOptions: call.providerOptions } : {}),
    });
    const finish = finishReason?.unified;
    return {
      text: content.map((part) => textOf(part) ?? '').join(''),
      ending: finish === refused ? 'refused' : finish === 'length' ? 'cut-off' : 'whole',
      usage: {
        inputTokens: tokenCount(usage?.inputTokens?.total),
        outputTokens: tokenCount(usage?.outputTokens?.total),
      },
    };
  };
  const name = `${model.provider}:${model.modelId}`;
  return rewriterOn(modelBehind(name, async () => send, { failure: 'rewriter-failed', price }));
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
