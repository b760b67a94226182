import { throwIfAborted } from '../base/abort.js';
import { DetectiveError } from '../base/errors.js';
import { type ChatModel, type ChatModelOptions, chatModel } from '../models/chat-model.js';
import type { Rewriter } from './rewriter.js';

export type ModelRewriterOptions = Omit<ChatModelOptions, 'failure' | 'purpose'>;

/**
 * A rewriter on a model of OpenAI, Anthropic or Google, or on any server that speaks one of their protocols.
 *
 * @throws DetectiveError `bad-argument` for a missing model or key, or an address that is none.
 */
export function modelRewriter(options: ModelRewriterOptions): Rewriter {
  return rewriterOn(chatModel({ ...options, failure: 'rewriter-failed', purpose: 'rewrite' }));
}

/**
 * A rewriter on any model. A reply that cannot be used is sent back once with the reason.
 *
 * @throws DetectiveError from `rewrite`: what the model throws, `bad-image`, or `rewriter-failed` after two useless replies.
 */
export function rewriterOn(model: ChatModel): Rewriter {
  return {
    name: model.name,
    async rewrite(request) {
      if (request.spans.length === 0) return { edits: [] };
      throwIfAborted(request.signal, 'rewriting');
      const [{ askUsable }, { rewritePrompt }, { replySchema, validateReply }] = await Promise.all([
        import('../models/ask-usable.js'),
        import('./rewrite-prompt.js'),
        import('./validate-edits.js'),
      ]);
      const images = await model.encode(request.images);
      const { text: prompt, masked } = rewritePrompt(request);
      const { value, reason, usage } = await askUsable(
        model,
        { prompt, images, schema: replySchema },
        (reply) => validateReply(reply, request, masked),
        request.signal,
      );
      if (value) return { edits: value, usage };
      throw new DetectiveError('rewriter-failed', `${model.name} gave no usable edits in two tries: ${reason}`);
    },
  };
}
