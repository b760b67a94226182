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
