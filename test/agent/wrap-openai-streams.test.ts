import OpenAI, { APIError, APIUserAbortError } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import { holdTimers } from '../fixtures/hold-time.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { chatChunk, chatStream, done, sse, textResponseStream, words } from '../http/wire-events.js';
import { type Reply, sendJson, serve } from '../http/wire-server.js';

let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const wrong = 'There is a green car. I see three dogs.';
const right = 'There is a red car. I see two dogs.';
const fixes = { green: 'red', three: 'two' };
const ask = () => ({
  model: 'gpt-5.1',
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What is it?' },
        { type: 'image_url' as const, image_url: { url: png } },
      ],
    },
  ],
});
const put = () => ({
  model: 'gpt-5.1',
  input: [
    { role: 'user' as const, content: [{ type: 'input_image' as const, image_url: png, detail: 'auto' as const }] },
  ],
});

const streaming =
  (events: readonly string[], then: (response: Parameters<Reply>[1]) => void = (response) => response.end()): Reply =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
    for (const event of events) response.write(event);
    then(response);
  };

async function setUp(reply: Reply, wrap: Partial<WrapOptions> = {}) {
  const server = await serve(reply);
  const scorer = wordListScorer(Object.keys(fixes));
  const bare = new OpenAI({ apiKey: 'sk-test-0123456789', baseURL: `${server.origin}/v1`, maxRetries: 1 });
  return { server, scorer, openai: wrapOpenAI(bare, { scorer, rewriter: dictionaryRewriter(fixes), ...wrap }) };
}

/** Something that the client does, for the upstream to wait for. */
function hearing(): { heard: Promise<void>; hear: () => void } {
  let hear = () => {};
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  return { heard, hear };
}

const wordsOf = async (stream: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>) => {
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  return text;
};

describe('chat.completions.stream()', () => {
  it('emits the corrected words, and its final completion carries the report', async () => {
    const { openai } = await setUp(streaming(chatStream(wrong, { usage: true })));
    const snapshots: string[] = [];
    const stream = openai.chat.completions
      .stream({ ...ask(), stream_options: { include_usage: true } })
      .on('content', (_delta, snapshot) => snapshots.push(snapshot));
    const completion = await stream.finalChatCompletion();
    for (const snapshot of snapshots) expect(right.startsWith(snapshot)).toBe(true);
    expect(completion.choices[0]?.message.content).toBe(right);
    expect(await stream.finalContent()).toBe(right);
    expect((await stream.totalUsage()).total_tokens).toBe(1163);
    expect(correctionReports(completion)).toMatchObject([
      { status: 'clean', edits: [{ to: 'red' }, { to: 'two' }], stream: { mode: 'sentence' } },
    ]);
  });

  it('parses the corrected object', async () => {
    const { openai } = await setUp(streaming(chatStream('{"object":"car","colour":"green","count":2}')));
    const schema = z.object({ object: z.string(), colour: z.string(), count: z.number() });
    const response_format = zodResponseFormat(schema, 'thing');
    const completion = await openai.chat.completions.stream({ ...ask(), response_format }).finalChatCompletion();
    expect(completion.choices[0]?.message.parsed).toEqual({ object: 'car', colour: 'red', count: 2 });
  });

  it('runTools() works on: the call of the tool passes, the answer after it is corrected', async () => {
    const call = {
      index: 0,
      id: 'call_1',
      type: 'function',
      function: { name: 'zoom', arguments: '{"where":"green"}' },
    };
    const seen: string[] = [];
    const { openai } = await setUp((request, response, nth) =>
      streaming(
        nth === 1
          ? [
              sse(chatChunk({ role: 'assistant', content: null, tool_calls: [call] })),
              sse(chatChunk({}, { finish_reason: 'tool_calls' })),
              done,
            ]
          : chatStream(wrong),
      )(request, response, nth),
    );
    const runner = openai.chat.completions.runTools({
      ...ask(),
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            name: 'zoom',
            description: 'zoom',
            parameters: { type: 'object', properties: {} },
            function: (input: string) => {
              seen.push(input);
              return 'closer';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe(right);
    expect(seen).toEqual(['{"where":"green"}']);
  });

  it('abort() ends it as ever', async () => {
    const { openai } = await setUp(streaming(chatStream(wrong).slice(0, 3), () => {}));
    const stream = openai.chat.completions.stream(ask());
    setTimeout(() => stream.abort(), 100);
    await expect(stream.finalChatCompletion()).rejects.toBeInstanceOf(APIUserAbortError);
  });
});

describe('chat.completions.create({ stream: true })', () => {
  it('has its helpers: withResponse, asResponse, tee, toReadableStream, controller', async () => {
    const { openai } = await setUp(streaming(chatStream(wrong)));
    const create = () => openai.chat.completions.create({ ...ask(), stream: true });
    const { data, response, request_id } = await create().withResponse();
    expect(request_id).toBe('req_1');
    expect(response.headers.get('x-vlm-detective-report')).toMatch(/^[0-9a-f-]{36}$/);
    const [left, left2] = data.tee();
    expect(await Promise.all([wordsOf(left), wordsOf(left2)])).toEqual([right, right]);
    expect((await (await create().asResponse()).text()).endsWith(done)).toBe(true);
    const lines = await new Response((await create()).toReadableStream() as ReadableStream<Uint8Array>).text();
    const contents = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).choices[0]?.delta.content ?? '');
    expect(contents.join('')).toBe(right);
    const stream = await create();
    let count = 0;
    for await (const _ of stream) if (++count === 2) stream.controller.abort();
    expect(count).toBe(2);
  });

  it('leaving the loop, or aborting, reaches the upstream and the correction', async () => {
    for (const leave of ['break', 'signal'] as const) {
      const closed = vi.fn();
      const { openai } = await setUp((_request, response) => {
        response.on('close', closed);
        streaming(chatStream(wrong).slice(0, 12), () => {})(_request, response, 1);
      });
      const aborter = new AbortController();
      const stream = await openai.chat.completions.create({ ...ask(), stream: true }, { signal: aborter.signal });
      for await (const { choices } of stream) {
        if (!choices[0]?.delta.content) continue;
        if (leave === 'break') break;
        aborter.abort();
      }
      await vi.waitFor(() => expect(closed).toHaveBeenCalled(), 30_000);
    }
  });

  it('a client that does not read is felt by the upstream', async () => {
    const filler = sse(chatChunk({ content: `${'so '.repeat(3000)}on.\n` }));
    let written = 0;
    const { openai } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const push = () => {
        while (written < 5000) {
          written++;
          if (!response.write(filler)) return response.once('drain', push);
        }
        return response.end(done);
      };
      push();
    });
    const stream = await openai.chat.completions.create({ ...ask(), stream: true });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    for (let before = -1; before !== written; ) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(written).toBeLessThan(5000);
    await iterator.return?.();
  });

  it('its time-out is over with the first byte, as in the bare SDK: a long stream is not cut', async () => {
    const timeout = 2000;
    const [first, ...rest] = chatStream(wrong);
    const { openai } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(first);
      setTimeout(() => response.end(rest.join('')), timeout + 500);
    });
    expect(await wordsOf(await openai.chat.completions.create({ ...ask(), stream: true }, { timeout }))).toBe(right);
  });

  it('without a rewriter the model of the call rewrites, not streamed and not corrected in its turn', async () => {
    const edits = chatCompletion({
      content: JSON.stringify({ edits: [{ span: 1, replacement: 'red', scope: 'span' }] }),
    });
    const server = await serve((request, response, nth) =>
      request.body.stream ? streaming(chatStream('A green car.'))(request, response, nth) : sendJson(response, edits),
    );
    const bare = new OpenAI({ apiKey: 'sk-tenant-0123456789', baseURL: `${server.origin}/v1` });
    const openai = wrapOpenAI(bare, { scorer: wordListScorer(['green']) });
    expect(await wordsOf(await openai.chat.completions.create({ ...ask(), stream: true }))).toBe('A red car.');
    expect(server.seen.map(({ body }) => body.stream === true)).toEqual([true, false]);
    expect(server.seen[1]?.headers.authorization).toBe('Bearer sk-tenant-0123456789');
  });
});

describe('responses', () => {
  it('stream(): the events, the final response and its parsed object are the corrected ones', async () => {
    const { openai } = await setUp(streaming(textResponseStream('{"object":"car","colour":"green","count":1}')));
    const schema = z.object({ object: z.string(), colour: z.string(), count: z.number() });
    const text = { format: zodTextFormat(schema, 'thing') };
    const stream = openai.responses.stream({ ...put(), text });
    let snapshot = '';
    stream.on('response.output_text.delta', (event) => {
      snapshot = event.snapshot;
    });
    const response = await stream.finalResponse();
    expect(snapshot).toBe('{"object":"car","colour":"red","count":1}');
    expect(response.output_parsed).toEqual({ object: 'car', colour: 'red', count: 1 });
    expect(response.output_text).toBe('{"object":"car","colour":"red","count":1}');
    expect(correctionReports(response)).toMatchObject([{ status: 'clean' }]);
  });

  it('an upstream that dies is an APIError behind the words that came', async () => {
    const events = textResponseStream(wrong);
    const cut = events.findIndex((event) => event.includes('"delta":" dogs"'));
    const { heard, hear } = hearing();
    const { openai } = await setUp(
      streaming([events.slice(0, cut).join('')], (response) => void heard.then(() => response.destroy())),
    );
    let text = '';
    const read = async () => {
      for await (const event of await openai.responses.create({ ...put(), stream: true }))
        if (event.type === 'response.output_text.delta') {
          text += event.delta;
          hear();
        }
    };
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('broke off') });
    expect(text).toBe('There is a red car. I see two');
  });
});

describe('errors of a stream', () => {
  const read = async (openai: OpenAI, hear = () => {}) => {
    let text = '';
    try {
      for await (const { choices } of await openai.chat.completions.create({ ...ask(), stream: true })) {
        text += choices[0]?.delta.content ?? '';
        if (text !== '') hear();
      }
      return { text };
    } catch (error) {
      return { text, error };
    }
  };

  it('before it begins they are the SDK’s own, retries included', async () => {
    const { openai, server } = await setUp((request, response, nth) =>
      nth === 1
        ? sendJson(response, { error: { message: 'slow' } }, 429, { 'retry-after-ms': '1' })
        : streaming(chatStream(wrong))(request, response, nth),
    );
    expect(await read(openai)).toEqual({ text: right });
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [
      'a connection that dies',
      (response: Parameters<Reply>[1], heard: Promise<void>) => void heard.then(() => response.destroy()),
      /broke off/,
    ],
    [
      'half an event',
      (response: Parameters<Reply>[1]) => void response.end('data: {"choices":[{"del'),
      /middle of an event/,
    ],
    [
      'its own error',
      (response: Parameters<Reply>[1]) =>
        void response.end(sse({ error: { message: 'Overloaded', type: 'server_error' } })),
      /Overloaded/,
    ],
    [
      'a stall',
      (_: Parameters<Reply>[1], heard: Promise<void>, passTime: (ms: number) => void) =>
        void heard.then(() => passTime(2000)),
      /sent nothing/,
    ],
  ])('%s: the words that came, then an APIError, one call', async (_what, then, message) => {
    const passTime = holdTimers();
    const { heard, hear } = hearing();
    // in one piece, so that all of it has come when the first words of it are heard
    const events = [chatStream(wrong).slice(0, 10).join('')];
    const { openai, server } = await setUp(
      streaming(events, (response) => then(response, heard, passTime)),
      { stallMs: 2000 },
    );
    const { text, error } = await read(openai, hear);
    expect(text).toBe('There is a red car. I see two');
    expect(error).toBeInstanceOf(APIError);
    expect((error as Error).message).toMatch(message);
    expect(server.seen).toHaveLength(1);
  });

  it('failClosed: an APIError and no word that was not verified', async () => {
    const scorer: WrapOptions['scorer'] = {
      name: 'dies',
      score: async (request) => {
        if (request.response.includes('dogs')) throw new Error('worker killed');
        return wordListScorer(['green']).score(request);
      },
    };
    const { openai } = await setUp(streaming(chatStream(wrong)), { scorer, failClosed: true });
    const { text, error } = await read(openai);
    expect(text).toBe('There is a red car.');
    expect(error).toBeInstanceOf(APIError);
    expect((error as Error).message).toMatch(/withheld.*worker killed/);
  });
});

it('the first sentence is with the client before the last one is written', async () => {
  const { heard, hear } = hearing();
  const events = words(wrong).map((content) => sse(chatChunk({ content })));
  const { openai } = await setUp(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events.slice(0, -1).join(''));
    // without the sentence there would be no end
    await heard;
    response.end(events.slice(-1).join('') + done);
  });
  let text = '';
  for await (const { choices } of await openai.chat.completions.create({ ...ask(), stream: true })) {
    text += choices[0]?.delta.content ?? '';
    if (text.endsWith('car.')) hear();
  }
  expect(text).toBe(right);
});
