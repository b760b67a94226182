import { loadPrompt, renderPrompt } from '../../src/models/prompt.js';
import type { JudgePlan, RenderJudgePrompt } from './benchmark.js';

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
