import * as z from 'zod';
import { throwIfAborted } from '../../base/abort.js';
import { DetectiveError } from '../../base/errors.js';
import { keyedProviders, parseModelSpec } from '../../models/address.js';
import { askUsable } from '../../models/ask-usable.js';
import { type ChatModelOptions, chatModel } from '../../models/chat-model.js';
import { loadPrompt, makeFence, renderPrompt } from '../../models/prompt.js';
import { placeFindings } from '../findings/place-findings.js';
import { readFindings } from '../findings/read-findings.js';
import type { ScoredResponse, ScoreRequest, Scorer } from '../scorer.js';
import { viewed } from '../viewed.js';

export interface JudgeScorerOptions extends Omit<ChatModelOptions, 'failure' | 'purpose'> {
  /** Shown in reports. Default `judge:` and the model's name. */
  name?: string;
  /** Findings that the model is less sure of are left out: 0..1. Default 0. */
  minConfidence?: number;
}

/** What the model is asked for. */
const findingsSchema = z.object({
  unsupported: z.array(
    z.object({
      phrase: z.string(),
      context: z.string(),
      type: z.string(),
      reason: z.string(),
      confidence: z.number(),
    }),
  ),
});

/** The reward of a claiming word that the judge did not list: it looked, and may have overlooked. */
export const unlistedReward = 0.95;
/** Of a finding that comes without one. */
const assumedConfidence = 0.8;

/**
 * Any vision-language model behind an OpenAI-, Anthropic- or Gemini-compatible API as a scorer: one call lists the phrases
 * that the pictures do not support, each with a type, a reason and a confidence. A phrase is found in the response without
 * the model's help, and its words get the reward 1 - confidence; all other words that claim something get 0.95, and words
 * that claim nothing null. A phrase that is not in the response is dropped, and `dropped` counts those. A reply that
 * cannot be used is sent back once with the reason. The reasons are evidence of kind `claim` as well.
 *
 * @throws DetectiveError `bad-argument` for a missing model or key. `score` throws `bad-argument` (no image), `bad-image`,
 * `aborted`, or `scorer-failed` (the model cannot be reached, refused, or gave no usable list).
 */
export function judgeScorer(options: JudgeScorerOptions): Scorer {
  const model = chatModel({ ...options, failure: 'scorer-failed', purpose: 'judge' });
  const name = options.name ?? `judge:${model.name}`;
  const { minConfidence = 0 } = options;
  return viewed({
    name,
    threshold: 0.5,
    async score({ images, prompt, response, signal }: ScoreRequest): Promise<ScoredResponse> {
      if (images.length === 0)
        throw new DetectiveError('bad-argument', 'there is no image to score the response against');
      throwIfAborted(signal, 'scoring');
      if (response.trim() === '') return { response, tokens: [], scorer: name };
      const { value, reason, usage } = await askUsable(
        model,
        { prompt: judgePrompt(prompt, response), images: await model.encode(images), schema: findingsSchema },
        (reply) => {
          const found = readFindings(reply);
          return found ? { value: found } : { reason: 'it was no JSON with a list of unsupported phrases' };
        },
        signal,
      );
      if (!value)
        throw new DetectiveError(
          'scorer-failed',
          `${name} gave no list of unsupported phrases in two tries (${reason}): try again, or use another model`,
        );
      const placing = { prompt, unlisted: unlistedReward, assumed: assumedConfidence, minConfidence };
      return { ...placeFindings(response, value, placing), scorer: name, usage };
    },
  });
}

/** `PROVIDER:MODEL@URL` or `SERVER/MODEL`; without a provider that of the key that is set. */
export function judgeFrom(rest: string, asking: Pick<JudgeScorerOptions, 'imageSide'> = {}): Scorer {
  const [withKey = 'openai'] = keyedProviders();
  return judgeScorer({ ...parseModelSpec(rest || withKey, 'judge', 'judge: and '), ...asking });
}

function judgePrompt(prompt: string | undefined, response: string): string {
  const question = prompt?.trim() || 'Describe the picture.';
  return renderPrompt(loadPrompt('judge', ['question', 'answer', 'fence']), {
    question,
    answer: response,
    fence: makeFence([question, response]),
  });
}
