import { DetectiveError } from '../base/errors.js';
import { retryPrompt, rewritePrompt } from './rewrite-prompt.js';
import type { RewriteRequest, RewriteResult, Usage } from './rewriter.js';
import { validateReply } from './validate-edits.js';

/** One turn of the talk with a model: what it said before and why that could not be used. */
export interface Turn {
  reply: string;
  complaint: string;
}

export interface ModelReply {
  text: string | null;
  /** Why there is no usable text: a refusal, or a reply that was cut off. */
  problem?: string;
  usage: Usage;
}

/** Asks a model for edits; a reply that cannot be used is sent back once with the reason. */
export async function askForEdits(
  name: string,
  request: RewriteRequest,
  ask: (prompt: string, before: Turn | null) => Promise<ModelReply>,
): Promise<RewriteResult> {
  const { text, masked } = rewritePrompt(request);
  const usage: Usage = { inputTokens: 0, outputTokens: 0 };
  let before: Turn | null = null;
  let reason = '';
  for (let turn = 0; turn < 2; turn++) {
    const reply: ModelReply = await ask(text, before);
    usage.inputTokens += reply.usage.inputTokens;
    usage.outputTokens += reply.usage.outputTokens;
    if (reply.usage.cost !== undefined) usage.cost = (usage.cost ?? 0) + reply.usage.cost;
    const checked = reply.problem ? { reason: reply.problem } : validateReply(reply.text, request, masked);
    if ('edits' in checked) return { edits: checked.edits, usage };
    reason = checked.reason;
    before = { reply: (reply.text ?? '').slice(0, 4000).trim(), complaint: retryPrompt(reason) };
  }
  throw new DetectiveError('rewriter-failed', `${name} gave no usable edits in two tries: ${reason}`);
}
