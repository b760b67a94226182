import { loadPrompt, renderPrompt } from '../../src/models/prompt.js';
import type { Answered } from './benchmark.js';

/** A question to a text-only judge model. */
export interface JudgeRequest {
  /** Unique in a run, and the same in each: what its reply is recorded by. */
  key: string;
  /** The whole prompt, as one user message. */
  prompt: string;
}

/** How a metric uses a judge. */
export interface JudgePlan<Item, Answer> {
  /** Whose replies the published figures rest on: `gpt-4-0314`. */
  readonly published: string;
  /** Prompts of `prompts/` by what they are for, with what they are filled in with: `{ rating: ['judge/mmhal', ['question']] }`. */
  readonly prompts: Readonly<Record<string, readonly [name: string, inputs: readonly string[]]>>;
  /** What is asked about the answers; nothing about those that need no judge. */
  requests(answered: readonly Answered<Item, Answer>[], render: RenderJudgePrompt): JudgeRequest[];
}

/** Fills in the prompt that is for `what`. */
export type RenderJudgePrompt = (what: string, values: Readonly<Record<string, string>>) => string;

/**
 * Fills in a plan's prompts: those of `prompts/`, or texts of the caller's in their place, as the published one, with
 * `{{input}}` where a value goes.
 *
 * @throws DetectiveError `bad-argument` or `bad-input` for a prompt that is not there or takes something else.
 */
export function judgePrompts(
  plan: Pick<JudgePlan<never, never>, 'prompts'>,
  own: Readonly<Record<string, string>> = {},
): RenderJudgePrompt {
  return (what, values) => {
    const [name, inputs] = plan.prompts[what]!;
    const text = own[what];
    if (text === undefined) return renderPrompt(loadPrompt(name, inputs), values);
    return text.replace(/\{\{(\w+)\}\}/g, (found, input: string) => values[input] ?? found);
  };
}
