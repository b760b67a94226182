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
  /** The prompt of `prompts/` that is used unless another is given, such as `judge/mmhal`. */
  readonly prompt: string;
  /** What the prompt is filled in with. */
  readonly inputs: readonly string[];
  /**
   * What is asked about an answer; nothing for one that needs no judge.
   *
   * @param template With `{{input}}` placeholders.
   */
  requests(answered: Answered<Item, Answer>, template: string): JudgeRequest[];
}
