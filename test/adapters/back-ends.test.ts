import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/hono.js';
import type { ResponseReport } from '../../src/http/report.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { anthropicMessage, chatCompletion, modelResponse, outputMessage, outputText } from '../http/wire-bodies.js';
import { type Answer, frameworks } from './servers.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const fixes = { green: 'red', three: 'two' };
const settings = (more: object = {}) => ({
  scorer: wordListScorer(Object.keys(fixes)),
  rewriter: dictionaryRewriter(fixes),
  ...more,
});
const ask = (more: object = {}) => ({
  model: 'gpt-5.1',
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What is in the picture?' },
        { type: 'image_url' as const, image_url: { url: png } },
      ],
    },
  ],
  ...more,
});
const post = (url: string, body: unknown, init: RequestInit = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...init });
const wrong = chatCompletion({ content: 'A green car on the grass.' });

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5.1',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
async function* events(text: string, between: () => Promise<unknown> = async () => {}): AsyncGenerator<string> {
  yield chunk({ role: 'assistant', content: '' });
  for (const word of text.match(/\s*\S+/g) ?? []) {
    yield chunk({ content: word });
    await between();
  }
  yield chunk({}, 'stop');
  yield 'data: [DONE]\n\n';
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(frameworks)('a $name back end', ({ start }) => {
  it('has its chat completions corrected, with the real SDK as the client', async () => {
    const reports: ResponseReport[] = [];
    const seen: unknown[] = [];
    const options = settings({ onReport: (report: ResponseReport) => reports.push(report) });
    const origin = await start(options, (body) => {
      seen.push(body);
      return { body: JSON.stringify(wrong), headers: { 'x-own': 'kept' } };
    });
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${origin}/v1` });
    const { data, response } = await openai.chat.completions.create(ask()).withResponse();
    expect(data.choices[0]?.message.content).toBe('A red car on the grass.');
    expect(correctionReports(data)).toMatchObject([{ status: 'clean', edits: [{ from: 'green', to: 'red' }] }]);
    expect(response.headers.get('x-own')).toBe('kept');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(response.headers.get('x-vlm-detective-report')).toBe(correctionReports(data)[0]?.id);
    expect(seen).toEqual([ask()]);
    expect(options.scorer.seen[0]).toMatchObject({ images: [png], prompt: 'What is in the picture?' });
    expect(reports).toMatchObject([{ protocol: 'openai-chat', model: 'gpt-5.1' }]);
  });

  it('has responses and messages corrected', async () => {
    const origin = await start(settings(), (body) => ({
      body: JSON.stringify(
        'input' in (body as object)
          ? modelResponse([outputMessage([outputText('Three cars.')])])
          : anthropicMessage([{ type: 'text', text: 'A green car.', citations: null }]),
      ),
    }));
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${origin}/v1` });
    const response = await openai.responses.create({
      model: 'gpt-5.1',
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: png, detail: 'auto' }] }],
    });
    expect(response.output_text).toBe('Two cars.');
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: origin });
    const message = await anthropic.messages.create({
      model: 'claude-haiku-5-5',
      max_tokens: 100,
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: png.slice(png.indexOf(',') + 1) },
            },
          ],
        },
      ],
    });
    expect(message.content[0]).toMatchObject({ text: 'A red car.' });
  });

  it('has streams corrected sentence by sentence while they are being written', async () => {
    let release = () => {};
    const second = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slowly() {
      for await (const event of events('A green car. It has three doors.')) {
        if (event.includes(' has')) await second;
        yield event;
      }
    }
    const origin = await start(settings(), () => ({ events: slowly() }));
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${origin}/v1`, maxRetries: 0 });
    const stream = await openai.chat.completions.create(ask({ stream: true as const }) as never as never);
    let text = '';
    for await (const part of stream as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>) {
      text += part.choices[0]?.delta.content ?? '';
      if (text.endsWith('. ') || text.endsWith('car.')) {
        expect(text.trim()).toBe('A red car.');
        release();
      }
    }
    expect(text).toBe('A red car. It has two doors.');
  });

  it('sends a right stream, other routes, errors and other types byte for byte', async () => {
    const options = settings();
    const whole = chunk({ content: 'A red car.' }) + chunk({}, 'stop');
    const json = '{"object": "chat.completion",  "note": "green"}';
    const answers: Record<string, () => Answer> = {
      '/v1/chat/completions': () => ({ events: events('A red car.') }),
      '/v1/embeddings': () => ({ body: json }),
      '/error/chat/completions': () => ({
        body: '{"error": {"message":  "green"}}',
        status: 429,
        headers: { 'retry-after': '7' },
      }),
      '/text/chat/completions': () => ({ body: 'green', headers: { 'content-type': 'text/plain; charset=utf-8' } }),
      '/odd/chat/completions': () => ({ body: json }),
      '/broken/chat/completions': () => ({ body: '{"green' }),
    };
    const origin = await start(options, (body) => answers[(body as { at: string }).at]!());
    const get = async (at: string) => {
      const response = await post(origin + at, { ...ask({ stream: at.startsWith('/v1/chat') }), at });
      return { status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
    };
    expect((await get('/v1/chat/completions')).text).toContain(whole.slice(-60));
    expect(await get('/v1/embeddings')).toMatchObject({ status: 200, text: json });
    expect(await get('/error/chat/completions')).toEqual({
      status: 429,
      retry: '7',
      text: '{"error": {"message":  "green"}}',
    });
    expect(await get('/text/chat/completions')).toMatchObject({ status: 200, text: 'green' });
    expect(await get('/odd/chat/completions')).toMatchObject({ status: 200, text: json });
    expect(await get('/broken/chat/completions')).toMatchObject({ status: 200, text: '{"green' });
  });

  it('corrects a route of any path where the protocol is named', async () => {
    const origin = await start(settings({ protocol: 'openai-chat' }), () => ({ body: JSON.stringify(wrong) }));
    const response = await post(`${origin}/api/chat`, ask());
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'A red car on the grass.' } }] });
  });

  it('takes a request with a large picture, and tells the length of the new body truly', async () => {
    const origin = await start(settings(), (body) => ({
      body: JSON.stringify({ ...wrong, padding: 'x'.repeat(300_000), got: JSON.stringify(body).length }),
    }));
    const big = ask({ metadata: { filler: 'y'.repeat(3_000_000) } });
    const response = await post(`${origin}/v1/chat/completions`, big);
    const text = await response.text();
    const length = response.headers.get('content-length');
    if (length !== null) expect(Number(length)).toBe(Buffer.byteLength(text));
    const body = JSON.parse(text);
    expect(body.choices[0].message.content).toBe('A red car on the grass.');
    expect(body.got).toBe(JSON.stringify(big).length);
  });

  it('a client that goes away ends the correction and the stream of the handler', async () => {
    let ended = false;
    let asked = false;
    let aborted = false;
    const scorer = {
      name: 'stuck',
      score: ({ signal }: { signal?: AbortSignal }) =>
        new Promise<never>((_, reject) => {
          asked = true;
          signal?.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason);
          });
        }),
    };
    async function* endless() {
      try {
        yield chunk({ role: 'assistant', content: '' });
        for (;;) {
          yield chunk({ content: 'A green car. ' });
          await wait(5);
        }
      } finally {
        ended = true;
      }
    }
    const origin = await start(settings({ scorer }), () => ({ events: endless() }));
    const stopper = new AbortController();
    const response = await post(`${origin}/v1/chat/completions`, ask({ stream: true }), { signal: stopper.signal });
    await response.body!.getReader().read();
    await expect.poll(() => asked, { timeout: 30_000 }).toBe(true);
    stopper.abort();
    await expect.poll(() => aborted, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => ended, { timeout: 30_000 }).toBe(true);
  });

  it('failClosed answers in the protocol’s own error shape', async () => {
    const rewriter = { name: 'broken', rewrite: () => Promise.reject(new Error('no')) };
    const origin = await start(settings({ rewriter, failClosed: true }), () => ({ body: JSON.stringify(wrong) }));
    const response = await post(`${origin}/v1/chat/completions`, ask());
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ error: { type: 'vlm_detective_error' } });
  });

  it('asks the handler to wait where the client reads slowly', async () => {
    let written = 0;
    const line = chunk({ content: `It is red. ${'very '.repeat(1000)}` });
    async function* lots() {
      for (; written < 40_000; written++) yield line;
    }
    const origin = await start(settings({ stream: 'off' }), () => ({ events: lots() }));
    const stopper = new AbortController();
    const response = await post(`${origin}/v1/chat/completions`, ask({ stream: true }), { signal: stopper.signal });
    await response.body!.getReader().read();
    for (let before = -1; before !== written; ) {
      before = written;
      await wait(300);
    }
    expect(written).toBeLessThan(40_000);
    stopper.abort();
  });
});
