import type { ServerResponse } from 'node:http';
import type { Worker } from 'node:worker_threads';
import OpenAI from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { localRewriter } from '../../src/rewriters/local/local-rewriter.js';
import { tldrScorer } from '../../src/scorer/tldr/tldr-scorer.js';
import { badWords } from '../agent/doubles.js';
import { anthropicMessage, chatCompletion } from '../http/wire-bodies.js';
import { chatStream, sse } from '../http/wire-events.js';
import { always, sendJson, serve } from '../http/wire-server.js';
import { allowOverrides, chatCall, metric, pixel, post, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red. The car is red.';
const right = 'The bus is blue. The car is blue.';
const events = chatStream(wrong);

const beginStream = (response: ServerResponse, count: number) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // in one piece, so that all of it has come when the first words of it are heard
  response.write(events.slice(0, count).join(''));
};

const clientOf = (url: string) => new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });

async function readAll(url: string, hear: () => void): Promise<{ text: string; error: string | undefined }> {
  let text = '';
  try {
    const stream = await clientOf(url).chat.completions.create({ ...chatCall(), stream: true });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (text !== '') hear();
    }
    return { text, error: undefined };
  } catch (error) {
    return { text, error: (error as Error).message };
  }
}

describe('an upstream that fails in the middle of a stream', () => {
  it.each<[string, (response: ServerResponse, heard: Promise<void>) => void]>([
    ['dies', (response, heard) => void heard.then(() => response.destroy())],
    ['sends half an event and ends', (response) => response.end(events[8]?.slice(0, 40))],
    ['stalls', () => {}],
    [
      'says that it failed',
      (response) => response.end(sse({ error: { message: 'overloaded', type: 'server_error' } })),
    ],
  ])('%s: what came is corrected and handed out, then the SDK sees an error', async (_name, fail) => {
    let hear = () => {};
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const upstream = await serve((_request, response) => {
      beginStream(response, 8);
      fail(response, heard);
    });
    const proxy = await startProxy({ upstream: upstream.origin, stallMs: 2000 });
    const { text, error } = await readAll(proxy.url, hear);
    expect(text).toMatch(/^The bus is blue\./);
    expect(error).toBeTypeOf('string');
    await until(async () => (await metric(proxy, 'calls_in_hand ')) === 0);
  });

  it('is passed on as a broken connection where the stream is not corrected', async () => {
    const upstream = await serve((_request, response) => {
      beginStream(response, 5);
      setTimeout(() => response.destroy(), 20);
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    const response = await post(`${proxy.url}/v1/chat/completions`, chatCall(null, { stream: true }));
    await expect(response.text()).rejects.toThrow();
    await until(() => proxy.lines.some((line) => line.includes('"level":"warn"')));
  });
});

describe('an upstream that fails before its answer is whole', () => {
  it.each<[string, number, (response: ServerResponse) => void]>([
    ['dies in the body', 502, breakOff],
    ['stalls in the body', 504, (response) => void response.writeHead(200, json(500)).write('{"id":')],
    ['never begins', 504, () => {}],
    ['hangs up', 502, (response) => void response.socket?.destroy()],
  ])('%s: the client gets %d, with a picture in the call and without', async (_name, status, fail) => {
    const upstream = await serve((_request, response) => fail(response));
    const limits = status === 504 ? { stallMs: 1000, upstreamTimeoutMs: 1000 } : {};
    const proxy = await startProxy({ upstream: upstream.origin, ...limits });
    for (const call of [chatCall(), chatCall(null)]) {
      const error = await clientOf(proxy.url)
        .chat.completions.create(call)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status });
    }
    expect(await metric(proxy, 'calls_in_hand ')).toBe(0);
  });

  it.each([429, 500, 529, 401])('answers %d: so does the proxy, byte for byte', async (status) => {
    const body = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    const upstream = await serve((_request, response) => sendJson(response, body, status, { 'retry-after': '3' }));
    const proxy = await startProxy({ upstream: upstream.origin });
    const response = await post(`${proxy.url}/v1/messages`, anthropicCall);
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([status, '3', body]);
  });

  it('answers something else than JSON, or nothing: so does the proxy', async () => {
    for (const body of ['<html>', '', 'null', '[1]', '{"object":"list"}', '{"choices":[{"message":null}]}']) {
      const upstream = await serve((_request, response) => sendJson(response, body));
      const proxy = await startProxy({ upstream: upstream.origin });
      const response = await post(`${proxy.url}/v1/chat/completions`, chatCall());
      expect([response.status, await response.text()]).toEqual([200, body]);
    }
  });
});

const json = (length: number) => ({ 'content-type': 'application/json', 'content-length': String(length) });
function breakOff(response: ServerResponse): void {
  response.writeHead(200, json(500)).write('{"id":');
  setTimeout(() => response.destroy(), 20);
}
const anthropicCall = {
  model: 'm',
  max_tokens: 10,
  messages: [
    {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel.split(',')[1] } }],
    },
  ],
};

describe('calls that nobody can make sense of', () => {
  it('are the upstream’s to refuse, and never an error in here', async () => {
    const upstream = await serve((_request, response) => sendJson(response, { error: { message: 'no' } }, 400));
    const deep = `${'{"messages":['.repeat(50_000)}${']}'.repeat(50_000)}`;
    const blocks = `{"messages":[{"content":${'[{"type":"tool_result","content":'.repeat(20_000)}[]${'}]'.repeat(20_000)}}]}`;
    const proxy = await startProxy({ upstream: upstream.origin, imageUrls: {} });
    for (const body of ['{}', '[]', 'null', '"x"', '{"messages":7}', '{"messages":[null,{"content":[null]}]}', deep]) {
      // the upstream of this test reads JSON too
      const response = await post(`${proxy.url}/v1/chat/completions`, body);
      expect(response.status, body.slice(0, 40)).toBe(400);
    }
    expect((await post(`${proxy.url}/v1/messages`, blocks)).status).toBe(400);
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200);
  });
});

describe('a client that goes away', () => {
  it('takes the upstream’s call with it, while it waits and in the middle of a stream', async () => {
    let closed = 0;
    const upstream = await serve((request, response) => {
      response.once('close', () => closed++);
      if (request.body.stream) beginStream(response, 8);
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    for (const [nth, call] of [
      chatCall(),
      chatCall(pixel, { stream: true }),
      chatCall(null, { stream: true }),
    ].entries()) {
      const gone = new AbortController();
      const asked = post(`${proxy.url}/v1/chat/completions`, call, {}, gone.signal);
      await until(() => upstream.seen.length === nth + 1);
      if ('stream' in call) await (await asked).body?.getReader().read();
      gone.abort();
      await asked.catch(() => {});
      await until(() => closed === nth + 1);
    }
    await until(async () => (await metric(proxy, 'calls_in_hand ')) === 0);
    await until(() => proxy.lines.filter((line) => line.includes('"status":499')).length === 3);
  });

  it('leaves the queue', async () => {
    const upstream = await serve(() => {});
    const proxy = await startProxy({ upstream: upstream.origin, concurrency: 1, queue: 1 });
    const gone = new AbortController();
    const calls = [1, 2].map(() =>
      post(`${proxy.url}/v1/chat/completions`, chatCall(), {}, gone.signal).catch(() => {}),
    );
    await until(async () => (await metric(proxy, 'calls_waiting ')) === 1);
    gone.abort();
    await Promise.all(calls);
    await until(async () => (await metric(proxy, 'calls_waiting ')) + (await metric(proxy, 'calls_in_hand ')) === 0);
  });

  it('does not stop the others', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const slow = badWords('red');
    const score = slow.score;
    slow.score = async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return score(request);
    };
    const proxy = await startProxy({ upstream: upstream.origin, scorer: slow });
    const results = await Promise.all(
      Array.from({ length: 10 }, async (_, nth) => {
        const signal = nth % 2 ? AbortSignal.timeout(20) : undefined;
        const response = await post(`${proxy.url}/v1/chat/completions`, chatCall(), {}, signal).catch(() => undefined);
        return response && ((await response.json()) as ReturnType<typeof chatCompletion>).choices[0]?.message;
      }),
    );
    expect(results.filter((message) => message !== undefined)).toHaveLength(5);
    for (const message of results) if (message) expect(message).toMatchObject({ content: right });
  });
});

describe('a full disk', () => {
  it('costs the reports, not the answers', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, reportFile: '/dev/full' });
    for (let nth = 0; nth < 3; nth++) {
      const response = await post(`${proxy.url}/v1/chat/completions`, chatCall());
      expect(await response.json()).toMatchObject({ choices: [{ message: { content: right } }] });
    }
    await until(async () => (await metric(proxy, 'reports_lost_total')) === 3);
    expect(proxy.lines.filter((line) => line.includes('"code":"ENOSPC"'))).toHaveLength(1);
  });

  it('has nothing to do with reports that can be written', async () => {
    const { mkdtemp, readFile } = await import('node:fs/promises');
    const folder = await mkdtemp(`${(await import('node:os')).tmpdir()}/reports-`);
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, reportFile: `${folder}/reports.jsonl` });
    await Promise.all(Array.from({ length: 5 }, () => post(`${proxy.url}/v1/chat/completions`, chatCall())));
    await proxy.close();
    const lines = (await readFile(`${folder}/reports.jsonl`, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ protocol: 'openai-chat', answers: [{ status: 'clean' }] });
      expect(line).not.toContain('base64');
    }
  });
});

describe('a scorer whose worker is killed', () => {
  const workers: Worker[] = [];
  const watch = (worker: Worker) => void workers.push(worker);
  process.on('worker', watch);
  afterAll(() => void process.off('worker', watch));

  it('is started anew for the next call, and the call in hand is answered', async () => {
    const scorer = await tldrScorer();
    const upstream = await serve((_request, response, nth) =>
      sendJson(response, chatCompletion({ content: `There is a red bus on the left of ${nth} dogs.` })),
    );
    const proxy = await startProxy({ upstream: upstream.origin, scorer, rewriter: localRewriter() });
    const { readFile } = await import('node:fs/promises');
    const { join } = await import('node:path');
    const { packageRoot } = await import('../../src/base/package-root.js');
    const bytes = await readFile(join(packageRoot(), 'models/tldr-scenes/golden/0.png'));
    const picture = `data:image/png;base64,${bytes.toString('base64')}`;
    const ask = async () =>
      (await (await post(`${proxy.url}/v1/chat/completions`, chatCall(picture))).json()) as {
        vlm_detective: { status: string }[];
      };
    expect((await ask()).vlm_detective[0]?.status).not.toBe('failed');
    const killed = workers.at(-1)!;
    const next = ask();
    await killed.terminate();
    expect((await next).vlm_detective).toHaveLength(1);
    expect((await ask()).vlm_detective[0]?.status).not.toBe('failed');
    expect(workers.at(-1)).not.toBe(killed);
    await scorer.close?.();
  }, 60_000);

  it('for good: every answer goes out as it is, or is withheld where that is wanted', async () => {
    const broken = { name: 'broken', score: () => Promise.reject(new Error('the worker died; key sk-abcdef123456')) };
    const upstream = await serve((request, response) =>
      sendJson(
        response,
        request.url === '/v1/messages'
          ? anthropicMessage([{ type: 'text', text: wrong }])
          : chatCompletion({ content: wrong }),
      ),
    );
    const open = await startProxy({ upstream: upstream.origin, scorer: broken });
    expect(await (await post(`${open.url}/v1/chat/completions`, chatCall())).json()).toMatchObject({
      choices: [{ message: { content: wrong } }],
      vlm_detective: [{ status: 'failed' }],
    });
    expect(await metric(open, 'failures_total{part="scorer"}')).toBeGreaterThan(0);
    expect(open.lines.join('')).not.toContain('sk-abcdef');
    const closed = await startProxy({ upstream: upstream.origin, scorer: broken, failClosed: true, allowOverrides });
    const withheld = await post(`${closed.url}/v1/messages`, anthropicCall, { 'x-detective-fail-closed': 'false' });
    expect([withheld.status, withheld.headers.get('x-should-retry')]).toEqual([422, 'false']);
    expect(await withheld.text()).not.toContain('bus');
  });
});
