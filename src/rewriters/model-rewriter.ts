import { throwIfAborted } from '../base/abort.js';
import { DetectiveError } from '../base/errors.js';
import { encodeForApi } from '../image/decode.js';
import { type ChatModel, type ChatModelOptions, chatModel } from '../models/chat-model.js';
import { retryPrompt, rewritePrompt } from './rewrite-prompt.js';
import type { Rewriter, Usage } from './rewriter.js';
import { replySchema, validateReply } from './validate-edits.js';

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
      const images = await Promise.all(request.images.map((image) => encodeForApi(image)));
      const { text, masked } = rewritePrompt(request);
      const usage: Usage = { inputTokens: 0, outputTokens: 0 };
      let turns: [string, ...string[]] = [text];
      let reason = '';
      for (let tries = 0; tries < 2; tries++) {
        const reply = await model.reply({ turns, images, schema: replySchema }, request.signal);
        usage.inputTokens += reply.usage.inputTokens;
        usage.outputTokens += reply.usage.outputTokens;
        if (reply.usage.cost !== undefined) usage.cost = (usage.cost ?? 0) + reply.usage.cost;
        const checked = reply.problem ? { reason: reply.problem } : validateReply(reply.text, request, masked);
        if ('edits' in checked) return { edits: checked.edits, usage };
        reason = checked.reason;
        turns = [text, (reply.text ?? '').slice(0, 4000).trim() || '(nothing)', retryPrompt(reason)];
      }
      throw new DetectiveError('rewriter-failed', `${model.name} gave no usable edits in two tries: ${reason}`);
    },
  };
}
