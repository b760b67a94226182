import * as z from 'zod';
import { throwIfAborted } from '../../base/abort.js';
import { DetectiveError } from '../../base/errors.js';
import { parseModelSpec } from '../../models/address.js';
import { type ChatModelOptions, chatModel } from '../../models/chat-model.js';
import { loadPrompt, makeFence, renderPrompt } from '../../models/prompt.js';
import { type Judgement, judgedWords } from '../evidence/rewards.js';
import type { Evidence, ScoredResponse, ScoreRequest, Scorer } from '../scorer.js';
import { viewed } from '../viewed.js';
import { phraseFinder } from './find-phrase.js';

export interface JudgeScorerOptions extends Omit<ChatModelOptions, 'failure' | 'purpose'> {
  /** Shown in reports. Default `judge:` and the model's name. */
  name?: string;
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
type Finding = z.infer<typeof findingsSchema>['unsupported'][number];

/** The reward of what the judge did not list: it looked, and may have overlooked. */
export const unlistedReward = 0.95;
const mostFindings = 200;
const longestPhrase = 2000;
const longestReason = 200;

/**
 * Any vision-language model behind an OpenAI- or Anthropic-compatible API as a scorer: one call lists the phrases that
 * the pictures do not support, each with a reason and a confidence. A phrase is found in the response without the model's
 * help, and its words get the reward 1 - confidence; all other words get 0.95. A phrase that is not in the response is
 * dropped, and `dropped` counts those. The reasons are evidence of kind `claim`.
 *
 * @throws DetectiveError `bad-argument` for a missing model or key. `score` throws `bad-argument` (no image), `bad-image`,
 * `aborted`, or `scorer-failed` (the model cannot be reached, refused, or gave no usable list).
 */
export function judgeScorer(options: JudgeScorerOptions): Scorer {
  const model = chatModel({ ...options, failure: 'scorer-failed', purpose: 'judge' });
  const name = options.name ?? `judge:${model.name}`;
  return viewed({
    name,
    threshold: 0.5,
    async score({ images, prompt, response, signal }: ScoreRequest): Promise<ScoredResponse> {
      if (images.length === 0)
        throw new DetectiveError('bad-argument', 'there is no image to score the response against');
      throwIfAborted(signal, 'scoring');
      if (response.trim() === '') return { response, tokens: [], scorer: name };
      const found = await model.ask(judgePrompt(prompt, response), findingsSchema, signal, images);
      if (!found)
        throw new DetectiveError(
          'scorer-failed',
          `${name} refused, was cut off, or gave no list of unsupported phrases: try again, or use another model`,
        );
      return { ...judged(response, found.unsupported), scorer: name };
    },
  });
}

/** `PROVIDER:MODEL@URL`; without a provider that of the key that is set. */
export function judgeFrom(rest: string): Scorer {
  const withKey = !process.env.OPENAI_API_KEY && process.env.ANTHROPIC_API_KEY ? 'anthropic' : 'openai';
  return judgeScorer(parseModelSpec(rest || withKey, 'judge', 'judge: and '));
}

function judgePrompt(prompt: string | undefined, response: string): string {
  const question = prompt?.trim() || 'Describe the picture.';
  return renderPrompt(loadPrompt('judge', ['question', 'answer', 'fence']), {
    question,
    answer: response,
    fence: makeFence([question, response]),
  });
}

/** Findings as rewards of words, and what could not be placed. */
function judged(response: string, findings: readonly Finding[]): Omit<ScoredResponse, 'scorer'> {
  const finder = phraseFinder(response);
  const judgements: Judgement[] = [{ start: 0, end: response.length, reward: unlistedReward }];
  const evidence: Evidence[] = [];
  let dropped = Math.max(0, findings.length - mostFindings);
  for (const { phrase, context, reason, confidence } of findings.slice(0, mostFindings)) {
    const place = phrase.length > longestPhrase ? null : finder.find(phrase, context.slice(0, longestPhrase));
    if (!place || !Number.isFinite(confidence)) {
      dropped++;
      continue;
    }
    const sure = Math.min(1, Math.max(0, confidence));
    judgements.push({ ...place, reward: 1 - sure });
    const claim = response.slice(place.start, place.end);
    evidence.push({ kind: 'claim', label: `${quoted(claim)}: ${short(reason)}`, confidence: sure });
  }
  return {
    response,
    tokens: judgedWords(response, judgements),
    ...(evidence.length > 0 ? { evidence } : {}),
    ...(dropped > 0 ? { dropped } : {}),
  };
}

const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** A model's words on one line, without what could steer a terminal. */
function short(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, longestReason);
  return line === '' ? 'the picture does not support it' : line;
}
