import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { encodeForApi } from '../../src/image/decode.js';
import { parseModelSpec } from '../../src/models/address.js';
import { chatModel } from '../../src/models/chat-model.js';
import { type Answer, geminiDialect, json, pngPixel, startModelServer } from '../rewriters/model-server.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops.splice(0)) await stop();
});

const schema = z.object({ count: z.int() });
const three = geminiDialect.reply('{"count":3}');

async function start(answers: Answer[], spec = 'gemini:gemini-2.5-flash') {
  const server = await startModelServer(answers);
  stops.push(server.stop);
  const model = chatModel({ ...parseModelSpec(`${spec}@${server.url}/v1beta`, 'model'), minTimeout: 1, retries: 1 });
  return { server, model };
}

describe('a Gemini model', () => {
  it('is asked by generateContent, with the picture inline, the schema, and the key in a header', async () => {
    vi.stubEnv('GEMINI_API_KEY', '');
    vi.stubEnv('GOOGLE_API_KEY', 'AIzaFromTheEnvironment1234567890abcdefg');
    const { server, model } = await start([three]);
    expect(await model.ask('How many?', schema, undefined, [pngPixel()])).toEqual({ count: 3 });
    const [call] = server.calls;
    expect(call!.path).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
    expect(call!.headers['x-goog-api-key']).toBe('AIzaFromTheEnvironment1234567890abcdefg');
    const { mediaType, base64 } = await encodeForApi(pngPixel());
    expect(call!.body).toEqual({
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: mediaType, data: base64 } }, { text: 'How many?' }] },
      ],
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: expect.objectContaining({ type: 'object', required: ['count'] }),
      },
    });
    expect(JSON.stringify(call!.body)).not.toContain('$schema');
  });

  it('prefers GEMINI_API_KEY, and sends no key where there is none', async () => {
    vi.stubEnv('GEMINI_API_KEY', 'first-key');
    vi.stubEnv('GOOGLE_API_KEY', 'second-key');
    const { server, model } = await start([three]);
    await model.ask('?', schema);
    vi.stubEnv('GEMINI_API_KEY', '');
    vi.stubEnv('GOOGLE_API_KEY', '');
    const other = await start([three], 'gemini:tunedModels/mine');
    await other.model.ask('?', schema);
    expect(server.calls[0]!.headers['x-goog-api-key']).toBe('first-key');
    expect(other.server.calls[0]!.headers['x-goog-api-key']).toBeUndefined();
    expect(other.server.calls[0]!.path).toBe('/v1beta/tunedModels/mine:generateContent');
    expect(() => chatModel(parseModelSpec('gemini', 'model'))).toThrow(/GEMINI_API_KEY or GOOGLE_API_KEY/);
  });

  it('waits for as long as Google says in the body after a 429', async () => {
    const quota = json(429, {
      error: {
        code: 429,
        message: 'You exceeded your current quota',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [] },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.3s' },
        ],
      },
    });
    const { server, model } = await start([quota, three]);
    expect(await model.ask('?', schema)).toEqual({ count: 3 });
    expect(server.calls[1]!.at - server.calls[0]!.at).toBeGreaterThanOrEqual(295);
    const spent = await start([quota]);
    await expect(spent.model.ask('?', schema)).rejects.toMatchObject({
      code: 'model-failed',
      status: 429,
      retryAfterMs: 300,
      provider: spent.model.name,
      message: expect.stringContaining('You exceeded your current quota'),
    });
  });

  it.each([
    ['a blocked prompt', json(200, { promptFeedback: { blockReason: 'SAFETY' } }), 'the model refused'],
    [
      'an answer that was kept back',
      json(200, { candidates: [{ finishReason: 'SAFETY', index: 0 }] }),
      'the model refused',
    ],
    ['a recitation', json(200, { candidates: [{ finishReason: 'RECITATION' }] }), 'the model refused'],
    ['an answer that was cut off', geminiDialect.cutOff('{"cou'), 'the reply was cut off'],
  ])('says why there is no text: %s', async (_, answer, problem) => {
    const { model } = await start([answer]);
    expect(await model.reply({ turns: ['?'], images: [] })).toMatchObject({ problem });
    expect(await model.ask('?', schema)).toBeNull();
  });

  it('leaves its thoughts out, and counts them', async () => {
    const { model } = await start([geminiDialect.reply('three')]);
    expect(await model.reply({ turns: ['?'], images: [] })).toEqual({
      text: 'three',
      usage: { inputTokens: 100, outputTokens: 10 },
    });
  });

  it('is asked in words by a server that knows no schema, from then on', async () => {
    const unknown = json(400, {
      error: {
        code: 400,
        message: 'Invalid JSON payload received. Unknown name "responseJsonSchema"',
        status: 'INVALID_ARGUMENT',
      },
    });
    const { server, model } = await start([unknown, three]);
    expect(await model.ask('?', schema)).toEqual({ count: 3 });
    await model.ask('?', schema);
    expect(server.calls.map(({ body }) => 'responseMimeType' in body.generationConfig)).toEqual([true, false, false]);
  });

  it('goes on with a talk: the model’s words are the model’s', async () => {
    const { server, model } = await start([three]);
    await model.reply({ turns: ['one', 'two', 'three'], images: [], temperature: 0, seed: 7, maxTokens: 9 });
    expect(server.calls[0]!.body).toEqual({
      contents: [
        { role: 'user', parts: [{ text: 'one' }] },
        { role: 'model', parts: [{ text: 'two' }] },
        { role: 'user', parts: [{ text: 'three' }] },
      ],
      generationConfig: { temperature: 0, seed: 7, maxOutputTokens: 9 },
    });
  });

  it('follows no redirect with its picture and key', async () => {
    const elsewhere = await start([three]);
    const { model } = await start([
      (response) =>
        response.writeHead(307, { location: `${elsewhere.server.url}/v1beta/models/m:generateContent` }).end(),
    ]);
    await expect(model.ask('?', schema)).rejects.toMatchObject({ code: 'model-failed', status: 307 });
    expect(elsewhere.server.calls).toHaveLength(0);
  });
});
