import * as z from 'zod';

/** What a reply to `/pooling` must agree with. */
export interface Expected {
  model: string;
  /** Tokens of the answer. */
  answerTokens: number;
  /** Tokens of the chat without the picture: with one there must be more. */
  chatTokens: number;
}

/** Rewards of every token of the prompt, or what is wrong with the reply. `passing`: another try may be right. */
export type Pooling = { rewards: number[] } | { problem: string; passing: boolean };

const replySchema = z.object({
  model: z.string(),
  data: z.array(z.object({ index: z.int(), data: z.array(z.unknown()) })).min(1),
  usage: z.object({ prompt_tokens: z.int() }),
});

/** Checks a reply of vLLM's `POST /pooling` with `token_classify`: one row of one reward for each token of the prompt. */
export function readPooling(reply: unknown, { model, answerTokens, chatTokens }: Expected): Pooling {
  const parsed = replySchema.safeParse(reply);
  if (!parsed.success) return { problem: 'the reply is not one of /pooling', passing: true };
  const { data, usage, model: served } = parsed.data;
  if (served !== model)
    return {
      problem: `the reply is of the model ${JSON.stringify(served.slice(0, 100))}, not ${model}`,
      passing: true,
    };
  if (data.length !== 1 || data[0]!.index !== 0)
    return { problem: `the reply is of ${data.length} prompts, where one was asked about`, passing: true };
  const rows = data[0]!.data;
  // vLLM #55192: a request that was preempted returns rows twice
  if (rows.length !== usage.prompt_tokens)
    return { problem: `${rows.length} rows came for ${usage.prompt_tokens} tokens`, passing: true };
  if (rows.length <= chatTokens)
    return {
      problem: `${rows.length} rows came, where the chat alone has ${chatTokens} tokens: it was cut, or the picture was left out`,
      passing: false,
    };
  if (rows.length < answerTokens) return { problem: 'there are fewer rows than tokens', passing: false };
  const rewards: number[] = [];
  for (const row of rows) {
    const values: unknown[] = Array.isArray(row) ? row : [row];
    if (values.length !== 1)
      return {
        problem: `rows have ${values.length} labels, where one is expected: serve it with num_labels 1 in the text configuration`,
        passing: false,
      };
    const [reward] = values;
    if (typeof reward !== 'number' || !Number.isFinite(reward))
      return { problem: 'a reward is no number', passing: true };
    if (reward < 0 || reward > 1)
      return {
        problem: `a reward is ${reward}, not from 0 to 1: the server does not apply the sigmoid`,
        passing: false,
      };
    rewards.push(reward);
  }
  return { rewards };
}
