import { ApiError, GoogleGenAI } from '@google/genai';
import { describe, expect, it } from 'vitest';
import { gemini } from '../http/gemini-server.js';
import { serve } from '../http/wire-server.js';
import { pixel, post, startProxy } from './proxy-server.js';

const call = {
  model: 'gemini-2.5-flash',
  contents: [
    { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: pixel.split(',')[1]! } }, { text: 'What?' }] },
  ],
};

async function setUp(more: object = {}) {
  const upstream = await serve(gemini(['A red bus. ', 'It is here.']));
  const proxy = await startProxy({ upstream: upstream.origin, ...more });
  const { models } = new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl: proxy.url } });
  return { upstream, proxy, models };
}

describe("Google's client through the proxy", () => {
  it('gets corrected answers, streamed or not', async () => {
    const { models, upstream, proxy } = await setUp();
    expect((await models.generateContent(call)).text).toBe('A blue bus. It is here.');
    const said: string[] = [];
    for await (const chunk of await models.generateContentStream(call)) said.push(chunk.text ?? '');
    expect(said.join('')).toBe('A blue bus. It is here.');
    expect(upstream.seen.map(({ url }) => url)).toEqual([
      '/v1beta/models/gemini-2.5-flash:generateContent',
      '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    ]);
    expect(upstream.seen[0]?.headers['x-goog-api-key']).toBe('AIza-test');
    expect(await (await fetch(`${proxy.url}/metrics`)).text()).toContain('protocol="gemini"');
  });

  it('gets corrected arrays where no alt=sse asks for events, all else as Google writes it', async () => {
    const { proxy, upstream } = await setUp();
    const path = '/v1beta/models/gemini-2.5-flash:streamGenerateContent';
    const { contents } = call;
    const answer = await post(`${proxy.url}${path}`, { contents });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const text = await answer.text();
    const plain = await (await post(`${upstream.origin}${path}`, { contents })).text();
    const [first, last] = JSON.parse(text);
    expect(first.candidates[0].content.parts).toEqual([{ text: 'A blue bus. ' }]);
    expect(last.vlm_detective).toMatchObject([{ status: 'clean', edits: [{ from: 'red', to: 'blue' }] }]);
    expect(
      text
        .replace(/,"vlm_detective":.*\]\}\s*(?=\n\]\n$)/s, '\n}')
        .replace('blue', 'red')
        .replace(/\s+/g, ''),
    ).toBe(plain.replace(/\s+/g, ''));
  });

  it('is told of an array that breaks off, in the array', async () => {
    const upstream = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`[${JSON.stringify({ candidates: [{ content: { parts: [{ text: 'A red bus.' }] } }] })}\n, {"candi`);
    });
    const proxy = await startProxy({ upstream: upstream.origin });
    const answer = await post(`${proxy.url}/v1beta/models/gemini-2.5-flash:streamGenerateContent`, {
      contents: call.contents,
    });
    const [said, told, ...more] = (await answer.json()) as Record<string, never>[];
    expect(JSON.stringify(said)).toContain('A blue bus.');
    expect(told).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } });
    expect(more).toEqual([]);
  });

  it('gets errors that it can read, and withheld answers as such', async () => {
    const scorer = { name: 'broken', score: () => Promise.reject(new Error('no')) };
    const { models, proxy } = await setUp({ scorer, failClosed: true, maxBodyBytes: 2000 });
    await expect(models.generateContent(call)).rejects.toMatchObject({ status: 422 });
    const long = { ...call, contents: 'x'.repeat(3000) };
    const failure = await models.generateContent(long).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 413, message: expect.stringContaining('vlm-detective') });
    expect((await post(`${proxy.url}/v2/models/x:generateContent`, {})).status).toBe(404);
  });
});
