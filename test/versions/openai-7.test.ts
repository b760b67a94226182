import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { VERSION } from 'openai/version';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { correctionReports } from '../../src/adapters/reports.js';
import { wrapOpenAI } from '../../src/adapters/wrap-openai.js';
import { dictionaryRewriter, pngDataUrl, wordListScorer } from '../http/doubles.js';
import { chatCompletion, modelResponse, outputMessage, outputText } from '../http/wire-bodies.js';
import { chatStream, textResponseStream } from '../http/wire-events.js';
import { type Reply, sendJson, serve } from '../http/wire-server.js';

const wrong = 'There is a green car. I see three dogs.';
const right = 'There is a red car. I see two dogs.';
const fixes = { green: 'red', three: 'two' };
let png: string;
beforeAll(async () => {
  png = await pngDataUrl();
});

const ask = () => ({
  model: 'gpt-5.1',
  messages: [{ role: 'user' as const, content: [{ type: 'image_url' as const, image_url: { url: png } }] }],
});
const put = () => ({
  model: 'gpt-5.1',
  input: [
    { role: 'user' as const, content: [{ type: 'input_image' as const, image_url: png, detail: 'auto' as const }] },
  ],
});

async function clientOf(reply: Reply): Promise<OpenAI> {
  const server = await serve(reply);
  const bare = new OpenAI({ apiKey: 'sk-test-0123456789', baseURL: `${server.origin}/v1`, maxRetries: 1 });
  const wrapped = wrapOpenAI(bare, {
    scorer: wordListScorer(Object.keys(fixes)),
    rewriter: dictionaryRewriter(fixes),
  });
  expectTypeOf(wrapped).toEqualTypeOf<OpenAI>();
  return wrapped;
}

const events =
  (blocks: readonly string[]): Reply =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const block of blocks) response.write(block);
    response.end();
  };

describe(`openai ${VERSION}, beside 6 for which the other tests are`, () => {
  it('is the new one', () => expect(VERSION).toMatch(/^7\./));

  it('hands back corrected completions, with the promise’s helpers', async () => {
    const openai = await clientOf((_request, response) =>
      sendJson(response, chatCompletion({ content: wrong }), 200, { 'x-request-id': 'req_1' }),
    );
    const { data, request_id } = await openai.chat.completions.create(ask()).withResponse();
    expect([data.choices[0]?.message.content, request_id]).toEqual([right, 'req_1']);
    expect(correctionReports(data)).toMatchObject([{ status: 'clean', edits: [{ to: 'red' }, { to: 'two' }] }]);
  });

  it('parses the corrected answer', async () => {
    const openai = await clientOf((_request, response) =>
      sendJson(response, chatCompletion({ content: '{"object":"cars","colour":"green"}' })),
    );
    const response_format = zodResponseFormat(z.object({ object: z.string(), colour: z.string() }), 'thing');
    const completion = await openai.chat.completions.parse({ ...ask(), response_format });
    expect(completion.choices[0]?.message.parsed).toEqual({ object: 'cars', colour: 'red' });
  });

  it('hands back corrected responses', async () => {
    const openai = await clientOf((_request, response) =>
      sendJson(response, modelResponse([outputMessage([outputText(wrong)])])),
    );
    expect((await openai.responses.create(put())).output_text).toBe(right);
  });

  it('reads corrected streams: chunk by chunk, by its helper, and of the Responses API', async () => {
    const chat = await clientOf(events(chatStream(wrong)));
    let text = '';
    for await (const { choices } of await chat.chat.completions.create({ ...ask(), stream: true }))
      text += choices[0]?.delta.content ?? '';
    expect(text).toBe(right);
    const completion = await chat.chat.completions.stream(ask()).finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe(right);
    const responses = await clientOf(events(textResponseStream(wrong)));
    expect((await responses.responses.stream(put()).finalResponse()).output_text).toBe(right);
  });

  it('throws the upstream’s errors as its own', async () => {
    const openai = await clientOf((_request, response) => sendJson(response, { error: { message: 'no' } }, 401));
    await expect(openai.chat.completions.create(ask())).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });
});
