import { describe, expect, it } from 'vitest';
import { chatCompletion } from '../http/wire-bodies.js';
import { chatChunk, chatStream, sse } from '../http/wire-events.js';
import { always, type Reply, serve } from '../http/wire-server.js';
import { chatCall, post, startProxy } from './proxy-server.js';

const red = chatCompletion({ content: 'A red bus.' });
const as =
  (type: string | undefined, body: string, headers: Record<string, string> = {}): Reply =>
  (_request, response) => {
    response.writeHead(200, { ...(type === undefined ? {} : { 'content-type': type }), ...headers });
    response.end(body);
  };

async function asked(reply: Reply, path = '/v1/chat/completions', rest: object = {}) {
  const upstream = await serve(reply);
  const answers = [];
  for (const failClosed of [false, true]) {
    const proxy = await startProxy({ upstream: upstream.origin, failClosed });
    const response = await post(`${proxy.url}${path}`, chatCall(undefined, rest));
    const text = await response.text();
    const metrics = await (await fetch(`${proxy.url}/metrics`)).text();
    answers.push({ status: response.status, text, metrics, log: proxy.lines.join('') });
  }
  return answers as [(typeof answers)[0], (typeof answers)[0]];
}

describe('an answer to a call with a picture', () => {
  it.each<[string, Reply, object]>([
    ['in an encoding that is not known', as('application/json', 'A red bus.', { 'content-encoding': 'zstd-x' }), {}],
    ['in words alone', as('text/plain', 'A red bus.'), { stream: true }],
    [
      'in JSON lines',
      as('application/x-ndjson', `${JSON.stringify(chatChunk({ content: 'red' }))}\n`),
      { stream: true },
    ],
    ['of another kind', as('application/json', '{"says":"A red bus."}'), {}],
  ])('that cannot be read goes out as it came, logged and counted, or not at all: %s', async (_name, reply, rest) => {
    const [open, closed] = await asked(reply, undefined, rest);
    expect(open.status).toBe(200);
    expect(open.text).toContain('red');
    for (const { metrics, log } of [open, closed]) {
      expect(metrics).toContain('corrections_total{protocol="openai-chat",status="failed"} 1');
      expect(log).toContain('"corrected":"failed"');
    }
    expect(closed.status).toBe(422);
    expect(closed.text).not.toContain('red');
  });

  it.each<[string, Reply, object, string?]>([
    ['a stream without a label', as(undefined, chatStream('A red bus.').join('')), { stream: true }],
    ['a stream labelled as JSON', as('application/json', chatStream('A red bus.').join('')), { stream: true }],
    [
      'a stream behind a byte order mark',
      as('text/plain', `\ufeff${chatStream('A red bus.').join('')}`),
      { stream: true },
    ],
    ['JSON to a call for a stream', always(red), { stream: true }],
    ['JSON behind a byte order mark', as('application/json', `\ufeff${JSON.stringify(red)}`), {}],
    ['a path with two slashes', always(red), {}, '/v1//chat/completions'],
  ])('is corrected all the same: %s', async (_name, reply, rest, path) => {
    for (const { status, text } of await asked(reply, path, rest)) {
      expect(status).toBe(200);
      expect(text).toContain('blue');
      expect(text.replaceAll('"from":"red"', '')).not.toMatch(/\bred\b/);
    }
  });
});

describe('a call that cannot be read', () => {
  it('passes and is told, or is refused', async () => {
    const upstream = await serve(always(red));
    const open = await startProxy({ upstream: upstream.origin });
    const closed = await startProxy({ upstream: upstream.origin, failClosed: true });
    const send = (url: string) => post(`${url}/v1/chat/completions`, '{}', { 'content-encoding': 'zstd-x' });
    expect((await send(open.url)).status).toBe(200);
    expect(open.lines.join('')).toContain('"corrected":"failed"');
    expect((await send(closed.url)).status).toBe(422);
    expect(upstream.seen).toHaveLength(1);
  });
});

it('an error that the upstream sends as an event is no answer to withhold', async () => {
  const [, closed] = await asked(as('text/plain', sse({ error: { message: 'overloaded' } })), undefined, {
    stream: true,
  });
  expect(closed.text).toContain('overloaded');
});

it('a picture that nobody here can look at is told; under fail-closed the call is refused, and no model is asked', async () => {
  const upstream = await serve(always(red));
  const call = chatCall('https://pictures.example/bus.png');
  const open = await startProxy({ upstream: upstream.origin });
  expect(await (await post(`${open.url}/v1/chat/completions`, call)).text()).toContain('is not fetched');
  const seen = upstream.seen.length;
  const closed = await startProxy({ upstream: upstream.origin, failClosed: true });
  const refused = await post(`${closed.url}/v1/chat/completions`, call);
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('send it as a data: URL')]);
  expect(upstream.seen).toHaveLength(seen);
  expect(closed.lines.join('')).toContain('"corrected":"failed"');
  const fetching = await startProxy({
    upstream: upstream.origin,
    failClosed: true,
    imageUrls: { resolve: async () => [] },
  });
  const lost = await post(`${fetching.url}/v1/chat/completions`, call);
  expect([lost.status, await lost.text()]).toEqual([422, expect.not.stringContaining('red bus')]);
});
