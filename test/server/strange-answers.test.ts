import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chatCompletion } from '../http/wire-bodies.js';
import { chatChunk, chatStream, done, sse } from '../http/wire-events.js';
import { type Reply, serve } from '../http/wire-server.js';
import { chatCall, pixel, post, startProxy } from './proxy-server.js';

const events =
  (...blocks: string[]): Reply =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(blocks.join(''));
  };
const json =
  (body: object, headers: Record<string, string> = {}, encode = (text: string): string | Buffer => text): Reply =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(encode(JSON.stringify(body)));
  };

const chat = chatCall(undefined, { stream: true });
const responses = {
  model: 'm',
  stream: true,
  input: [{ role: 'user', content: [{ type: 'input_image', image_url: pixel }] }],
};
const messages = {
  model: 'm',
  stream: true,
  max_tokens: 9,
  messages: [
    {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel.split(',')[1] } }],
    },
  ],
};
const named = (type: string, rest: object) => sse({ type, ...rest }, type);

/** The answers, in that order, of a server that lets through what is not judged, and of one that withholds it. */
async function answered(path: string, call: unknown, reply: Reply) {
  const upstream = await serve(reply);
  const answers = [];
  for (const failClosed of [false, true]) {
    const proxy = await startProxy({ upstream: upstream.origin, failClosed });
    const response = await post(`${proxy.url}${path}`, call);
    // the report names the words that are gone
    const text = (await response.text()).replaceAll('"from":"red"', '');
    const metrics = await proxy.metrics.metrics();
    answers.push({ status: response.status, text, metrics });
  }
  return answers as [(typeof answers)[0], (typeof answers)[0]];
}

describe('words that a provider says twice', () => {
  const pieces = ['The bus ', 'is red. ', 'It is red.'];
  const soFar = pieces.map((_, index) => pieces.slice(0, index + 1).join(''));
  it.each<[string, object, Reply]>([
    [
      'each piece as text too',
      chat,
      events(...pieces.map((content) => sse(chatChunk({ content }, { text: content }))), done),
    ],
    [
      'the whole so far beside each piece',
      chat,
      events(
        ...pieces.map((content, index) =>
          sse(chatChunk({ content }, { message: { role: 'assistant', content: soFar[index] } })),
        ),
        done,
      ),
    ],
    ['as a message alone', chat, events(sse(chatChunk({}, { message: { content: soFar[2] } })), done)],
    ['as text alone', chat, events(...pieces.map((text) => sse(chatChunk({}, { text }))), done)],
    [
      'as text beside the message',
      chatCall(),
      json(chatCompletion({ content: 'The bus is red. It is red.' }, { text: 'The bus is red. It is red.' })),
    ],
  ])('are put right wherever they stand: %s', async (_name, call, reply) => {
    for (const { status, text } of await answered('/v1/chat/completions', call, reply)) {
      expect(status).toBe(200);
      expect(text).toContain('blue');
      expect(text).not.toMatch(/\bred\b/);
    }
  });
});

describe('words in a place that is not known', () => {
  it.each<[string, string, object, Reply]>([
    [
      'the whole in other words than its pieces',
      '/v1/responses',
      responses,
      events(
        named('response.output_text.delta', { output_index: 0, content_index: 0, delta: 'The bus is blue.' }),
        named('response.output_text.done', { output_index: 0, content_index: 0, text: 'The tree is red.' }),
      ),
    ],
    [
      'an event of a new kind',
      '/v1/responses',
      responses,
      events(
        named('response.output_text.delta', { output_index: 0, content_index: 0, delta: 'The bus is blue.' }),
        named('response.poem.delta', { delta: 'The tree is red.' }),
      ),
    ],
    [
      'a piece of a new kind',
      '/v1/messages',
      messages,
      events(
        named('content_block_start', { index: 0, content_block: { type: 'text', text: 'The bus is blue.' } }),
        named('content_block_delta', { index: 0, delta: { type: 'poem_delta', text: 'The tree is red.' } }),
        named('message_stop', {}),
      ),
    ],
    [
      'in the first event',
      '/v1/messages',
      messages,
      events(
        named('message_start', { message: { content: [{ type: 'text', text: 'The tree is red.' }] } }),
        named('content_block_start', { index: 0, content_block: { type: 'text', text: 'The bus is blue.' } }),
        named('message_stop', {}),
      ),
    ],
  ])('go out and are told, or stay: %s', async (_name, path, call, reply) => {
    const upstream = await serve(reply);
    const reasons: unknown[] = [];
    const onReport = ({ answers }: { answers: { reason?: string }[] }) =>
      reasons.push(...answers.map((one) => one.reason));
    const open = await startProxy({ upstream: upstream.origin, onReport });
    expect(await (await post(`${open.url}${path}`, call)).text()).toContain('tree is red');
    expect(reasons).toEqual([expect.stringMatching(/not known|not judged/)]);
    const closed = await startProxy({ upstream: upstream.origin, failClosed: true });
    const text = await (await post(`${closed.url}${path}`, call)).text();
    expect(text).not.toContain('tree');
    expect(text).toContain('withheld');
  });

  it('thoughts and calls are no such words', async () => {
    const blocks = [
      named('response.reasoning_summary_text.delta', { output_index: 0, delta: 'The tree is red.' }),
      named('response.function_call_arguments.delta', { output_index: 1, delta: '{"tree":"red"}' }),
      named('response.output_text.delta', { output_index: 2, content_index: 0, delta: 'The bus is blue.' }),
    ];
    const [, closed] = await answered('/v1/responses', responses, events(...blocks));
    expect(closed.text).toBe(blocks.join(''));
  });
});

it.each<[string, (text: string) => Buffer]>([
  ['in zlib’s format', deflateSync],
  ['bare', deflateRawSync],
])('deflate is read %s', async (_name, encode) => {
  const deflated = { 'content-encoding': 'deflate' };
  const red = chatCompletion({ content: 'A red bus.' });
  const [whole] = await answered('/v1/chat/completions', chatCall(), json(red, deflated, encode));
  expect(whole.status).toBe(200);
  expect(whole.text).toContain('"content":"A blue bus."');
});

describe('an upstream that says it has judged', () => {
  const reply = json(chatCompletion({ content: 'A red bus.' }), { 'x-vlm-detective-report': 'one' });
  it('is believed, and that is told; where nothing goes out unjudged it is not', async () => {
    const [open, closed] = await answered('/v1/chat/completions', chatCall(), reply);
    expect(open.text).toContain('A red bus.');
    expect(open.metrics).toContain('corrections_total{protocol="openai-chat",status="skipped"} 1');
    expect(closed.text).toContain('A blue bus.');
  });
});

describe('a call that other readers may read in another way', () => {
  const text = JSON.stringify(chatCall());
  const hidden = '"messages":[{"role":"user","content":"Hello."}]';
  it.each([
    ['a picture behind a key that stands twice', text.replace(/\}$/, `,${hidden}}`)],
    ['the same, spelled with an escape', text.replace(/\}$/, `,${hidden.replace('m', '\\u006d')}}`)],
    ['a part with two types', text.replace('"type":"image_url"', '"type":"image_url","type":"text"')],
    ['a key in capitals', text.replace('"messages"', '"Messages"')],
  ])('is refused where nothing goes out unjudged: %s', async (_name, call) => {
    const upstream = await serve(json(chatCompletion({ content: 'A red bus.' })));
    const proxy = await startProxy({ upstream: upstream.origin, failClosed: true });
    const response = await post(`${proxy.url}/v1/chat/completions`, call);
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(/stands twice|capitals/);
    expect(upstream.seen).toEqual([]);
  });

  it('the same key in two objects, and quotes and braces in strings, are no such thing', async () => {
    const call = chatCall(undefined, { metadata: { a: '","messages":{', b: { a: 'x\\' }, messages: '\\"' } });
    const [, closed] = await answered('/v1/chat/completions', call, json(chatCompletion({ content: 'A red bus.' })));
    expect(closed.text).toContain('A blue bus.');
  });
});

it('a stream that breaks off after its words ends in an error event, not in silence', async () => {
  const [open] = await answered('/v1/chat/completions', chat, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'deflate' });
    response.end(deflateRawSync(chatStream('The bus is red.').join('')).subarray(0, -9));
  });
  expect(open.text).toContain('"error"');
});
