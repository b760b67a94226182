import { ApiError, FinishReason, GoogleGenAI } from '@google/genai';
import { beforeAll, describe, expect, it } from 'vitest';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapFetch } from '../../src/adapters/wrap-fetch.js';
import type { WrapOptions } from '../../src/adapters/wrap-options.js';
import type { ResponseReport } from '../../src/http/report.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { gemini, generated } from '../http/gemini-server.js';
import { chatCompletion } from '../http/wire-bodies.js';
import { always, type Reply, sendJson, serve } from '../http/wire-server.js';

let data: string;
beforeAll(async () => {
  data = (await pngDataUrl()).split(',')[1]!;
});

const pieces = ['There is a green car. ', 'It has three ', 'doors.'];
const right = 'There is a red car. It has two doors.';

async function setUp(reply: Reply, more: Partial<WrapOptions> = {}) {
  const server = await serve(reply);
  const reports: ResponseReport[] = [];
  const scorer = wordListScorer(['green', 'three']);
  const fetch = wrapFetch(globalThis.fetch, {
    scorer,
    rewriter: dictionaryRewriter({ green: 'red', three: 'two' }),
    onReport: (report) => reports.push(report),
    ...more,
  });
  const client = (own: typeof fetch) =>
    new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl: server.origin, fetch: own } }).models;
  return { server, scorer, reports, fetch, bare: client(globalThis.fetch), models: client(fetch) };
}

const call = (more: object = {}) => ({
  model: 'gemini-2.5-flash',
  contents: [{ role: 'user', parts: [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data } }] }],
  ...more,
});

describe("wrapFetch in Google's client", () => {
  it('an answer comes back corrected, its thoughts as they were, its report by its id', async () => {
    const { models, server, scorer, reports } = await setUp(gemini(pieces));
    const response = await models.generateContent(call());
    expect(response.text).toBe(right);
    expect(response.candidates?.[0]?.content?.parts?.[0]).toEqual({ text: 'A green car?', thought: true });
    expect(response.usageMetadata?.totalTokenCount).toBe(18);
    expect(correctionReports(response)).toMatchObject([{ status: 'clean', edits: [{ to: 'red' }, { to: 'two' }] }]);
    expect(scorer.seen[0]).toMatchObject({ prompt: 'What is it?', images: [`data:image/png;base64,${data}`] });
    expect(reports).toMatchObject([{ protocol: 'gemini', model: 'gemini-2.5-flash' }]);
    expect(server.seen.map(({ url }) => url)).toEqual(['/v1beta/models/gemini-2.5-flash:generateContent']);
  });

  it('a stream comes back a sentence at a time', async () => {
    const { models } = await setUp(gemini(pieces));
    const said: string[] = [];
    let last: unknown;
    for await (const chunk of await models.generateContentStream(call())) {
      said.push(chunk.text ?? '');
      last = chunk;
    }
    expect(said.join('')).toBe(right);
    expect(said[0]).toBe('There is a red car. ');
    expect(correctionReports(last)).toMatchObject([{ edits: [{ to: 'red' }, { to: 'two' }] }]);
  });

  it('an answer without a mistake is the very same, streamed or not', async () => {
    const { models, bare } = await setUp(gemini(['A car. ', 'A 犬 😀.']));
    const chunks = async (from: typeof models) => {
      const all: unknown[] = [];
      for await (const { candidates, usageMetadata } of await from.generateContentStream(call()))
        all.push({ candidates, usageMetadata });
      return all;
    };
    expect(await chunks(models)).toEqual(await chunks(bare));
    expect((await models.generateContent(call())).candidates).toEqual((await bare.generateContent(call())).candidates);
  });

  it.each<[string, object[], object, RegExp]>([
    ['a function call', [{ functionCall: { name: 'look', args: {} } }], { finishReason: 'STOP' }, /tool call/],
    ['thoughts alone', [{ text: 'green?', thought: true }], { finishReason: 'STOP' }, /reasoning/],
    ['a refusal', [], { finishReason: 'SAFETY' }, /refused/],
  ])('%s passes, and is told', async (_name, parts, more, reason) => {
    const { models, reports } = await setUp(always(generated(parts, more)));
    const response = await models.generateContent(call());
    expect(response.candidates?.[0]?.content?.parts).toEqual(parts);
    expect(reports).toMatchObject([{ answers: [{ status: 'skipped', reason: expect.stringMatching(reason) }] }]);
  });

  it('a prompt that is blocked has no candidates', async () => {
    const { models, reports } = await setUp(always({ promptFeedback: { blockReason: 'SAFETY' }, responseId: 'x' }));
    expect((await models.generateContent(call())).promptFeedback?.blockReason).toBe('SAFETY');
    expect(reports).toMatchObject([{ answers: [{ status: 'skipped', reason: 'the model refused to answer' }] }]);
  });

  it('each candidate is corrected by itself, and JSON stays JSON', async () => {
    const { models, scorer } = await setUp((_request, response) =>
      sendJson(response, {
        candidates: ['{"object": "cars", "colour": "green"}', '{"object": "cars", "colour": "blue"}'].map(
          (text, index) => ({
            content: { role: 'model', parts: [{ text }] },
            finishReason: FinishReason.STOP,
            index,
          }),
        ),
      }),
    );
    const colour = { type: 'STRING', enum: ['red', 'green', 'blue'] };
    const schema = { type: 'OBJECT', properties: { object: { type: 'STRING' }, colour } };
    const config = { candidateCount: 2, responseMimeType: 'application/json', responseSchema: schema as never };
    const { candidates } = await models.generateContent(call({ config }));
    expect(candidates?.map(({ content }) => content?.parts?.[0]?.text)).toEqual([
      '{"object": "cars", "colour": "red"}',
      '{"object": "cars", "colour": "blue"}',
    ]);
    expect(scorer.seen.length).toBeGreaterThan(1);
  });

  it('failClosed is an ApiError with status 422, and in a stream in place of the words', async () => {
    const scorer = { name: 'broken', score: () => Promise.reject(new Error('no')) };
    const { models } = await setUp(gemini(pieces), { scorer, failClosed: true });
    const failure = await models.generateContent(call()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 422, message: expect.stringContaining('withheld') });
    const said: string[] = [];
    const read = async () => {
      for await (const chunk of await models.generateContentStream(call())) said.push(chunk.text ?? '');
    };
    await expect(read()).rejects.toThrow(/withheld/);
    expect(said.join('')).not.toContain('green');
  });

  it('a picture of the Files API is told, and its answer passes', async () => {
    const { models, reports } = await setUp(gemini(pieces));
    const fileUri = 'https://generativelanguage.googleapis.com/v1beta/files/abc';
    const parts = [{ fileData: { mimeType: 'image/png', fileUri } }, { text: 'What?' }];
    expect((await models.generateContent(call({ contents: [{ role: 'user', parts }] }))).text).toBe(pieces.join(''));
    expect(reports).toMatchObject([{ answers: [{ status: 'skipped', reason: expect.stringContaining('file id') }] }]);
  });

  it('without a rewriter, the very model is asked again, with the key of the call', async () => {
    const edits = JSON.stringify({ edits: [{ span: 1, replacement: 'red' }] });
    const { models, server } = await setUp(
      ({ body }, response) =>
        sendJson(response, generated([{ text: body.generationConfig?.responseMimeType ? edits : 'A green car.' }])),
      { rewriter: undefined as never },
    );
    expect((await models.generateContent(call())).text).toBe('A red car.');
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]).toMatchObject({
      url: '/v1beta/models/gemini-2.5-flash:generateContent',
      headers: { 'x-goog-api-key': 'AIza-test' },
    });
  });
});

describe('wrapFetch by hand', () => {
  it('corrects the other protocols too, and leaves alone what is no such call', async () => {
    const { fetch, server } = await setUp(always(chatCompletion({ content: 'A green car.' })));
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: [image] }] });
    const said = async (path: string, method = 'POST') => {
      const response = await fetch(`${server.origin}${path}`, method === 'GET' ? { method } : { method, body });
      return ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
    };
    expect(await said('/v1/chat/completions')).toBe('A red car.');
    expect(await said('/v1/other')).toBe('A green car.');
    expect(await said('/v1/chat/completions', 'GET')).toBe('A green car.');
  });
});
