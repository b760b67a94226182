import type { ApiImage } from '../image/decode.js';
import type { ChatModel } from './chat-model.js';
import { addCalls, type CallUsage, noUsage } from './price.js';
import { loadPrompt, renderPrompt } from './prompt.js';
import type { ModelCall } from './providers/provider.js';

/** What is made of a reply, or why nothing can be made of it, in words that the model is told. */
export type Read<T> = { value: T } | { reason: string };

export interface Asked<T> {
  /** Undefined where no reply could be used. */
  value?: T;
  /** Why not. */
  reason?: string;
  usage: CallUsage;
}

export interface Question extends Omit<ModelCall, 'turns' | 'images'> {
  prompt: string;
  images: readonly ApiImage[];
}

/** What of an unusable reply the model is shown again. */
const shownAgain = 4000;
/** Enough for lists of findings and edits, and for what a model thinks before. */
const mostTokens = 8192;

/**
 * Asks for an answer of a certain form. A reply that cannot be used is sent back once, with the reason. Temperature 0 and
 * a limit of the reply unless the question says otherwise; a model that knows neither is asked without.
 *
 * @throws DetectiveError as {@link ChatModel.reply}.
 */
export async function askUsable<T>(
  model: ChatModel,
  { prompt, images, ...question }: Question,
  read: (text: string | null) => Read<T>,
  signal?: AbortSignal,
): Promise<Asked<T>> {
  const usage = noUsage();
  let turns: [string, ...string[]] = [prompt];
  let reason = '';
  for (let tries = 0; tries < 2; tries++) {
    const started = performance.now();
    const call = { temperature: 0, maxTokens: mostTokens, ...question, turns, images };
    const reply = await model.reply(call, signal);
    addCalls(usage, { calls: 1, pictures: images.length, ms: performance.now() - started, ...reply.usage });
    const found = reply.problem === 'the model refused' ? { reason: reply.problem } : read(reply.text);
    if ('value' in found) return { value: found.value, usage };
    reason = reply.problem ?? found.reason;
    turns = [
      prompt,
      (reply.text ?? '').slice(0, shownAgain).trim() || '(nothing)',
      renderPrompt(loadPrompt('reply-retry', ['reason']), { reason }),
    ];
  }
  return { reason, usage };
}
