import { createServer } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/wrap-openai.js';
import { badWords, wordScorer } from '../agent/doubles.js';
import { anthropicMessage, chatCompletion, modelResponse, outputMessage, outputText } from '../http/wire-bodies.js';
import { chatStream } from '../http/wire-events.js';
import { always, sendJson, serve } from '../http/wire-server.js';
import { allowOverrides, chatCall, metric, pixel, post, question, startProxy } from './proxy-server.js';

const wrong = 'The bus is red.';
const right = 'The bus is blue.';

const sendStream = (events: string[]) => (_request: unknown, response: import('node:http').ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(event);
  response.end();
};

describe('the real SDKs, with nothing changed but the base URL', () => {
  it('get corrected chat completions, whole and streamed', async () => {
    const upstream = await serve((request, response) => {
      if (request.body.stream) sendStream(chatStream(wrong))(request, response);
      else sendJson(response, chatCompletion({ content: wrong }), 200, { 'x-request-id': 'req_1' });
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    const client = new OpenAI({ apiKey: 'sk-test-1234567890', baseURL: `${proxy.url}/v1`, maxRetries: 0 });
    const { data, request_id } = await client.chat.completions.create(chatCall()).withResponse();
    expect(data.choices[0]?.message.content).toBe(right);
    expect(request_id).toBe('req_1');
    expect(correctionReports(data)).toMatchObject([{ status: 'clean', edits: [{ from: 'red', to: 'blue' }] }]);
    expect(upstream.seen[0]?.headers.authorization).toBe('Bearer sk-test-1234567890');
    expect(upstream.seen[0]?.body).toEqual(chatCall());

    const stream = client.chat.completions.stream(chatCall());
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(right);
  });

  it('get corrected responses and messages', async () => {
    const upstream = await serve((request, response) =>
      sendJson(
        response,
        request.url === '/v1/messages'
          ? anthropicMessage([{ type: 'text', text: wrong }])
          : modelResponse([outputMessage([outputText(wrong)])]),
      ),
    );
    const proxy = await startProxy({ upstream: `${upstream.origin}/v1/` });
    const openai = new OpenAI({ apiKey: 'sk-test-1234567890', baseURL: `${proxy.url}/v1`, maxRetries: 0 });
    const answer = await openai.responses.create({
      model: 'gpt-5.1',
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: pixel, detail: 'auto' }] }],
    });
    expect(answer.output_text).toBe(right);
    const anthropic = new Anthropic({ apiKey: 'sk-ant-test-123', baseURL: proxy.url, maxRetries: 0 });
    const data = pixel.split(',')[1]!;
    const message = await anthropic.messages.create({
      model: 'claude-haiku-5-5',
      max_tokens: 100,
      messages: [
        { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }] },
      ],
    });
    expect(message.content).toMatchObject([{ type: 'text', text: right }]);
    expect(JSON.stringify(upstream.seen[1]?.headers)).toContain('sk-ant-test-123');
  });

  it('meet the upstream’s own errors, and find ours in the shape that they read', async () => {
    const limited = await serve((_request, response) =>
      sendJson(response, { error: { message: 'slow down', type: 'requests' } }, 429, { 'retry-after': '7' }),
    );
    const proxy = await startProxy({ upstream: limited.origin });
    const client = new OpenAI({ apiKey: 'k', baseURL: `${proxy.url}/v1`, maxRetries: 0 });
    const error = await client.chat.completions.create(chatCall()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toBe('7');

    const nobody = await startProxy({ upstream: 'http://127.0.0.1:1' });
    const lost = new OpenAI({ apiKey: 'k', baseURL: `${nobody.url}/v1`, maxRetries: 0 });
    await expect(lost.chat.completions.create(chatCall())).rejects.toMatchObject({ status: 502 });
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: nobody.url, maxRetries: 0 });
    await expect(
      anthropic.messages.create({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] }),
    ).rejects.toMatchObject({ status: 502, error: { type: 'error', error: { type: 'api_error' } } });
  });
});

describe('what holds no picture', () => {
  it('passes byte for byte, head and body, encoded as it is', async () => {
    const body = gzipSync(JSON.stringify(chatCompletion({ content: wrong })));
    let sent: Record<string, unknown> = {};
    const raw = createServer((request, response) => {
      sent = { url: request.url, headers: request.headers };
      request.resume().on('end', () => {
        response.writeHead(203, 'Fine', [
          ...['Content-Type', 'application/json', 'Content-Encoding', 'gzip', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
          ...['Connection', 'close, X-Hop', 'X-Hop', 'secret', 'X-Upstream', 'kept', 'Keep-Alive', 'timeout=99'],
        ]);
        response.end(body);
      });
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const { port } = raw.address() as import('node:net').AddressInfo;
    const proxy = await startProxy({ upstream: `http://127.0.0.1:${port}`, allowOverrides });
    const headers = {
      'accept-encoding': 'gzip',
      te: 'trailers',
      'x-detective-threshold': '0.4',
      'x-own': 'kept',
      'proxy-authorization': 'Basic c2VjcmV0',
    };
    const {
      status,
      headers: got,
      bytes,
    } = await rawPost(`${proxy.url}/v1/chat/completions?x=1`, chatCall(null), headers);
    raw.close();
    expect(status).toBe(203);
    expect(got['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(got).toMatchObject({ 'content-encoding': 'gzip', 'x-upstream': 'kept' });
    expect(got).not.toHaveProperty('x-hop');
    expect(bytes.equals(body)).toBe(true);
    expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(chatCompletion({ content: wrong }));
    expect(sent.url).toBe('/v1/chat/completions?x=1');
    expect(sent.headers).toMatchObject({ 'x-own': 'kept', 'accept-encoding': 'gzip', host: `127.0.0.1:${port}` });
    for (const name of ['te', 'x-detective-threshold', 'proxy-authorization'])
      expect(sent.headers).not.toHaveProperty(name);
  });

  it('passes on every other path under /v1/, and nothing else', async () => {
    const upstream = await serve((request, response) =>
      sendJson(response, { url: request.url, method: request.method }),
    );
    const proxy = await startProxy({ upstream: upstream.origin });
    await expect((await fetch(`${proxy.url}/v1/models?limit=2`)).json()).resolves.toEqual({
      url: '/v1/models?limit=2',
      method: 'GET',
    });
    await expect((await fetch(`${proxy.url}/v1/files/x`, { method: 'DELETE' })).json()).resolves.toMatchObject({
      method: 'DELETE',
    });
    // of the Assistants API, and no message of Anthropic's
    await expect((await post(`${proxy.url}/v1/threads/t/messages`, chatCall())).json()).resolves.toMatchObject({
      url: '/v1/threads/t/messages',
    });
    const before = upstream.seen.length;
    for (const path of ['/admin', '/v2/x', '/v1/../admin', '/v1/%2e%2e/admin', '//evil/v1/x', '/v1\\..\\admin', '*']) {
      const { status } = await rawRequest(proxy.url, path);
      expect([404, 400], path).toContain(status);
    }
    expect(upstream.seen.length).toBe(before);
  });
});

describe('an answer that comes encoded', () => {
  it.each(['gzip', 'identity'])('is corrected all the same (%s)', async (encoding) => {
    const json = JSON.stringify(chatCompletion({ content: wrong }));
    const upstream = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
      response.end(encoding === 'gzip' ? gzipSync(json) : json);
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    const response = await post(`${proxy.url}/v1/chat/completions`, chatCall());
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: right } }] });
  });

  it('and a call that comes encoded is read too', async () => {
    const upstream = createServer((request, response) => {
      request.resume();
      sendJson(response, chatCompletion({ content: wrong }));
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const proxy = await startProxy({
      upstream: `http://127.0.0.1:${(upstream.address() as import('node:net').AddressInfo).port}`,
    });
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(chatCall())),
    });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: right } }] });
    upstream.close();
  });
});

describe('headers of a single call', () => {
  it('set how it is corrected, and go no further', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, allowOverrides });
    const ask = async (headers: Record<string, string>) => {
      const response = await post(`${proxy.url}/v1/chat/completions`, chatCall(), headers);
      return { status: response.status, body: (await response.json()) as Record<string, never> };
    };
    expect((await ask({ 'x-detective-mode': 'off' })).body).toEqual(chatCompletion({ content: wrong }));
    expect((await ask({ 'x-detective-threshold': '0.05' })).body).toMatchObject({
      vlm_detective: [{ edits: [], threshold: 0.05 }],
    });
    expect((await ask({ 'x-detective-max-rounds': '0' })).body).toMatchObject({
      vlm_detective: [{ rounds: 0, edits: [] }],
    });
    const thrown = await ask({ 'x-detective-max-rounds': '0', 'x-detective-on-unresolved': 'throw' });
    expect(thrown.status).toBe(422);
    for (const seen of upstream.seen) {
      expect(Object.keys(seen.headers).filter((name) => name.startsWith('x-detective'))).toEqual([]);
    }
    const before = upstream.seen.length;
    for (const bad of [
      { 'x-detective-threshold': '7' },
      { 'x-detective-treshold': '0.5' },
      { 'x-detective-mode': 'on' },
    ]) {
      const { status, body } = await ask(bad as Record<string, string>);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { type: 'invalid_request_error' } });
    }
    expect(upstream.seen.length).toBe(before);
  });
});

describe('the key of the server itself', () => {
  it('is asked for wherever something is done, and kept from the upstream and the log', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const key = 'a-key-of-the-server-123';
    const proxy = await startProxy({ upstream: upstream.origin, key });
    const chat = `${proxy.url}/v1/chat/completions`;
    expect((await post(chat, chatCall(), { authorization: `Bearer ${key}` })).status).toBe(401);
    expect((await post(chat, chatCall(), { 'x-detective-key': `${key}x` })).status).toBe(401);
    expect((await fetch(`${proxy.url}/v1/models`)).status).toBe(401);
    expect((await post(`${proxy.url}/v1/score`, {})).status).toBe(401);
    expect((await post(`${proxy.url}/portkey/webhook`, {})).status).toBe(401);
    expect((await post(`${proxy.url}/beta/litellm_basic_guardrail_api`, {})).status).toBe(401);
    expect((await fetch(`${proxy.url}/metrics`)).status).toBe(401);
    expect(upstream.seen).toEqual([]);
    for (const open of ['healthz', 'readyz', 'openapi.json', 'docs']) {
      expect((await fetch(`${proxy.url}/${open}`)).status, open).toBe(200);
    }
    expect((await fetch(`${proxy.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    const passed = await post(chat, chatCall(), { 'x-detective-key': key, authorization: 'Bearer sk-upstream-1234' });
    expect(passed.status).toBe(200);
    expect(JSON.stringify(upstream.seen[0]?.headers)).toContain('sk-upstream-1234');
    expect(JSON.stringify(upstream.seen[0]?.headers)).not.toContain(key);
    const log = proxy.lines.join('');
    for (const secret of [key, 'sk-upstream', question, 'base64', pixel.slice(30, 60), 'red', 'blue']) {
      expect(log).not.toContain(secret);
    }
    expect(JSON.parse(proxy.lines.at(-1)!)).toMatchObject({
      event: 'request',
      route: 'openai-chat',
      status: 200,
      corrected: 'clean',
      edits: 1,
    });
  });
});

describe('limits', () => {
  it('hold for the body, by its declared and by its real length', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, maxBodyBytes: 2000 });
    const long = chatCall(null, { user: 'x'.repeat(3000) });
    expect((await post(`${proxy.url}/v1/chat/completions`, long)).status).toBe(413);
    expect((await post(`${proxy.url}/v1/score`, long)).status).toBe(413);
    const chunked = new ReadableStream({
      start(controller) {
        for (let at = 0; at < 30; at++) controller.enqueue(new TextEncoder().encode('x'.repeat(100)));
        controller.close();
      },
    });
    const init = { method: 'POST', body: chunked, duplex: 'half' } as RequestInit;
    expect((await fetch(`${proxy.url}/v1/chat/completions`, init)).status).toBe(413);
    const bomb = gzipSync(JSON.stringify(chatCall(null, { user: 'x'.repeat(1e6) })));
    const packed = { method: 'POST', body: bomb, headers: { 'content-encoding': 'gzip' } };
    expect((await fetch(`${proxy.url}/v1/chat/completions`, packed)).status).toBe(413);
    expect(upstream.seen).toEqual([]);
    expect((await post(`${proxy.url}/v1/chat/completions`, chatCall())).status).toBe(200);
  });

  it('hold for the number of pictures and their pixels, before anything is paid', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const { default: sharp } = await import('sharp');
    const large = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    const jpeg = `data:image/jpeg;base64,${large.toString('base64')}`;
    const proxy = await startProxy({ upstream: upstream.origin, maxImages: 2, maxPixels: 50_000 });
    const many = chatCall();
    many.messages.push(...many.messages, ...many.messages);
    const refused = await post(`${proxy.url}/v1/chat/completions`, many);
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('3 pictures')]);
    const huge = await post(`${proxy.url}/v1/chat/completions`, chatCall(jpeg));
    expect([huge.status, await huge.text()]).toEqual([413, expect.stringContaining('60000 pixels')]);
    expect((await post(`${proxy.url}/v1/score`, { image: jpeg, response: 'x' })).status).toBe(413);
    expect(upstream.seen).toEqual([]);
  });

  it('let so many calls in, let so many wait, and send the rest away with retry-after', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const upstream = await serve(async (_request, response) => {
      await held;
      sendJson(response, chatCompletion({ content: wrong }));
    });
    const proxy = await startProxy({ upstream: upstream.origin, concurrency: 2, queue: 3 });
    const calls = Array.from({ length: 12 }, () => post(`${proxy.url}/v1/chat/completions`, chatCall()));
    const settled = calls.map(async (call) => (await call).status);
    await expect.poll(async () => proxy.lines.length, { timeout: 50_000 }).toBe(7);
    expect(await metric(proxy, 'calls_in_hand ')).toBe(2);
    expect(await metric(proxy, 'calls_waiting ')).toBe(3);
    expect(upstream.seen.length).toBe(2);
    release();
    const statuses = await Promise.all(settled);
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
    const refused = (await Promise.all(calls)).find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await metric(proxy, 'calls_in_hand ')).toBe(0);
  });

  it('hold for the time of a correction: the answer goes out as it is', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const never = { name: 'never', score: () => new Promise<never>(() => {}) };
    const proxy = await startProxy({ upstream: upstream.origin, scorer: never, correctionMs: 100 });
    const response = await post(`${proxy.url}/v1/chat/completions`, chatCall());
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: wrong } }],
      vlm_detective: [{ status: 'budget' }],
    });
  });
});

describe('pictures behind URLs', () => {
  it('are not fetched, unless that is allowed; and then the upstream still gets the URL', async () => {
    const { default: sharp } = await import('sharp');
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const pictures = createServer((request, response) => {
      if (request.url === '/a.png') response.end(png);
      else response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(pictures.address() as import('node:net').AddressInfo).port}`;
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const looked: unknown[] = [];
    const scorer = badWords('red');
    const watching = {
      ...scorer,
      score: (request: Parameters<typeof scorer.score>[0]) => {
        looked.push(request.images);
        return scorer.score(request);
      },
    };
    const off = await startProxy({ upstream: upstream.origin, scorer: watching });
    const call = chatCall(`http://${host}/a.png`);
    expect(await (await post(`${off.url}/v1/chat/completions`, call)).json()).toMatchObject({
      choices: [{ message: { content: wrong } }],
      vlm_detective: [{ status: 'skipped', reason: expect.stringContaining('not fetched') }],
    });
    expect(looked).toEqual([]);
    const on = await startProxy({ upstream: upstream.origin, scorer: watching, imageUrls: { privateHosts: [host] } });
    expect(await (await post(`${on.url}/v1/chat/completions`, call)).json()).toMatchObject({
      choices: [{ message: { content: right } }],
    });
    expect(looked[0]).toEqual([`data:image/png;base64,${png.toString('base64')}`]);
    expect(upstream.seen.at(-1)?.body).toEqual(call);
    for (const url of [`http://${host}/away`, 'http://169.254.169.254/latest', 'http://localhost/']) {
      expect(await (await post(`${on.url}/v1/chat/completions`, chatCall(url))).json()).toMatchObject({
        vlm_detective: [{ status: 'skipped' }],
      });
    }
    expect(on.lines.join('')).not.toContain(host);
    pictures.close();
  });
});

describe('rewriting with the call’s own model', () => {
  it('asks the upstream with the caller’s key, and is not corrected in its turn', async () => {
    const upstream = await serve((request, response) => {
      const isRewrite = JSON.stringify(request.body).includes('replacement');
      const edits = JSON.stringify({ edits: [{ span: 1, replacement: 'blue' }] });
      sendJson(response, chatCompletion({ content: isRewrite ? edits : wrong }));
    });
    const proxy = await startProxy({
      upstream: upstream.origin,
      rewriter: 'same',
      scorer: wordScorer((word) => (word === 'red' ? 0.1 : 0.9)),
    });
    const response = await post(`${proxy.url}/v1/chat/completions`, chatCall(), {
      authorization: 'Bearer sk-mine-12345',
    });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: right } }] });
    expect(upstream.seen).toHaveLength(2);
    expect(upstream.seen[1]).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-mine-12345' },
      body: { model: 'gpt-5.1' },
    });
  });
});

/** Without fetch in between, which undoes encodings and joins headers. */
async function rawPost(url: string, body: unknown, headers: Record<string, string>) {
  const { request } = await import('node:http');
  return new Promise<{ status: number; headers: import('node:http').IncomingHttpHeaders; bytes: Buffer }>(
    (resolve, reject) => {
      const call = request(
        url,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }),
          );
        },
      );
      call.on('error', reject);
      call.end(JSON.stringify(body));
    },
  );
}

/** Without URL in between, which tidies paths up. */
async function rawRequest(origin: string, path: string) {
  const { request } = await import('node:http');
  const { hostname, port } = new URL(origin);
  return new Promise<{ status: number }>((resolve, reject) => {
    const call = request({ hostname, port, path }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    });
    call.on('error', reject);
    call.end();
  });
}
