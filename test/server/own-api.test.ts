import { describe, expect, it } from 'vitest';
import { correctedCalls } from '../../src/wire/protocols.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { always, serve } from '../http/wire-server.js';
import { allowOverrides, chatCall, pixel, post, startProxy, until } from './proxy-server.js';

const wrong = 'The bus is red.';

describe('POST /v1/score', () => {
  it('gives every token its reward, and the flagged spans', async () => {
    const { url } = await startProxy();
    const response = await post(`${url}/v1/score`, { image: pixel, response: wrong, prompt: 'What is there?' });
    expect(await response.json()).toMatchObject({
      response: wrong,
      tokens: [{ text: 'The', start: 0, end: 3, reward: 0.9 }, {}, {}, { text: 'red', reward: 0.1 }],
      spans: [{ start: 11, end: 14, text: 'red', reward: 0.1 }],
      threshold: 0.5,
      scorer: 'words',
      abstained: null,
    });
  });
});

describe('POST /v1/correct', () => {
  it('gives what the command line gives', async () => {
    const { url, lines } = await startProxy({ allowOverrides });
    const response = await post(`${url}/v1/correct`, { images: [pixel], response: wrong });
    expect(await response.json()).toEqual({
      id: expect.any(String),
      original: wrong,
      response: 'The bus is blue.',
      status: 'clean',
      rounds: 1,
      edits: [{ start: 11, end: 14, from: 'red', to: 'blue' }],
      spans: [],
      scorer: 'words',
      rewriter: 'scripted',
    });
    await until(() => lines.length === 1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ route: '/v1/correct', corrected: 'clean', edits: 1 });
    const strict = { image: pixel, response: wrong, max_rounds: 0, on_unresolved: 'throw' };
    expect((await post(`${url}/v1/correct`, strict)).status).toBe(422);
  });

  it.each([
    ['a path', { image: '/etc/passwd', response: 'x' }],
    ['a file URL', { image: 'file:///etc/passwd', response: 'x' }],
    ['a remote URL', { image: 'http://169.254.169.254/', response: 'x' }],
    ['no response', { image: pixel }],
    ['a number for a picture', { image: 7, response: 'x' }],
    ['a threshold of 2', { image: pixel, response: 'x', threshold: 2 }],
    ['no JSON', '{"image":'],
    ['a list', []],
  ])('refuses %s', async (_name, body) => {
    const { url } = await startProxy();
    for (const path of ['score', 'correct']) {
      const response = await post(`${url}/v1/${path}`, body);
      expect(response.status, path).toBe(400);
      const text = await response.text();
      expect(text).toContain('invalid_request_error');
      expect(text).not.toContain('root:');
    }
  });

  it('refuses a remote URL that is not at a public address, where URLs are allowed', async () => {
    const { url } = await startProxy({ imageUrls: {} });
    for (const image of ['http://127.0.0.1/', 'http://169.254.169.254/', 'http://[::1]/']) {
      const response = await post(`${url}/v1/score`, { image, response: 'x' });
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('public address')]);
    }
  });

  it('takes POST alone', async () => {
    const { url } = await startProxy();
    expect((await fetch(`${url}/v1/score`)).status).toBe(405);
    expect((await post(`${url}/healthz`, {})).status).toBe(405);
  });
});

describe('GET /v1/reports/{id}', () => {
  it('gives a caller the reports of its own calls, and nobody else', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const proxy = await startProxy({ upstream: upstream.origin });
    const keys = { authorization: 'Bearer sk-one' };
    const corrected = await post(`${proxy.url}/v1/chat/completions`, chatCall(), keys);
    const { vlm_detective: answers } = (await corrected.json()) as { vlm_detective: object[] };
    const at = `${proxy.url}/v1/reports/${corrected.headers.get('x-vlm-detective-report')}`;
    expect(await (await fetch(at, { headers: keys })).json()).toMatchObject({ protocol: 'openai-chat', answers });
    for (const headers of [{}, { authorization: 'Bearer sk-two' }]) {
      const response = await fetch(at, { headers });
      expect([response.status, await response.text()]).toEqual([404, expect.not.stringContaining('bus')]);
    }
    expect(upstream.seen).toHaveLength(1);
    await until(() => proxy.lines.length === 4);
    expect(proxy.lines.join('')).toContain('"route":"/v1/reports/:id"');
  });

  it('asks for the key of the server first', async () => {
    const { url } = await startProxy({ key: 'a-key-of-the-server-123' });
    expect((await fetch(`${url}/v1/reports/x`)).status).toBe(401);
  });
});

describe('/readyz', () => {
  it('is 503 until the warm-up has succeeded', async () => {
    let finish = () => {};
    const warmed = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { url } = await startProxy({ warm: () => warmed });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, 'warming up\n']);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    finish();
    await until(async () => (await fetch(`${url}/readyz`)).status === 200);
  });
});

describe('what tells about the server', () => {
  it('is an OpenAPI document with every endpoint, and a page that loads nothing', async () => {
    const { url } = await startProxy();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: object; requestBody?: object }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(correctedCalls.map(({ path }) => path)));
    const gemini = document.paths['/v1beta/models/{model}:generateContent']?.post;
    expect(gemini).toMatchObject({
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'model', in: 'path' })]),
    });
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { requestBody }] of Object.entries(methods)) {
        expect(requestBody !== undefined, path).toBe(method === 'post');
        // none of them is a promise only
        const status = path.includes('{') ? 404 : 200;
        if (method === 'get') expect((await fetch(`${url}${path.replace(/[{}]/g, '')}`)).status, path).toBe(status);
      }
    }
    const page = await fetch(`${url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    for (const path of Object.keys(document.paths)) expect(html).toContain(`<code>${path}</code>`);
    expect(html).not.toMatch(/<script|src=|@import|https?:\/\//);
    expect((await fetch(url, { redirect: 'manual' })).headers.get('location')).toBe('docs');
  });

  it('is Prometheus text', async () => {
    const upstream = await serve(always(chatCompletion({ content: wrong })));
    const { url } = await startProxy({ upstream: upstream.origin });
    await post(`${url}/v1/correct`, { image: pixel, response: wrong });
    await fetch(`${url}/v1/anything-${'x'.repeat(50)}`);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain('vlm_detective_corrections_total{protocol="correct",status="clean"} 1');
    expect(text).toMatch(/vlm_detective_scorer_seconds_count [1-9]/);
    expect(text).toContain('vlm_detective_requests_total{route="other",status="200"} 1');
    expect(text).not.toContain('anything');
  });
});
