import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { writeResponse } from '../../src/server/proxy/write-response.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { chatStream } from '../http/wire-events.js';
import { always, serve } from '../http/wire-server.js';
import { chatCall, metric, pixel, post, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red.';
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection that has sent this and reads nothing more than it is told to. */
function dial(url: string, bytes: string): { socket: Socket; got: () => string; closed: () => boolean } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  socket.write(bytes);
  return { socket, got: () => text, closed: () => closed };
}

const head = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe('callers whose bodies drip', () => {
  it('hold no place: other calls go on', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, concurrency: 2, queue: 0 });
    const paths = ['/v1/chat/completions', '/v1/correct', '/portkey/webhook', '/beta/litellm_basic_guardrail_api'];
    const slow = paths.flatMap((path) => [1, 2].map(() => dial(proxy.url, `${head(path, 1000)}{`)));
    await until(async () => (await metric(proxy, 'held_bytes ')) === slow.length);
    expect(await (await post(`${proxy.url}/v1/chat/completions`, chatCall())).text()).toContain('blue');
    expect((await post(`${proxy.url}/v1/chat/completions`, chatCall(null))).status).toBe(200);
    expect((await post(`${proxy.url}/v1/score`, { image: pixel, response: wrong })).status).toBe(200);
    expect(await metric(proxy, 'calls_in_hand ')).toBe(0);
  });

  it('are told so after a while, and leave nothing behind', async () => {
    const proxy = await startProxy({ clientTimeoutMs: 100 });
    const slow = dial(proxy.url, `${head('/v1/correct', 1000)}{`);
    await until(slow.closed);
    expect(slow.got()).toMatch(/^HTTP\/1\.1 408 .*connection: close/is);
    expect(await metric(proxy, 'held_bytes ')).toBe(0);
  });

  it('together hold no more bytes than are allowed', async () => {
    const proxy = await startProxy({ maxMemoryBytes: 3000 });
    const slow = [1, 2].map(() => dial(proxy.url, `${head('/v1/correct', 5000)}${' '.repeat(1000)}`));
    await until(async () => (await metric(proxy, 'held_bytes ')) === 2000);
    const asked = { image: pixel, response: 'x'.repeat(2000) };
    const refused = await post(`${proxy.url}/v1/score`, asked);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    for (const { socket } of slow) socket.destroy();
    await until(async () => (await metric(proxy, 'held_bytes ')) === 0);
    expect((await post(`${proxy.url}/v1/score`, asked)).status).toBe(200);
  });
});

describe('callers that never read', () => {
  it('hold no place once their answer is made', async () => {
    const events = chatStream('The bus is blue. '.repeat(200));
    const upstream = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events.join(''));
    });
    const proxy = await startProxy({ upstream: upstream.origin, concurrency: 1 });
    const body = JSON.stringify(chatCall(pixel, { stream: true }));
    const deaf = dial(proxy.url, head('/v1/chat/completions', body.length) + body);
    deaf.socket.pause();
    await until(() => upstream.seen.length === 1);
    await until(async () => (await metric(proxy, 'calls_in_hand ')) === 0);
  });

  it('are left after a while, and what is made for them ends', async () => {
    let closed = false;
    const upstream = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.once('close', () => {
        closed = true;
      });
      response.write('x'.repeat(30 << 20));
    });
    const proxy = await startProxy({ upstream: upstream.origin, clientTimeoutMs: 200 });
    const body = JSON.stringify(chatCall(null));
    const deaf = dial(proxy.url, head('/v1/chat/completions', body.length) + body);
    deaf.socket.pause();
    await until(() => proxy.lines.some((line) => line.includes('"status":499')));
    await until(() => closed);
  });

  it('are told of where more waits than may', async () => {
    let unread = 0;
    let pulled = 0;
    const server = createServer((_incoming, outgoing) => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
      });
      const gone = new AbortController();
      outgoing.once('close', () => gone.abort());
      void writeResponse(new Response(body), outgoing, { signal: gone.signal, headers: [] }, () => unread++);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const deaf = dial(`http://127.0.0.1:${port}`, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    deaf.socket.pause();
    await until(() => unread > 0);
    expect(pulled).toBeLessThan(32 << 20);
    deaf.socket.destroy();
    server.close();
  });
});

describe('a refusal that comes before the body is read', () => {
  const big = Buffer.alloc(8 << 20, ' ');

  it.each<[string, Record<string, string>, number]>([
    ['too large by its length', { 'content-length': String(big.length) }, 413],
    ['too large as it comes', { 'transfer-encoding': 'chunked' }, 413],
    ['the wrong key', { 'x-detective-key': 'x', 'content-length': String(big.length) }, 401],
    ['a setting that is none', { 'x-detective-max-rounds': 'x', 'content-length': String(big.length) }, 400],
  ])('arrives, whole: %s', async (_name, headers, status) => {
    const key = 'a-key-of-the-server-123';
    const proxy = await startProxy({ maxBodyBytes: 1 << 20, key });
    for (const path of ['/v1/chat/completions', '/v1/correct']) {
      if (path === '/v1/correct' && status === 400) continue;
      for (let nth = 0; nth < 5; nth++) {
        const answer = await new Promise<number | string>((resolve) => {
          const sent = httpRequest(proxy.url + path, {
            method: 'POST',
            headers: { 'x-detective-key': key, ...headers },
          });
          sent.on('error', (error) => resolve(error.message));
          sent.on('response', (response) => {
            response.resume();
            response.on('end', () => resolve(response.statusCode ?? 0));
          });
          sent.end(big);
        });
        expect(answer).toBe(status);
      }
    }
  });

  it('is 400 for a body that is not in its encoding', async () => {
    const { url } = await startProxy();
    for (const path of ['/v1/chat/completions', '/v1/correct']) {
      for (const encoding of ['gzip', 'br', 'deflate']) {
        const response = await post(url + path, '{"messages":[]}', { 'content-encoding': encoding });
        expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(encoding)]);
      }
    }
  });
});
