import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { askJudge, createJudge, modelJudge, readJudgements } from '../../../eval/benchmarks/ask-judge.js';
import { write } from './published.js';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

interface Asked {
  messages: { role: string; content: string }[];
  temperature?: number;
  model: string;
}

/** A chat-completions server that answers with what `reply` says: a text, or a status. */
async function serve(reply: (body: Asked, call: number) => string | { status: number; message: string }) {
  const asked: Asked[] = [];
  server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Asked;
    asked.push(body);
    const answer = reply(body, asked.length);
    response.setHeader('content-type', 'application/json');
    if (typeof answer !== 'string') response.statusCode = answer.status;
    response.end(
      JSON.stringify(
        typeof answer === 'string'
          ? {
              id: 'x',
              object: 'chat.completion',
              choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } }],
            }
          : { error: { message: answer.message } },
      ),
    );
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return {
    asked,
    judge: modelJudge({ provider: 'openai', model: 'm', apiKey: 'sk-secret-key', baseURL, minTimeout: 1, retries: 1 }),
    baseURL,
  };
}

const requests = Array.from({ length: 6 }, (_, at) => ({ key: `b/${at}`, prompt: `Rate ${at}` }));

describe('a judge', () => {
  test('is asked once about each answer, at temperature 0, and its replies are recorded as they come', async () => {
    const { asked, judge } = await serve(({ messages }) => `Rating: ${messages[0]!.content.at(-1)}`);
    const record = join(dirname(await write('x', '')), 'judgements.jsonl');
    const steps: number[] = [];
    const replies = await askJudge(judge, requests, {
      replies: new Map(),
      record,
      onReply: (done) => steps.push(done),
    });
    expect(replies.get('b/4')).toBe('Rating: 4');
    expect(asked.every(({ temperature, model }) => temperature === 0 && model === 'm')).toBe(true);
    expect(steps.at(-1)).toBe(6);
    const recorded = await readJudgements(record);
    expect(recorded.replies).toEqual(replies);
    expect(recorded.judges).toEqual([judge.name]);
    expect(await readFile(record, 'utf8')).not.toContain('sk-secret-key');
  });

  test('is not asked again what is recorded', async () => {
    const { asked, judge } = await serve(() => 'new');
    const replies = await askJudge(judge, requests, { replies: new Map([['b/0', 'old']]) });
    expect(asked).toHaveLength(5);
    expect(replies.get('b/0')).toBe('old');
  });

  test('that takes no temperature is asked without one', async () => {
    const { asked, judge } = await serve(({ temperature }) =>
      temperature === undefined ? 'fine' : { status: 400, message: "Unsupported value: 'temperature'" },
    );
    expect(await judge.ask('a')).toBe('fine');
    expect(await judge.ask('b')).toBe('fine');
    expect(asked).toHaveLength(3);
  });

  test('that fails for good ends the run; what it said before stays recorded', async () => {
    const { judge } = await serve((_body, call) =>
      call <= 2 ? 'ok' : { status: 401, message: 'bad key sk-secret-key' },
    );
    const record = join(dirname(await write('x', '')), 'judgements.jsonl');
    const run = askJudge(judge, requests, { replies: new Map(), record, concurrency: 1 });
    await expect(run).rejects.toThrow(/the API key is missing or wrong \(HTTP 401\)/);
    await expect(run).rejects.not.toThrow(/sk-secret-key/);
    expect(existsSync(record)).toBe(true);
    expect((await readJudgements(record)).replies.size).toBe(2);
  });

  test('goes on after a run that was killed in the middle of a line', async () => {
    const { asked, judge } = await serve(() => 'new');
    const record = await write('j.jsonl', '{"key":"b/0","reply":"old"}\n{"key":"b/1","re');
    const { replies } = await readJudgements(record);
    await askJudge(judge, requests.slice(0, 2), { replies, record });
    expect(asked).toHaveLength(1);
    expect(Object.fromEntries((await readJudgements(record)).replies)).toEqual({ 'b/0': 'old', 'b/1': 'new' });
  });

  test('stops when told to', async () => {
    const { judge } = await serve(() => 'ok');
    const run = askJudge(judge, requests, { replies: new Map(), signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });

  test('is named as models are', () => {
    expect(createJudge('openai:qwen@http://127.0.0.1:1/v1').name).toContain('qwen');
    expect(() => createJudge('gpt-4')).toThrow(/unknown judge "gpt-4": use openai:MODEL/);
  });

  test('has replies that are refused with their line where they are none', async () => {
    const path = await write('j.jsonl', [{ key: 'a', reply: 'x' }, { key: 'b' }]);
    await expect(readJudgements(path)).rejects.toThrow(/j\.jsonl line 2: "reply"/);
  });
});
