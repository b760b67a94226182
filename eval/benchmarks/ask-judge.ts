import { appendFile, readFile, truncate } from 'node:fs/promises';
import pLimit from 'p-limit';
import * as z from 'zod';
import { parseModelSpec } from '../../src/models/address.js';
import { type ChatModelOptions, chatModel } from '../../src/models/chat-model.js';
import type { JudgeRequest } from './benchmark.js';
import { parseRecords, readText } from './json-records.js';

/** A text model that judges. */
export interface Judge {
  readonly name: string;
  /** @throws DetectiveError `scorer-failed` naming the provider, the status and the cure, or `aborted`. */
  ask(prompt: string, signal?: AbortSignal): Promise<string>;
}

export type JudgeOptions = Omit<ChatModelOptions, 'client' | 'failure' | 'purpose'>;

/** A model as a judge, at temperature 0 where it takes one. */
export function modelJudge(options: JudgeOptions): Judge {
  const model = chatModel({ ...options, failure: 'scorer-failed' });
  return {
    name: model.name,
    async ask(prompt, signal) {
      const { text } = await model.reply({ turns: [prompt], images: [], temperature: 0 }, signal);
      return text ?? '';
    },
  };
}

/** @throws DetectiveError `bad-argument` for a name that is not `openai:MODEL`, `anthropic:MODEL` or `gemini:MODEL`, with or without `@URL`. */
export const createJudge = (spec: string): Judge => modelJudge(parseModelSpec(spec, 'judge'));

const recorded = z.object({ key: z.string().min(1), reply: z.string(), judge: z.string().optional() });
const example = '{"key": "mmhal-bench/0", "reply": "Rating: 5", "judge": "openai:gpt-4"}';

/**
 * Replies that were recorded, by key; of two with the same key the last. A last line that was cut off is left out.
 *
 * @throws DetectiveError `bad-input` with the line of a record that is none.
 */
export async function readJudgements(path: string): Promise<{ replies: Map<string, string>; judges: string[] }> {
  const { text } = await readText(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.trim() === '') return { replies: new Map(), judges: [] };
  const records = parseRecords(whole, path, recorded, example);
  return {
    replies: new Map(records.map(({ value }) => [value.key, value.reply])),
    judges: [...new Set(records.flatMap(({ value }) => value.judge ?? []))],
  };
}

/** Takes away what follows the last line end: the line that a killed run was writing. */
async function cutBrokenLine(path: string): Promise<void> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  if (bytes.length > 0 && bytes.at(-1) !== 10) await truncate(path, bytes.lastIndexOf(10) + 1);
}

export interface AskOptions {
  /** Replies that are here already: those requests are not sent. */
  replies: ReadonlyMap<string, string>;
  /** A file to which each new reply is appended as it comes. */
  record?: string;
  /** Requests in hand at once. Default 4. */
  concurrency?: number;
  signal?: AbortSignal;
  onReply?: (done: number) => void;
}

/** Has a judge answer what nobody has answered yet; the first failure for good ends it, what is recorded stays. */
export async function askJudge(
  judge: Judge,
  requests: readonly JudgeRequest[],
  { replies, record, concurrency = 4, signal, onReply }: AskOptions,
): Promise<Map<string, string>> {
  const all = new Map(replies);
  const open = requests.filter(({ key }) => !all.has(key));
  if (record !== undefined) await cutBrokenLine(record);
  const limit = pLimit(concurrency);
  let done = requests.length - open.length;
  let writing = Promise.resolve();
  try {
    await Promise.all(
      open.map(({ key, prompt }) =>
        limit(async () => {
          const reply = await judge.ask(prompt, signal);
          all.set(key, reply);
          const line = `${JSON.stringify({ key, reply, judge: judge.name })}\n`;
          if (record !== undefined) writing = writing.then(() => appendFile(record, line));
          await writing;
          onReply?.(++done);
        }),
      ),
    );
  } catch (error) {
    limit.clearQueue();
    throw error;
  }
  return all;
}
