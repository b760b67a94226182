import { describe, expect, it } from 'vitest';
import type { Scorer } from '../../src/scorer/scorer.js';
import { badWords } from '../agent/doubles.js';
import { preparing } from '../http/doubles.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { chatStream } from '../http/wire-events.js';
import { always, sendJson, serve } from '../http/wire-server.js';
import { allowOverrides, chatCall, pixel, post, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red.';
const right = 'The bus is blue.';

describe('the scorer’s head start', () => {
  it.each([false, true])(
    'begins while the upstream has not answered yet (stream: %s)',
    async (stream) => {
      const { scorer, seen } = preparing(badWords('red'));
      const upstream = await serve(async (_request, response) => {
        // an answer that waits for the head start: without one there would be none
        await until(() => seen.length === 1, 30_000);
        if (!stream) return sendJson(response, chatCompletion({ content: wrong }));
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chatStream(wrong).join(''));
      });
      const proxy = await startProxy({ upstream: upstream.origin, scorer });
      const text = await (await post(`${proxy.url}/v1/chat/completions`, chatCall(pixel, { stream }))).text();
      expect(text).toContain('blue');
      expect(seen.map(({ images }) => images)).toEqual([[pixel]]);
      await until(() => seen[0]?.signal?.aborted === true);
    },
    60_000,
  );

  it('is taken back where there turns out to be nothing to judge', async () => {
    const { scorer, seen } = preparing(badWords('red'), () => new Promise(() => {}));
    const upstream = await serve((_request, response, nth) => {
      if (nth === 1) sendJson(response, { error: { message: 'slow down' } }, 429);
      else if (nth === 2) response.writeHead(204, { 'content-type': 'application/json' }).end();
      else response.socket?.destroy();
    });
    const proxy = await startProxy({ upstream: upstream.origin, scorer });
    for (const status of [429, 204, 502]) {
      expect((await post(`${proxy.url}/v1/chat/completions`, chatCall())).status).toBe(status);
      await until(() => seen.at(-1)?.signal?.aborted === true);
    }
    expect(seen).toHaveLength(3);
  });

  it.each<[string, object, Record<string, string>]>([
    ['no picture', chatCall(null), {}],
    ['a picture behind a URL', chatCall('https://example.com/a.png'), {}],
    ['correction switched off', chatCall(), { 'x-detective-mode': 'off' }],
    ['a stream that is passed through', chatCall(pixel, { stream: true }), { 'x-detective-stream': 'off' }],
  ])('is not given for %s', async (_name, call, headers) => {
    const { scorer, seen } = preparing(badWords('red'));
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin, scorer, allowOverrides });
    expect(await (await post(`${proxy.url}/v1/chat/completions`, call, headers)).text()).toContain('red');
    expect(seen).toEqual([]);
  });

  it('costs nothing where it fails', async () => {
    const { scorer } = preparing(badWords('red'), () => Promise.reject(new Error('no memory')));
    const throwing: Scorer = {
      ...scorer,
      prepare() {
        throw new Error('at once');
      },
    };
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    for (const one of [scorer, throwing]) {
      const proxy = await startProxy({ upstream: upstream.origin, scorer: one });
      expect(await (await post(`${proxy.url}/v1/chat/completions`, chatCall())).json()).toMatchObject({
        choices: [{ message: { content: right } }],
      });
    }
  });
});

describe('an answer that is written anew', () => {
  it('has its own length, and the upstream’s other headers, each cookie by itself', async () => {
    const upstream = await serve((_request, response) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      sendJson(response, chatCompletion({ content: wrong }), 201, { ETag: '"x"', 'X-Request-Id': 'r' });
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    const response = await post(`${proxy.url}/v1/chat/completions`, chatCall());
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(201);
    expect(Number(response.headers.get('content-length'))).toBe(bytes.length);
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('x-request-id')).toBe('r');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-vlm-detective-report')).toBe(JSON.parse(bytes.toString()).vlm_detective[0].id);
  });

  it('is passed on untouched where another of these servers has corrected it before', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong }), { 'x-vlm-detective-report': 'theirs' }));
    const proxy = await startProxy({ upstream: upstream.origin });
    const response = await post(`${proxy.url}/v1/chat/completions`, chatCall());
    expect(response.headers.get('x-vlm-detective-report')).toBe('theirs');
    expect(await response.json()).toEqual(chatCompletion({ content: wrong }));
  });
});
