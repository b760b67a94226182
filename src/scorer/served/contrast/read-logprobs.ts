import * as z from 'zod';

const entrySchema = z.record(z.string(), z.object({ logprob: z.number().nullish() }));
const replySchema = z.object({
  model: z.string(),
  prompt_logprobs: z.array(entrySchema.nullable()).min(1),
  prompt_token_ids: z.array(z.int().nonnegative()),
  usage: z.object({ prompt_tokens: z.int() }),
});

/** Lower than any log-probability that matters; vLLM writes -Infinity as a large negative number or null. */
const least = -100;

export type Logprobs = { logprobs: number[] } | { problem: string; passing: boolean };

/**
 * The log-probabilities, in nats, of the answer's tokens in a reply to chat completions with `prompt_logprobs` and
 * `return_token_ids`; or what is wrong with it. The answer's tokens must be the last of the prompt.
 */
export function readLogprobs(reply: unknown, model: string, answer: readonly number[]): Logprobs {
  const parsed = replySchema.safeParse(reply);
  if (!parsed.success)
    return {
      problem:
        'the reply has no prompt_logprobs with prompt_token_ids: a vLLM that serves a generating model is needed',
      passing: false,
    };
  const { prompt_logprobs: entries, prompt_token_ids: ids, usage, model: served } = parsed.data;
  if (served !== model)
    return {
      problem: `the reply is of the model ${JSON.stringify(served.slice(0, 100))}, not ${model}`,
      passing: true,
    };
  if (entries.length !== ids.length || ids.length !== usage.prompt_tokens)
    return {
      problem: `${entries.length} log-probabilities and ${ids.length} ids came for ${usage.prompt_tokens} tokens`,
      passing: true,
    };
  if (ids.length <= answer.length) return { problem: 'the prompt was cut', passing: false };
  const from = ids.length - answer.length;
  const logprobs: number[] = [];
  for (const [at, id] of answer.entries()) {
    if (ids[from + at] !== id)
      return {
        problem: 'the last tokens of the prompt are not those of the answer: its chat template changes it',
        passing: false,
      };
    const entry = entries[from + at]?.[String(id)];
    if (!entry) return { problem: `token ${at + 1} of the answer has no log-probability of its own`, passing: true };
    const logprob = entry.logprob ?? least;
    if (Number.isNaN(logprob) || logprob > 1e-3) return { problem: `a log-probability is ${logprob}`, passing: true };
    logprobs.push(Math.max(least, Math.min(0, logprob)));
  }
  return { logprobs };
}
