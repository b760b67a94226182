import { createOpenAI as createOpenAI6 } from '@ai-sdk/openai';
import * as ai6 from 'ai';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { correctionReports, selfCorrection } from '../../../src/adapters/ai-sdk/self-correction.js';
import { pngDataUrl, wordListScorer } from '../../http/doubles.js';
import { chatCompletion, modelResponse, outputMessage, outputText } from '../../http/wire-bodies.js';
import { type Reply, sendJson, serve } from '../../http/wire-server.js';
import { seven } from './models.js';

const apiKey = 'sk-proj-verysecretkey1234567890';
let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const edits = '{"edits":[{"span":1,"replacement":"red","scope":"span"}]}';
const isRewrite = (body: unknown) => JSON.stringify(body).includes('replacement');

/** A chat completions and responses server that says `words`, streamed where asked, and rewrites green to red. */
const openaiServer =
  (words: string): Reply =>
  ({ url, body }, response) => {
    const said = isRewrite(body) ? edits : words;
    if (url.endsWith('/responses')) return sendJson(response, modelResponse([outputMessage([outputText(said)])]));
    if (!body.stream) return sendJson(response, chatCompletion({ content: said }));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = (delta: object, finish: string | null = null) =>
      `data: ${JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'gpt-5.1',
        choices: [{ index: 0, delta, finish_reason: finish }],
      })}\n\n`;
    response.write(chunk({ role: 'assistant', content: '' }));
    for (const word of said.match(/\s*\S+/g) ?? []) response.write(chunk({ content: word }));
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  };

/** Both generations of a real provider package, under the types of the first. */
const providers = [
  { name: '@ai-sdk/openai 3 in AI SDK 6', sdk: ai6, create: createOpenAI6 },
  ...(seven
    ? [
        { name: '@ai-sdk/openai 4 in AI SDK 7', sdk: seven.ai, create: seven.createOpenAI },
        { name: '@ai-sdk/openai 3 in AI SDK 7', sdk: seven.ai, create: createOpenAI6 },
      ]
    : []),
];

describe.each(providers)('$name, over HTTP', ({ sdk, create }) => {
  async function setUp(words: string, api: 'chat' | 'responses' = 'chat') {
    const server = await serve(openaiServer(words));
    const provider = create({ apiKey, baseURL: `${server.origin}/v1` });
    const scorer = wordListScorer(['green']);
    const model = sdk.wrapLanguageModel({ model: provider[api]('gpt-5.1'), middleware: selfCorrection({ scorer }) });
    return { server, model, scorer };
  }
  const messages = () => [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What is in the picture?' },
        { type: 'image' as const, image: png },
      ],
    },
  ];

  it.each(['chat', 'responses'] as const)('generateText on the %s API, rewritten by the same model', async (api) => {
    const { model, server, scorer } = await setUp('A green car.', api);
    const result = await sdk.generateText({ model, messages: messages() });
    expect(result.text).toBe('A red car.');
    expect(server.seen).toHaveLength(2);
    expect(JSON.stringify(server.seen[1]?.body)).toContain('data:image/png;base64,');
    expect(server.seen[1]?.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(scorer.seen[0]?.images).toEqual([png]);
    const [report] = correctionReports(result);
    expect(report).toMatchObject({ status: 'clean', usage: { inputTokens: expect.any(Number) } });
    expect(report?.usage.inputTokens).toBeGreaterThan(0);
  });

  it('streamText', async () => {
    const { model } = await setUp('Look here. A green car.');
    const result = sdk.streamText({ model, messages: messages() });
    const chunks: string[] = [];
    for await (const chunk of result.textStream) chunks.push(chunk);
    expect(chunks).toEqual(['Look here. ', 'A red car.']);
  });

  it('generateObject', async () => {
    const { model } = await setUp('{"thing":"car","count":1,"colour":"green"}');
    const schema = z.object({ thing: z.string(), count: z.number(), colour: z.string() });
    const result = await sdk.generateObject({ model, schema, messages: messages() });
    expect(result.object).toEqual({ thing: 'car', count: 1, colour: 'red' });
  });

  it('an error of the provider is the caller’s, and nothing is scored', async () => {
    const server = await serve((_request, response) =>
      sendJson(response, { error: { message: 'no such model', type: 'invalid_request_error' } }, 404),
    );
    const scorer = wordListScorer([]);
    const provider = create({ apiKey, baseURL: `${server.origin}/v1` });
    const model = sdk.wrapLanguageModel({ model: provider.chat('gpt-0'), middleware: selfCorrection({ scorer }) });
    await expect(sdk.generateText({ model, messages: messages() })).rejects.toMatchObject({ statusCode: 404 });
    expect(scorer.seen).toEqual([]);
  });
});
